import CLinux
import Foundation

/// Starts this program once more, apart: it goes on when this process, its terminal and its login are gone.
enum DetachedProcess {
    /// `POSIX_SPAWN_SETSID`, which glibc shows to GNU sources alone.
    private static let setSession: Int16 = 0x80

    /// Starts it, with nothing to read and nothing to write.
    ///
    /// - Returns: Whether it was started. Where not, what it was to do is still due, and is done by the next who looks.
    @discardableResult
    static func start(_ arguments: [String]) -> Bool {
        var attributes = posix_spawnattr_t()
        var actions = posix_spawn_file_actions_t()
        guard posix_spawnattr_init(&attributes) == 0 else { return false }
        defer { posix_spawnattr_destroy(&attributes) }
        guard posix_spawn_file_actions_init(&actions) == 0 else { return false }
        defer { posix_spawn_file_actions_destroy(&actions) }
        // A session of its own: what ends this one's terminal does not end it.
        posix_spawnattr_setflags(&attributes, Self.setSession)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // Whoever reads to the end of a pipe that this process was given waits for nobody but this process.
        gatehouse_spawn_close_from(&actions, 3)
        let words = ([CommandLine.arguments.first ?? "gatehouse"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        return posix_spawn(&child, "/proc/self/exe", &actions, &attributes, words, environ) == 0
    }
}
