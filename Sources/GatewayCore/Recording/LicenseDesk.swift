import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Checks what people record of licenses that have no server to ask, and takes it.
struct LicenseDesk {
    let context: CallContext

    /// The value under which a problem with the note is told.
    static let note = "note"

    /// Something wrong with what was recorded.
    struct Problem: Error {
        /// The value that it is about; nil for the installation.
        var value: String?
        /// A whole sentence.
        var message: String
    }

    /// A license that passed, ready to be taken.
    struct Checked {
        fileprivate var license: RecordedLicense
        fileprivate var message: String
    }

    /// Checks one.
    ///
    /// - Returns: Everything that is wrong with it, or what is ready to be taken.
    func check(
        _ installation: String, _ values: [String: String], note: String
    ) async throws -> Result<Checked, Problems> {
        guard let record = try await context.store.installation(installation, in: context.scope) else {
            let error = try await context.missing(installation, .installation, "installation")
            return .failure(Problems([Problem(value: nil, message: error.message)]))
        }
        if let archived = record.archived {
            return .failure(
                Problems([Problem(value: nil, message: "\(record.id) is archived, since \(archived).")]))
        }
        let profile: Profile
        let adapter: AnyAdapter
        do throws(CallError) {
            (profile, adapter) = try context.gateway.profileAndAdapter(record.profile)
        } catch {
            return .failure(Problems([Problem(value: nil, message: error.message)]))
        }
        guard adapter.capabilities.contains(.recording) else {
            let way =
                profile.vendor.isByHand
                ? "a person looks it up: `gatehouse refresh \(record.id)` opens the step."
                : "its vendor is asked: `gatehouse refresh \(record.id)`."
            return .failure(
                Problems([
                    Problem(
                        value: nil, message: "\(record.id) (profile \(profile.name)) is not recorded: \(way)")
                ]))
        }
        let held = record.held ? try await context.store.entitlement(of: record.id, in: context.scope) : nil
        let sheet = ByHandSheet(adapter.descriptor, profile, held: held, named: values)
        let wrong = sheet.fields.problems(with: values, kind: "license")
        guard wrong.isEmpty else {
            return .failure(Problems(wrong.map { Problem(value: $0.field, message: $0.message) }))
        }
        let unread = RecordedCountdowns(profile).problems(with: values, over: held)
        guard unread.isEmpty else { return .failure(Problems(unread)) }
        guard !values.isEmpty else {
            return .failure(
                Problems([
                    Problem(
                        value: nil,
                        message:
                            "There is nothing to record for \(record.id): give --expires, --date, --seats, --module or "
                            + "--edition.")
                ]))
        }
        let said = note.trimmingSpace()
        do throws(CallError) {
            if !said.isEmpty { _ = try RecordedText.name(said, "A note") }
        } catch {
            return .failure(Problems([Problem(value: Self.note, message: error.message)]))
        }
        let entitlement: Entitlement
        do throws(AdapterError) {
            entitlement = try sheet.entitlement(values, over: held, at: context.now)
        } catch {
            return .failure(Problems([Problem(value: error.field, message: error.message)]))
        }
        return .success(try checked(record, profile, entitlement, values, said))
    }

    private func checked(
        _ record: InstallationRecord, _ profile: Profile, _ entitlement: Entitlement, _ values: [String: String],
        _ note: String
    ) throws -> Checked {
        let now = context.now
        let operation = Identifiers.operation(at: now)
        let zone = try context.gateway.zones.zone(named: record.timeZone)
        let told = values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        let detail = note.isEmpty ? told : "\(told); \"\(note)\""
        let message = "Recorded: \(told)."
        return Checked(
            license: RecordedLicense(
                operation: operation, installation: record.id, customer: record.customer,
                protocolName: profile.protocolName, caller: context.caller.id, edits: record.edits,
                basedOn: record.revision,
                ending: OperationEnding(
                    operation: operation, installation: record.id, at: now, status: .done,
                    outcome: RefreshResult.Outcome.updated.rawValue, message: message,
                    notes: [StepNote(StepNote.done, by: context.caller.id, at: now, detail: detail)],
                    contact: OperationEnding.Contact(
                        at: now, refreshDue: profile.refreshDays.map { zone.instant(now, addingDays: $0) }),
                    grant: OperationEnding.NewGrant(
                        revision: "recorded/\(operation)", issued: now, entitlement: entitlement),
                    audit: context.audit(
                        RecordLicense.name, customer: record.customer, subject: record.id, detail: detail),
                    orders: record.orderUntil == nil
                        ? nil
                        : OperationEnding.OrderWatch(
                            zone: zone,
                            audit: context.audit(
                                "orders.applied", customer: record.customer, subject: record.id,
                                detail: "what was recorded shows the order "), told: OrderMessage.applied))),
            message: message)
    }

    /// Takes licenses that passed, all or none.
    func take(_ checked: [Checked]) async throws -> [RefreshResult] {
        let orders = try await context.store.record(checked.map(\.license))
        return checked.map { checked in
            let applied = orders[checked.license.installation] ?? []
            let shown = applied.isEmpty ? "" : " " + OrderMessage.applied(applied)
            return RefreshResult(
                installation: checked.license.installation, outcome: .updated, message: checked.message + shown,
                operation: checked.license.operation, orders: applied.map(\.id))
        }
    }

    /// Everything that is wrong.
    struct Problems: Error {
        var all: [Problem]

        init(_ all: [Problem]) { self.all = all }
    }
}

extension RecordLicense: PerformedCall {
    func perform(in context: CallContext) async throws -> RefreshResult {
        _ = try await context.installation(installation)
        let desk = LicenseDesk(context: context)
        switch try await desk.check(installation, values, note: note) {
        case .failure(let problems):
            throw CallError(.invalid, problems.all.map(\.message).joined(separator: "\n"))
        case .success(let checked):
            guard let result = try await desk.take([checked]).first else {
                throw CallError(.failed, "Nothing was recorded.")
            }
            return result
        }
    }
}
