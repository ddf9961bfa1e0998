import AdapterKit
import Foundation
import GatewayAPI
import MarkedText
import MarkedYAML

/// License keys as a person gives them: in a file, on the command line, or typed without being shown.
enum KeyValues {
    /// The keys of a YAML file, such as `userKey: …`; those below a name as `activationKey.GL`.
    ///
    /// - Throws: ``CallError`` with the line, and nothing of what stands in it: it may be a key.
    static func read(_ path: String) throws(CallError) -> [String: String] {
        do {
            var values: [String: String] = [:]
            try collect(try MarkedYAML.parse(path: path), "", path, into: &values)
            return values
        } catch let error as DiagnosticsError {
            let place = error.diagnostics.first.map { "\($0.mark.line):\($0.mark.column)" } ?? "1:1"
            throw CallError(
                .invalid, "\(path):\(place): this can't be read as YAML. Write a key a line: userKey: \"…\"")
        } catch let error as CallError {
            throw error
        } catch {
            throw CallError(.invalid, "\(path) can't be read.")
        }
    }

    private static func collect(
        _ node: Node, _ prefix: String, _ path: String, into values: inout [String: String]
    ) throws {
        guard let entries = node.mapping else {
            throw CallError(
                .invalid, "\(path):\(node.mark.line): keys are written as NAME: VALUE, a line each.")
        }
        for entry in entries {
            let name = prefix.isEmpty ? entry.key.text : "\(prefix).\(entry.key.text)"
            if let scalar = entry.value.scalar {
                values[name] = scalar.text
            } else {
                try collect(entry.value, name, path, into: &values)
            }
        }
    }

    /// Asks for keys at the terminal, without showing those that are secret.
    ///
    /// - Throws: ``CallError`` where there is no terminal.
    static func ask(_ fields: [Field]) throws(CallError) -> [String: String] {
        guard isatty(STDIN_FILENO) == 1 else {
            throw CallError(
                .invalid, "Give the keys: --keys FILE, or at a terminal, where they are asked for.")
        }
        var values: [String: String] = [:]
        for field in fields {
            if field.isFamily {
                Console.errorText("\(field.title): NAME=VALUE, one a line; an empty line ends them.")
                while let line = prompt("\(field.title): ", hidden: field.secret), !line.isEmpty {
                    let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
                    if parts.count == 2 { values["\(field.name).\(parts[0])"] = parts[1] }
                }
            } else if let line = prompt("\(field.title): ", hidden: field.secret), !line.isEmpty {
                values[field.name] = line
            }
        }
        return values
    }

    private static func prompt(_ text: String, hidden: Bool) -> String? {
        Console.errorBytes(text)
        var before = termios()
        let hides = hidden && tcgetattr(STDIN_FILENO, &before) == 0
        if hides {
            var quiet = before
            quiet.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
        }
        defer {
            if hides {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
                Console.errorText("")
            }
        }
        return readLine(strippingNewline: true)
    }
}
