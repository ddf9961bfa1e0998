import AdapterKit
import GatewayAPI

/// What an edit changed, in words for the audit trail: what was, and what is.
///
/// The trail keeps what it is given for good. So it gets no secret, and no text in which the name of a person may stand:
/// of an owner, a plan and notes it is told that they changed.
struct EditNotes {
    private var notes: [String] = []

    /// The notes; empty where nothing was changed.
    var text: String { notes.joined(separator: "; ") }

    /// A value; empty for none.
    mutating func add(_ what: String, _ old: String, _ new: String) {
        // Byte by byte: Swift takes two spellings of an accented letter for equal, the vendor does not.
        guard !old.utf8.elementsEqual(new.utf8) else { return }
        notes.append("\(what): \(Self.quoted(old)) → \(Self.quoted(new))")
    }

    /// A value that is not told.
    mutating func addHidden(_ what: String, _ old: String, _ new: String) {
        guard !old.utf8.elementsEqual(new.utf8) else { return }
        notes.append("\(what) \(old.isEmpty ? "set" : new.isEmpty ? "cleared" : "changed")")
    }

    /// A sentence.
    mutating func add(_ note: String) { notes.append(note) }

    private static func quoted(_ text: String) -> String { text.isEmpty ? "none" : "\"\(text)\"" }

    /// The identity; of a field that is secret, or of which nobody can say, only that it changed.
    mutating func add(identity old: [String: String], _ new: [String: String], open: Set<String>) {
        for name in Set(old.keys).union(new.keys).sorted() {
            let (was, now) = (old[name] ?? "", new[name] ?? "")
            if open.contains(name) {
                add("identity \(name)", was, now)
            } else {
                addHidden("identity \(name)", was, now)
            }
        }
    }

    mutating func add(site old: [String: [String]], _ new: [String: [String]]) {
        for name in Set(old.keys).union(new.keys).sorted() {
            add("site \(name)", (old[name] ?? []).joined(separator: ", "), (new[name] ?? []).joined(separator: ", "))
        }
    }

    mutating func add(facts old: RecordedFacts, _ new: RecordedFacts) {
        add("name", old.name, new.name)
        add("term", old.term?.rawValue ?? "", new.term?.rawValue ?? "")
        add("price", old.price?.description ?? "", new.price?.description ?? "")
        addHidden("owner", old.owner ?? "", new.owner ?? "")
        addHidden("emergencyPlan", old.emergencyPlan ?? "", new.emergencyPlan ?? "")
        addHidden("notes", old.notes ?? "", new.notes ?? "")
    }
}
