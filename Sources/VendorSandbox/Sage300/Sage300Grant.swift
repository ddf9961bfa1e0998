import AdapterKit
import Crypto
import VendorFormats

/// What one record grants on one day, rendered but for the time of issue.
struct Sage300Grant: Sendable {
    /// Differs whenever anything of the grant does, but for the time of issue.
    let revision: String
    let changed: Sage300Payload
    let unchanged: Sage300Payload

    init(_ record: Sage300Record, on today: LocalDay) throws {
        var granted = BoundedXML.Writer()
        Self.identify(record, to: &granted)
        Self.write(record, on: today, to: &granted)
        let revision = try "r" + Hex.encode(SHA256.hash(data: granted.document()).prefix(16))
        self.revision = revision
        changed = try Sage300Payload(status: "changed") { writer in
            Self.identify(record, to: &writer)
            writer.element("revision", text: revision)
            Self.write(record, on: today, to: &writer)
        }
        unchanged = try Sage300Payload(status: "unchanged") { writer in
            Self.identify(record, to: &writer)
            writer.element("revision", text: revision)
        }
    }

    private static func identify(_ record: Sage300Record, to writer: inout BoundedXML.Writer) {
        writer.element("clientID", text: record.clientID)
        writer.element("clientName", text: record.clientName)
        writer.element("serialNumber", text: record.serialNumber)
    }

    /// What is granted.
    private static func write(_ record: Sage300Record, on today: LocalDay, to writer: inout BoundedXML.Writer) {
        writer.element("release", text: record.release)
        writer.element("edition", text: record.edition)
        writer.element("region", text: record.region)
        writer.element("expires", text: record.expires.day(on: today).description)
        writer.element(
            "vendorStatus", ["since": record.since(on: today).description], text: record.status.rawValue)
        writer.element("seats") { writer in
            writer.element("users", text: String(record.users))
            writer.element("webUsers", text: String(record.webUsers))
        }
        writer.element("modules") { writer in
            for module in record.modules {
                if let expires = module.expires?.day(on: today) {
                    writer.element(
                        "module", ["code": module.code, "name": module.name, "expires": expires.description])
                } else {
                    writer.element("module", ["code": module.code, "name": module.name])
                }
            }
        }
    }
}

/// A refusal.
struct Sage300Rejection {
    let field: String
    let reason: String
    var currentRelease: String?

    func payload(issued: Instant) throws -> [UInt8] {
        try Sage300Payload(status: "rejected") { writer in
            writer.element("field", text: field)
            writer.element("reason", text: reason)
            if let currentRelease { writer.element("currentRelease", text: currentRelease) }
        }.filled(issued: issued)
    }
}

/// A payload with room for its time of issue.
struct Sage300Payload: Sendable {
    private let head: [UInt8]
    private let tail: [UInt8]

    /// What says in every document whose it is; an XML comment, which changes nothing for a reader.
    private static let notice = Array("<!-- From the sandbox, a stand-in. Not from Sage, and no license. -->\n".utf8)

    /// - Parameter children: Writes what stands in the document element behind the time of issue.
    init(status: String, children: (inout BoundedXML.Writer) -> Void) throws {
        var writer = BoundedXML.Writer()
        let issued = "issued"
        writer.element("entitlement", ["version": "1", "status": status]) { writer in
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
}
