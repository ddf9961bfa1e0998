import AdapterKit

/// What the descriptor's fields must say of values.
struct FieldCheck {
    let descriptor: AdapterDescriptor
    let facts: Facts

    func failures() -> [ConformanceFailure] {
        check(descriptor.identity, facts.identity, "identity") + check(descriptor.settings, facts.settings, "settings")
    }

    /// What is wrong with how keys are taken.
    func failures(keys: [String: String]) -> [ConformanceFailure] { check(descriptor.keys, keys, "keys") }

    private func check(_ fields: [Field], _ values: [String: String], _ kind: String) -> [ConformanceFailure] {
        var found = fields.problems(with: values, kind: kind).map { problem in
            ConformanceFailure(
                .fields, "\(kind) \(problem.field)", "the sample value does not pass: \(problem.message)")
        }
        func require(_ problem: String, _ field: String, _ changed: [String: String]) {
            if !fields.problems(with: changed, kind: kind).contains(where: { $0.field == field }) {
                found.append(ConformanceFailure(.fields, "\(kind) \(field)", "\(problem) and nothing is said"))
            }
        }
        for field in fields {
            let others = values.filter { !field.covers($0.key) }
            if field.required { require("is missing", field.name, others) }
            // A family is tried by one of its members.
            let name = field.isFamily ? values.keys.filter(field.covers).min() ?? field.name + ".A" : field.name
            for (what, value) in malformed(field) { require(what, name, others.merging([name: value]) { $1 }) }
        }
        // A name that is not declared anywhere, however the fields are called.
        let stranger = "not" + fields.map(\.name).joined()
        require("is unknown", stranger, values.merging([stranger: "1"]) { $1 })
        return found
    }

    private func malformed(_ field: Field) -> [(String, String)] {
        var values = [("is empty", ""), ("holds a line feed", "a\nb"), ("begins with a space", " a")]
        values.append(("is far too long", String(repeating: "a", count: Field.maximumLength + 1)))
        // A pattern that takes this takes anything, and had better not be there.
        if field.pattern != nil { values.append(("is nothing that a pattern should take", "\u{2603} <&> \u{2603}")) }
        return values
    }
}
