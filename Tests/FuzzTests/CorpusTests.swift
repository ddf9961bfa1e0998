import Foundation
import Testing

@Suite("Bytes from strangers")
struct CorpusTests {
    /// The seeds and what fuzzing found, by reader.
    static func corpus(_ reader: FuzzedReader) throws -> [(name: String, bytes: [UInt8])] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/\(reader.rawValue)")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appending(path: name))))
        }
    }

    @Test("Every file of the corpus is taken or refused in words", arguments: FuzzedReader.allCases)
    func corpus(reader: FuzzedReader) throws {
        let files = try Self.corpus(reader)
        #expect(files.count >= 5)
        for file in files {
            if let problem = reader.problem(with: file.bytes) { Issue.record("\(reader)/\(file.name): \(problem)") }
        }
    }

    @Test(
        "So is each of them cut off anywhere, and with a byte of another kind anywhere",
        arguments: FuzzedReader.allCases)
    func mutations(reader: FuzzedReader) throws {
        var random = Xorshift(state: 0x9E37_79B9_7F4A_7C15)
        for file in try Self.corpus(reader) where !file.bytes.isEmpty && file.bytes.count < 8192 {
            for _ in 0..<20 {
                var bytes = file.bytes
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes.removeSubrange(place...)
                case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 2:
                    bytes.insert(contentsOf: bytes[place...].prefix(32), at: Int(random.next() % UInt64(bytes.count)))
                default: bytes.remove(at: place)
                }
                if let problem = reader.problem(with: bytes) {
                    Issue.record("\(reader)/\(file.name): \(problem): \(Data(bytes).base64EncodedString())")
                }
            }
        }
    }

    /// The same numbers in every run.
    private struct Xorshift: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}
