import AdapterKit
import MarkedCSV
import MarkedText
import MarkedYAML
import VendorFormats

/// The readers that take files and answers from strangers. Whatever they are given they take it or refuse it in words,
/// within bounds, and hold to what is checked here. `make fuzz` looks for bytes that break one; `make test` runs those
/// that once did, with some of each kind, through the same checks.
enum FuzzedReader: String, CaseIterable, Sendable {
    case yaml, xml, ini, csv, signed, request, entitlement, keys

    /// Reads bytes.
    ///
    /// - Returns: what does not hold; nil where everything does.
    func problem(with bytes: [UInt8]) -> String? {
        switch self {
        case .yaml: Self.yaml(bytes)
        case .xml: Self.xml(bytes)
        case .ini: Self.ini(bytes)
        case .csv: Self.csv(bytes)
        case .signed: Self.signed(bytes)
        case .request: Self.request(bytes)
        case .entitlement: Self.entitlement(bytes)
        case .keys: Self.keys(bytes)
        }
    }

    // MARK: YAML

    private static func yaml(_ bytes: [UInt8]) -> String? {
        do throws(DiagnosticsError) {
            let node = try MarkedYAML.parse(bytes, file: "fuzzed.yaml")
            return depth(of: node, 1)
        } catch {
            return refusal(error)
        }
    }

    private static func depth(of node: Node, _ depth: Int) -> String? {
        if depth > MarkedYAML.depthLimit { return "a node is \(depth) deep" }
        if node.mark.start > node.mark.end { return "a node ends before it begins" }
        switch node.content {
        case .scalar: return nil
        case .sequence(let elements):
            for element in elements { if let problem = self.depth(of: element, depth + 1) { return problem } }
        case .mapping(let entries):
            var keys: Set<String> = []
            for entry in entries {
                if !keys.insert(entry.key.text).inserted { return "a key comes twice" }
                if let problem = self.depth(of: entry.value, depth + 1) { return problem }
            }
        }
        return nil
    }

