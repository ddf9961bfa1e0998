import AdapterKit
import Synchronization

/// A small adapter that does everything right, unless it is told which one thing to do wrong.
struct Probe: OnlineRefreshing, Inspecting {
    var flaw: Flaw?
    /// What a flawed adapter counts with, where the contract wants no memory but the state.
    let memory = Memory()

    final class Memory: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    struct State: Codable, Hashable, Sendable {
        var stage: Int
        var forgotten = ""
        var note = ""

        private enum CodingKeys: String, CodingKey { case stage, note }

        init(_ stage: Int) { self.stage = stage }
    }

    var descriptor: AdapterDescriptor {
        var descriptor = AdapterDescriptor(
            protocolName: "probe", title: "Probe", version: "1.0",
            identity: [
                Field(
                    name: "account", title: "Account", pattern: "[0-9]+", expectation: "digits", help: "On the bill."),
                Field(name: "key", title: "Key", required: false, secret: true, help: "In the mail."),
            ],
            deliveries: [Field(name: "file", title: "File", help: "The license file.")],
            dates: [
                AdapterDescriptor.DateDescription(name: "expires", help: "The last day."),
                AdapterDescriptor.DateDescription(name: "renews", optional: true, help: "The day of renewal."),
            ],
            purposes: ["probe/answer"])
        switch flaw {
        case .protocolName: descriptor.protocolName = "Probe Protocol"
        case .title: descriptor.title = " "
        case .version: descriptor.version = "new"
        case .contract: descriptor.contract = 99
        case .noIdentity: descriptor.identity = []
        case .nothingRequired: descriptor.identity[0].required = false
        case .fieldName: descriptor.identity[0].name = "Account Number"
        case .fieldTwice: descriptor.identity.append(descriptor.identity[0])
        case .fieldTitle: descriptor.identity[0].title = ""
        case .fieldHelp: descriptor.deliveries[0].help = "file"
        case .pattern: descriptor.identity[0].pattern = "[0-9"
        case .expectation: descriptor.identity[0].expectation = nil
        case .loosePattern: descriptor.identity[0].pattern = ".+"
        case .dateTwice: descriptor.dates.append(descriptor.dates[0])
        case .dateHelp: descriptor.dates[0].help = "when"
        case .purposeText: descriptor.purposes.append("a purpose")
        case .purposeTwice: descriptor.purposes.append("probe/answer")
        default: break
        }
        return descriptor
    }

    func refresh(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard let account = facts.identity["account"] ?? (flaw == .missingField ? "0" : nil) else {
            throw AdapterError(.rejected, "The installation has no account.", field: "account")
        }
        if flaw == .beginsBadly { throw AdapterError(.rejected, "No.", field: nil) }
        var state = State(0)
        if flaw == .stateForgets { state.forgotten = "what matters" }
        if flaw == .stateSecret { state.note = facts.identity["key"] ?? "" }
        if flaw == .stateLarge { state.note = String(repeating: "x", count: 70_000) }
        if flaw == .remembers { state.note = "\(memory.next())" }
        return Transition(state, .send(greeting(account)))
    }

    /// The first request: in the clear, to be tried again by itself.
    private func greeting(_ account: String) -> Request {
        var request = Request(method: "GET", path: "/v1/hello?account=\(account)", trust: .plain)
        switch flaw {
        case .method: request.method = "get"
        case .relativePath: request.path = "v1/hello"
        case .otherHost: request.path = "//elsewhere.example/v1"
        case .rawPath: request.path = "/v1/hello world"
        case .dotPath: request.path = "/v1/../admin"
        case .headerSplit: request.headers["X-Account"] = "1\r\nX-Other: 2"
        case .transportHeader: request.headers["Host"] = "elsewhere.example"
        default: break
        }
        return request
    }

