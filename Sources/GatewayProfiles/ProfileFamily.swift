import Foundation
import MarkedText
import MarkedYAML

/// Profile files that may extend one another. Each is parsed once, and read together with what it inherits.
struct ProfileFamily {
    /// A file as it is written.
    struct Member {
        var file: String
        /// Its variables replaced; nil where it is no YAML.
        var tree: Node?
        /// Whether it was looked for only because others may extend it.
        var isBeside = false
        /// What is wrong with it by itself.
        var diagnostics = Diagnostics()

        var name: Scalar? { tree?["name"]?.scalar }
        var parent: Scalar? { tree?["extends"]?.scalar }

        /// What a file must be called for its profile to be found when it can't be read.
        var stem: String { String((file as NSString).lastPathComponent.dropLast(".yaml".count)) }
    }

    /// What became of a member.
    struct Outcome {
        /// What it says together with what it inherits; nil where that is not known.
        var tree: Node?
        /// The profile; nil where it can't be used.
        var profile: Profile?
        /// What is wrong with it; at least one error where there is no profile.
        var problems = Diagnostics()
        /// The broken profile that it extends, if that is why it can't be used.
        var brokenParent: Int?
    }

    private let reader: ProfileReader
    private(set) var members: [Member] = []
    /// The files that give each name: of those to be read all, of those beside them only where no other does.
    private var byName: [String: [Int]] = [:]
    private var outcomes: [Int: Outcome] = [:]

    init(reader: ProfileReader) { self.reader = reader }

    /// Takes a file in.
    ///
    /// - Parameter isBeside: Whether it is wanted only by those that extend it: files taken in before, which give the
    ///   same name, come before it.
    mutating func add(path: String, isBeside: Bool = false) {
        var diagnostics = Diagnostics()
        let written = MarkedYAML.parse(path: path, into: &diagnostics)
        add(written, file: path, diagnostics, isBeside: isBeside)
    }

    /// Takes a file's bytes in.
    mutating func add(_ bytes: [UInt8], file: String) {
        var diagnostics = Diagnostics()
        let written = MarkedYAML.parse(bytes, file: file, into: &diagnostics)
        add(written, file: file, diagnostics)
    }

    private mutating func add(
        _ written: Node?, file: String, _ diagnostics: Diagnostics, isBeside: Bool = false
    ) {
        var member = Member(file: file, isBeside: isBeside, diagnostics: diagnostics)
        member.tree = written?.substituting(reader.environment, into: &member.diagnostics)
        if let name = member.name?.text, !name.isEmpty {
            let isMeantAlready = isBeside && byName[name]?.contains { !members[$0].isBeside } == true
            if !isMeantAlready { byName[name, default: []].append(members.count) }
        }
        members.append(member)
    }

    // MARK: - Reading

    /// Reads a member with what it inherits.
    mutating func read(_ index: Int) -> Outcome {
        if let outcome = outcomes[index] { return outcome }
        let outcome = made(index)
        outcomes[index] = outcome
        return outcome
    }

    private mutating func made(_ index: Int) -> Outcome {
        let member = members[index]
        var outcome = Outcome(tree: member.tree, problems: member.diagnostics)
        guard var tree = member.tree else { return outcome }
        var isWhole = true
        if let name = member.parent, !name.text.isEmpty, tree.mapping != nil {
            let parent = parent(of: index, name, into: &outcome.problems)
            let ancestor = parent.map { read($0) }
            if let ancestor, let above = ancestor.tree, ancestor.profile != nil {
                refuseOtherProtocol(tree, above, name, into: &outcome.problems)
                tree = Inheritance.merged(tree, over: above, into: &outcome.problems)
                outcome.tree = tree
            } else {
                isWhole = false
                tree = Inheritance.withoutRemovals(tree)
                outcome.brokenParent = parent
            }
            if let ancestor, ancestor.profile == nil {
                let first = DiagnosticsError(ancestor.problems.all).diagnostics.first { $0.severity == .error }
                outcome.problems.error(
                    "the profile \(quoted(name.text)), which this one extends, can't be used", at: name.mark,
                    help: first.map { "put that right first: \($0.file):\($0.mark.start): \($0.message)" })
            }
        }
        var found = Diagnostics()
        // Without what it inherits, what it lacks is no mistake of its own.
        found.passesMissing = !isWhole
        let profile = reader.shape(for: tree).read(tree, into: &found)
        for problem in found.all { outcome.problems.append(told(problem, of: member)) }
        outcome.problems.append(contentsOf: DiagnosticsError([], omitted: found.omitted))
        refuseSharedName(of: index, into: &outcome.problems)
        if !outcome.problems.hasErrors { outcome.profile = profile }
        return outcome
    }

