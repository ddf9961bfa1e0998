import AdapterKit

/// What a step must be before the core asks a person to do it.
struct PersonStepCheck {
    let descriptor: AdapterDescriptor
    let facts: Facts
    let secrets: Secrets

    func failures(_ step: PersonStep, place: String) -> [ConformanceFailure] {
        var found: [ConformanceFailure] = []
        func require(_ check: ConformanceFailure.Check, _ holds: Bool, _ message: String) {
            if !holds { found.append(ConformanceFailure(check, place, message)) }
        }
        require(.step, step.title.contains { !$0.isWhitespace }, "the person step has no title")
        require(.step, step.text.hasSuffix("."), "the person step's text must be whole sentences")
        for (index, file) in step.hands.enumerated() {
            require(.step, isFileName(file.name), "\"\(file.name)\" is no plain name of a file to hand out")
            require(.step, !file.contents.isEmpty, "it hands out \"\(file.name)\", which is empty")
            require(
                .step, !step.hands[..<index].contains { $0.name == file.name }, "it hands out \"\(file.name)\" twice")
        }
        for (index, document) in step.brings.documents.enumerated() {
            require(.step, !document.suffix.isEmpty, "the document \"\(document.name)\" has no suffix to be known by")
            require(
                .step, !step.brings.documents[..<index].contains { $0.name == document.name },
                "the document \"\(document.name)\" is asked for twice")
            guard case .signed(let purpose) = document.trust else { continue }
            require(
                .trust, descriptor.purposes.contains(purpose),
                "the purpose \"\(purpose)\" is not among those that the descriptor declares")
            require(
                .trust, step.hands.contains { String(decoding: $0.contents, as: UTF8.self).contains(facts.nonce) },
                "no file that it hands out holds the nonce of its facts, so no answer can be signed over it")
        }
        for problem in step.brings.values.map(\.name) where !problem.contains(where: { !$0.isWhitespace }) {
            require(.step, false, "a value that it asks for has no name")
        }
        if let name = secrets.name(in: step.title + "\n" + step.text) {
            require(.step, false, "the person step's words hold the secret \(name)")
        }
        return found
    }

    private func isFileName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.first != "."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}
