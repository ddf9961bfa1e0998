public import AdapterKit
import Foundation
import Synchronization

/// The time zones of the system: compiled zone data as the distribution's `tzdata` installs it.
///
/// A zone is read once and kept. Safe to share between tasks.
public final class ZoneDatabase: Sendable {
    /// The folder of the zone data.
    public let directory: String
    private let zones = Mutex<[String: Zone]>([:])

    /// The database in a folder. Nothing is read before it is asked for.
    public init(directory: String = "/usr/share/zoneinfo") {
        self.directory = directory
    }

    /// The zone with a name, `America/Toronto`.
    ///
    /// - Throws: ``UnknownZone`` with the nearest names where there is none, `ZoneError` where its data can't be
    ///   used. Never another zone in its place.
    public func zone(named name: String) throws -> Zone {
        if let zone = zones.withLock({ $0[name] }) { return zone }
        guard Self.isZoneName(name), let bytes = bytes(of: name) else {
            throw UnknownZone(name: name, nearest: nearest(to: name), directory: directory)
        }
        let zone = try Zone(name: name, tzif: bytes)
        zones.withLock { $0[name] = zone }
        return zone
    }

    /// The names of all zones, in order; empty where the zone data is not installed.
    public func names() -> [String] {
        if let index = text(of: "tzdata.zi") {
            var names: [String] = []
            for line in index.split(separator: "\n") where line.hasPrefix("Z ") || line.hasPrefix("L ") {
                let fields = line.split(separator: " ", maxSplits: 3)
                let position = line.hasPrefix("Z ") ? 1 : 2
                if fields.count > position { names.append(String(fields[position])) }
            }
            if !names.isEmpty { return Set(names.filter(Self.isZoneName)).sorted() }
        }
        guard let walk = FileManager.default.enumerator(atPath: directory) else { return [] }
        var names: [String] = []
        for case let name as String in walk where Self.isZoneName(name) {
            if bytes(of: name)?.starts(with: Array("TZif".utf8)) == true { names.append(name) }
        }
        return names.sorted()
    }

    /// The known names nearest to one that is not known, nearest first, at most three. The part after the last
    /// slash may stand alone and in any case: `london` finds `Europe/London`.
    public func nearest(to name: String) -> [String] {
        let wanted = name.replacing(" ", with: "_").prefix(100)
        let greatest = max(2, wanted.utf8.count / 3)
        let city = wanted.split(separator: "/").last.map(String.init) ?? ""
        let ranked = names().compactMap { known -> (distance: Int, name: String)? in
            let knownCity = known.split(separator: "/").last.map(String.init) ?? known
            let isPath = known.contains("/")
            // Half a step separates a match of the whole name from one of the city alone.
            let whole = Spelling.distance(String(wanted), known) * 2
            let part = isPath ? Spelling.distance(city, knownCity) * 2 + 1 : Int.max
            let distance = min(whole, part)
            return distance <= greatest * 2 ? (distance, known) : nil
        }
        return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// The release of the zone data (`2025b`); nil where it does not say.
    public var version: String? {
        guard let first = text(of: "tzdata.zi")?.split(separator: "\n").first, first.hasPrefix("# version ") else {
            return nil
        }
        return String(first.dropFirst("# version ".count))
    }

    /// A name of a zone: parts of letters, digits and `_ + -`, none of them hidden. What depends on the machine
    /// (`localtime`) or counts leap seconds (`right/…`) is no customer's zone.
    private static func isZoneName(_ name: String) -> Bool {
        guard name.utf8.count <= 64, !["localtime", "posixrules", "Factory"].contains(name) else { return false }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let first = parts.first, !first.elementsEqual("right".utf8), !first.elementsEqual("posix".utf8) else {
            return false
        }
        return parts.allSatisfy { part in
            !part.isEmpty
                && part.allSatisfy { byte in
                    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                }
        }
    }

    /// The bytes of a regular file in the folder, at most a little more than any zone has.
    private func bytes(of name: String) -> [UInt8]? { read(name, limit: 262_145) }

    private func text(of name: String) -> String? {
        read(name, limit: 4_000_000).map { String(decoding: $0, as: UTF8.self) }
    }

    private func read(_ name: String, limit: Int) -> [UInt8]? {
        let path = directory + "/" + name
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let file = FileHandle(forReadingAtPath: path)
        else { return nil }
        defer { try? file.close() }
        return (try? file.read(upToCount: limit)).map { Array($0) }
    }
}

/// A name that is no time zone's.
public struct UnknownZone: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name that was asked for.
    public let name: String
    /// The nearest known names, at most three.
    public let nearest: [String]
    /// Where the zones were looked for.
    public let directory: String

    /// What is wrong and what was probably meant.
    public var description: String {
        let hint =
            nearest.isEmpty
            ? ". Names look like Europe/London; they are the files under \(directory), which the package tzdata installs."
            : ": did you mean \(nearest.map { "\"\($0)\"" }.joined(separator: ", "))?"
        return "There is no time zone \"\(name)\"\(hint)"
    }
}
