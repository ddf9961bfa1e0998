import Foundation
import GatewayProfiles
import MarkedText
import MarkedYAML
import Testing

@Suite("Folders of profiles")
struct ProfileSetTests {
    /// A folder that is gone when the test ends.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "gatehouse-profiles-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func write(_ path: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private func named(_ name: String) -> String { ProfileText.good.replacing("name: sample", with: "name: \(name)") }

    @Test("A broken file takes no other away, and is told by its path")
    func broken() throws {
        try withFolder { folder in
            try write(folder + "/a.yaml", named("a"))
            try write(folder + "/b.yaml", named("b").replacing("14d", with: "2w"))
            try write(folder + "/c.yaml", "\u{0}")
            try Data([0xFF, 0xFE, 0x41]).write(to: URL(filePath: folder + "/d.yaml"))
            try write(folder + "/e.yaml", named("e"))
            try FileManager.default.createDirectory(
                atPath: folder + "/f.yaml", withIntermediateDirectories: true)
            let set = ProfileSet(folders: [folder], reader: ProfileText.reader)
            #expect(set.profiles.keys.sorted() == ["a", "e"])
            #expect(set.broken.count == 4)
            #expect(set.problem(ofProfile: "b")?.hasPrefix("\(folder)/b.yaml:11:10: error: ") == true)
            for name in ["b", "c", "d", "f"] {
                #expect(set.problem(ofProfile: name)?.hasPrefix("\(folder)/\(name).yaml:") == true)
            }
            #expect(set.problem(ofProfile: "a") == nil && set.problem(ofProfile: "x") == nil)
        }
    }

    @Test("What is no profile file is passed over")
    func others() throws {
        try withFolder { folder in
            try write(folder + "/a.yaml", named("a"))
            try write(folder + "/.hidden.yaml", "nonsense: [")
            try write(folder + "/a.yaml~", "nonsense: [")
            try write(folder + "/README.md", "nonsense: [")
            let set = ProfileSet(folders: [folder, folder + "/missing"], reader: ProfileText.reader)
            #expect(set.profiles.keys.sorted() == ["a"] && set.broken.isEmpty)
            #expect(ProfileSet.files(in: folder) == [folder + "/a.yaml"])
            #expect(ProfileSet.files(in: folder + "/missing").isEmpty)
        }
    }

    @Test("Of two profiles of one name the first is taken, and the second is told with the first")
    func duplicate() throws {
        try withFolder { folder in
            for name in ["one", "two"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            try write(folder + "/one/z.yaml", named("same"))
            try write(folder + "/two/a.yaml", named("same"))
            try write(folder + "/two/b.yaml", named("other"))
            let set = ProfileSet(folders: [folder + "/one", folder + "/two"], reader: ProfileText.reader)
            #expect(set.profiles.keys.sorted() == ["other", "same"])
            #expect(set.profiles["same"]?.file == folder + "/one/z.yaml")
            #expect(set.broken.count == 1)
            let problem = try #require(set.broken.first).problems
            #expect(problem.diagnostics.first?.file == folder + "/two/a.yaml")
            #expect(problem.description.contains("\"same\"") && problem.description.contains(folder + "/one/z.yaml"))
        }
    }

    @Test("A name that comes twice is told where the name stands")
    func duplicatePlace() throws {
        try withFolder { folder in
            try write(folder + "/a.yaml", named("same"))
            try write(folder + "/b.yaml", "# A comment.\n" + named("same"))
            let set = ProfileSet(folders: [folder], reader: ProfileText.reader)
            #expect(set.broken.first?.problems.diagnostics.first?.mark.start.description == "2:7")
        }
    }
}
