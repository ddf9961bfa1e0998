import ArgumentParser
import Foundation

/// The ceiling of an upgrade's deliveries: the same file on every host, written beside its place, flushed and renamed.
struct KeysRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-keys", shouldDisplay: false)

    /// The folder with the hosts.
    @Option var site: String
    @Option var hosts: Int
    /// How many threads write.
    @Option var concurrency: Int

    func run() async throws {
        let contents = Array(
            try Data(contentsOf: URL(fileURLWithPath: "\(site)/server/MAS90/Home/Lib/Keys/ACTIVATE.PVX")))
        let folders =
            ["\(site)/server/MAS90/Home/Lib/Keys"] + (1...hosts).map { "\(site)/ts\($0)/MAS90/Home/Lib" }
        let report = try await RoleReport.measuring(folders.count) {
            try FilesRole.write(folders.map { (folder: $0, name: "BENCH.PVX", contents: contents) }, concurrency)
        }
        try report.print()
    }
}
