import Foundation

/// The time that has passed and the processor time that a process has used, at a moment.
struct Usage {
    /// Seconds on a clock that only goes forward.
    var wall: Double
    /// Seconds of all threads, in the program and in the kernel.
    var processor: Double

    /// Of this process, now.
    static var now: Usage {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Usage(wall: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9, processor: usage.processor)
    }

    static func - (left: Usage, right: Usage) -> Usage {
        Usage(wall: left.wall - right.wall, processor: left.processor - right.processor)
    }
}

extension rusage {
    /// Seconds in the program and in the kernel together.
    var processor: Double {
        Double(ru_utime.tv_sec + ru_stime.tv_sec) + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1e6
    }
}

/// What a role measured of itself, as it prints it for the process that started it.
struct RoleReport: Codable {
    /// How many things were done.
    var count: Int
    /// The seconds that it took.
    var seconds: Double
    /// The processor seconds that it took.
    var processor: Double
    /// The most memory that the process ever had, in bytes.
    var peak: Int

    /// Measures `body` alone: what a role does before it, such as opening a store, does not count.
    static func measuring(_ count: Int, _ body: () async throws -> Void) async rethrows -> RoleReport {
        let start = Usage.now
        try await body()
        let used = Usage.now - start
        return RoleReport(count: count, seconds: used.wall, processor: used.processor, peak: peakMemory())
    }

    /// Prints it as one line of JSON.
    func print() throws {
        FileHandle.standardOutput.write(try JSONEncoder().encode(self) + Data("\n".utf8))
    }

    /// The high-water mark of the memory that this program has held. (What `getrusage` calls so begins with the
    /// size of the process that started it.)
    private static func peakMemory() -> Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({
                Int($0)
            })
        else {
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss * 1024
        }
        return kilobytes * 1024
    }
}

/// Why nothing could be measured.
struct BenchError: Error, CustomStringConvertible {
    /// What went wrong, and what to do.
    var description: String

    init(_ description: String) { self.description = description }
}