    /// A problem of a profile that shows itself where an inherited value stands, which is right there.
    private func told(_ problem: Diagnostic, of member: Member) -> Diagnostic {
        guard problem.file != member.file, let name = member.name?.text else { return problem }
        var problem = problem
        problem.message += " (in \(quoted(name)) of \(member.file), which inherits this)"
        return problem
    }

    /// A name that two files give means neither: which of them comes first is nobody's decision.
    private func refuseSharedName(of index: Int, into diagnostics: inout Diagnostics) {
        guard let name = members[index].name, let all = byName[name.text], all.contains(index), all.count > 1 else {
            return
        }
        let others = all.filter { $0 != index }.map { members[$0].file }
        let some = others.prefix(5).joined(separator: ", ") + (others.count > 5 ? ", …" : "")
        diagnostics.error(
            "the profile \(quoted(name.text)) stands in \(some), too", at: name.mark,
            help: "give one of them another name, or take it away: until then neither is used")
    }

    private func refuseOtherProtocol(
        _ tree: Node, _ above: Node, _ parent: Scalar, into diagnostics: inout Diagnostics
    ) {
        guard let own = tree["protocol"]?.scalar, let inherited = above["protocol"]?.scalar,
            own.text != inherited.text
        else { return }
        diagnostics.error(
            "a variation speaks the protocol of what it extends, \(quoted(inherited.text))", at: own.mark,
            help: "remove this line, or write a profile that does not extend \(quoted(parent.text))")
    }

    // MARK: - Who extends whom

    /// The profile that a member extends; nil where there is none to inherit from, which is told.
    private func parent(of index: Int, _ name: Scalar, into diagnostics: inout Diagnostics) -> Int? {
        guard let parent = byName[name.text]?.first else {
            tellUnknown(name, into: &diagnostics)
            return nil
        }
        var chain = [index]
        var next: Int? = parent
        while let member = next, chain.count <= Inheritance.longestChain {
            if member == index {
                tellCycle(chain, into: &diagnostics)
                return nil
            }
            // Another cycle further up is told in its own files.
            if chain.contains(member) { break }
            chain.append(member)
            next = members[member].parent.flatMap { byName[$0.text]?.first }
        }
        if chain.count > Inheritance.longestChain {
            diagnostics.error(
                "more than \(Inheritance.longestChain) profiles extend one another", at: name.mark,
                help: "extend a profile further up: \(shown(chain.prefix(4))) → …")
            return nil
        }
        // Together no more than a single file may hold, so that what is inherited costs no more than what is written.
        let size = chain.reduce(0) { $0 + (members[$1].tree?.mark.source.bytes.count ?? 0) }
        if size > MarkedYAML.byteLimit {
            diagnostics.error(
                "longer than \(MarkedYAML.byteLimit / 1024) kB together with what it extends: \(shown(chain[...]))",
                at: name.mark, help: "extend a shorter profile")
            return nil
        }
        return parent
    }

    private func tellUnknown(_ name: Scalar, into diagnostics: inout Diagnostics) {
        if let broken = members.first(where: { $0.tree == nil && $0.stem == name.text }) {
            let first = broken.diagnostics.all.first
            diagnostics.error(
                "the profile \(quoted(name.text)), which this one extends, can't be read", at: name.mark,
                help: first.map { "put that right first: \($0.file):\($0.mark.start): \($0.message)" })
            return
        }
        let known = byName.keys.sorted()
        let near = nearest(to: name.text, among: known).map { "did you mean \(quoted($0))?" }
        let some = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
        diagnostics.error(
            "there is no profile \(quoted(name.text)) to extend", at: name.mark,
            help: near ?? "profiles known here: \(some.isEmpty ? "none" : some)")
    }

    private func tellCycle(_ chain: [Int], into diagnostics: inout Diagnostics) {
        guard let first = chain.first, let mark = members[first].parent?.mark else { return }
        let places = chain.compactMap { members[$0].parent?.mark }.map { "\($0.file):\($0.start)" }
        diagnostics.error(
            "this profile extends itself: \(shown((chain + [first])[...]))", at: mark,
            help: "remove one of these: \(places.joined(separator: ", "))")
    }

    private func shown(_ chain: ArraySlice<Int>) -> String {
        chain.map { members[$0].name?.text ?? members[$0].stem }.joined(separator: " → ")
    }
}
