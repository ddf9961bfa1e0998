import Foundation
import GatewayAPI
import GatewayStore

extension ShowKeyFile: PerformedCall {
    func perform(in context: CallContext) async throws -> KeyFileView {
        try context.requirePortfolio(to: "look at the key file")
        let file = context.gateway.sealer.file
        let keys = file.exists ? try file.keys() : []
        let sealed = try await context.store.sealedAnswers()
        return KeyFileView(
            file: file.path, exists: file.exists, keys: keys.map(\.shown), sealed: sealed.count,
            unopened: sealed.filter { $0.opened(with: keys) == nil }.count)
    }
}

extension RotateKeyFile: PerformedCall {
    func perform(in context: CallContext) async throws -> KeyRotation {
        try context.requirePortfolio(to: "rotate the key")
        let file = context.gateway.sealer.file
        let lock = try await context.gateway.sealingLock(alone: true)
        let old = lost && (!file.exists || (try? file.keys()) == nil) ? [] : try keys(of: file)
        let stuck = try await context.store.sealedAnswers().filter { $0.opened(with: old) == nil }
        guard stuck.isEmpty || lost else {
            throw CallError(
                .conflict,
                "\(stuck.count) sealed answers open with no key of \(file.path), such as that of operation "
                    + "\(stuck[0].operation): put the right key file back. Where it is lost for good, give --lost: they "
                    + "are then given up, and the vendors are asked what became of those operations.")
        }
        // Of a rotation that was cut short, the first key is the new one already.
        let new = old.count > 1 ? old[0] : KeyFile.Key.make()
        // From here on everything opens, whenever this process ends: both keys stand in the file until nothing is sealed
        // with the old one.
        if old.count <= 1 { try file.write([new] + old, replacing: true) }
        let count = try await context.store.resealAnswers(
            at: context.now,
            audit: context.audit(
                Self.name, customer: nil, subject: nil, detail: "key \(new.shown)\(lost ? ", lost" : "")")
        ) { answer in
            guard let bytes = answer.opened(with: old) else { return nil }
            return try Sealer.seal(bytes, for: answer.purpose, with: new)
        }
        try file.write([new], replacing: true)
        withExtendedLifetime(lock) {}
        return KeyRotation(
            file: file.path, key: new.shown, resealed: count.all - count.givenUp, givenUp: count.givenUp)
    }

    /// The keys that there are; none where there never was a file.
    private func keys(of file: KeyFile) throws -> [KeyFile.Key] { file.exists ? try file.keys() : [] }
}

extension SealedAnswer {
    /// What it was sealed for.
    var purpose: String {
        if let installation, let name { return Self.purpose(withheld: name, of: installation) }
        return name.map { Self.purpose($0, of: operation) } ?? Self.purpose(of: operation)
    }

    /// What a secret of an installation is sealed for.
    static func purpose(withheld name: String, of installation: String) -> String {
        "withheld \(name) of \(installation)"
    }

    /// What something else of an operation is sealed for.
    static func purpose(_ name: String, of operation: String) -> String { "\(name) of \(operation)" }

    /// What an operation's answer is sealed for.
    static func purpose(of operation: String) -> String { "answer \(operation)" }

    /// What it holds; nil where no key opens it.
    func opened(with keys: [KeyFile.Key]) -> [UInt8]? { Sealer.open(bytes, for: purpose, with: keys) }
}
