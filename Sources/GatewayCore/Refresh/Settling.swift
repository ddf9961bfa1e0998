import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// What a conversation's outcome means for its installation: the checks before it is taken, what comes into force,
/// the files, and the end of the operation.
final class Settling: Sendable {
    let context: CallContext
    let record: InstallationRecord
    let profile: Profile
    let adopt: Bool
    /// How an answer counts as contact with the vendor.
    let contact: Contact
    let places: DeliveryPlaces
    /// The hashes of the files that are there, by path.
    private let found: [String: String]

    /// How an answer counts as contact with the vendor.
    struct Contact: Hashable, Sendable {
        /// When it was; nil for the moment at which it is taken.
        var at: Instant?
        /// Whether it is an offline activation.
        var isOffline = false
        /// What it is an answer to.
        var act = Act.refresh
        /// Whether it renews what is held, and does not acquire it.
        var renews: Bool { act == .refresh }

        /// The vendor's server answers now.
        static let online = Contact()

        /// How the answers of an act count.
        init(_ act: Act = .refresh, at: Instant? = nil) {
            self.at = at
            isOffline = act == .request
            self.act = act
        }
    }

    /// What stands ready to be settled.
    ///
    /// - Parameter found: What ``DeliveryPlaces/look(adopt:)`` saw.
    init(
        context: CallContext, record: InstallationRecord, profile: Profile, places: DeliveryPlaces,
        found: [String: String], adopt: Bool, contact: Contact = .online
    ) {
        self.context = context
        self.record = record
        self.profile = profile
        self.places = places
        self.found = found
        self.adopt = adopt
        self.contact = contact
    }

    /// Looks where things go now and what is there, and makes sure that files could be put in place.
    ///
    /// - Throws: `DeliveryError`.
    convenience init(
        context: CallContext, record: InstallationRecord, profile: Profile, delivered: [DeliveredFile], adopt: Bool,
        contact: Contact = .online
    ) async throws {
        let places = try DeliveryPlaces(
            profile, of: record, delivered: delivered, roots: context.gateway.configuration.deliveryRoots,
            onlyDelivered: context.gateway.bringsFilesWithKeys(profile))
        try await places.checkOwners(context.store)
        let found = try await context.gateway.blocking.run { try places.look(adopt: adopt) }
        self.init(
            context: context, record: record, profile: profile, places: places, found: found, adopt: adopt,
            contact: contact)
    }

    var gateway: Gateway { context.gateway }

    /// How far ahead of our clock a vendor's may be, in minutes.
    static let clockTolerance = 5
    /// How long after a vendor could not be reached it is asked again by itself, in minutes.
    static let retryUnreachable = 15
    /// How long after a refusal it is asked again by itself, in hours: somebody has to change something first.
    static let retryRefused = 24
    /// Runs a conversation and ends its operation, whatever comes of it.
    ///
    /// The conversation can be cancelled. What follows an answer can't: it is taken whole.
    ///
    /// - Parameter inDoubt: Whether the vendor may have acted upon it already, and is asked what became of it. Then it
    ///   ends only with the vendor's word.
    func settle(
        _ operation: String, inDoubt: Bool = false, _ conversation: @Sendable () async throws -> Conversation.Ending
    ) async throws -> RefreshResult {
        do {
            switch try await conversation() {
            case .waiting(let until):
                try await release(operation)
                return RefreshResult(
                    installation: record.id, outcome: .notDue, message: "It goes on \(until).", operation: operation)
            case .asking(let step):
                try await release(operation)
                return RefreshResult(asked: step.title, of: operation, on: record.id)
            case .showing(let notice, _):
                try await release(operation)
                return RefreshResult(shown: notice, of: operation, on: record.id)
            case .finished(let outcome, let notes):
                return try await take(outcome, operation, notes)
            }
        } catch let error as AdapterError where inDoubt && error.code.leavesDoubt {
            return try await leave(
                RefreshResult(installation: record.id, error: error, operation: operation), operation)
        } catch let error as OutOfOrder where inDoubt {
            return try await leave(
                RefreshResult(installation: record.id, error: error.error, operation: operation), operation)
        } catch let error as AdapterError {
            try await fail(operation, error)
            var result = RefreshResult(installation: record.id, error: error, operation: operation)
            if mustBeAcquiredAgain(error) { result.message += " \(try await acquiringAgain())" }
            return result
        } catch let error as OutOfOrder {
            let asked = error.comeBack.map { min($0, context.now.adding(hours: Self.retryRefused)) }
            let next = max(nextTry(after: error.error), asked ?? context.now)
            try await fail(operation, error.error.code.rawValue, error.error.message, nextTry: next)
            return RefreshResult(installation: record.id, error: error.error, operation: operation)
        } catch let error as LostAnswer {
            return try await leave(
                RefreshResult(
                    installation: record.id, outcome: .unreachable, message: error.message, operation: operation),
                operation)
        } catch let error as DeliveryError {
            try await fail(
                operation, error.code.rawValue, error.sentence, nextTry: context.now.adding(hours: Self.retryRefused))
            return RefreshResult(
                installation: record.id, outcome: .failed, message: error.sentence, operation: operation)
        } catch is CancellationError where inDoubt {
            try await release(operation)
            throw CancellationError()
        } catch is CancellationError {
            try await fail(operation, "cancelled", "It was cancelled; nothing was changed.", nextTry: nil)
            throw CancellationError()
        } catch {
            // Neither the vendor nor the files are at fault: whoever comes next goes on with it.
            try? await release(operation)
            throw error
        }
    }

