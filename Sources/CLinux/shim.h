#pragma once

// What the C library has no function for, or only in a form that Swift reads awkwardly.

#if defined(__linux__)
#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

// The same number on every machine (Linux 5.6).
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

// Opens a path below a folder, and none that leaves it or that any symbolic link stands in: RESOLVE_NO_MAGICLINKS,
// RESOLVE_NO_SYMLINKS and RESOLVE_BENEATH of openat2(2). -1 with ENOSYS where the system is older. (syscall takes a
// variable argument list, which Swift can't call.)
static inline int gatehouse_open_beneath(int folder, const char *path, int flags) {
    struct {
        uint64_t flags, mode, resolve;
    } how = {(uint64_t)flags, 0, 0x02 | 0x04 | 0x08};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static inline int gatehouse_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

// A descriptor that can be read from once somebody wrote to it.
static inline int gatehouse_event(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// Waits for a descriptor from now on, until it is readable or writable, whichever is wanted; for neither, no more.
static inline int gatehouse_epoll_want(int epoll, int descriptor, int readable, int writable) {
    struct epoll_event event = {.events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0)};
    event.data.fd = descriptor;
    if (!readable && !writable) return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event);
    int result = epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
    return result != 0 && errno == EEXIST ? epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) : result;
}

// A descriptor that is ready: readable, writable or broken.
struct gatehouse_ready {
    int descriptor, readable, writable, broken;
};

// Waits until something is ready, so many milliseconds at most; the number of those that are, at most 64.
static inline int gatehouse_epoll_wait(int epoll, struct gatehouse_ready *ready, int milliseconds) {
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, 64, milliseconds);
    for (int index = 0; index < count; index++) {
        ready[index].descriptor = events[index].data.fd;
        ready[index].readable = (events[index].events & EPOLLIN) != 0;
        ready[index].writable = (events[index].events & EPOLLOUT) != 0;
        ready[index].broken = (events[index].events & (EPOLLERR | EPOLLHUP)) != 0;
    }
    return count;
}
#endif
