import AdapterKit
import Foundation
import Testing
import VendorFormats
import VendorSandbox

@Suite("The page that takes a licence request file")
struct Sage200PageTests {
    private static let path = "/sage200/"
    private static let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
    private static let headers = ["Content-Type": "multipart/form-data; boundary=\(boundary)"]
    private static let part = "Content-Disposition: form-data; name=\"request\"; filename=\"maple.xml\""

    /// What a browser sends for the page's form.
    private static func form(_ file: [UInt8], _ head: String = part + "\r\nContent-Type: text/xml") -> [UInt8] {
        Array("--\(boundary)\r\n\(head)\r\n\r\n".utf8) + file + Array("\r\n--\(boundary)--\r\n".utf8)
    }

    private static func post(
        _ body: [UInt8], to sandbox: RunningSandbox, headers: [String: String] = headers
    ) async throws -> HTTPReply {
        try await sandbox.exchange("POST", path, headers: headers, body: body)
    }

    /// That a reply is the page, with a sentence that says what is wrong.
    private static func isProblem(_ reply: HTTPReply, _ status: Int, _ told: String) -> Bool {
        reply.status == status && reply.headers["content-type"] == "text/html; charset=utf-8"
            && reply.text.contains("role=\"alert\"") && reply.text.contains("<form ") && reply.text.contains(told)
            && reply.headers["content-disposition"] == nil && isGuarded(reply)
    }

    private static func isGuarded(_ reply: HTTPReply) -> Bool {
        reply.headers["cache-control"] == "no-store" && reply.headers["x-content-type-options"] == "nosniff"
            && reply.headers["content-security-policy"]?.hasPrefix("default-src 'none'; style-src 'sha256-") == true
    }

