public import MarkedText

/// What a value must look like, and how it is read: the declared type of a field.
///
/// A shape never stops at the first problem: it reports each one at its place and gives `nil` for what can't
/// be read, so that everything wrong with a file is told at once. Build them from one another:
///
/// ```swift
/// struct Stage {
///     var at: Offset
///     var level: Level
///     var message: String?
///
///     static let shape = Shape<Stage>.mapping { fields in
///         let at = fields.required("at", .text("an offset such as -30d", Offset.init))
///         let level = fields.required("level", .enumeration(Level.self))
///         let message = fields.optional("message", .string)
///         guard let at, let level else { return nil }
///         return Stage(at: at, level: level, message: message)
///     }
/// }
/// let stages = try node.read(.list(of: Stage.shape, atLeast: 1))
/// ```
public struct Shape<Value>: Sendable {
    let body: @Sendable (Node, inout Diagnostics) -> Value?
    private let describe: @Sendable () -> Form

    /// Makes a shape of any reading.
    ///
    /// - Parameters:
    ///   - form: what is read, as data.
    ///   - read: reads a node; where it gives `nil` it must have added an error that says why.
    public init(
        as form: @autoclosure @escaping @Sendable () -> Form = .anything,
        _ read: @escaping @Sendable (Node, inout Diagnostics) -> Value?
    ) {
        describe = form
        body = read
    }

    /// What is read, as data.
    public var form: Form { describe() }

    /// The shape with another form: for a reading that takes less, or says less of itself, than the form tells.
    public func described(as form: Form) -> Shape { Shape(as: form, body) }

    /// The shape with a name for its form, under which that is described once.
    public func named(_ name: String) -> Shape { Shape(as: .named(name, form), body) }

    /// Reads a node. An error is added wherever the answer is `nil`.
    public func read(_ node: Node, into diagnostics: inout Diagnostics) -> Value? {
        if let scalar = node.scalar, scalar.isUnresolved {
            diagnostics.silence()
            return nil
        }
        let before = (diagnostics.errorCount, diagnostics.silenced)
        let value = body(node, &diagnostics)
        if value == nil, before == (diagnostics.errorCount, diagnostics.silenced) {
            diagnostics.error("this value can't be read", at: node.mark)
        }
        return value
    }

    /// The shape with its value made into another; `transform` is called only for what could be read.
    public func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> Shape<Other> {
        Shape<Other>(as: form) { node, diagnostics in body(node, &diagnostics).map(transform) }
    }

    /// The shape with a further demand.
    ///
    /// - Parameter problem: says in one line what is wrong with a value, or `nil` if it is right.
    public func checked(_ problem: @escaping @Sendable (Value) -> String?) -> Shape {
        Shape(as: form) { node, diagnostics in
            guard let value = body(node, &diagnostics) else { return nil }
            guard let message = problem(value) else { return value }
            diagnostics.error(message, at: node.mark)
            return nil
        }
    }

    /// What another shape reads, kept together with its place, for checks that come after reading.
    public static func marked<Inner>(_ shape: Shape<Inner>) -> Shape where Value == Marked<Inner> {
        Shape(as: shape.form) { node, diagnostics in
            shape.read(node, into: &diagnostics).map { Marked($0, mark: node.mark) }
        }
    }
}

/// A value with the place where it was written.
public struct Marked<Value> {
    /// The value.
    public var value: Value
    /// Where it was written.
    public var mark: Mark

    /// Makes a value with its place.
    public init(_ value: Value, mark: Mark) {
        self.value = value
        self.mark = mark
    }
}

extension Marked: Sendable where Value: Sendable {}
extension Marked: Equatable where Value: Equatable {}
extension Marked: Hashable where Value: Hashable {}

extension Node {
    /// Reads the whole node.
    ///
    /// - Throws: ``DiagnosticsError`` with everything that is not as the shape demands.
    public func read<Value>(_ shape: Shape<Value>) throws(DiagnosticsError) -> Value {
        var diagnostics = Diagnostics()
        let value = shape.read(self, into: &diagnostics)
        guard let value, !diagnostics.hasErrors else {
            if !diagnostics.hasErrors {
                diagnostics.error("this value holds a variable that could not be replaced", at: mark)
            }
            throw DiagnosticsError(diagnostics.all, omitted: diagnostics.omitted)
        }
        return value
    }
}

extension Diagnostics {
    /// Adds that a node is not what its field demands, such as `expected a list, found "x"`.
    public mutating func expected(_ what: String, found node: Node, help: String? = nil) {
        let found =
            switch node.content {
            case .scalar(let scalar): scalar.shown
            case .sequence: "a list"
            case .mapping: "a mapping"
            }
        error("expected \(what), found \(found)", at: node.mark, help: help)
    }
}
