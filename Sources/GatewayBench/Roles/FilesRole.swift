import ArgumentParser
import Dispatch
import Foundation
import Synchronization

/// The ceiling of an update: the same files, each written beside its place, flushed and renamed; nothing else.
struct FilesRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-files", shouldDisplay: false)

    /// The tree with the files that were delivered.
    @Option var from: String
    /// Another tree of the same shape.
    @Option var root: String
    @Option var installations: Int
    /// How many threads write.
    @Option var concurrency: Int

    func run() async throws {
        var contents: [[UInt8]] = []
        for number in 0..<installations {
            let path = "\(from)/\(LoadPortfolio.site(number))/entitlements.xml"
            contents.append(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        }
        let files = contents
        let report = try await RoleReport.measuring(installations) { try write(files) }
        try report.print()
    }

    private func write(_ files: [[UInt8]]) throws {
        let next = Atomic(0)
        let failures = Atomic(0)
        let group = DispatchGroup()
        for _ in 0..<concurrency {
            group.enter()
            Thread.detachNewThread {
                while true {
                    let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    if number >= files.count { break }
                    if !Self.put(files[number], in: "\(root)/\(LoadPortfolio.site(number))") {
                        failures.wrappingAdd(1, ordering: .relaxed)
                    }
                }
                group.leave()
            }
        }
        group.wait()
        let failed = failures.load(ordering: .relaxed)
        guard failed == 0 else { throw BenchError("\(failed) files could not be written below \(root).") }
    }

    private static func put(_ bytes: [UInt8], in folder: String) -> Bool {
        let draft = folder + "/entitlements.new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { return false }
        let isWritten = Foundation.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        return close(file) == 0 && isWritten && rename(draft, folder + "/entitlements.xml") == 0
    }
}
