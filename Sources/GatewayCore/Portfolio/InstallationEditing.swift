import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Works out what a change of an installation comes to: what is to be stored, what becomes of what is held and of its
/// files, and what the audit trail is told. Nothing is read or written.
struct InstallationEditing {
    let gateway: Gateway
    let now: Instant
    /// Whether the values that change were checked before, one by one.
    var isChecked = false

    /// An edit, and what it changes in words.
    struct Decision {
        var edit: InstallationEdit
        var notes: String
    }

    /// What a call comes to; nil where everything is so already.
    ///
    /// - Parameters:
    ///   - held: The protocol that what is held was taken by; nil where nothing is held.
    /// - Throws: ``CallError`` with everything that is wrong.
    func decide(
        _ call: SetInstallation, on record: InstallationRecord, _ facts: RecordedFacts, held: String?
    ) throws(CallError) -> Decision? {
        var notes = EditNotes()
        let newFacts = try call.facts.applied(to: facts)
        notes.add(facts: facts, newFacts)
        var edit = InstallationEdit(
            id: record.id, basedOn: record.edits, profile: record.profile, identity: record.identity,
            site: record.site, facts: newFacts, license: .kept, places: nil)
        if call.profile != nil || !call.identity.isEmpty || !call.site.isEmpty {
            let (profile, adapter) = try gateway.profileAndAdapter(call.profile ?? record.profile)
            let before = gateway.profiles.profiles[record.profile]
            let spoken = held ?? before?.protocolName
            let isSameProtocol = spoken.map { $0 == profile.protocolName } ?? true
            edit.profile = profile.name
            edit.identity = Self.identity(of: record, call, isSameProtocol)
            edit.site = Self.site(of: record, call, isSameProtocol ? nil : adapter.descriptor)
            let values = InstallationValues(profile: profile, descriptor: adapter.descriptor)
            let places =
                try isChecked && isSameProtocol
                ? values.templatePlaces(identity: edit.identity, site: edit.site)
                : values.places(identity: edit.identity, site: edit.site)
            var changes = EditNotes()
            changes.add("profile", record.profile, edit.profile)
            changes.add(
                identity: record.identity, edit.identity,
                open: Self.openFields(
                    before.flatMap { gateway.registry.adapter(for: $0.protocolName) }?.descriptor, adapter.descriptor))
            changes.add(site: record.site, edit.site)
            if !changes.text.isEmpty {
                edit.places = places
                edit.license = .askedAnew(from: profile.refreshDays == nil ? nil : now)
                notes.add(changes.text)
                if record.held, !isSameProtocol {
                    edit.license = .ended
                    notes.add("what was held is no longer in force")
                }
            }
        }
        return notes.text.isEmpty ? nil : Decision(edit: edit, notes: notes.text)
    }

    /// The identity as it is wanted. What another protocol calls by the same name may be something else, so nothing is
    /// carried over to it.
    private static func identity(
        of record: InstallationRecord, _ call: SetInstallation, _ isSameProtocol: Bool
    ) -> [String: String] {
        (isSameProtocol ? record.identity : [:]).merging(call.identity) { $1 }.filter { !$0.value.isEmpty }
    }

    /// The site as it is wanted. Folders stay what they are whatever the protocol; what it has no use for is left out.
    private static func site(
        of record: InstallationRecord, _ call: SetInstallation, _ other: AdapterDescriptor?
    ) -> [String: [String]] {
        var site = record.site
        if let other { site = site.filter { name, _ in other.site.contains { $0.name == name } } }
        return site.merging(call.site) { $1 }.filter { $0.value != [""] && !$0.value.isEmpty }
    }

    /// The fields that nobody calls secret. Where the former adapter is not known, a value that only it knew may be.
    private static func openFields(_ before: AdapterDescriptor?, _ after: AdapterDescriptor) -> Set<String> {
        let fields = (before?.identity ?? []) + after.identity
        return Set(fields.map(\.name)).subtracting(fields.filter(\.secret).map(\.name))
    }
}
