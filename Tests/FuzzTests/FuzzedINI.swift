import AdapterKit
import VendorFormats

extension FuzzedReader {
    /// Registration files.
    static func ini(_ bytes: [UInt8]) -> String? {
        let limits = BoundedINI.Limits()
        do throws(AdapterError) {
            let document = try BoundedINI.read(bytes)
            if document.sections.count > limits.sections { return "\(document.sections.count) sections" }
            var line = 0
            for section in document.sections {
                if section.line <= line || section.name.utf8.count > 64 { return "a section stands nowhere" }
                line = section.line
                for entry in section.entries {
                    if entry.line <= line { return "a key stands nowhere" }
                    line = entry.line
                    if entry.value.utf8.count > limits.line { return "a value has \(entry.value.utf8.count) bytes" }
                    if entry.value.unicodeScalars.contains(where: { $0.value < 32 || 127...159 ~= $0.value }) {
                        return "a value holds a control character"
                    }
                    // One is found by its name, and by no other's.
                    let found = document.section(section.name.lowercased())?.value(entry.key.uppercased())
                    if found ?? "" != entry.value { return "a key is found as another" }
                }
            }
            if line > limits.lines { return "it has \(line) lines" }
            return writtenAgain(document)
        } catch {
            if error.code != .malformed { return "refused as \(error.code)" }
            let isPlain = error.message.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value < 127 }
            return isPlain && error.message.utf8.count < 200 ? nil : "the refusal repeats what it refuses"
        }
    }

    /// What was understood can be written, and is then understood as the same but for its lines.
    private static func writtenAgain(_ document: BoundedINI.Document) -> String? {
        var writer = BoundedINI.Writer()
        for section in document.sections {
            writer.section(section.name)
            for entry in section.entries { writer.entry(entry.key, entry.value) }
        }
        do throws(AdapterError) {
            let again = try BoundedINI.read(try writer.document(), limits: .init(bytes: .max, lines: .max))
            let isSame = again.sections.elementsEqual(document.sections) { one, other in
                one.name == other.name
                    && one.entries.elementsEqual(other.entries) {
                        Array($0.key.utf8) == Array($1.key.utf8) && Array($0.value.utf8) == Array($1.value.utf8)
                    }
            }
            return isSame ? nil : "written and read again it is another file"
        } catch {
            return "what was written can't be read: \(error)"
        }
    }
}
