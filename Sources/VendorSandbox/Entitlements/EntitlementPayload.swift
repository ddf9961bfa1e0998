import AdapterKit
import VendorFormats

/// A payload with room for its time of issue.
struct EntitlementPayload: Sendable {
    private let head: [UInt8]
    private let tail: [UInt8]

    /// What says in every document whose it is; an XML comment, which changes nothing for a reader.
    private static let notice = Array("<!-- From the sandbox, a stand-in. Not from Sage, and no license. -->\n".utf8)

    /// - Parameters:
    ///   - root: The name of the document element.
    ///   - children: Writes what stands in it behind the time of issue.
    init(root: String = "entitlement", status: String, children: (inout BoundedXML.Writer) -> Void) throws {
        var writer = BoundedXML.Writer()
        let issued = "issued"
        writer.element(root, ["version": "1", "status": status]) { writer in
            writer.element(issued, text: issued)
            children(&writer)
        }
        let document = try writer.document()
        // The first line is the XML declaration; text never holds a bare < or >, so the mark is found for sure.
        let mark = Array(">\(issued)<".utf8)
        guard let start = document.firstIndex(of: UInt8(ascii: "\n")).map({ $0 + 1 }),
            let room = document.indices.first(where: { document[$0...].starts(with: mark) })
        else { throw SandboxError("The stand-in vendor can't render an answer.") }
        head = document[..<start] + Self.notice + document[start...room]
        tail = Array(document[(room + mark.count - 1)...])
    }

    /// The payload of an answer.
    func filled(issued: Instant) -> [UInt8] { head + Array(issued.description.utf8) + tail }

    /// The payload of a refusal.
    static func rejection(
        root: String = "entitlement", of field: String, _ reason: String, currentRelease: String? = nil, issued: Instant
    ) throws -> [UInt8] {
        try EntitlementPayload(root: root, status: "rejected") { writer in
            writer.element("field", text: field)
            writer.element("reason", text: reason)
            if let currentRelease { writer.element("currentRelease", text: currentRelease) }
        }.filled(issued: issued)
    }
}
