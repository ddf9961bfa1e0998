import AdapterKit
import Foundation
import GRDB

/// The backup that is made by itself before a store is brought to a newer version.
enum BackupBeforeMigration {
    /// How many of them are kept.
    static let kept = 3

    /// Makes it, checked, beside the store, and removes the oldest of its kind.
    ///
    /// - Throws: ``StoreError``: then the store must not be touched.
    static func make(_ pool: DatabasePool, of store: String, from version: Int) throws {
        let file = name(store, before: "version-\(Migrations.current)", at: .systemNow)
        do {
            _ = try Store.copy(pool, of: store, to: file, replacing: false)
        } catch let error as StoreError {
            throw StoreError(
                error.code,
                "The store \(store) is of version \(version) and is to be brought to version \(Migrations.current), but the "
                    + "backup that comes before could not be made: \(error.message) The store was left as it is.")
        }
        prune(store)
    }

    /// The backups of this kind that are there, the oldest first.
    static func all(of store: String) -> [String] {
        let start = URL(fileURLWithPath: store).lastPathComponent + "-before-version-"
        let folder = URL(fileURLWithPath: store).deletingLastPathComponent().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        // Without what does not end in a time: drafts, and what somebody put beside it.
        return names.filter { $0.hasPrefix(start) && time(of: $0) != nil }
            .sorted { (time(of: $0) ?? "", $0) < (time(of: $1) ?? "", $1) }.map { "\(folder)/\($0)" }
    }

    private static func prune(_ store: String) {
        for path in all(of: store).dropLast(kept) { try? FileManager.default.removeItem(atPath: path) }
    }

    /// A name beside the store that nothing has yet: `gatehouse.db-before-version-2-20261124T093000Z`.
    static func name(_ store: String, before what: String, at now: Instant) -> String {
        let time = now.adding(milliseconds: -Int(now.milliseconds % 1000)).description.filter { $0 != "-" && $0 != ":" }
        let plain = "\(store)-before-\(what)-\(time)"
        var name = plain
        var number = 2
        while FileManager.default.fileExists(atPath: name) {
            name = "\(plain).\(number)"
            number += 1
        }
        return name
    }

    /// The end of a name that is a time, with the number behind it.
    private static func time(of name: String) -> String? {
        guard let last = name.split(separator: "-").last else { return nil }
        return last.wholeMatch(of: /\d{8}T\d{6}Z(\.\d+)?/) == nil ? nil : String(last)
    }
}

extension Instant {
    /// The system's time, for names of files alone: what is stored is told the time.
    static var systemNow: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