    @Test("It says that it is a stand-in, has a labelled form and the public key, and needs no script")
    func page() async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            let reply = try await sandbox.exchange("GET", Self.path)
            #expect(reply.status == 200 && Self.isGuarded(reply))
            for text in [
                "This is a stand-in, not Sage.", "<html lang=\"en\">", "<label for=\"request\">", "id=\"request\"",
                "enctype=\"multipart/form-data\"", "<button type=\"submit\">", sandbox.ready.publicKey,
            ] { #expect(reply.text.contains(text), "\(text)") }
            #expect(!reply.text.contains("<script") && !reply.text.contains("role=\"alert\""))
            let index = try await sandbox.exchange("GET", "/")
            #expect(index.text.contains("GET /sage200/\n") && index.text.contains("POST /sage200/\n"))
            let other = try await sandbox.exchange("PUT", Self.path)
            #expect(other.status == 405 && other.text.contains("asked with GET or POST"))
        }
    }

    @Test("A licence request file is answered with the entitlement file as a download, named after it")
    func download() async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            let reply = try await Self.post(Self.form(OfflineQuestion.bytes), to: sandbox)
            #expect(reply.status == 200 && reply.headers["content-type"] == "application/xml")
            #expect(reply.headers["content-disposition"] == "attachment; filename=\"maple.ent\"")
            #expect(Self.isGuarded(reply))
            let grant = try OfflineQuestion.grant(reply.body, sandbox.ready)
            #expect(try grant.required("validTo").value() == "2027-06-30")
        }
    }

    @Test(
        "Whatever the file is called, the download's name is plain",
        arguments: [
            (#"..\\..\\maple.xml"#, "maple.ent"), ("../../etc/passwd", "passwd.ent"), ("", "licence.ent"),
            ("é<b>.xml", "b.ent"), (#"a\"; x=\"b.xml"#, "axb.ent"), ("...", "licence.ent"),
            (String(repeating: "n", count: 300) + ".xml", String(repeating: "n", count: 100) + ".ent"),
        ])
    func names(_ row: (file: String, download: String)) async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            let head = "Content-Disposition: form-data; name=\"request\"; filename=\"\(row.file)\""
            let reply = try await Self.post(Self.form(OfflineQuestion.bytes, head), to: sandbox)
            #expect(reply.headers["content-disposition"] == "attachment; filename=\"\(row.download)\"", "\(reply.text)")
        }
    }

    @Test("What is not on record is told on the page with status 422, and every text from outside is escaped")
    func refused() async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            let unknown = try await Self.post(
                Self.form(OfflineQuestion.bytes("A1042207", "&lt;script&gt;'")), to: sandbox)
            let told = "There is no account with the number &quot;&lt;script&gt;&#39;&quot;."
            #expect(Self.isProblem(unknown, 422, told), "\(unknown.text)")
            #expect(!unknown.text.contains("<script"))
            let other = try await Self.post(Self.form(OfflineQuestion.bytes("0042-K", "0042-X")), to: sandbox)
            #expect(Self.isProblem(other, 422, "has no license of the serial number"))
            #expect(!other.text.contains("0042-K") && !other.text.contains("Wharfedale"))
        }
    }

    @Test("A file that is none is told with its line; none, an empty one and one too large are told as such")
    func wrongFiles() async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            for (file, status, told) in [
                (Array("nonsense".utf8), 400, "Line 1 of the XML document"),
                (try OfflineQuestion.bytes("</nonce>", ""), 400, "&lt;/offlineRequest&gt;"),
                (try OfflineQuestion.bytes("<nonce>0b", "<nonce>0B"), 400, "on line 4"),
                ([], 400, "No file was chosen"), ([UInt8](repeating: 32, count: 16_385), 413, "more than 16384 bytes"),
                ([UInt8](repeating: 32, count: 3_000_000), 413, "more than 16384 bytes"),
            ] {
                let reply = try await Self.post(Self.form(file), to: sandbox)
                #expect(Self.isProblem(reply, status, told), "\(told): \(reply.status) \(reply.text)")
            }
            let whole = try await Self.post(Self.form(OfflineQuestion.bytes), to: sandbox)
            #expect(whole.status == 200, "it goes on")
        }
    }

    @Test("A form that sends anything but one file in its field is refused on the page")
    func wrongForms() async throws {
        let file = try OfflineQuestion.bytes
        let right = Self.form(file)
        let text = String(decoding: right, as: UTF8.self)
        let head = "Content-Disposition: form-data; name=\"request\""
        let wrong: [[UInt8]] = [
            [], Array("\r\n".utf8) + right, right + Array("more".utf8), Array(right.dropLast(4)),
            Array(right.prefix(60)), Array((text.dropLast(4) + "\r\n" + text).utf8),
            Self.form(file, head), Self.form(file, head.replacing("request", with: "other") + "; filename=\"a\""),
            Self.form(file, "Content-Type: text/xml"), Self.form(file, "nonsense"), Self.form(file, Self.part + "; x"),
            Self.form(file, Self.part + "; filename=\"b\""), Self.form(file, Self.part + "\r\n" + Self.part),
            Self.form(file, Self.part.dropLast() + ""), Self.form(file, Self.part.replacing("form-data", with: "file")),
            Self.form(file, Self.part + "\r\nX: " + String(repeating: "x", count: 4_090)),
            Array(text.replacing("\r\n", with: "\n").utf8),
        ]
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            for body in wrong {
                let reply = try await Self.post(body, to: sandbox)
                let sent = String(decoding: body.prefix(200), as: UTF8.self)
                #expect(Self.isProblem(reply, 400, "can&#39;t be read"), "\(sent): \(reply.status) \(reply.text)")
            }
            for type in [
                "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary",
                "multipart/form-data; boundary=\"\(Self.boundary)", "multipart/mixed; boundary=\(Self.boundary)",
                "multipart/form-data; boundary=\(String(repeating: "b", count: 71))",
                "multipart/form-data; boundary=\(Self.boundary); boundary=\(Self.boundary)",
            ] {
                let reply = try await Self.post(right, to: sandbox, headers: ["Content-Type": type])
                #expect(Self.isProblem(reply, 400, "can&#39;t be read"), "\(type): \(reply.status)")
            }
            let quoted = ["Content-Type": "Multipart/Form-Data; charset=utf-8; Boundary=\"\(Self.boundary)\""]
            try await #expect(Self.post(right, to: sandbox, headers: quoted).status == 200)
        }
    }

    @Test("A form with any byte changed, added or missing is answered in words, and never breaks the stand-in")
    func mutations() async throws {
        let right = Self.form(try OfflineQuestion.bytes)
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            let url = sandbox.ready.url
            let odd = try await blocking {
                let connection = try HTTPConnection(url)
                return try (0..<right.count).filter { place in
                    var body = right
                    switch place % 4 {
                    case 0: body[place] ^= 0xFF
                    case 1: body.removeSubrange(place...)
                    case 2: body.insert(contentsOf: right.prefix(64), at: place)
                    default: body.remove(at: place)
                    }
                    let reply = try connection.exchange("POST", Self.path, headers: Self.headers, body: body)
                    return ![200, 400, 422].contains(reply.status)
                }
            }
            #expect(odd == [])
        }
    }

    @Test("The book's faults break the page as they break the server")
    func faults() async throws {
        try await RunningSandbox.with(Books.sage200("faults:\n  sage200: { status: 503 }\n")) { sandbox in
            try await #expect(sandbox.exchange("GET", Self.path).status == 503)
        }
        try await RunningSandbox.with(Books.sage200("faults:\n  sage200: { badSignature: true }\n")) { sandbox in
            let reply = try await Self.post(Self.form(OfflineQuestion.bytes), to: sandbox)
            #expect(reply.status == 200)
            try #expect(!Answer.isRight(SignedDocument(reply.body), sandbox.ready))
        }
    }

    @Test("curl -F sends a file as a browser does", .enabled(if: Tool.found("curl") != nil, "curl is not there"))
    func curl() async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            let file = sandbox.folder.path + "/maple.xml"
            try Data(OfflineQuestion.bytes).write(to: URL(fileURLWithPath: file))
            let sent = try await Tool.run(
                ["curl", "-sS", "--noproxy", "*", "-m", "30", "-F", "request=@\(file)", sandbox.ready.url + Self.path],
                in: sandbox.folder)
            try #require(sent.code == 0, "\(sent.errors)")
            _ = try OfflineQuestion.grant(sent.output, sandbox.ready)
        }
    }
}
