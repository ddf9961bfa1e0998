public import AdapterKit
public import MarkedText
import MarkedYAML

/// Reads profile files, and says everything that is wrong with them, each thing at its place.
public struct ProfileReader: Sendable {
    let environment: [String: String]
    private let adapters: [String: AdapterDescriptor]

    /// A reader for the protocols of these adapters.
    ///
    /// - Parameter environment: The variables that a profile may name as `${NAME}`.
    public init(adapters: [AdapterDescriptor], environment: [String: String]) {
        self.adapters = Dictionary(adapters.map { ($0.protocolName, $0) }, uniquingKeysWith: { first, _ in first })
        self.environment = environment
    }

    /// Reads one file, which extends no other.
    ///
    /// - Throws: Everything that is wrong with it.
    public func read(path: String) throws(DiagnosticsError) -> Profile {
        var family = ProfileFamily(reader: self)
        family.add(path: path)
        return try read(&family)
    }

    /// Reads one file's bytes, which extend no other.
    ///
    /// - Throws: Everything that is wrong with them.
    public func read(_ bytes: [UInt8], file: String) throws(DiagnosticsError) -> Profile {
        var family = ProfileFamily(reader: self)
        family.add(bytes, file: file)
        return try read(&family)
    }

    private func read(_ family: inout ProfileFamily) throws(DiagnosticsError) -> Profile {
        let outcome = family.read(0)
        guard let profile = outcome.profile else {
            throw DiagnosticsError(outcome.problems.all, omitted: outcome.problems.omitted)
        }
        return profile
    }

    /// The shape of a profile, for the protocol that it selects if there is such a one. Where one is misspelled and can
    /// mean only one, what depends on it is read as that one's: then it is told at once, too.
    func shape(for tree: Node) -> Shape<Profile> {
        let name = tree["protocol"]?.scalar?.text
        guard let name, adapters[name] == nil else { return profileShape(protocolName: name).shape }
        let near = adapters.keys.filter { nearest(to: name, among: [$0]) != nil }
        return profileShape(protocolName: near.count == 1 ? near.first : nil).shape
    }

    /// What a profile may hold.
    ///
    /// - Parameter protocolName: the protocol that it selects; nil, or one that nobody speaks, leaves open what
    ///   depends on it.
    func profileShape(protocolName: String?) -> ProfileShape {
        ProfileShape(protocols: adapters.keys.sorted(), adapter: protocolName.flatMap { adapters[$0] })
    }

    /// The protocols that profiles may select, by name.
    var protocols: [String] { adapters.keys.sorted() }
}
