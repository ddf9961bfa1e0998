import CYAML
import MarkedText

/// One event of libyaml, as a value that outlives it.
struct Event {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(String, Scalar.Style)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    var kind: Kind
    var anchor: String?
    var tag: String?
    var start: Place
    var end: Place
}

/// A place as libyaml counts: everything from 0, the index in characters.
struct Place {
    var index: Int
    var position: Mark.Position

    init(_ mark: yaml_mark_t) {
        index = Int(clamping: mark.index)
        position = .init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}

/// Why a document can't be read on.
struct SyntaxError: Error {
    var problem: String
    var place: Place?
    /// What libyaml was doing, such as `while parsing a block mapping`.
    var context: String?
    var contextPlace: Place?
    var help: String?

    /// Whether libyaml reads on to where something no longer makes sense: then the beginning says more.
    var isFoundLate: Bool {
        problem == "could not find expected ':'" || problem.hasPrefix("found unexpected end of stream")
    }
}

/// libyaml's event parser over bytes of its own. Its document loader is not used: that takes quadratic time
/// for nested input and expands aliases.
struct EventParser: ~Copyable {
    // libyaml keeps the parser's own address, and reads the input as it goes: neither may move.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutablePointer<UInt8>

    init(_ bytes: [UInt8]) throws(SyntaxError) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw SyntaxError(problem: "out of memory")
        }
        self.parser = parser
        input = .allocate(capacity: bytes.count)
        input.initialize(from: bytes, count: bytes.count)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event; not to be called again after a stream's end or an error.
    mutating func next() throws(SyntaxError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { yaml_event_delete(&event) }
        var anchor: String?
        var tag: String?
        let kind: Event.Kind
        switch event.type {
        case YAML_STREAM_START_EVENT: kind = .streamStart
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_ALIAS_EVENT: kind = .alias(Self.text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(String(decoding: value, as: UTF8.self), Self.style(scalar.style))
            (anchor, tag) = (Self.text(scalar.anchor), Self.text(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let sequence = event.data.sequence_start
            kind = .sequenceStart
            (anchor, tag) = (Self.text(sequence.anchor), Self.text(sequence.tag))
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            let mapping = event.data.mapping_start
            kind = .mappingStart
            (anchor, tag) = (Self.text(mapping.anchor), Self.text(mapping.tag))
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: throw SyntaxError(problem: "unexpected end", place: Place(event.start_mark))
        }
        return Event(
            kind: kind, anchor: anchor, tag: tag, start: Place(event.start_mark), end: Place(event.end_mark))
    }

    private var failure: SyntaxError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "out of memory"
        switch state.error {
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
            let context = state.context.map { String(cString: $0) }
            return SyntaxError(
                problem: problem, place: Place(state.problem_mark), context: context,
                contextPlace: context.map { _ in Place(state.context_mark) })
        default:
            return SyntaxError(problem: problem, place: Place(state.mark))
        }
    }

    private static func style(_ style: yaml_scalar_style_t) -> Scalar.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
        default: .plain
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}
