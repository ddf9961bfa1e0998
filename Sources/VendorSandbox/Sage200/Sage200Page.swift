import AdapterKit
import Hummingbird
import VendorFormats

/// The page on which a person hands in a licence request file and gets the `.ent` file: a form that needs no script.
enum Sage200Page {
    /// The path below the vendor's.
    private static let path = "/"
    /// The form's one field.
    private static let field = "request"

    /// The page, and where its form leads.
    ///
    /// - Parameter answer: Answers a licence request file, as ``Sage200StandIn`` does.
    static func endpoints(
        _ answer: @escaping @Sendable ([UInt8], VendorRequest) throws -> EntitlementFile
    ) -> [Endpoint] {
        [
            Endpoint(method: "GET", path: path, bodyLimit: 0) { page(200, nil, $0) },
            Endpoint(
                method: "POST", path: path, bodyLimit: EntitlementQuestion.byteLimit + UploadedFile.overhead,
                tooLarge: { page(413, tooLarge, $0) }
            ) { request in
                do {
                    let file = try UploadedFile(request, field: field)
                    guard !file.contents.isEmpty else { return page(400, nothingChosen, request) }
                    guard file.contents.count <= EntitlementQuestion.byteLimit else {
                        return page(413, tooLarge, request)
                    }
                    return download(try answer(file.contents, request), inReplyTo: file.name)
                } catch let error as AdapterError {
                    return page(error.code == .rejected ? 422 : 400, error.message, request)
                }
            },
        ]
    }

    private static let tooLarge =
        "The file has more than \(EntitlementQuestion.byteLimit) bytes, so it is no licence request file. Choose the "
        + ".xml file that was made for this request."
    private static let nothingChosen =
        "No file was chosen, or an empty one. Choose the .xml file that was made for this request."

    private static func download(_ file: EntitlementFile, inReplyTo request: String) -> VendorAnswer {
        // What a browser calls its file is a stranger's text: nothing of it goes into a header but plain characters.
        let plain = request.unicodeScalars.filter { scalar in
            switch scalar {
            case "A"..."Z", "a"..."z", "0"..."9", ".", "_", "-": true
            default: false
            }
        }
        let stem = String(String.UnicodeScalarView(plain)).drop { $0 == "." }.prefix(100)
        let name = EntitlementFile.name(for: stem.isEmpty ? "licence" : String(stem))
        var headers = HTMLPage.headers
        headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return VendorAnswer(contentType: "application/xml", body: file.document, headers: headers)
    }

    private static func page(_ status: Int, _ problem: String?, _ request: VendorRequest) -> VendorAnswer {
        let limit = EntitlementQuestion.byteLimit
        let html = HTMLPage(title: (problem == nil ? "" : "Error: ") + "Sage 200 licence files (stand-in)") {
            """
            <p class="note"><strong>This is a stand-in, not Sage.</strong> It is there to try things out, and answers \
            from its book. Nothing that it signs is a licence, and no software of Sage's would take it.</p>
            <h1>Answer a licence request</h1>
            \(problem.map { """
                <div class="error" role="alert">
                <h2>This request was not answered</h2>
                <p>\(HTMLPage.escaped($0))</p>
                </div>

                """ } ?? "")\
            <form method="post" action="/\(Sage200StandIn.name)\(path)" enctype="multipart/form-data">
            <p><label for="\(field)">Licence request file</label>
            <span id="hint">The .xml file that the client made, at most \(limit) bytes.</span></p>
            <p><input type="file" id="\(field)" name="\(field)" accept=".xml" required aria-describedby="hint"></p>
            <p><button type="submit">Make the entitlement file</button></p>
            </form>
            <p>The .ent file is downloaded. It is signed over the nonce of the request with the key \
            “\(HTMLPage.escaped(request.signer.keyID))”, whose public half is</p>
            <p><code>\(HTMLPage.escaped(request.signer.publicKey))</code></p>
            """
        }
        return VendorAnswer(
            status: status, contentType: "text/html; charset=utf-8", body: Array(html.text.utf8),
            headers: HTMLPage.headers)
    }
}
