import GatewayAPI

/// Checks what people write down.
enum RecordedText {
    /// The most characters of a name.
    static let longestName = 200
    /// The most characters of a text of several lines.
    static let longestText = 4000

    /// A name, without white space at its ends.
    ///
    /// - Parameter what: Whose or what name it is, for the message: `A customer's name`.
    /// - Throws: ``CallError`` with what is right.
    static func name(_ text: String, _ what: String) throws(CallError) -> String {
        let name = text.trimmingSpace()
        guard (1...longestName).contains(name.count), isPlain(name, breaks: false) else {
            throw CallError(
                .invalid, "\(what) has 1 to \(longestName) characters, without control characters.")
        }
        return name
    }

    /// A text of one or several lines, without white space at its ends; empty for none.
    ///
    /// - Throws: ``CallError`` with what is right.
    static func text(_ text: String, _ what: String) throws(CallError) -> String {
        let text = text.replacing("\r\n", with: "\n").trimmingSpace()
        guard text.count <= longestText, isPlain(text, breaks: true) else {
            throw CallError(
                .invalid,
                "\(what) have at most \(longestText) characters, without control characters other than line breaks "
                    + "and tabs.")
        }
        return text
    }

    /// Whether a text could do nothing to a terminal that shows it.
    private static func isPlain(_ text: String, breaks: Bool) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.generalCategory != .control || (breaks && (scalar == "\n" || scalar == "\t"))
        }
    }
}

extension FactChanges {
    /// The facts with these changes made.
    ///
    /// - Throws: ``CallError`` with everything that is wrong.
    func applied(to facts: RecordedFacts) throws(CallError) -> RecordedFacts {
        var new = facts
        var problems: [String] = []
        func change(_ text: String?, _ set: (String) throws(CallError) -> Void) {
            guard let text else { return }
            do {
                try set(text)
            } catch {
                problems.append(error.message)
            }
        }
        change(name) { (text) throws(CallError) in
            new.name = text.isEmpty ? "" : try RecordedText.name(text, "An installation's name")
        }
        change(term) { (text) throws(CallError) in
            let term = RecordedFacts.Term(rawValue: text)
            guard text.isEmpty || term != nil else {
                let known = RecordedFacts.Term.allCases.map(\.rawValue).joined(separator: ", ")
                throw CallError(.invalid, "The term \"\(text)\" is none that there is: \(known).")
            }
            new.term = term
        }
        change(price) { (text) throws(CallError) in
            let price = Price(text)
            guard text.isEmpty || price != nil else {
                throw CallError(
                    .invalid,
                    "The price \"\(text)\" is not an amount and a currency of ISO 4217: write it as 1200.00 EUR, with a "
                        + "point before at most four decimals and nothing between the thousands.")
            }
            guard price?.isAmbiguous != true else {
                throw CallError(
                    .invalid,
                    "The price \"\(text)\" may have a point between its thousands, or three decimals: write all its digits "
                        + "and two decimals, such as 1200.00 EUR.")
            }
            new.price = price
        }
        change(owner) { (text) throws(CallError) in
            new.owner = text.isEmpty ? nil : try RecordedText.name(text, "The owner")
        }
        change(emergencyPlan) { (text) throws(CallError) in
            let text = try RecordedText.text(text, "The steps of an emergency plan")
            new.emergencyPlan = text.isEmpty ? nil : text
        }
        change(notes) { (text) throws(CallError) in
            let text = try RecordedText.text(text, "Notes")
            new.notes = text.isEmpty ? nil : text
        }
        guard problems.isEmpty else { throw CallError(.invalid, problems.joined(separator: "\n")) }
        return new
    }
}