    private static func refusal(_ error: DiagnosticsError) -> String? {
        if error.diagnostics.isEmpty { return "refused without a reason" }
        for diagnostic in error.diagnostics where diagnostic.message.isEmpty || diagnostic.mark.line < 1 {
            return "refused without a reason or a place"
        }
        // What is shown of a hostile file is bounded, and holds nothing that a terminal would obey.
        let shown = error.shown
        if shown.utf8.count > 64 << 10 { return "the refusal has \(shown.utf8.count) bytes" }
        if shown.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\n" || $0.value == 127 }) {
            return "the refusal holds a control character"
        }
        return nil
    }

    // MARK: XML

    private static func xml(_ bytes: [UInt8]) -> String? {
        let limits = BoundedXML.Limits()
        do throws(AdapterError) {
            let root = try BoundedXML.read(bytes, limits: limits)
            var elements = 0
            if let problem = check(root, 1, limits, &elements) { return problem }
            guard elements <= limits.elements else { return "\(elements) elements were taken" }
            // What was understood can be written, and is then understood as the same.
            var writer = BoundedXML.Writer()
            write(root, to: &writer)
            let again = try BoundedXML.read(writer.document(), limits: .init(bytes: 8 << 20, depth: 256))
            return same(root, again) ? nil : "written and read again it is another document"
        } catch {
            if error.code != .malformed { return "refused as \(error.code)" }
            return error.message.utf8.count > 4096 || error.message.isEmpty ? "refused in no sentence" : nil
        }
    }

    private static func check(
        _ element: BoundedXML.Element, _ depth: Int, _ limits: BoundedXML.Limits, _ count: inout Int
    ) -> String? {
        count += 1
        if depth > limits.depth { return "an element is \(depth) deep" }
        if element.attributes.count > limits.attributes { return "an element has too many attributes" }
        if Set(element.attributes.map(\.name)).count != element.attributes.count { return "an attribute comes twice" }
        for child in element.children { if let problem = check(child, depth + 1, limits, &count) { return problem } }
        return nil
    }

    /// Names and texts of the tree; attributes go through the writer as elements, since their names are not constants.
    private static func write(_ element: BoundedXML.Element, to writer: inout BoundedXML.Writer) {
        writer.element("e", ["name": element.name]) { writer in
            for attribute in element.attributes {
                writer.element("a", ["name": attribute.name, "value": attribute.value])
            }
            writer.element("t", text: element.text)
            for child in element.children { write(child, to: &writer) }
        }
    }

    private static func same(_ element: BoundedXML.Element, _ written: BoundedXML.Element) -> Bool {
        guard written.attribute("name") == element.name else { return false }
        let attributes = written.children.prefix(element.attributes.count)
        let rest = written.children.dropFirst(element.attributes.count)
        guard attributes.count == element.attributes.count, rest.first?.text == element.text,
            rest.count == element.children.count + 1
        else { return false }
        return zip(element.attributes, attributes).allSatisfy {
            $1.attribute("name") == $0.name && $1.attribute("value") == $0.value
        } && zip(element.children, rest.dropFirst()).allSatisfy(same)
    }

    // MARK: CSV

    private static func csv(_ bytes: [UInt8]) -> String? {
        var diagnostics = Diagnostics()
        var rows: [[String]] = []
        do throws(DiagnosticsError) {
            var reader = try CSVReader(bytes, file: "fuzzed.csv")
            var row = CSVRow()
            var count = 0
            while reader.next(&row, &diagnostics) {
                count += 1
                if count > bytes.count + 1 { return "more rows than bytes" }
                if row.line < 1 || row.line > reader.lines { return "a row stands on line \(row.line)" }
                if row.count > MarkedCSV.columnLimit { return "a row has \(row.count) cells" }
                for index in [0, row.count - 1, row.count] where index >= 0 {
                    let mark = reader.mark(index, of: row)
                    if mark.line < 1 || mark.column < 1 { return "a cell stands nowhere" }
                }
                if rows.count < 100, !row.isCutOff { rows.append((0..<row.count).map(row.text)) }
            }
            if !diagnostics.all.isEmpty {
                return refusal(DiagnosticsError(diagnostics.all, omitted: diagnostics.omitted))
            }
        } catch {
            return refusal(error)
        }
        return writtenAgain(rows)
    }

    /// What was read can be written, and is then read as the same.
    private static func writtenAgain(_ rows: [[String]]) -> String? {
        // A row without anything in it is no row.
        let rows = rows.filter { !($0.allSatisfy(\.isEmpty)) }
        guard let first = rows.first, first.first.map({ !$0.isEmpty && !$0.lowercased().hasPrefix("sep=") }) == true
        else {
            return nil
        }
        var writer = CSVWriter()
        for row in rows {
            for cell in row { writer.cell(cell) }
            writer.endRow()
        }
        do throws(DiagnosticsError) {
            var diagnostics = Diagnostics()
            var reader = try CSVReader(writer.bytes, file: "written.csv")
            guard reader.separator == "," else { return nil }
            var row = CSVRow()
            var again: [[String]] = []
            while reader.next(&row, &diagnostics) { again.append((0..<row.count).map(row.text)) }
            return again == rows ? nil : "written and read again it is another table"
        } catch {
            return "what was written can't be read: \(error)"
        }
    }

    // MARK: Signed documents

    private static func signed(_ bytes: [UInt8]) -> String? {
        do throws(AdapterError) {
            let document = try SignedDocument(bytes)
            guard document.signature.count == 64, document.payload.last == UInt8(ascii: "\n") else {
                return "a signature of \(document.signature.count) bytes, or a payload without an end"
            }
            let again = SignedDocument.assemble(
                payload: Array(document.payload), purpose: document.purpose, nonce: document.nonce,
                keyID: document.keyID, signature: document.signature)
            return again == bytes ? nil : "two documents are taken for one"
        } catch {
            return error.code == .untrusted ? nil : "refused as \(error.code)"
        }
    }
}
