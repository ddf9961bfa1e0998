/// How values stand in cells, so that a spreadsheet neither changes nor runs them.
///
/// A spreadsheet that opens CSV takes what looks like a number or a date for one, and writes it back in its own way:
/// `00123` becomes `123`, a serial number of twelve digits `1.23457E+11`, `03-04-26` a date. It keeps `="00123"`, and
/// shows `00123`. What begins with `=`, `+`, `-` or `@` it takes for a formula and runs; with an apostrophe before it
/// it does not (OWASP, CSV injection).
enum CellGuard {
    /// A cell's value, and whether the file says that it is meant as it stands.
    static func read(_ cell: String) -> (value: String, isExact: Bool) {
        if cell.hasPrefix("=\"") {
            guard cell.utf8.count >= 3, cell.hasSuffix("\"") else { return (cell, false) }
            return (String(cell.dropFirst(2).dropLast()).replacing("\"\"", with: "\""), true)
        }
        return cell.utf8.first == apostrophe && beginsFormula(cell) ? (String(cell.dropFirst()), true) : (cell, false)
    }

    /// The cell for a value, which ``read(_:)`` gives back.
    static func write(_ value: String) -> String {
        if beginsFormula(value) { return "'" + value }
        return isChanged(value) ? "=\"" + value.replacing("\"", with: "\"\"") + "\"" : value
    }

    private static let apostrophe = UInt8(ascii: "'")

    /// Whether, behind any apostrophes, a value begins as a formula does.
    private static func beginsFormula(_ value: String) -> Bool {
        switch value.utf8.first(where: { $0 != apostrophe }) {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): true
        default: false
        }
    }

    /// Whether a spreadsheet would take a value for a number, a date, a time or a truth value, and write another text
    /// for it.
    private static func isChanged(_ value: String) -> Bool {
        // Longer texts are none of these, and no text in a formula may be longer than 255 characters.
        guard value.utf8.count <= 40, let first = value.utf8.first else { return false }
        let folded = value.lowercased()
        if folded == "true" || folded == "false" { return true }
        guard folded.utf8.contains(where: isDigit) else { return false }
        let isPlain = folded.utf8.allSatisfy(isDigit)
        if isPlain { return first == UInt8(ascii: "0") && folded.utf8.count > 1 || folded.utf8.count > 11 }
        // What is left without its digits and signs: nothing for a number or a date, a month's name, am or pm.
        let letters = folded.utf8.filter { !isDigit($0) && !"., :/-+%()$€£".utf8.contains($0) }
        let word = String(decoding: letters, as: UTF8.self)
        let isNumberLike = word.isEmpty || isDigit(first) && ["e", "a", "p", "am", "pm"].contains(word)
        return isNumberLike || word.utf8.count >= 3 && months.contains { $0.hasPrefix(word) || word == $0.prefix(3) }
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}

/// What a spreadsheet has done to a value that it took for a number or a date.
enum CellDamage {
    /// How a value is kept safe.
    static let advice = "format the column as text and enter it again; =\"…\" around it says that it is meant so"

    /// What is wrong with a key, as the end of a sentence; nil where it shows no damage.
    static func problem(with value: String) -> String? {
        let bytes = Array(value.utf8)
        guard let first = bytes.first else { return nil }
        if first == UInt8(ascii: "#") {
            let errors = ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"]
            let isFilled = bytes.allSatisfy { $0 == first }
            return errors.contains(value) || isFilled ? "is a spreadsheet's error" : nil
        }
        if isScientific(bytes) { return "is a number that a spreadsheet has rounded" }
        if let date = date(value) { return date }
        return nil
    }

    /// `1.23E+11`, with a point or a comma.
    private static func isScientific(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        guard let lead = rest.popFirst(), CellGuard.isDigit(lead) else { return false }
        if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",") {
            rest = rest.dropFirst().drop(while: CellGuard.isDigit)
        }
        guard rest.popFirst().map({ $0 | 0x20 }) == UInt8(ascii: "e"),
            let sign = rest.popFirst(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
        else { return false }
        return (1...3).contains(rest.count) && rest.allSatisfy(CellGuard.isDigit)
    }

    /// Why a value is a date as a spreadsheet writes one; nil where it is none. `2026-04-03` leaves no doubt.
    private static func date(_ value: String) -> String? {
        guard (5...11).contains(value.utf8.count), let mark = value.first(where: { "/.-".contains($0) }) else {
            return nil
        }
        let parts = value.split(separator: mark, omittingEmptySubsequences: false)
        let numbers = parts.map { part in part.utf8.allSatisfy(CellGuard.isDigit) ? Int(part) : nil }
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        if mark == "-", (2...3).contains(parts.count), parts.contains(where: { months.contains($0.lowercased()) }) {
            return numbers.compactMap(\.self).count == parts.count - 1 ? "is a date as a spreadsheet writes it" : nil
        }
        guard parts.count == 3, let first = numbers[0], let second = numbers[1], let year = numbers[2],
            parts[0].utf8.count <= 2, parts[1].utf8.count <= 2, parts[2].utf8.count == 2 || parts[2].utf8.count == 4,
            (1...31).contains(first), (1...31).contains(second), min(first, second) <= 12
        else { return nil }
        guard first <= 12, second <= 12, first != second else { return "is a date as a spreadsheet writes it" }
        return "is a date as a spreadsheet writes it, and may be day \(first) of month \(second) or day \(second) of "
            + "month \(first) of \(year)"
    }

    /// What a value has lost of the one on record, as the end of a sentence; nil for nothing.
    static func loss(of recorded: String, in value: String) -> String? {
        guard value != recorded, !value.isEmpty, value.utf8.allSatisfy(CellGuard.isDigit),
            recorded.utf8.allSatisfy(CellGuard.isDigit)
        else { return nil }
        if recorded.utf8.count > value.utf8.count, recorded.hasSuffix(value),
            recorded.utf8.dropLast(value.utf8.count).allSatisfy({ $0 == 48 })
        {
            return "has lost the zeros that it begins with: \"\(recorded)\" is on record"
        }
        // A spreadsheet's numbers have 15 digits; zeros stand for the rest.
        if recorded.utf8.count == value.utf8.count, value.utf8.count > 15,
            value.utf8.starts(with: recorded.utf8.prefix(15)),
            value.utf8.dropFirst(15).allSatisfy({ $0 == 48 })
        {
            return "has lost its last digits: \"\(recorded)\" is on record"
        }
        return nil
    }

    /// The most zeros that a value may have lost.
    private static let mostZeros = 20

    /// The value with zeros before it that a check lets pass, where the value itself does not, and the check asks for
    /// one length only.
    static func zeroed(_ value: String, _ passes: (String) -> Bool) -> String? {
        guard !value.isEmpty, value.utf8.allSatisfy(CellGuard.isDigit) else { return nil }
        let whole = (1...mostZeros).map { String(repeating: "0", count: $0) + value }.filter(passes)
        return whole.count == 1 ? whole[0] : nil
    }
}