    /// Leaves an operation open for whoever comes next.
    func release(_ operation: String) async throws {
        _ = try await context.store.takeOver(operation, from: gateway.owner.get().id, by: "")
    }

    func nextTry(after error: AdapterError) -> Instant {
        error.code == .unreachable
            ? context.now.adding(milliseconds: gateway.surroundings.jittered(Self.retryUnreachable * 60_000))
            : context.now.adding(hours: Self.retryRefused)
    }

    /// Checks an outcome and takes it. It is taken whole, in a task that nobody cancels.
    func take(_ outcome: Outcome, _ operation: String, _ notes: [StepNote]) async throws -> RefreshResult {
        try check(outcome)
        if let keys = registeredKeys {
            if case .removed = outcome {
            } else {
                return try await Task { try await takeBeside(keys, outcome, operation, notes) }.value
            }
        }
        switch outcome {
        case .unchanged(let attestation):
            let changed = places.all.filter { place in
                places.delivered[place.path].map { $0.sha256 != found[place.path] } ?? false
            }
            if changed.isEmpty {
                // One write, which nothing can cancel: most refreshes end here.
                let message = told(attestation)
                let orders = try await end(operation, .done, .unchanged, message, notes)
                return RefreshResult(
                    installation: record.id, outcome: .unchanged, message: message, operation: operation
                ).showing(orders)
            }
            return try await Task { try await putBack(changed, operation, notes) }.value
        case .updated(let grant):
            return try await Task { try await put(grant, operation, notes) }.value
        case .removed(let removal):
            return try await Task { try await remove(removal, operation, notes) }.value
        }
    }

    /// Checks whether an outcome may be taken. Changes nothing.
    func check(_ outcome: Outcome) throws(AdapterError) {
        switch outcome {
        case .unchanged(let attestation):
            try check(attestation)
            guard record.held, record.revision != nil else {
                throw AdapterError(
                    .malformed, "The vendor says that nothing changed, but was told that nothing is held.")
            }
        case .updated(let grant): try check(grant.attestation)
        case .removed: break
        }
    }

    /// Checks what every vendor's answer must fulfil: it names this installation, is no older than what is held, and
    /// is not from the future.
    private func check(_ attestation: Attestation) throws(AdapterError) {
        // Byte for byte: Swift takes two spellings of an accented letter for equal.
        for (name, value) in record.identity
        where attestation.subject[name].map({ $0.utf8.elementsEqual(value.utf8) }) != true {
            let said = attestation.subject[name].map { "\"\($0)\"" } ?? "none"
            throw AdapterError(
                .conflict, "The vendor's answer is for another installation: its \(name) is \(said).", field: name)
        }
        let limit = context.now.adding(minutes: Self.clockTolerance)
        guard attestation.issued <= limit else {
            throw AdapterError(
                .conflict,
                "The vendor's answer is dated \(attestation.issued), which is still to come: check this machine's clock, "
                    + "which says \(context.now).")
        }
        if let held = record.issued, attestation.issued < held {
            throw AdapterError(
                .conflict, "The vendor's answer of \(attestation.issued) is older than what is held, of \(held).")
        }
    }

