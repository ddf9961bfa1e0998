import Foundation
import Glibc

/// A library that the program is started with, and that watches the calls by which it changes files: it can end or
/// stop the program at the Nth of them or have that one fail, write them all down, say how long a lock was waited for,
/// and move the clock.
///
/// The program itself knows nothing of it. It is compiled when a test needs it, by the toolchain's own `clang`.
struct Trap: Sendable {
    private let library: String
    private let folder: String

    /// The toolchain's compiler: beside `swift`, or on `PATH`; nil where there is none.
    static let compiler: String? = {
        let beside = Program.found("swift").map { path in
            [path, URL(fileURLWithPath: path).resolvingSymlinksInPath().path].map {
                URL(fileURLWithPath: $0).deletingLastPathComponent().path + "/clang"
            }
        }
        return (beside ?? []).first { access($0, X_OK) == 0 } ?? Program.found("clang")
    }()

    /// Why tests with a trap are left out where they are.
    static let reason = "no clang stands beside swift on PATH, to compile the library that kills the program with"

    fileprivate init(in estate: Estate) async throws {
        guard let compiler = Self.compiler else { throw Trouble(Self.reason) }
        let source = try estate.write(Self.source, to: "trap/trap.c")
        library = estate.folder + "/trap/trap.so"
        folder = estate.folder
        let clang = try await Child(
            compiler, ["-shared", "-fPIC", "-O1", "-w", "-o", library, source, "-ldl"],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""], folder: estate.folder,
            limit: .seconds(60)
        ).finished()
        guard clang.code == 0 else { throw Trouble("\(compiler): \(clang)") }
    }

    /// The variables that make the program run with it.
    ///
    /// - Parameters:
    ///   - at: At which call, from 1, the signal is raised, before the call is made; 0 for never.
    ///   - failure: Where it is set, the call fails with that number, and no signal is raised.
    ///   - matching: Only calls are counted whose line, such as `rename /sites/maple/entitlements.xml`, holds this.
    ///   - log: The file that the counted calls are written to.
    ///   - clock: Seconds that the clock is ahead.
    func variables(
        at call: Int = 0, matching: String? = nil, signal: Int32 = SIGKILL, failure: Int32 = 0, log: String? = nil,
        clock: Int = 0
    ) -> [String: String] {
        var variables = [
            "LD_PRELOAD": library, "TRAP_ROOT": folder, "TRAP_AT": "\(call)", "TRAP_SIGNAL": "\(signal)",
            "TRAP_FAILURE": "\(failure)", "TRAP_CLOCK": "\(clock)",
        ]
        variables["TRAP_MATCH"] = matching
        variables["TRAP_LOG"] = log
        return variables
    }

    /// What a log holds: the counted calls, and the waits for locks in microseconds.
    static func read(_ log: String) -> (calls: [String], waits: [Int]) {
        let lines = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        let waits = lines.filter { $0.hasPrefix("waited ") }.compactMap { Int($0.dropFirst(7)) }
        return (lines.filter { !$0.hasPrefix("waited ") }, waits)
    }
}

extension Estate {
    /// Compiles the trap for this test.
    func trap() async throws -> Trap { try await Trap(in: self) }
}

extension Trap {
    private static let source = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <limits.h>
        #include <signal.h>
        #include <stdarg.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/file.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>

        static atomic_int calls;
        static int at, number, failure, journal = -1;
        static long ahead;
        static const char *root, *match;

