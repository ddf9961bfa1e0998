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
        let files = contents.enumerated().map { number, contents in
            (folder: "\(root)/\(LoadPortfolio.site(number))", name: "entitlements.xml", contents: contents)
        }
        let report = try await RoleReport.measuring(installations) { try Self.write(files, concurrency) }
        try report.print()
    }

    /// Writes files, so many at once.
    static func write(_ files: [(folder: String, name: String, contents: [UInt8])], _ concurrency: Int) throws {
        let next = Atomic(0)
        let failures = Atomic(0)
        let group = DispatchGroup()
        for _ in 0..<concurrency {
            group.enter()
            Thread.detachNewThread {
                while true {
                    let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    if number >= files.count { break }
                    if !Self.put(files[number].contents, in: files[number].folder, as: files[number].name) {
                        failures.wrappingAdd(1, ordering: .relaxed)
                    }
                }
                group.leave()
            }
        }
        group.wait()
        let failed = failures.load(ordering: .relaxed)
        guard failed == 0 else { throw BenchError("\(failed) files could not be written.") }
    }

    private static func put(_ bytes: [UInt8], in folder: String, as name: String) -> Bool {
        let draft = "\(folder)/\(name).new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { return false }
        let isWritten = Foundation.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        return close(file) == 0 && isWritten && rename(draft, "\(folder)/\(name)") == 0
    }
}