    /// Puts files back that somebody changed, since what is held still holds.
    private func putBack(
        _ changed: [Destination], _ operation: String, _ notes: [StepNote]
    ) async throws -> RefreshResult {
        var wanted: [WantedFile] = []
        for place in changed {
            guard let contents = try await context.store.contents(of: record.id, path: place.path) else {
                throw DeliveryError(
                    .changedMeanwhile, place.path,
                    "somebody had changed \(DeliveryError.quoted(place.path)), and what was delivered there is not kept any "
                        + "more: put it back from a backup")
            }
            wanted.append(
                WantedFile(
                    destination: place, contents: Array(contents), recorded: places.delivered[place.path]?.sha256))
        }
        let restored = wanted
        let plan = try await gateway.blocking.run { try Deliveries.plan(operation: operation, restored) }
        let paths = changed.map(\.path).joined(separator: ", ")
        let told = "Nothing changed at the vendor, but somebody had changed \(paths): it was put back."
        let files = try plan.files.indices.map { index in
            let file = plan.files[index]
            return try file.intended(
                places.delivered[file.destination.path]?.delivery ?? "", contents: Data(restored[index].contents))
        }
        let orders = try await end(operation, .delivering, .restored, told, notes, files: files)
        return try await deliver(plan, restored.map(\.contents), .restored, told).showing(orders)
    }

    /// Puts a grant in force and its files in place.
    private func put(_ grant: Grant, _ operation: String, _ notes: [StepNote]) async throws -> RefreshResult {
        var wanted: [WantedFile] = []
        var names: [String] = []
        for file in grant.files {
            for destination in places.destinations[file.delivery] ?? [] {
                wanted.append(
                    WantedFile(
                        destination: destination, contents: file.contents,
                        recorded: places.delivered[destination.path]?.sha256))
                names.append(file.delivery)
            }
        }
        let (files, adopt) = (wanted, adopt)
        let plan = try await gateway.blocking.run { try Deliveries.plan(operation: operation, files, adopt: adopt) }
        let intended = try plan.files.indices.map { index in
            try plan.files[index].intended(names[index], contents: Data(wanted[index].contents))
        }
        let message = summary(grant)
        let orders = try await end(
            operation, plan.files.isEmpty ? .done : .delivering, .updated, message, notes, grant: inForce(grant),
            files: intended, refreshAt: grant.refreshAt, audit: updateAudit(grant))
        guard !plan.files.isEmpty else {
            return RefreshResult(installation: record.id, outcome: .updated, message: message, operation: operation)
                .showing(orders)
        }
        return try await deliver(plan, wanted.map(\.contents), .updated, message).showing(orders)
    }

    /// What a grant puts in force.
    func inForce(_ grant: Grant) -> OperationEnding.NewGrant {
        OperationEnding.NewGrant(
            revision: grant.revision, issued: grant.attestation.issued, entitlement: grant.entitlement,
            tokens: isOnTokens ? tokens(grant) : nil)
    }

    /// What the audit trail gets of it.
    func updateAudit(_ grant: Grant) -> AuditEntry {
        context.audit(
            "entitlement.update", customer: record.customer, subject: record.id,
            detail: "revision \(grant.revision)")
    }

    private func deliver(
        _ plan: DeliveryPlan, _ contents: [[UInt8]], _ outcome: RefreshResult.Outcome, _ message: String
    ) async throws -> RefreshResult {
        let operation = plan.operation
        do {
            try await DeliveryFinish(context: context, adopt: adopt).run(plan, contents: contents, on: record.id)
            return RefreshResult(installation: record.id, outcome: outcome, message: message, operation: operation)
        } catch let error as DeliveryError {
            return RefreshResult(
                installation: record.id, outcome: .interrupted,
                message: "The entitlement is in force, but its file could not be put in place: \(error.message).",
                operation: operation)
        }
    }

    /// That nothing changed, with the vendor's remarks.
    func told(_ attestation: Attestation) -> String {
        attestation.remarks.reduce("Nothing changed.") { "\($0) \($1)" }
    }

    func summary(_ grant: Grant) -> String {
        var parts: [String] = []
        if let end = grant.entitlement.end { parts.append("until \(end)") }
        parts += grant.entitlement.seats.map { "\($0.count) \($0.name)" }
        switch grant.entitlement.modules.count {
        case 0: break
        case 1: parts.append("1 module")
        case let count: parts.append("\(count) modules")
        }
        let remarks = grant.attestation.remarks + grant.entitlement.remarks
        let what = parts.isEmpty ? "Updated." : "Updated: \(parts.joined(separator: ", "))."
        var seen: Set<String> = []
        return ([what] + remarks.filter { seen.insert($0).inserted }).joined(separator: " ")
    }
}

extension PlannedFile {
    /// The file as the store keeps it until it is in place.
    fileprivate func intended(_ delivery: String, contents: Data) throws -> IntendedFile {
        IntendedFile(
            delivery: delivery, path: destination.path, plan: try JSONEncoder().encode(self), sha256: sha256,
            contents: contents)
    }
}