        __attribute__((constructor)) static void begin(void) {
            const char *text;
            at = (text = getenv("TRAP_AT")) ? atoi(text) : 0;
            number = (text = getenv("TRAP_SIGNAL")) ? atoi(text) : SIGKILL;
            failure = (text = getenv("TRAP_FAILURE")) ? atoi(text) : 0;
            ahead = (text = getenv("TRAP_CLOCK")) ? atol(text) : 0;
            root = getenv("TRAP_ROOT");
            match = getenv("TRAP_MATCH");
            if ((text = getenv("TRAP_LOG")))
                journal = (int)syscall(SYS_openat, AT_FDCWD, text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        }

        static void note(const char *text) {
            if (journal >= 0) syscall(SYS_write, journal, text, strlen(text));
        }

        /* Told of a call before it is made, and says whether it is to fail; by raw system calls, so that none of its
           own is told. */
        static int step(const char *name, int folder, const char *path) {
            char whole[PATH_MAX * 2], line[PATH_MAX * 2 + 64], numbered[PATH_MAX * 2 + 96], link[64];
            int saved = errno;
            if (!root) return 0;
            if (path && (path[0] == '/' || folder == AT_FDCWD)) {
                snprintf(whole, sizeof whole, "%s", path);
            } else {
                snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
                ssize_t count = syscall(SYS_readlink, link, whole, PATH_MAX - 1);
                if (count < 0) { errno = saved; return 0; }
                whole[count] = 0;
                if (path) snprintf(whole + count, sizeof whole - (size_t)count, "/%s", path);
            }
            if (strncmp(whole, root, strlen(root)) != 0) { errno = saved; return 0; }
            snprintf(line, sizeof line, "%s %s\n", name, whole + strlen(root));
            if (match && !strstr(line, match)) { errno = saved; return 0; }
            int call = atomic_fetch_add(&calls, 1) + 1;
            snprintf(numbered, sizeof numbered, "%d %s", call, line);
            note(numbered);
            if (at && call == at && failure) { errno = failure; return -1; }
            if (at && call == at) syscall(SYS_tgkill, getpid(), (int)syscall(SYS_gettid), number);
            errno = saved;
            return 0;
        }

        #define REAL(name) \
            static __typeof__(&name) real; \
            if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
        #define MODE \
            va_list rest; \
            va_start(rest, flags); \
            mode_t mode = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0; \
            va_end(rest)
        #define OPEN(name) \
            int name(const char *path, int flags, ...) { \
                REAL(name); MODE; \
                if ((flags & O_CREAT) && step("create", AT_FDCWD, path)) return -1; \
                return real(path, flags, mode); \
            }
        #define OPENAT(name) \
            int name(int folder, const char *path, int flags, ...) { \
                REAL(name); MODE; \
                if ((flags & O_CREAT) && step("create", folder, path)) return -1; \
                return real(folder, path, flags, mode); \
            }
        OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)

        #define CALL(result, name, label, folder, path, parameters, arguments) \
            result name parameters { REAL(name); return step(label, folder, path) ? -1 : real arguments; }
        CALL(ssize_t, write, "write", f, 0, (int f, const void *b, size_t n), (f, b, n))
        CALL(ssize_t, pwrite, "write", f, 0, (int f, const void *b, size_t n, off_t o), (f, b, n, o))
        CALL(ssize_t, pwrite64, "write", f, 0, (int f, const void *b, size_t n, off64_t o), (f, b, n, o))
        CALL(int, fsync, "fsync", f, 0, (int f), (f))
        CALL(int, fdatasync, "fsync", f, 0, (int f), (f))
        CALL(int, ftruncate, "truncate", f, 0, (int f, off_t n), (f, n))
        CALL(int, ftruncate64, "truncate", f, 0, (int f, off64_t n), (f, n))
        CALL(int, link, "link", AT_FDCWD, b, (const char *a, const char *b), (a, b))
        CALL(int, linkat, "link", y, b, (int x, const char *a, int y, const char *b, int g), (x, a, y, b, g))
        CALL(int, rename, "rename", AT_FDCWD, b, (const char *a, const char *b), (a, b))
        CALL(int, renameat, "rename", y, b, (int x, const char *a, int y, const char *b), (x, a, y, b))
        CALL(int, renameat2, "rename", y, b, (int x, const char *a, int y, const char *b, unsigned g), (x, a, y, b, g))
        CALL(int, unlink, "unlink", AT_FDCWD, a, (const char *a), (a))
        CALL(int, unlinkat, "unlink", x, a, (int x, const char *a, int g), (x, a, g))
        CALL(int, mkdir, "mkdir", AT_FDCWD, a, (const char *a, mode_t m), (a, m))
        CALL(int, mkdirat, "mkdir", x, a, (int x, const char *a, mode_t m), (x, a, m))
        CALL(int, chmod, "chmod", AT_FDCWD, a, (const char *a, mode_t m), (a, m))
        CALL(int, fchmod, "chmod", f, 0, (int f, mode_t m), (f, m))
        CALL(int, fchown, "chown", f, 0, (int f, uid_t u, gid_t g), (f, u, g))

        int flock(int f, int how) {
            REAL(flock);
            struct timespec from, to;
            char text[64];
            syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &from);
            int result = real(f, how), saved = errno;
            syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &to);
            if (how == LOCK_EX) {
                long waited = (to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
                snprintf(text, sizeof text, "waited %ld\n", waited);
                note(text);
            }
            errno = saved;
            return result;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            REAL(clock_gettime);
            int result = real(clock, time);
            if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += ahead;
            return result;
        }
        """#
}
