import AdapterKit

/// A small adapter of offline activations that does everything right, unless it is told which one thing to do wrong.
struct OfflineProbe: OfflineActivating {
    var flaw: Flaw?

    /// One thing done wrong.
    enum Flaw: CaseIterable, Sendable {
        case title, text, fileName, hiddenFile, emptyFile, fileTwice, noSuffix, documentTwice, purpose, noNonce
        case noFile, valueName, titleSecret, textSecret, missingField, goesOn
    }

    struct State: Codable, Hashable, Sendable {
        var account: String
    }

    var descriptor: AdapterDescriptor {
        AdapterDescriptor(
            protocolName: "probe", title: "Probe", version: "1.0",
            identity: [
                Field(name: "account", title: "Account", help: "On the bill."),
                Field(name: "key", title: "Key", required: false, secret: true, help: "In the mail."),
            ],
            dates: [AdapterDescriptor.DateDescription(name: "expires", help: "The last day.")],
            purposes: ["probe/file"])
    }

    func request(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard let account = facts.identity["account"] ?? (flaw == .missingField ? "0" : nil) else {
            throw AdapterError(.rejected, "The installation has no account.", field: "account")
        }
        return Transition(State(account: account), .ask(step(facts)))
    }

    private func step(_ facts: Facts) -> PersonStep {
        let key = facts.identity["key"] ?? ""
        var step = PersonStep(
            title: "Mail the file", text: "Mail the file and bring the answer.",
            hands: [PersonStep.HandedFile(name: "request.txt", contents: Array("nonce \(facts.nonce)".utf8))],
            brings: PersonStep.Brings(
                documents: [
                    PersonStep.Document(
                        name: "answer", title: "answer", suffix: ".ans", trust: .signed(purpose: "probe/file")),
                    PersonStep.Document(
                        name: "receipt", title: "receipt", suffix: ".pdf", trust: .plain, required: false),
                ],
                values: [Field(name: "code", title: "Code", required: false, help: "It is on the screen.")]))
        switch flaw {
        case .title: step.title = " "
        case .text: step.text = "mail it"
        case .fileName: step.hands[0].name = "../request.txt"
        case .hiddenFile: step.hands[0].name = ".request"
        case .emptyFile: step.hands.append(PersonStep.HandedFile(name: "empty.txt", contents: []))
        case .fileTwice: step.hands.append(step.hands[0])
        case .noSuffix: step.brings.documents[0].suffix = ""
        case .documentTwice: step.brings.documents[1].name = "answer"
        case .purpose: step.brings.documents[0].trust = .signed(purpose: "other/file")
        case .noNonce: step.hands[0].contents = Array("nonce".utf8)
        case .noFile: step.hands = []
        case .valueName: step.brings.values[0].name = " "
        case .titleSecret: step.title = "Mail \(key)"
        case .textSecret: step.text = "Mail \(key)."
        default: break
        }
        return step
    }

    func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        guard case .brought(let brought) = event, let answer = brought.documents["answer"] else {
            throw AdapterError(.malformed, "Nobody brought an answer.")
        }
        if flaw == .goesOn { return Transition(state, .ask(step(facts))) }
        guard answer.body == Array("yes\n".utf8) else {
            throw AdapterError(.rejected, "The vendor refused.", field: "account")
        }
        // The core hands on what it verified, with the signature beside it; what nobody signs is what it is.
        guard answer.document.count > answer.body.count,
            brought.documents["receipt"].map({ $0.document == $0.body }) != false
        else { throw AdapterError(.malformed, "The answer is not signed.") }
        let grant = Grant(
            attestation: Attestation(subject: ["account": state.account], issued: facts.now),
            revision: brought.values["code"] ?? "1",
            entitlement: Entitlement(dates: ["expires": .day(LocalDay(number: 20_000))]), files: [])
        return Transition(state, .finish(.updated(grant)))
    }
}
