import Foundation
public import MarkedText
import MarkedYAML

/// The profiles of some folders or files. One broken file does not take the others away.
public struct ProfileSet: Sendable {
    /// The profiles that can be used, by name.
    public private(set) var profiles: [String: Profile] = [:]
    /// The files that can't be used.
    public private(set) var broken: [Broken] = []
    /// The folders they were looked for in.
    public let folders: [String]
    /// What each profile says together with what it inherits.
    private var trees: [String: Node] = [:]
    private let reader: ProfileReader

    /// A file that can't be used.
    public struct Broken: Sendable {
        /// The file.
        public var file: String
        /// The name that it gives its profile; nil where that can't be read.
        public var name: String?
        /// What is wrong with it.
        public var problems: DiagnosticsError
    }

    /// Reads every `*.yaml` of the folders, in order; a name that comes twice is a problem of both files.
    public init(folders: [String], reader: ProfileReader) {
        self.init(files: folders.flatMap(Self.files), extending: folders, reader: reader)
    }

    /// Reads files. What they extend is looked for among them first, then in the folders; of those only what a file
    /// needs and can't be used is told.
    public init(files: [String], extending folders: [String], reader: ProfileReader) {
        self.folders = folders
        self.reader = reader
        var family = ProfileFamily(reader: reader)
        // A file that is named twice is no second one.
        var taken: Set<String> = []
        let files = files.filter { taken.insert(Self.plain($0)).inserted }
        for file in files { family.add(path: file) }
        if family.members.contains(where: { $0.parent != nil }) {
            for file in folders.flatMap(Self.files) where taken.insert(Self.plain(file)).inserted {
                family.add(path: file, isBeside: true)
            }
        }
        var needed: [Int] = []
        for index in files.indices {
            let outcome = add(index, &family)
            if let parent = outcome.brokenParent { needed.append(parent) }
        }
        var told = Set(files.indices)
        while let index = needed.popLast() {
            guard told.insert(index).inserted else { continue }
            let outcome = add(index, &family)
            if let parent = outcome.brokenParent { needed.append(parent) }
        }
    }

    private mutating func add(_ index: Int, _ family: inout ProfileFamily) -> ProfileFamily.Outcome {
        let outcome = family.read(index)
        if let profile = outcome.profile {
            profiles[profile.name] = profile
            trees[profile.name] = outcome.tree
            return outcome
        }
        let member = family.members[index]
        broken.append(
            Broken(
                file: member.file, name: member.name?.text,
                problems: DiagnosticsError(outcome.problems.all, omitted: outcome.problems.omitted)))
        return outcome
    }

    /// What is wrong with the file that gives, or would hold, a profile; nil where there is no such file, or nothing
    /// wrong.
    public func problem(ofProfile name: String) -> String? {
        let found = broken.first { $0.name == name } ?? broken.first { $0.file.hasSuffix("/\(name).yaml") }
        return found?.problems.description
    }

    /// The values of a profile that can be used, each with the place it comes from.
    public func effective(_ name: String) -> EffectiveProfile? {
        guard let profile = profiles[name], let tree = trees[name] else { return nil }
        let form = reader.profileShape(protocolName: profile.protocolName).shape.form
        return EffectiveProfile(name: name, tree: tree, form: form)
    }

    /// The profile files of a folder, by name; none where the folder is missing.
    public static func files(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().map { folder + "/" + $0 }
    }

    /// One path for each file, however it is written.
    private static func plain(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
}
