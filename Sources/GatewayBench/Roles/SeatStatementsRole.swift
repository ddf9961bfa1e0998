import AdapterKit
import ArgumentParser
import Foundation
import GRDB
import GatewayStore

/// The ceiling of claims: a plain GRDB loop on one thread that runs the same statements, so many writes a commit, with
/// FULL durability. It decides nothing and answers nobody.
struct SeatStatementsRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-seat-statements", shouldDisplay: false)

    @Option var store: String
    @Option var installations: Int
    /// Rounds of claim, renewal and release.
    @Option var claims: Int
    /// Writes in a commit.
    @Option var batch: Int

    func run() async throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        let pool = try DatabasePool(path: store, configuration: configuration)
        try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        // Claims, renewals and releases of one batch's sessions, as many callers send them in turn.
        var writes: [(kind: Int, number: Int)] = []
        for start in stride(from: 0, to: claims, by: batch) {
            for kind in 0..<3 { for number in start..<min(start + batch, claims) { writes.append((kind, number)) } }
        }
        let report = try await RoleReport.measuring(claims * 3) {
            for start in stride(from: 0, to: writes.count, by: batch) {
                let part = writes[start..<min(start + batch, writes.count)]
                try await pool.writeWithoutTransaction { db in
                    try db.inTransaction(.immediate) {
                        for write in part { try Self.perform(write.kind, write.number, installations, now, db) }
                        return .commit
                    }
                }
            }
        }
        try pool.close()
        try report.print()
    }

    private static func perform(
        _ kind: Int, _ number: Int, _ installations: Int, _ now: Int64, _ db: Database
    ) throws {
        let session = String(format: "plain-%08d", number)
        let installation = LoadPortfolio.installationID(number * 31 % installations)
        let until = now + 12 * 3_600_000
        if kind > 0 { _ = try Row.fetchOne(db.cachedStatement(sql: SeatSQL.session), arguments: [session]) }
        let row = try Row.fetchOne(db.cachedStatement(sql: SeatSQL.situation), arguments: [installation])
        let pools: String = row?[16] ?? ""
        switch kind {
        case 0:
            try db.cachedStatement(sql: SeatSQL.insert).execute(arguments: [
                session, installation, "users", "user-\(number % 64)", "host-\(number % 64)", "", now, until, 0,
            ])
            try db.cachedStatement(sql: SeatSQL.see).execute(arguments: [
                installation, "users", "user-\(number % 64)", now - now % 3_600_000,
            ])
        case 1:
            try db.cachedStatement(sql: SeatSQL.renew).execute(arguments: [session, until + 1])
        default:
            try db.cachedStatement(sql: SeatSQL.end).execute(arguments: [session])
        }
        if kind != 1 {
            try db.cachedStatement(sql: SeatSQL.count).execute(arguments: [installation, until, now / 3_600_000, pools])
        }
    }
}
