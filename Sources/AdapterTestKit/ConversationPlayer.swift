import AdapterKit
import Foundation

/// Plays one conversation as the core would, and notes what it must not be.
struct ConversationPlayer<Subject: Adapter> {
    /// How the act begins.
    typealias Beginning = @Sendable (Facts) throws(AdapterError) -> Transition<Subject.State>
    /// How it is asked what became of an act.
    typealias Inspection = @Sendable (Subject.State, Facts) throws(AdapterError) -> Transition<Subject.State>

    private let adapter: Subject
    private let begin: Beginning
    private let inspection: Inspection?
    private var hasLost = false
    /// What was withheld from answers: no word may hold it.
    private var withheld: [String: String] = [:]
    private let erased: AnyAdapter
    private let scenario: VendorScenario
    private var facts: Facts
    private var steps = 0
    private var sent = 0
    private var asked = 0

    /// What was found.
    private(set) var failures: [ConformanceFailure] = []
    /// What the adapter did, to compare with another run.
    private(set) var transcript: [Moment] = []

    /// A step with the state that it left, or the error that ended the conversation.
    typealias Moment = Result<Transition<Subject.State>, AdapterError>

    /// A conversation of more steps has lost its way.
    private static var maximumSteps: Int { 32 }
    /// A state is journaled at every step of every installation, so it is small.
    private static var maximumState: Int { 65_536 }

    init(
        _ adapter: Subject, _ erased: AnyAdapter, _ scenario: VendorScenario, facts: Facts,
        begin: @escaping Beginning, inspection: Inspection? = nil
    ) {
        self.adapter = adapter
        self.begin = begin
        self.inspection = inspection
        self.erased = erased
        self.scenario = scenario
        self.facts = facts
    }

    mutating func play() {
        nextFacts()
        var moment = attempt { [facts, begin] () throws(AdapterError) in try begin(facts) }
        var again = attempt { [facts, begin] () throws(AdapterError) in try begin(facts) }
        while true {
            steps += 1
            transcript.append(moment)
            if moment != again { note(.determinism, "the same state, event and facts gave another step") }
            guard case .success(let transition) = moment else { return end(with: moment) }
            guard let restored = journal(transition.state) else { return }
            guard let next = take(transition, restored) else { return end(with: moment) }
            guard steps < Self.maximumSteps else {
                return note(.length, "the conversation has not ended after \(Self.maximumSteps) steps")
            }
            nextFacts()
            switch next {
            case .event(let event):
                moment = attempt { [facts, adapter] () throws(AdapterError) in
                    try adapter.resume(transition.state, with: event, facts: facts)
                }
                again = attempt { [facts, adapter] () throws(AdapterError) in
                    try adapter.resume(restored, with: event, facts: facts)
                }
            case .nothing:
                guard let inspection else {
                    return note(.inspection, "an answer is lost, and it can't ask what became of the act")
                }
                moment = attempt { [facts] () throws(AdapterError) in try inspection(transition.state, facts) }
                again = attempt { [facts] () throws(AdapterError) in try inspection(restored, facts) }
            }
        }
    }

    /// What comes back from a step.
    private enum Next {
        case event(Event)
        /// The gateway ended before the answer came.
        case nothing
    }

    /// Does what a step asks for; nil where the conversation is over.
    private mutating func take(_ transition: Transition<Subject.State>, _ restored: Subject.State) -> Next? {
        switch transition.step {
        case .finish:
            return nil
        case .wait(let until):
            if until <= facts.now { note(.step, "it waits for \(until), which is not ahead of \(facts.now)") }
            facts.now = max(until, facts.now)
            return .event(.time)
        case .send(let request):
            failures += check(request)
            inspect(restored)
            let reply = scenario.vendor(request, facts, sent)
            sent += 1
            if scenario.losesAnswer, request.once, !hasLost {
                hasLost = true
                return request.mayGoUnanswered ? .event(.unanswered) : .nothing
            }
            return .event(.answer(redacted(response(request.trust, reply), request)))
        case .show(let notice, let until):
            if until <= facts.now { note(.step, "it shows a code until \(until), which is not ahead of \(facts.now)") }
            if notice.code.isEmpty || notice.link.isEmpty || notice.text.isEmpty || notice.title.isEmpty {
                note(.step, "what it shows lacks the code, the address or the words")
            }
            let words = [notice.title, notice.text, notice.code, notice.link, notice.completeLink ?? ""]
            if let name = secrets.name(in: words.joined(separator: "\n")) {
                note(.secret, "what it shows holds the secret \(name)")
            }
            facts.now = max(until, facts.now)
            return .event(.time)
        case .ask(let step):
            failures += PersonStepCheck(descriptor: erased.descriptor, facts: facts, secrets: secrets)
                .failures(step, place: place)
            let reply = scenario.person(step, facts, asked)
            asked += 1
            return .event(.brought(brought(step, reply)))
        }
    }