    func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        switch (state.stage, event) {
        case (0, _):
            if flaw == .never { return Transition(state, .wait(until: facts.now.adding(hours: 1))) }
            return Transition(State(1), .wait(until: facts.now.adding(hours: flaw == .waitsBack ? -1 : 1)))
        case (1, .time):
            return Transition(State(2), .send(question(facts)))
        case (2, .answer(let response)):
            return Transition(State(3), .finish(try outcome(response, facts)))
        default:
            throw AdapterError(.malformed, "Nothing was asked.")
        }
    }

    /// The second request: signed, and not to be repeated.
    private func question(_ facts: Facts) -> Request {
        var request = Request(
            method: "POST", path: "/v1/grant", headers: ["X-Nonce": facts.nonce], body: Array(facts.operation.utf8),
            trust: .signed(purpose: flaw == .purpose ? "other/answer" : "probe/answer"), once: true)
        if flaw == .noNonce { request.headers = [:] }
        if flaw == .noKey { request.body = [] }
        return request
    }

    func inspect(_ state: State, facts: Facts) throws(AdapterError) -> Transition<State> {
        if flaw == .inspectsByChance, memory.next().isMultiple(of: 2) {
            throw AdapterError(.unreachable, "Not now.")
        }
        return Transition(
            state,
            .send(
                Request(
                    method: "GET", path: "/v1/grants/\(facts.operation)", trust: .plain, once: flaw == .inspectsOnce)))
    }

    private func outcome(_ response: Response, _ facts: Facts) throws(AdapterError) -> Outcome {
        let words = String(decoding: response.body, as: UTF8.self)
        var attestation = Attestation(subject: ["account": facts.identity["account"] ?? ""], issued: facts.now)
        if flaw == .subjectLacks { attestation.subject = [:] }
        if flaw == .subjectStranger { attestation.subject["reseller"] = "7" }
        switch words {
        case "same\n" where facts.held != nil || flaw == .falseGreen:
            return .unchanged(attestation)
        case "new\n":
            return .updated(grant(attestation, response))
        case "no\n":
            switch flaw {
            case .errorWords: throw AdapterError(.rejected, "E1234", field: "account")
            case .errorField: throw AdapterError(.rejected, "The vendor refused.", field: "color")
            case .errorSecret: throw AdapterError(.rejected, "The key sesame is wrong.", field: "account")
            case .errorCode: throw AdapterError(.unreachable, "The vendor refused.", field: "account")
            default: throw AdapterError(.rejected, "The vendor refused.", field: "account")
            }
        default:
            throw AdapterError(.malformed, "The vendor said something else.")
        }
    }

    private func grant(_ attestation: Attestation, _ response: Response) -> Grant {
        var grant = Grant(
            attestation: attestation, revision: "1",
            entitlement: Entitlement(
                dates: ["expires": .day(LocalDay(number: 20_000))], seats: [.init(name: "users", count: 3)],
                modules: [.init(code: "GL", name: "Ledger")]),
            files: [Grant.File(delivery: "file", contents: response.document)])
        switch flaw {
        case .noRevision: grant.revision = ""
        case .otherDelivery: grant.files[0].delivery = "elsewhere"
        case .deliveryTwice: grant.files.append(grant.files[0])
        case .emptyFile: grant.files[0].contents = []
        case .otherDate: grant.entitlement.dates["someday"] = .day(LocalDay(number: 1))
        case .missingDate: grant.entitlement.dates = [:]
        case .negativeSeats: grant.entitlement.seats[0].count = -1
        case .poolTwice: grant.entitlement.seats.append(.init(name: "users", count: 1))
        case .moduleTwice: grant.entitlement.modules.append(.init(code: "GL", name: "Again"))
        case .moduleCode: grant.entitlement.modules[0].code = ""
        default: break
        }
        return grant
    }
}

/// One thing done wrong.
enum Flaw: CaseIterable, Sendable {
    case protocolName, title, version, contract, noIdentity, nothingRequired, fieldName, fieldTwice, fieldTitle
    case fieldHelp, pattern, expectation, loosePattern, dateTwice, dateHelp, purposeText, purposeTwice
    case missingField, beginsBadly
    case method, relativePath, otherHost, rawPath, dotPath, headerSplit, transportHeader, waitsBack, noKey
    case purpose, noNonce
    case never
    case subjectLacks, subjectStranger, falseGreen, noRevision, otherDelivery, deliveryTwice, emptyFile, otherDate
    case missingDate, negativeSeats, poolTwice, moduleTwice, moduleCode
    case errorWords, errorField, errorSecret, errorCode
    case stateForgets, stateSecret, stateLarge
    case remembers
    case inspectsByChance, inspectsOnce
}
