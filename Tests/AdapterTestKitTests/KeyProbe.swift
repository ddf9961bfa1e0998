import AdapterKit

/// A small adapter that has keys activated and does everything right, unless it is told which one thing to do wrong.
struct KeyProbe: KeyUpgrading {
    var flaw: KeyFlaw?

    struct State: Codable, Hashable, Sendable {
        var nonce: String
        var note = ""
    }

    static let facts = Facts(
        operation: "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e", now: Instant(milliseconds: 1_795_341_599_000),
        nonce: "5f0c1d2e3a4b59687786a5b4c3d2e1f0", identity: ["account": "12"])

    static let keys = ["account": "13", "code": "SESAM-OPENS-NOW42", "moduleKey.GL": "ABCDEFG"]

    var descriptor: AdapterDescriptor {
        var descriptor = AdapterDescriptor(
            protocolName: "key-probe", title: "Key probe", version: "1.0",
            identity: [Field(name: "account", title: "Account", help: "On the bill.")],
            keys: [
                Field(name: "account", title: "Account", help: "On the letter."),
                Field(
                    name: "code", title: "Code", pattern: "[A-Z0-9-]+", expectation: "capital letters", secret: true,
                    help: "On the letter."),
                Field(
                    name: "moduleKey", title: "Module key", required: false, secret: true, isFamily: true,
                    help: "On the letter."),
            ],
            deliveries: [Field(name: "file", title: "File", help: "The license file.")], purposes: ["probe/keys"])
        switch flaw {
        case .keyHelp: descriptor.keys[1].help = "letter"
        case .keyTwice: descriptor.keys.append(descriptor.keys[1])
        case .looseKey: descriptor.keys[1].pattern = ".+"
        case .noKeys: descriptor.keys = []
        case .familyElsewhere: descriptor.identity[0].isFamily = true
        default: break
        }
        return descriptor
    }

    func problems(with keys: [String: String], _ facts: Facts) -> [FieldProblem] {
        if flaw == .refusesAll { return [FieldProblem(field: "code", message: "No key is good enough.")] }
        guard keys["code"] == keys["moduleKey.GL"], let code = keys["code"] else { return [] }
        switch flaw {
        case .problemWords: return [FieldProblem(field: "code", message: "E12")]
        case .problemField: return [FieldProblem(field: "color", message: "It is one key twice.")]
        case .problemSecret: return [FieldProblem(field: "code", message: "It is \(code) twice.")]
        default: return [FieldProblem(field: "code", message: "It is one key twice.")]
        }
    }

    func upgrade(_ facts: Facts, keys: [String: String]) throws(AdapterError) -> Transition<State> {
        guard facts.identity["account"] != nil || flaw == .missingField else {
            throw AdapterError(.rejected, "The installation has no account.", field: "account")
        }
        let code = keys["code"] ?? ""
        var state = State(nonce: facts.nonce)
        if flaw == .stateSecret { state.note = code }
        if flaw == .stateGroup { state.note = "OPENS" }
        var request = Request(
            method: "POST", path: "/v1/keys", headers: ["X-Nonce": facts.nonce],
            body: Array("\(facts.operation) \(code)".utf8), trust: .signed(purpose: "probe/keys"), once: true,
            isSecret: true)
        switch flaw {
        case .pathSecret: request.path += "?code=\(code)"
        case .headerSecret: request.headers["X-Code"] = code
        case .notSecret: request.isSecret = false
        case .repeated: request.once = false
        case .noOperation: request.body = Array(code.utf8)
        default: break
        }
        return Transition(state, .send(request))
    }

    func inspect(_ state: State, facts: Facts) throws(AdapterError) -> Transition<State> {
        if flaw == .inspectsNothing { throw AdapterError(.malformed, "Nobody knows.") }
        return Transition(
            state,
            .send(
                Request(
                    method: "POST", path: "/v1/keys/\(facts.operation)",
                    headers: flaw == .inspectsWithout ? [:] : ["X-Nonce": facts.nonce],
                    trust: .signed(purpose: "probe/keys"), once: flaw == .inspectsOnce)))
    }

    func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        guard case .answer(let response) = event else { throw AdapterError(.malformed, "Nothing was asked.") }
        switch String(decoding: response.body, as: UTF8.self) {
        case "yes\n":
            var attestation = Attestation(subject: ["account": flaw == .otherSubject ? "12" : "13"], issued: facts.now)
            var entitlement = Entitlement(seats: [.init(name: "users", count: 3)], details: ["owner": "Acme"])
            if flaw == .remarkSecret { attestation.remarks = ["The code SESAM-OPENS-NOW42 is in force."] }
            if flaw == .detailSecret { entitlement.details["code"] = "SESAM-OPENS-NOW42" }
            let file = Array((flaw == .unreadableFile ? "??" : "Code=SESAM-OPENS-NOW42").utf8)
            return Transition(
                state,
                .finish(
                    .updated(
                        Grant(
                            attestation: attestation, revision: "1", entitlement: entitlement,
                            files: [Grant.File(delivery: "file", contents: file)]))))
        case "no\n":
            throw AdapterError(
                .rejected, flaw == .errorSecret ? "The code SESAM-OPENS-NOW42 is wrong." : "The code is wrong.",
                field: flaw == .errorField ? "color" : "code")
        case "module\n":
            throw AdapterError(.rejected, "The key of GL is wrong.", field: "moduleKey.GL")
        default:
            throw AdapterError(.rejected, "The vendor never got the keys.")
        }
    }

    func registration(_ file: [UInt8]) throws(AdapterError) -> [RegistrationLine] {
        guard file.starts(with: "Code=".utf8) || flaw == .takesAnything else {
            throw AdapterError(
                flaw == .otherRefusal ? .conflict : .malformed, "The file is no registration: it holds no Code.")
        }
        if flaw == .noLines { return [] }
        let code = String(decoding: file.dropFirst(5), as: UTF8.self)
        return [
            RegistrationLine(
                title: flaw == .noTitle ? "" : "Code", value: flaw == .lineSecret ? code : RegistrationLine.mask)
        ]
    }
}

/// One thing done wrong with keys.
enum KeyFlaw: CaseIterable, Sendable {
    case keyHelp, keyTwice, looseKey, noKeys, familyElsewhere
    case refusesAll, problemWords, problemField, problemSecret
    case missingField, stateSecret, stateGroup, pathSecret, headerSecret, notSecret, repeated, noOperation
    case inspectsNothing, inspectsOnce, inspectsWithout
    case otherSubject, remarkSecret, detailSecret, errorSecret, errorField
    case unreadableFile, takesAnything, otherRefusal, noLines, noTitle, lineSecret
}
