public import MarkedText

extension Node {
    /// The node with variables replaced in every text that is a value.
    ///
    /// `${NAME}` is the variable's value, even an empty one; `${NAME:-default}` is the default if the
    /// variable is unset or empty (POSIX.1, Shell Command Language, 2.6.2); `$$` is one dollar, in a default
    /// too; any other dollar is itself. What comes from the environment is never parsed, so it changes no
    /// structure and nothing in it is replaced again. A default holds neither `}` nor `${`.
    ///
    /// A text that can't be made is reported once and passed over without a word when it is read later.
    ///
    /// - Parameters:
    ///   - environment: the variables by name.
    ///   - diagnostics: takes the problems, each placed at its variable where the text stands on one line as
    ///     it was written, else at the text.
    public func substituting(_ environment: [String: String], into diagnostics: inout Diagnostics) -> Node {
        var substitution = Substitution(environment: environment, diagnostics: diagnostics)
        let node = substitution.node(self)
        diagnostics = substitution.diagnostics
        return node
    }

    /// The node with variables replaced in every text that is a value, as
    /// ``substituting(_:into:)`` does.
    ///
    /// - Throws: ``DiagnosticsError`` with every variable that is unset or malformed.
    public func substituting(_ environment: [String: String]) throws(DiagnosticsError) -> Node {
        var diagnostics = Diagnostics()
        let node = substituting(environment, into: &diagnostics)
        try diagnostics.throwIfErrors()
        return node
    }
}

private struct Substitution {
    let environment: [String: String]
    var diagnostics: Diagnostics
    /// How many bytes of substituted text may still be made: a short file must not become a huge tree.
    private var room = MarkedYAML.byteLimit

    init(environment: [String: String], diagnostics: Diagnostics) {
        self.environment = environment
        self.diagnostics = diagnostics
    }

    mutating func node(_ node: Node) -> Node {
        switch node.content {
        case .scalar(let scalar): return Node(.scalar(value(scalar)), mark: node.mark)
        case .sequence(let elements): return Node(.sequence(elements.map { self.node($0) }), mark: node.mark)
        case .mapping(let entries):
            let entries = entries.map { entry in
                refuseVariable(inKey: entry.key)
                return Node.Entry(key: entry.key, value: self.node(entry.value))
            }
            return Node(.mapping(entries), mark: node.mark)
        }
    }

    private mutating func refuseVariable(inKey key: Scalar) {
        let text = Array(key.text.unicodeScalars)
        guard let offset = text.indices.first(where: { text[$0...].starts(with: ["$", "{"]) }) else { return }
        diagnostics.error(
            "variables are not replaced in keys", at: key.mark(ofScalar: offset), help: "write the key itself")
    }

    private mutating func value(_ scalar: Scalar) -> Scalar {
        guard scalar.text.utf8.contains(UInt8(ascii: "$")) else { return scalar }
        var result = scalar
        if diagnostics.isHopeless {
            result.substitution = .failed
            return result
        }
        var template = Template(scalar.text)
        var text = ""
        var variables: [Scalar.Variable] = []
        do throws(Template.Problem) {
            while let part = try template.next() {
                switch part {
                case .text(let part): text += part
                case .variable(let name, let fallback, let offset):
                    let (value, isDefault) = try value(of: name, or: fallback, offset)
                    text += value
                    variables.append(.init(name: name, isDefault: isDefault))
                }
                guard variables.isEmpty || text.utf8.count <= room else {
                    throw .init(
                        offset: 0, message: "the values of variables exceed \(MarkedYAML.byteLimit / 1024) kB",
                        help: "use shorter values")
                }
            }
        } catch {
            diagnostics.error(error.message, at: scalar.mark(ofScalar: error.offset), help: error.help)
            result.substitution = .failed
            return result
        }
        if !variables.isEmpty {
            room -= text.utf8.count
            result.substitution = .replaced(written: scalar.text, variables: variables)
        }
        result.text = text
        return result
    }

    private func value(
        of name: String, or fallback: String?, _ offset: Int
    ) throws(Template.Problem) -> (text: String, isDefault: Bool) {
        let value = environment[name]
        if let value, fallback == nil || !value.isEmpty { return (value, false) }
        if let fallback { return (fallback, true) }
        throw .init(
            offset: offset, message: "the environment variable \(name) is not set",
            help: "set \(name), or give a default: ${\(name):-value}")
    }
}
