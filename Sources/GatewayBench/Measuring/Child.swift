import Foundation

/// A process that is started and waited for, with what it used.
struct Child {
    /// Where its standard output goes.
    enum Output {
        /// Nowhere.
        case dropped
        /// To us, when it has ended.
        case kept
    }

    /// A process that has ended well.
    struct Ending {
        /// What it printed, where that was kept.
        var output: [UInt8]
        /// Seconds from its start until it was gone.
        var seconds: Double
        /// The processor seconds of all its threads.
        var processor: Double
        /// The most memory that it had, in bytes; at least what this process had when it started it.
        var peak: Int
    }

    let id: pid_t
    private let name: String
    private let pipe: Int32
    private let started: Double

    /// Starts a program, named with its path.
    ///
    /// - Parameter environment: what it finds besides this process's own.
    init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], output: Output
    ) throws {
        var ends: [Int32] = [-1, -1]
        if output == .kept, Foundation.pipe(&ends) != 0 { throw BenchError("There is no pipe to be had.") }
        for end in ends where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        switch output {
        case .dropped: posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        case .kept: posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
        let argumentList = CStrings([program] + arguments)
        let environmentList = CStrings(variables)
        var id = pid_t()
        started = Usage.now.wall
        let failure = posix_spawn(&id, program, &actions, nil, argumentList.pointers, environmentList.pointers)
        if output == .kept { close(ends[1]) }
        guard failure == 0 else {
            throw BenchError("\(program) can't be started: \(String(cString: strerror(failure))).")
        }
        self.id = id
        name = ([program] + arguments.prefix(1)).joined(separator: " ")
        pipe = ends[0]
    }

    /// Waits for its end.
    func wait() throws -> Ending {
        let output = pipe >= 0 ? readAll() : []
        var status: Int32 = 0
        var usage = rusage()
        while wait4(id, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw BenchError("\(name) can't be waited for.") }
        }
        let seconds = Usage.now.wall - started
        guard status == 0 else {
            throw BenchError(
                "\(name) failed (status \(status >> 8), signal \(status & 127)); its own words stand above.")
        }
        return Ending(output: output, seconds: seconds, processor: usage.processor, peak: usage.ru_maxrss * 1024)
    }

    /// The first line that it prints, without the line feed.
    func readLine() throws -> [UInt8] {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(pipe, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw BenchError("\(name) ended before it was ready; its own words stand above.") }
            if byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
        }
    }

    /// Asks it to end, and waits until it has.
    func end() {
        kill(id, SIGTERM)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        if pipe >= 0 { close(pipe) }
    }

    private func readAll() -> [UInt8] {
        defer { close(pipe) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(pipe, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return output }
            output += buffer[..<count]
        }
    }

    /// Runs a program to its end.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], output: Output = .dropped
    ) throws -> Ending {
        try Child(program, arguments, environment: environment, output: output).wait()
    }
}

/// Strings as the system takes them: an array of pointers with a nil behind it.
private final class CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

    deinit { for pointer in pointers { free(pointer) } }
}
