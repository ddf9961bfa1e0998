import AdapterKit
import Foundation
import Testing

@Suite("Compiled zone data")
struct ZoneFileTests {
    /// A TZif file with an empty first block, the given changes (second, local time), offsets and last line.
    static func file(
        version: Character = "2", changes: [(Int64, UInt8)] = [], offsets: [Int32] = [0], rule: String = ""
    ) -> [UInt8] {
        func header(_ times: Int, _ types: Int) -> [UInt8] {
            Array("TZif\(version)".utf8) + Array(repeating: 0, count: 15)
                + [0, 0, 0, times, types, 4].flatMap { big(UInt32($0)) }
        }
        func big(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        var bytes = header(0, 1) + [0, 0, 0, 0, 0, 0] + Array("LMT\0".utf8)
        bytes += header(changes.count, offsets.count)
        bytes += changes.flatMap { big($0.0) } + changes.map(\.1)
        bytes += offsets.flatMap { big($0) + [0, 0] } + Array("LMT\0".utf8)
        return bytes + Array("\n\(rule)\n".utf8)
    }

    @Test(
        "The last line's rule goes on for ever",
        arguments: [
            ("EST5EDT,M3.2.0,M11.1.0", "2030-03-10T06:59:59Z", -18000),
            ("EST5EDT,M3.2.0,M11.1.0", "2030-03-10T07:00:00Z", -14400),
            ("EST5EDT,M3.2.0,M11.1.0", "2030-11-03T06:00:00Z", -18000),
            ("EST5EDT,M3.2.0,M11.1.0", "2434-07-01T00:00:00Z", -14400),
            // Summer time that is behind: Ireland's law calls the winter the exception.
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2030-07-01T00:00:00Z", 3600),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2030-10-27T01:00:00Z", 0),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2031-03-30T00:59:59Z", 0),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2031-03-30T01:00:00Z", 3600),
            // Times before midnight, after 24:00, and names in angle brackets.
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31T00:59:59Z", -7200),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31T01:00:00Z", -3600),
            ("EET-2EEST,M4.5.5/0,M10.5.4/24", "2030-10-31T20:59:59Z", 10800),
            ("EET-2EEST,M4.5.5/0,M10.5.4/24", "2030-10-31T21:00:00Z", 7200),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2030-01-01T00:00:00Z", 39600),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2030-06-01T00:00:00Z", 37800),
            // The southern half: summer spans the New Year.
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2030-12-31T23:00:00Z", 39600),
            // Days counted without and with 29 February.
            ("AAA0BBB,J60/0,J300/0", "2032-02-29T23:59:59Z", 0),
            ("AAA0BBB,J60/0,J300/0", "2032-03-01T00:00:00Z", 3600),
            ("AAA0BBB,59/0,300/0", "2032-02-29T00:00:00Z", 3600),
            // Summer time all the year (RFC 9636, section 3.3.1).
            ("XXX3EDT4,0/0,J365/23", "2030-01-01T02:59:59Z", -14400),
            ("XXX3EDT4,0/0,J365/23", "2030-01-01T03:00:00Z", -14400),
            ("XXX3EDT4,0/0,J365/23", "2030-07-01T00:00:00Z", -14400),
            ("EST5", "2030-07-01T00:00:00Z", -18000),
        ])
    func rules(_ rule: String, _ at: String, _ offset: Int) throws {
        let first = rule == "EST5" ? Int32(-18000) : 0
        let zone = try Zone(name: "Test/Rule", tzif: Self.file(version: "3", offsets: [first], rule: rule))
        #expect(zone.offset(at: try #require(Instant(at))) == offset)
    }

    @Test("Every truncation is refused")
    func truncated() throws {
        let bytes = try SystemZones.bytes("Europe/London")
        for length in 0..<bytes.count {
            #expect(throws: ZoneError.self) { try Zone(name: "Cut", tzif: Array(bytes[..<length])) }
        }
    }

    @Test("Counts beyond the bytes are refused", arguments: [20, 24, 28, 32, 36, 40])
    func hugeCounts(_ position: Int) throws {
        let bytes = try SystemZones.bytes("Europe/London")
        for value: [UInt8] in [[255, 255, 255, 255], [127, 255, 255, 255], [0, 3, 255, 255]] {
            var hostile = bytes
            hostile.replaceSubrange(position..<position + 4, with: value)
            #expect(throws: ZoneError.self) { try Zone(name: "Counts", tzif: hostile) }
        }
        // The same in the second header, where the counts of 64-bit times stand.
        let second = try #require(bytes[4...].indices.first { bytes[$0...].starts(with: Array("TZif".utf8)) })
        for value: [UInt8] in [[255, 255, 255, 255], [127, 255, 255, 255], [0, 3, 255, 255]] {
            var hostile = bytes
            hostile.replaceSubrange(second + position..<second + position + 4, with: value)
            #expect(throws: ZoneError.self) { try Zone(name: "Counts", tzif: hostile) }
        }
    }

    @Test("Whatever byte is changed, a file is refused or gives offsets within bounds")
    func anyByte() throws {
        let bytes = Self.file(
            changes: [(-1_000_000_000, 1), (0, 0), (1_700_000_000, 1)], offsets: [-18000, -14400],
            rule: "EST5EDT,M3.2.0,M11.1.0")
        var taken = 0
        for position in bytes.indices {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] where bytes[position] != value {
                var hostile = bytes
                hostile[position] = value
                guard let zone = try? Zone(name: "Hostile", tzif: hostile) else { continue }
                taken += 1
                for milliseconds in [Int64.min, -1, 0, 1_900_000_000_000, Int64.max] {
                    let instant = Instant(milliseconds: milliseconds)
                    #expect(abs(zone.offset(at: instant)) < 93_600)
                    _ = zone.firstInstant(of: zone.localDay(of: instant))
                    _ = zone.instant(instant, addingDays: 45)
                }
            }
        }
        #expect(taken > 0)
    }

    @Test(
        "What can't be trusted is refused with the reason",
        arguments: [
            (file(rule: "Mars"), "rule"),
            (file(rule: "EST5EDT,M13.1.0,M11.1.0"), "rule"),
            (file(rule: "EST5EDT"), "rule"),
            (file(rule: "EST5EDT,M3.2.0,M11.1.0,"), "rule"),
            (file(rule: "EST5EDT,M3.2.0/168,M11.1.0"), "rule"),
            (file(rule: "EST5"), "contradicts"),
            (file(changes: [(5, 0), (5, 0)]), "order"),
            (file(changes: [(5, 9)]), "local time"),
            (file(offsets: [100_000]), "offset"),
            (file(version: "\0"), "version 1"),
            (Array("#!/bin/sh\n".utf8) + Array(repeating: 0, count: 60), "compiled"),
            (Array(repeating: 0, count: 300_000), "larger"),
        ])
    func refused(_ bytes: [UInt8], _ reason: String) throws {
        let error = #expect(throws: ZoneError.self) { try Zone(name: "Test/Bad", tzif: bytes) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("Test/Bad") == true)
    }

    @Test("A zone that counts leap seconds is refused")
    func leapSeconds() throws {
        var bytes = Self.file()
        // The second header's count of leap seconds, with its 12 bytes.
        let second = 44 + 10
        bytes[second + 31] = 1
        bytes.insert(contentsOf: Array(repeating: 0, count: 12), at: bytes.count - 2)
        let error = #expect(throws: ZoneError.self) { try Zone(name: "right/UTC", tzif: bytes) }
        #expect(error?.description.contains("leap seconds") == true)
    }
}
