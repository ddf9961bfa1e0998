import Foundation
import GatewayProfiles
import MarkedText

/// A folder of profile files that is gone when the test ends.
struct Folder {
    let path: String

    static func with(_ body: (Folder) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "gatehouse-profiles-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(Folder(path: path))
    }

    /// Writes a profile file of some name.
    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name).yaml"))
    }

    /// All its profiles.
    func read(_ environment: [String: String] = [:]) -> ProfileSet {
        ProfileSet(folders: [path], reader: ProfileText.reader(environment))
    }

    /// What is wrong with the files, as it is told, without the folder's path.
    func problems(_ environment: [String: String] = [:]) -> [String] {
        read(environment).broken.flatMap(\.problems.diagnostics).map { $0.description.replacing(path + "/", with: "") }
    }
}
