import Foundation
import MarkedCSV
import MarkedText
import Testing

/// Hostile files of a megabyte, each of which must be done with in a few seconds of processor time in a debug build:
/// what takes longer than linear time takes minutes.
@Suite("Hostile files")
struct HostileTests {
    private static let size = 1_250_000
    private static let bound = Duration.seconds(5)

    struct File: CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        /// How what is told first begins; empty where nothing is wrong.
        var told: String

        init(_ name: String, _ part: String, after: String = "a,b\n", _ told: String) {
            let part = Array(part.utf8)
            var bytes = Array(after.utf8)
            while bytes.count < HostileTests.size { bytes += part }
            (testDescription, self.bytes, self.told) = (name, bytes, told)
        }
    }

    static let files = [
        File(
            "an endless quote", "x", after: "a,b\n\"", "2:1: error: the quote that opens here is not closed within 64"),
        File("quotes without end", "\"\"", after: "a,b\n\"", "2:1: error: the quote that opens here"),
        File("an endless cell", "x", "2:1: error: a cell of more than 64 kB"),
        File("endless cells", "x,", "2:2001: error: more than 1000 cells in a row"),
        File("empty cells", ",", "2:1001: error: more than 1000 cells in a row"),
        File("large cells", String(repeating: "x", count: 60_000) + ",", "2:1020018: error: a row of more than 1 MB"),
        File("stray quotes", "x\"\n", "2:2: error: a quote inside"),
        File("stray quotes in one line", "x\",", "2:2: error: a quote inside"),
        File("NUL", "\0", "2:1: error: NUL character"),
        File("NUL in cells", "\0,", "2:1: error: NUL character"),
        File("NUL in lines", "\0\n", "2:1: error: NUL character"),
        File("empty lines", "\n", ""),
        File("carriage returns", "\r", ""),
        File("separators and lines", ",\n", ""),
        File("lines in quotes", "\"\n\",\n", ""),
        File("combining marks", "\u{301}\n", ""),
    ]

    @Test("It is read or refused in linear time", arguments: files)
    func bounded(_ file: File) {
        var reading = Reading()
        let time = processorTime { reading = count(file.bytes) }
        #expect((reading.problems.first ?? "").hasPrefix(file.told.isEmpty ? "" : "f.csv:" + file.told))
        #expect(reading.problems.isEmpty == file.told.isEmpty, "\(reading.problems.first ?? "")")
        #expect(reading.problems.count <= Diagnostics.limit)
        #expect(time < Self.bound)
    }

    @Test("Bytes of every value are read or refused in linear time")
    func binary() {
        let bytes = (0..<Self.size).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 8) }
        var reading = Reading()
        let time = processorTime { reading = count(bytes) }
        #expect(!reading.problems.isEmpty && time < Self.bound)
    }

    @Test("A file that is too long is refused before it is looked at")
    func long() {
        let bytes = [UInt8](repeating: 0x61, count: MarkedCSV.byteLimit + 1)
        #expect(read(bytes).problems.first?.hasPrefix("f.csv:1:1: error: longer than 64 MB") == true)
    }

    @Test("Any bytes at all are read to an end, with problems or without", arguments: 0..<200)
    func fuzz(_ seed: Int) {
        // A small alphabet, so that quotes, separators and ends of lines meet in every way.
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        let alphabet = Array("ab\"\",,;=\t\n\r\n'é".utf8) + [0xFF, 0x00, 0xE9]
        let bytes = (0..<400).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return alphabet[Int(state >> 33) % (seed.isMultiple(of: 2) ? alphabet.count : alphabet.count - 4)]
        }
        let reading = read(bytes)
        let (lines, cells) = (reading.rows.count, reading.rows.reduce(0) { $0 + $1.count })
        #expect(lines <= bytes.count && cells <= bytes.count + 1)
    }

    /// Reads a file without keeping what it says.
    private func count(_ bytes: [UInt8]) -> Reading {
        var reading = Reading()
        do throws(DiagnosticsError) {
            var reader = try CSVReader(bytes, file: "f.csv")
            var (row, diagnostics) = (CSVRow(), Diagnostics())
            while reader.next(&row, &diagnostics) {}
            reading.problems = diagnostics.all.map(\.description)
        } catch {
            reading.problems = error.diagnostics.map(\.description)
        }
        return reading
    }
}

/// The processor time that a piece of work takes on its thread: what other tests do meanwhile does not count.
private func processorTime(_ work: () -> Void) -> Duration {
    func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let start = now()
    work()
    return now() - start
}
