import AdapterKit
import Foundation
import Testing

@Suite("Time zones against the C library")
struct ZoneOracleTests {
    /// `date` asks glibc, which shares no code with this reader. One child process answers for all zones.
    @Test("Every zone of the system agrees with glibc at every change from 1970 to 2059")
    func everyZone() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let names = try SystemZones.source().filter { $0.hasPrefix("Z ") }
            .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
            .filter { $0 != "Factory" }
        #expect(names.count > 300)
        var zones: [String: (zone: Zone, asked: [Int64])] = [:]
        for name in names {
            let zone = try SystemZones.zone(name)
            let asked = Self.instants(of: zone)
            zones[name] = (zone, asked)
            let lines = asked.map { "@\($0)" }.joined(separator: "\n") + "\n"
            try Data(lines.utf8).write(to: folder.appending(path: name.replacing("/", with: ".")))
        }
        try Data((names.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: "names"))

        let script = """
            cd "$1" && while read -r zone; do
                echo "= $zone"
                TZ="$zone" date -f "$(echo "$zone" | tr / .)" '+%::z'
            done < names
            """
        let child = Process()
        child.executableURL = URL(filePath: "/bin/sh")
        child.arguments = ["-c", script, "sh", folder.path]
        let output = Pipe()
        child.standardOutput = output
        try child.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        child.waitUntilExit()
        #expect(child.terminationStatus == 0)

        var answers: [String: [Int]] = [:]
        var name = ""
        for line in String(decoding: answer, as: UTF8.self).split(separator: "\n") {
            if line.hasPrefix("= ") {
                name = String(line.dropFirst(2))
                continue
            }
            let parts = line.dropFirst().split(separator: ":").compactMap { Int($0) }
            let sign = line.first == "-" ? -1 : 1
            answers[name, default: []].append(sign * zip(parts, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 })
        }
        var compared = 0
        for name in names {
            let (zone, asked) = try #require(zones[name])
            let offsets = answers[name] ?? []
            #expect(offsets.count == asked.count, "\(name)")
            for (second, expected) in zip(asked, offsets) {
                let offset = zone.offset(at: Instant(milliseconds: second * 1000))
                if offset != expected { Issue.record("\(name) at @\(second): \(offset), glibc says \(expected)") }
                compared += 1
            }
        }
        #expect(compared > 100_000)
    }

    /// A sweep of about seven times a year, with the two seconds at each change that the sweep shows.
    private static func instants(of zone: Zone) -> [Int64] {
        func offset(_ second: Int64) -> Int { zone.offset(at: Instant(milliseconds: second * 1000)) }
        let step: Int64 = 53 * 86_400 + 12_345
        let end: Int64 = 2_840_140_800
        var asked: [Int64] = []
        var second: Int64 = 0
        var before = offset(second)
        while second < end {
            asked.append(second)
            let after = offset(second + step)
            if after != before {
                var (low, high) = (second, second + step)
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if offset(middle) == before { low = middle } else { high = middle }
                }
                asked += [low, high]
            }
            before = after
            second += step
        }
        return asked
    }
}
