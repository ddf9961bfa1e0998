public import AdapterKit
import Foundation

/// A registration file that an activation brings, whole and as it was read.
public struct Registration: Sendable {
    /// The file, byte for byte.
    public let bytes: [UInt8]
    /// What stands in it.
    public let document: BoundedINI.Document

    /// Reads the element of an answer that holds the file in base64.
    ///
    /// - Throws: ``AdapterError`` `malformed` where it is none, or no INI file.
    public init(_ element: BoundedXML.Element) throws(AdapterError) {
        // Four characters for every three bytes.
        let text = try element.value(bytes: (BoundedINI.Limits().bytes + 2) / 3 * 4)
        guard let data = Data(base64Encoded: text) else { throw element.malformed("is not base64") }
        bytes = Array(data)
        do throws(AdapterError) {
            document = try BoundedINI.read(bytes)
        } catch {
            throw element.malformed("is no registration file", String(error.message.dropLast()))
        }
    }

    /// That a value of the file is that of the answer around it.
    ///
    /// - Throws: ``AdapterError`` `malformed` where it is another, or absent.
    public func require(_ section: String, _ key: String, _ value: String?) throws(AdapterError) {
        // By bytes: Swift takes two spellings of an accented letter for equal.
        let found = try document.required(section).value(key)
        guard found.map({ Array($0.utf8) }) == value.map({ Array($0.utf8) }) else {
            throw AdapterError(.malformed, "The registration file has another \(key) than the answer that brings it.")
        }
    }
}

extension BoundedINI.Section {
    /// A line of the registration page; nil where the section has no such key.
    public func line(_ key: String, _ title: String) -> RegistrationLine? {
        value(key).map { RegistrationLine(title: title, value: $0) }
    }

    /// A line of the registration page for something that is never shown.
    public func secret(_ keys: [String], _ title: String) -> RegistrationLine? {
        keys.contains { value($0) != nil } ? RegistrationLine(title: title, value: RegistrationLine.mask) : nil
    }
}
