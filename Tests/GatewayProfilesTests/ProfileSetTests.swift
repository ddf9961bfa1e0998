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

    @Test("Of two profiles of one name neither is taken: each is told with the other")
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
            #expect(set.profiles.keys.sorted() == ["other"])
            #expect(set.broken.map(\.file) == [folder + "/one/z.yaml", folder + "/two/a.yaml"])
            for (broken, other) in zip(set.broken, ["/two/a.yaml", "/one/z.yaml"]) {
                #expect(broken.problems.description.contains("the profile \"same\" stands in \(folder)\(other), too"))
            }
            let told = try #require(set.problem(ofProfile: "same"))
            #expect(told.contains("/one/z.yaml") && told.contains("/two/a.yaml"), "who uses it is told of both")
        }
    }

    @Test("Who extends a name that two files give is told so; a file of one's own comes before those beside it")
    func extendsDuplicate() throws {
        try withFolder { folder in
            try write(folder + "/a.yaml", named("same"))
            try write(folder + "/b.yaml", named("same").replacing("14d", with: "7d"))
            try write(folder + "/child.yaml", "extends: same\nname: child\n")
            let set = ProfileSet(files: [folder + "/child.yaml"], extending: [folder], reader: ProfileText.reader)
            let told = set.broken.map(\.problems.description).joined(separator: "\n")
            #expect(set.profiles.isEmpty && told.contains("child.yaml:1:10: error: "), "\(told)")
            #expect(told.contains(folder + "/b.yaml, too"), "\(told)")
            let own = ProfileSet(
                files: ["child", "b"].map { "\(folder)/\($0).yaml" }, extending: [folder], reader: ProfileText.reader)
            #expect(own.broken.isEmpty && own.profiles["child"]?.refreshDays == 7)
        }
    }

    @Test("A file that is named twice, or by a link, is one file")
    func namedTwice() throws {
        try withFolder { folder in
            try write(folder + "/a.yaml", named("same"))
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/b.yaml", withDestinationPath: folder + "/a.yaml")
            let set = ProfileSet(
                files: ["a", "a", "b"].map { "\(folder)/\($0).yaml" }, extending: [], reader: ProfileText.reader)
            #expect(set.broken.isEmpty && set.profiles.keys.sorted() == ["same"])
        }
    }

    @Test("A name that comes twice is told where the name stands")
    func duplicatePlace() throws {
        try withFolder { folder in
            try write(folder + "/a.yaml", named("same"))
            try write(folder + "/b.yaml", "# A comment.\n" + named("same"))
            let set = ProfileSet(folders: [folder], reader: ProfileText.reader)
            #expect(set.broken.flatMap(\.problems.diagnostics).map(\.mark.start.description) == ["1:7", "2:7"])
        }
    }
}
