#pragma once

// What the C library has no function for, or only in a form that Swift reads awkwardly.

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

// What the system knows of a file. (Swift takes the members of struct stat for those of whichever C module it met first,
// which depends on what else is imported.)
struct gatehouse_status {
    uint64_t device, inode;
    int64_t size, modified;
    uint32_t mode, owner, group;
};

static inline void gatehouse_status_read(const struct stat *status, struct gatehouse_status *into) {
#if defined(__APPLE__)
    struct timespec time = status->st_mtimespec;
#else
    struct timespec time = status->st_mtim;
#endif
    into->device = (uint64_t)status->st_dev;
    into->inode = (uint64_t)status->st_ino;
    into->size = (int64_t)status->st_size;
    into->modified = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    into->mode = (uint32_t)status->st_mode;
    into->owner = (uint32_t)status->st_uid;
    into->group = (uint32_t)status->st_gid;
}

// Of an open file; -1 with errno where that fails.
static inline int gatehouse_status_of(int descriptor, struct gatehouse_status *into) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return -1;
    gatehouse_status_read(&status, into);
    return 0;
}

// Of a folder's entry, a symbolic link itself; or of a path, where a link leads.
static inline int gatehouse_status_at(int folder, const char *name, struct gatehouse_status *into) {
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return -1;
    gatehouse_status_read(&status, into);
    return 0;
}

static inline int gatehouse_status_path(const char *path, struct gatehouse_status *into) {
    struct stat status;
    if (stat(path, &status) != 0) return -1;
    gatehouse_status_read(&status, into);
    return 0;
}

#if defined(__linux__)
#include <errno.h>
#include <spawn.h>
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

// Has a new process inherit nothing from a number on. (glibc 2.34; it shows this to GNU sources alone.)
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
static inline int gatehouse_spawn_close_from(posix_spawn_file_actions_t *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
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
