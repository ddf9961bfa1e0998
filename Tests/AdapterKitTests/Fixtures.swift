import AdapterKit
import Foundation
import Testing

/// The tables under `Fixtures`: comma-separated, the first line names the columns, no quoting.
enum Fixtures {
    struct Row: CustomTestStringConvertible, Sendable {
        let file: String
        let fields: [String: String]

        subscript(column: String) -> String { fields[column] ?? "no column \(column) in \(file)" }

        var testDescription: String {
            fields["id"] ?? fields.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ")
        }

        /// The field, or nil where it is empty.
        func instant(_ column: String) throws -> Instant? {
            self[column].isEmpty ? nil : try need(Instant(self[column]), column)
        }

        func need<Value>(_ value: Value?, _ column: String) throws -> Value {
            guard let value else { throw Broken(description: "\(file): \(column): “\(self[column])”") }
            return value
        }
    }

    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    static func rows(_ name: String) throws -> [Row] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let columns = lines.first, lines.count > 1 else { throw Broken(description: "\(name) has no rows") }
        return try lines.dropFirst().map { fields in
            guard fields.count == columns.count else { throw Broken(description: "\(name): \(fields)") }
            return Row(file: name, fields: Dictionary(uniqueKeysWithValues: zip(columns, fields)))
        }
    }
}

/// The system's zone data, which Gatehouse depends on as a package.
enum SystemZones {
    static let directory = "/usr/share/zoneinfo"

    static func zone(_ name: String) throws -> Zone {
        name == "UTC" ? .utc : try Zone(name: name, tzif: bytes(name))
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(directory)/\(name)")))
    }

    /// The lines of the database's own source.
    static func source() throws -> [Substring] {
        try String(contentsOfFile: "\(directory)/tzdata.zi", encoding: .utf8).split(separator: "\n")
    }

    /// What a failure should name: a change of law is not a bug.
    static var release: String { (try? source().first.map(String.init)) ?? "unknown release" }
}
