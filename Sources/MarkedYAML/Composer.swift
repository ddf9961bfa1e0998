import MarkedText

/// Makes nodes of events, and refuses what strict YAML leaves out.
struct Composer: ~Copyable {
    private(set) var diagnostics: Diagnostics
    private let source: SourceText
    private let errorsBefore: Int
    private var duplicates = 0

    init(_ source: SourceText, _ diagnostics: Diagnostics) {
        self.source = source
        self.diagnostics = diagnostics
        errorsBefore = diagnostics.errorCount
    }

    /// Whether the nodes hold all that was written but keys that came twice.
    var isWhole: Bool { diagnostics.errorCount == errorsBefore + duplicates }

    /// The only document; `nil` means that problems were added, and they may have been added besides a node.
    mutating func compose() -> Node? {
        do throws(SyntaxError) {
            var parser = try EventParser(source.bytes)
            return try document(&parser)
        } catch {
            report(error)
            return nil
        }
    }

    private mutating func document(_ parser: inout EventParser) throws(SyntaxError) -> Node? {
        guard !refuseDirective() else { return nil }
        while true {
            let event = try parser.next()
            switch event.kind {
            case .streamStart, .documentStart: continue
            case .streamEnd:
                diagnostics.error(
                    "the file holds no document", at: mark(from: .init(line: 1, column: 1)),
                    help: "write the keys that it should have")
                return nil
            default: break
            }
            let root = try node(event, &parser, depth: 1)
            checkEnd(try parser.next())
            return root
        }
    }

    // MARK: - Nodes

    private mutating func node(_ event: Event, _ parser: inout EventParser, depth: Int) throws(SyntaxError) -> Node {
        refuseProperties(event)
        if diagnostics.isFull { throw SyntaxError(problem: "too many problems to go on", place: event.end) }
        switch event.kind {
        case .scalar(let text, let style):
            let scalar = Scalar(text, style: style, mark: mark(event))
            refuseUnreadable(scalar)
            return Node(.scalar(scalar), mark: scalar.mark)
        case .sequenceStart:
            try checkDepth(depth, event)
            var elements: [Node] = []
            while true {
                let element = try parser.next()
                if case .sequenceEnd = element.kind {
                    return Node(.sequence(elements), mark: mark(event, to: element))
                }
                elements.append(try node(element, &parser, depth: depth + 1))
            }
        case .mappingStart:
            try checkDepth(depth, event)
            return try mapping(event, &parser, depth: depth)
        default:
            // An alias, which has been refused; what stands here is never seen.
            return Node(.scalar(Scalar("", mark: mark(event))), mark: mark(event))
        }
    }

    private mutating func mapping(_ start: Event, _ parser: inout EventParser, depth: Int) throws(SyntaxError) -> Node {
        var entries: [Node.Entry] = []
        var places: [String: Mark] = [:]
        while true {
            let event = try parser.next()
            if case .mappingEnd = event.kind { return Node(.mapping(entries), mark: mark(start, to: event)) }
            let errors = diagnostics.errorCount
            let key = try node(event, &parser, depth: depth + 1)
            let isRefused = diagnostics.errorCount > errors
            let value = try node(try parser.next(), &parser, depth: depth + 1)
            guard let scalar = key.scalar else {
                diagnostics.error(
                    "a list or mapping can't be a key", at: key.mark,
                    help: "write a text before the colon; put a text that starts with [ or { in quotes")
                continue
            }
            if isRefused { continue }
            if scalar.isAbsent {
                diagnostics.error("a key is missing before the colon", at: key.mark, help: "write the key")
            } else if let first = places[scalar.text] {
                duplicates += 1
                diagnostics.error(
                    "duplicate key \(scalar.shown): it is first at \(first.start)", at: key.mark,
                    help: "remove one of the two")
            } else {
                places[scalar.text] = key.mark
                entries.append(.init(key: scalar, value: value))
            }
        }
    }

    // MARK: - What is refused

    private func checkDepth(_ depth: Int, _ event: Event) throws(SyntaxError) {
        guard depth > MarkedYAML.depthLimit else { return }
        throw SyntaxError(
            problem: "nested more than \(MarkedYAML.depthLimit) deep", place: event.start,
            help: "put fewer lists and mappings inside one another")
    }

