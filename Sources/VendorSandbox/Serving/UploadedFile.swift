import AdapterKit

/// The file that a browser sends with a form of one field: `multipart/form-data` of exactly one part (RFC 7578).
///
/// No more of the format is read than such a form makes; everything else is refused.
struct UploadedFile: Sendable {
    /// Its name where it comes from, without a folder; may be empty, and is nothing but a text.
    let name: String
    /// Its bytes.
    let contents: [UInt8]

    /// How many bytes stand around the file at most.
    static let overhead = 4_096

    /// Takes the file out of a request's body.
    ///
    /// - Parameter field: The name of the form's field.
    /// - Throws: `AdapterError` `malformed` where the body is anything else.
    init(_ request: VendorRequest, field: String) throws(AdapterError) {
        guard request.mediaType == "multipart/form-data",
            let boundary = HeaderParameters(request.contentType ?? "")?.values["boundary"],
            (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ (0x21..<0x7F).contains($0) })
        else { throw Self.refused("the form is not one that sends a file (multipart/form-data)") }
        var rest = request.body[...]
        guard rest.cut("--\(boundary)\r\n") else { throw Self.refused("the form does not begin as it should") }
        guard let head = rest.cut(through: "\r\n\r\n"), head.count <= Self.overhead,
            let contents = rest.cut(through: "\r\n--\(boundary)"), rest.cut("--")
        else { throw Self.refused("the form is cut off, or holds more than one file") }
        guard rest.isEmpty || rest.elementsEqual("\r\n".utf8) else {
            throw Self.refused("something follows the form's end")
        }
        guard let disposition = Self.disposition(head), disposition["name"] == field,
            let path = disposition["filename"]
        else { throw Self.refused("the form has no file in its field \"\(field)\"") }
        name = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        self.contents = Array(contents)
    }

    /// The parameters of the part's one header `Content-Disposition: form-data`.
    private static func disposition(_ head: ArraySlice<UInt8>) -> [String: String]? {
        guard let text = String(validating: head, as: UTF8.self) else { return nil }
        var found: [String: String]?
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            guard parts[0].lowercased() == "content-disposition" else { continue }
            guard found == nil, let header = HeaderParameters(String(parts[1])), header.value == "form-data" else {
                return nil
            }
            found = header.values
        }
        return found
    }

    private static func refused(_ what: String) -> AdapterError {
        AdapterError(
            .malformed,
            "The upload can't be read: \(what). Send it with the form of this page, or with curl -F \"request=@FILE\".")
    }
}

extension ArraySlice<UInt8> {
    /// Takes a text off the beginning, where it stands there.
    fileprivate mutating func cut(_ text: String) -> Bool {
        guard starts(with: text.utf8) else { return false }
        self = dropFirst(text.utf8.count)
        return true
    }

    /// Takes off everything through the first place of a text, and gives what stands before it.
    fileprivate mutating func cut(through text: String) -> ArraySlice<UInt8>? {
        let sought = Array(text.utf8)
        guard count >= sought.count else { return nil }
        for place in startIndex...(endIndex - sought.count) where self[place] == sought[0] {
            if self[place...].starts(with: sought) {
                let before = self[..<place]
                self = self[(place + sought.count)...]
                return before
            }
        }
        return nil
    }
}
