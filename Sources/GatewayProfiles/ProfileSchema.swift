public import AdapterKit
import MarkedYAML

/// The JSON Schema of profiles, made of the very form by which they are read, so that editors complete and check
/// them. JSON Schema draft 2020-12.
///
/// It lets pass what takes more than a form to check (the order of stages, dates of a countdown against its messages),
/// and every text that names a variable; it refuses nothing that the reader takes.
public struct ProfileSchema {
    private let reader: ProfileReader
    private var definitions: [String: JSONValue] = [:]

    /// The schema for the protocols of these adapters.
    public static func document(for adapters: [AdapterDescriptor]) throws -> String {
        var schema = ProfileSchema(reader: ProfileReader(adapters: adapters, environment: [:]))
        return try schema.whole().document()
    }

    private init(reader: ProfileReader) { self.reader = reader }

    private mutating func whole() -> JSONValue {
        let form = form(of: nil)
        definitions["profile"] = schema(form)
        definitions["variation"] = schema(form, isVariation: true)
        let protocols = reader.protocols.map { name -> JSONValue in
            for isVariation in [false, true] {
                definitions[Self.definition(name, isVariation)] = difference(self.form(of: name), form, isVariation)
            }
            return [
                "if": ["properties": ["protocol": ["const": .string(name)]], "required": ["protocol"]],
                "then": Self.byKind(Self.definition(name, false), Self.definition(name, true)),
            ]
        }
        return Self.byKind("profile", "variation").with([
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Gatehouse profile",
            "description": "Made by `gatehouse profiles schema`.",
            "allOf": .array(protocols),
            "$defs": .object(definitions.merging(["variable": Self.variable]) { $1 }),
        ])
    }

    private func form(of protocolName: String?) -> Form {
        reader.profileShape(protocolName: protocolName).shape.form
    }

    private static func definition(_ protocolName: String, _ isVariation: Bool) -> String {
        isVariation ? "\(protocolName)-variation" : protocolName
    }

    /// One schema for a whole profile, and another for one that extends another.
    private static func byKind(_ whole: String, _ variation: String) -> JSONValue {
        ["if": ["required": ["extends"]], "then": reference(variation), "else": reference(whole)]
    }

    private static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/$defs/\(name)")] }

    /// What a variable may be replaced by can't be known.
    private static let variable: JSONValue = [
        "type": "string", "pattern": #"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}"#,
        "description": "A text with variables of the environment: ${NAME} or ${NAME:-default}.",
    ]

    /// What one protocol says of the top keys beyond what all say.
    private mutating func difference(_ specific: Form, _ general: Form, _ isVariation: Bool) -> JSONValue {
        let known = general.keys ?? []
        let keys = (specific.keys ?? []).filter { !known.contains($0) }
        return object(keys, isVariation: isVariation, isClosed: false)
    }

    // MARK: - Forms

    /// - Parameter isVariation: whether it merges with what it inherits: then nothing need be there, and null, which is
    ///   YAML's `~`, removes what is inherited.
    private mutating func schema(_ form: Form, isVariation: Bool = false) -> JSONValue {
        switch form {
        case .anything: return [:]
        case .text(let text):
            // What YAML takes for a number or a truth value is a text here.
            guard let pattern = text.pattern else {
                return ["type": ["string", "number", "boolean"]]
            }
            return Self.orVariable(["type": "string", "pattern": .string("^(?:\(pattern))$")])
        case .integer(let range):
            return Self.orVariable([
                "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
            ])
        case .boolean: return Self.orVariable(["type": "boolean"])
        case .words(let words): return Self.orVariable(["enum": .array(words.map { .string($0) })])
        case .list(let element, let count):
            return ["type": "array", "items": schema(element), "minItems": .integer(count)]
        case .map(let element):
            return [
                "type": "object",
                "additionalProperties": nullable(schema(element, isVariation: isVariation), isVariation),
            ]
        case .mapping(let keys): return object(keys, isVariation: isVariation)
        case .either(let forms): return ["anyOf": .array(forms.map { schema($0, isVariation: isVariation) })]
        case .named(let name, let form):
            let name = isVariation ? name + "-variation" : name
            if definitions[name] == nil { definitions[name] = schema(form, isVariation: isVariation) }
            return Self.reference(name)
        }
    }

    private mutating func object(_ keys: [Form.Key], isVariation: Bool, isClosed: Bool = true) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for key in keys {
            var members: [String: JSONValue] = [:]
            if !key.help.isEmpty { members["description"] = .string(key.help) }
            if let fallback = key.fallback { members["default"] = Self.value(fallback, of: key.form) }
            properties[key.name] = nullable(schema(key.form, isVariation: isVariation), isVariation).with(members)
        }
        // A variation has a name of its own; all else may be inherited.
        let required = keys.filter { $0.isRequired && (!isVariation || $0.name == "name") }.map(\.name)
        var members: [String: JSONValue] = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
        if isClosed { members["additionalProperties"] = false }
        return .object(members)
    }

    private func nullable(_ schema: JSONValue, _ isVariation: Bool) -> JSONValue {
        guard isVariation, case .object(let members) = schema else { return schema }
        switch (members["type"], members["anyOf"]) {
        case (.string(let type)?, _): return schema.with(["type": [.string(type), "null"]])
        case (.array(let types)?, _): return schema.with(["type": .array(types + ["null"])])
        case (_, .array(let schemas)?): return schema.with(["anyOf": .array(schemas + [["type": "null"]])])
        default: return schema
        }
    }

    private static func orVariable(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, reference("variable")]] }

    private static func value(_ text: String, of form: Form) -> JSONValue {
        switch form.unnamed {
        case .integer: Int(text).map { .integer($0) } ?? .string(text)
        case .boolean: .bool(text == "true")
        default: .string(text)
        }
    }
}
