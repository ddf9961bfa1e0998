import AdapterKit

/// What a conversation may end with.
struct OutcomeCheck {
    let descriptor: AdapterDescriptor
    let facts: Facts
    let secrets: Secrets
    /// The keys that were brought; empty where none were.
    let keys: [String: String]
    /// What the adapter knows of keys; nil where it has none.
    let desk: AnyAdapter.KeyDesk?

    func failures(_ outcome: Outcome, place: String) -> [ConformanceFailure] {
        switch outcome {
        case .unchanged(let attestation):
            var found = failures(attestation, place)
            if facts.held == nil {
                found.append(
                    ConformanceFailure(.outcome, place, "it says unchanged where nothing is held: a false green"))
            }
            return found
        case .updated(let grant):
            return failures(grant.attestation, place) + failures(grant, place)
        case .removed(let removal):
            guard let name = secrets.name(in: removal.remarks.joined(separator: "\n")) else { return [] }
            return [ConformanceFailure(.secret, place, "a remark holds the secret \(name)")]
        }
    }

    func failures(_ error: AdapterError, place: String) -> [ConformanceFailure] {
        var found: [ConformanceFailure] = []
        if !error.message.hasSuffix(".") || !error.message.contains(" ") {
            found.append(
                ConformanceFailure(
                    .error, place, "the error's message must be whole sentences, and is \"\(error.message)\""))
        }
        let known = descriptor.identity + descriptor.settings + descriptor.keys
        if let field = error.field, !known.contains(where: { $0.covers(field) }) {
            found.append(ConformanceFailure(.error, place, "the error is about \"\(field)\", which is no field"))
        }
        if let name = secrets.name(in: error.message) {
            found.append(ConformanceFailure(.error, place, "the error's message holds the secret \(name)"))
        }
        return found
    }

    private func failures(_ attestation: Attestation, _ place: String) -> [ConformanceFailure] {
        var found: [ConformanceFailure] = []
        for field in descriptor.identity where field.required && attestation.subject[field.name] == nil {
            found.append(
                ConformanceFailure(.outcome, place, "the answer's subject lacks the identity's \(field.name)"))
        }
        for field in descriptor.identity {
            guard let key = keys[field.name], let name = attestation.subject[field.name] else { continue }
            if Array(key.utf8) != Array(name.utf8) {
                found.append(
                    ConformanceFailure(.outcome, place, "the answer is for another \(field.name) than the keys bring"))
            }
        }
        if let name = secrets.name(in: attestation.remarks.joined(separator: "\n")) {
            found.append(ConformanceFailure(.secret, place, "a remark holds the secret \(name)"))
        }
        for name in attestation.subject.keys.sorted() where !descriptor.identity.contains(where: { $0.name == name }) {
            found.append(
                ConformanceFailure(.outcome, place, "the answer's subject names \"\(name)\", which is no field"))
        }
        return found
    }

    private func failures(_ grant: Grant, _ place: String) -> [ConformanceFailure] {
        var found: [ConformanceFailure] = []
        func require(_ holds: Bool, _ message: String) {
            if !holds { found.append(ConformanceFailure(.outcome, place, message)) }
        }
        let entitlement = grant.entitlement
        require(!grant.revision.isEmpty, "the grant has no revision")
        let words = [grant.revision, entitlement.edition ?? ""] + entitlement.remarks + entitlement.details.values
        if let name = secrets.name(in: words.joined(separator: "\n")) {
            found.append(ConformanceFailure(.secret, place, "what is granted holds the secret \(name)"))
        }
        if let desk, !keys.isEmpty {
            found += RegistrationCheck(desk: desk, secrets: secrets).failures(grant.files, place: place)
        }
        for (index, file) in grant.files.enumerated() {
            require(
                descriptor.deliveries.contains { $0.name == file.delivery },
                "the grant delivers \"\(file.delivery)\", which the descriptor does not declare")
            require(
                !grant.files[..<index].contains { $0.delivery == file.delivery },
                "the grant delivers \"\(file.delivery)\" twice")
            require(!file.contents.isEmpty, "the grant delivers an empty \"\(file.delivery)\"")
        }
        for name in entitlement.dates.keys.sorted() {
            require(
                descriptor.dates.contains { $0.name == name },
                "the grant has the date \"\(name)\", which the descriptor does not declare")
        }
        for date in descriptor.dates where !date.optional {
            require(
                entitlement.dates[date.name] != nil,
                "the grant lacks the date \"\(date.name)\", which the descriptor does not call optional")
        }
        for (index, pool) in entitlement.seats.enumerated() {
            require(pool.count >= 0, "the pool \"\(pool.name)\" has fewer than no seats")
            require(
                !entitlement.seats[..<index].contains { $0.name == pool.name }, "the pool \"\(pool.name)\" comes twice")
        }
        for (index, module) in entitlement.modules.enumerated() {
            require(!module.code.isEmpty, "a module has no code")
            require(
                !entitlement.modules[..<index].contains { $0.code == module.code },
                "the module \"\(module.code)\" comes twice")
        }
        return found
    }
}
