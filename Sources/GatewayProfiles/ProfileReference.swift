public import AdapterKit
import MarkedYAML

/// The reference documentation of profiles, made of the very form by which they are read.
public enum ProfileReference {
    /// The keys of a profile as Markdown, for the protocols of these adapters.
    public static func markdown(for adapters: [AdapterDescriptor]) -> String {
        let reader = ProfileReader(adapters: adapters, environment: [:])
        var lines = [
            "# Profiles", "",
            "Made by `gatehouse profiles schema --markdown`. What an adapter adds below `settings`, `deliver` and `from`",
            "stands on a page of its own: "
                + adapters.map { "[\($0.protocolName)](adapters/\($0.protocolName).md)" }.joined(
                    separator: ", ") + ".", "",
            "Texts may hold `${NAME}` or `${NAME:-default}`, from the environment; `$$` is a dollar.", "",
            "| key | | holds |", "| --- | --- | --- |",
        ]
        row(reader.profileShape(protocolName: nil).shape.form, at: "", &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ form: Form, at path: String, _ lines: inout [String]) {
        switch form.unnamed {
        case .mapping(let keys):
            for key in keys {
                let path = path.isEmpty ? key.name : path + "." + key.name
                let need =
                    key.isRequired ? "required" : key.fallback.map { "`\($0)` without it" } ?? ""
                let takes = key.form.words.map { " " + $0 } ?? ""
                lines.append("| `\(path)` | \(need) | \((key.help + takes).replacing("|", with: "\\|")) |")
                row(key.form, at: path, &lines)
            }
        case .either(let forms): for form in forms { row(form, at: path, &lines) }
        case .map(let element): row(element, at: path + ".NAME", &lines)
        case .list(let element, _): row(element, at: path + "[]", &lines)
        default: break
        }
    }
}

extension Form {
    /// What is taken, as a sentence; nil where the help says enough.
    fileprivate var words: String? {
        switch unnamed {
        case .words(let words): "One of " + words.map { "`\($0)`" }.joined(separator: ", ") + "."
        case .integer(let range): "\(range.lowerBound) to \(range.upperBound)."
        case .boolean: "`true` or `false`."
        case .text, .list, .map, .mapping, .either, .anything, .named: nil
        }
    }
}