    /// What the core would hand on of an answer whose secrets it keeps.
    private mutating func redacted(_ response: Response, _ request: Request) -> Response {
        guard !request.withholds.isEmpty, response.status == 200,
            var object = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        else { return response }
        var names: [String] = []
        for name in request.withholds {
            guard let secret = object.removeValue(forKey: name) as? String else { continue }
            withheld[name] = secret
            names.append(name)
        }
        facts.withheld = Set(facts.withheld + names).sorted()
        let body = (try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys)) ?? Data()
        return Response(status: 200, body: Array(body), withheld: names.sorted())
    }

    /// What the core would hand on of what a person brought.
    private mutating func brought(_ step: PersonStep, _ reply: PersonReply) -> Brought {
        var brought = Brought(values: reply.values)
        for document in step.brings.documents {
            if let payload = reply.documents[document.name] {
                brought.documents[document.name] = response(document.trust, .payload(payload))
            } else if document.required {
                note(.scenario, "the person brings no \"\(document.name)\", which the step calls required")
            }
        }
        return brought
    }

    /// What the core would hand on after its own checks.
    private func response(_ trust: Request.Trust, _ reply: VendorReply) -> Response {
        switch (reply, trust) {
        case (.status(let status, let body), _):
            return Response(status: status, body: body)
        case (.payload(let payload), .plain), (.payload(let payload), .keySet):
            return Response(status: 200, body: payload)
        case (.keySet(let body, let claims), _):
            return Response(status: 200, body: body, claims: claims)
        case (.payload(let payload), .signed(let purpose)):
            let document = SignedDocument.assemble(
                payload: payload, purpose: purpose, nonce: facts.nonce, keyID: "conformance",
                signature: [UInt8](repeating: 0, count: 64))
            return Response(status: 200, body: payload, document: document)
        }
    }

    /// The answer may be lost: an adapter that can ask what became of it must be able to in this state.
    private mutating func inspect(_ state: Subject.State) {
        guard erased.inspects, let bytes = try? encode(state) else { return }
        let first = Result { [facts, erased] in try erased.inspect(bytes, facts: facts) }
        let second = Result { [facts, erased] in try erased.inspect(bytes, facts: facts) }
        switch (first, second) {
        case (.success(let one), .success(let two)):
            if one != two { note(.inspection, "the same state and facts gave another step") }
            if case .send(let request) = one.step {
                failures += check(request)
                if request.once, !request.namesWithheld {
                    note(.inspection, "asking what became of an act is itself not repeatable")
                }
            }
        case (.failure(let one as AdapterError), .failure(let two as AdapterError)):
            if one != two { note(.inspection, "the same state and facts gave another error") }
        default:
            note(.inspection, "the same state and facts gave a step and an error, or an error of another type")
        }
    }

    /// Puts a state through the journal; nil where it does not come back.
    private mutating func journal(_ state: Subject.State) -> Subject.State? {
        do {
            let bytes = try encode(state)
            if bytes.count > Self.maximumState { note(.state, "the state has \(bytes.count) bytes; keep it small") }
            let text = String(decoding: bytes, as: UTF8.self)
            if let name = secrets.name(in: text) { note(.state, "the state holds the secret \(name)") }
            let restored = try JSONDecoder().decode(Subject.State.self, from: bytes)
            if restored != state { note(.state, "the state is not the same after encoding and decoding") }
            return restored
        } catch {
            note(.state, "the state cannot be encoded and decoded: \(error)")
            return nil
        }
    }

    private func encode(_ state: Subject.State) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(state)
    }

    private mutating func end(with moment: Moment) {
        let outcome: VendorScenario.Expectation
        switch moment {
        case .failure(let error):
            outcome = .error(error.code, field: error.field)
            failures += outcomeCheck.failures(error, place: place)
        case .success(let transition):
            guard case .finish(let result) = transition.step else { return }
            failures += outcomeCheck.failures(result, place: place)
            switch result {
            case .unchanged: outcome = .unchanged
            case .updated: outcome = .updated
            case .removed: outcome = .removed
            }
        }
        if outcome != scenario.expected {
            let words = if case .failure(let error) = moment { " (\(error.message))" } else { "" }
            note(.expectation, "it ended with \(outcome)\(words) where \(scenario.expected) is expected")
        }
    }

    private func attempt(
        _ body: () throws(AdapterError) -> Transition<Subject.State>
    ) -> Moment {
        do { return .success(try body()) } catch { return .failure(error) }
    }

    /// The facts of the next call: time has passed, and no nonce comes twice.
    private mutating func nextFacts() {
        facts.now = facts.now.adding(seconds: 1)
        facts.nonce = String(facts.nonce.dropLast(2)) + Hex.encode([UInt8(truncatingIfNeeded: steps + 1)])
    }

    private var secrets: Secrets { Secrets(erased.descriptor, facts, keys: scenario.keys, withheld: withheld) }

    private var outcomeCheck: OutcomeCheck {
        OutcomeCheck(
            descriptor: erased.descriptor, facts: facts, secrets: secrets, keys: scenario.keys, desk: erased.keys)
    }

    private func check(_ request: Request) -> [ConformanceFailure] {
        RequestCheck(descriptor: erased.descriptor, facts: facts, secrets: secrets).failures(request, place: place)
    }

    private var place: String { "scenario \"\(scenario.name)\", step \(steps)" }

    private mutating func note(_ check: ConformanceFailure.Check, _ message: String) {
        failures.append(ConformanceFailure(check, place, message))
    }
}