    private mutating func refuseProperties(_ event: Event) {
        if case .alias(let name) = event.kind {
            diagnostics.error(
                "alias \(quoted("*" + name)): aliases are not allowed", at: mark(event),
                help: "write the value out here; put a text that starts with * in quotes")
        }
        if let anchor = event.anchor {
            diagnostics.error(
                "anchor \(quoted("&" + anchor)): anchors are not allowed", at: mark(from: event.start.position),
                help: "remove the anchor; put a text that starts with & in quotes")
        }
        if let tag = event.tag {
            diagnostics.error(
                "tag \(quoted(tag)): tags are not allowed", at: mark(from: event.start.position),
                help: "remove the tag, each field has its own type; put a text that starts with ! in quotes")
        }
    }

    /// Refuses what a text may only hold through an escape, and endless combining marks.
    private mutating func refuseUnreadable(_ scalar: Scalar) {
        var isASCII = true
        for byte in scalar.text.utf8 {
            if byte == 0 {
                diagnostics.error(
                    "a text must not hold a NUL character", at: scalar.mark, help: "remove the escape")
                return
            }
            if byte >= 0x80 { isASCII = false }
        }
        // Comparing texts takes quadratic time in a run of combining marks. Stream-safe text has at most 30
        // in a row (Unicode Standard Annex 15, section 13), more than any language needs.
        guard !isASCII else { return }
        var run = 0
        for character in scalar.text.unicodeScalars {
            run = character.properties.canonicalCombiningClass == .notReordered ? 0 : run + 1
            if run > 30 {
                diagnostics.error(
                    "more than 30 combining marks on one character", at: scalar.mark, help: "remove the marks")
                return
            }
        }
    }

    /// Refuses directives before libyaml sees them, as it takes quadratic time for many of them.
    private mutating func refuseDirective() -> Bool {
        guard let first = firstContent(from: 0, at: .init(line: 1, column: 1)),
            source.bytes[first.offset] == UInt8(ascii: "%"), first.position.column == 1
        else { return false }
        diagnostics.error("directives are not allowed", at: mark(from: first.position), help: "remove this line")
        return true
    }

    /// Checks that nothing follows the document, again without libyaml.
    private mutating func checkEnd(_ event: Event) {
        let end = source.offset(ofScalar: event.end.index)
        guard let rest = firstContent(from: end, at: event.end.position) else { return }
        let isDocument = source.bytes[rest.offset...].starts(with: Array("---".utf8))
        diagnostics.error(
            isDocument ? "a second document starts here" : "text after the end of the document",
            at: mark(from: rest.position),
            help: isDocument
                ? "a file holds exactly one document: move this one to a file of its own"
                : "a file holds exactly one value: check the indentation and the quotes above")
    }

    /// Where something stands after blanks, comments and ends of documents.
    private func firstContent(from offset: Int, at start: Mark.Position) -> (offset: Int, position: Mark.Position)? {
        let bytes = source.bytes
        var offset = offset
        var line = start.line
        var column = start.column
        var inComment = false
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x0A, 0x0D:
                if bytes[offset] == 0x0D, offset + 1 < bytes.count, bytes[offset + 1] == 0x0A { offset += 1 }
                line += 1
                column = 0
                inComment = false
            case _ where inComment, UInt8(ascii: " "), UInt8(ascii: "\t"): break
            case UInt8(ascii: "#"): inComment = true
            case UInt8(ascii: ".") where column == 1 && isDocumentEnd(at: offset):
                offset += 2
                column += 2
            default: return (offset, .init(line: line, column: column))
            }
            offset += 1
            column += 1
        }
        return nil
    }

    private func isDocumentEnd(at offset: Int) -> Bool {
        let rest = source.bytes[offset...]
        return rest.starts(with: Array("...".utf8)) && rest.dropFirst(3).first.map { $0 <= UInt8(ascii: " ") } ?? true
    }

    // MARK: - Places

    private func mark(from start: Mark.Position) -> Mark { Mark(in: source, start: start) }

    private func mark(_ first: Event, to last: Event? = nil) -> Mark {
        Mark(in: source, start: first.start.position, end: (last ?? first).end.position)
    }

    private mutating func report(_ error: SyntaxError) {
        var place = error.place
        var message = error.problem
        if let context = error.context {
            message += " " + context
            if error.isFoundLate {
                place = error.contextPlace
            } else if let start = error.contextPlace, start.index != place?.index {
                message += " (which starts at \(start.position))"
            }
        }
        let offset = place.map { source.offset(ofScalar: $0.index) } ?? source.bytes.count
        let help =
            error.help
            ?? syntaxHelp(
                for: error.problem, after: source.bytes[..<offset].last, before: source.bytes[offset...].first)
        diagnostics.error(message, at: mark(from: place?.position ?? .init(line: 1, column: 1)), help: help)
    }
}
