import Crypto
import Hummingbird

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A page for people: one style, no script, and nothing from anywhere else.
struct HTMLPage: Sendable {
    /// The whole document.
    let text: String

    /// - Parameters:
    ///   - title: The title, as text.
    ///   - body: What stands in `main`, as HTML.
    init(title: String, body: () -> String) {
        text = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escaped(title))</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            \(body())
            </main>
            </body>
            </html>

            """
    }

    /// The headers of such a page, and of what its forms give: nothing runs in it, nothing is loaded, nobody frames it,
    /// and its forms lead nowhere else.
    static let headers: HTTPFields = {
        var headers: HTTPFields = [
            .contentSecurityPolicy:
                "default-src 'none'; style-src 'sha256-\(hash)'; form-action 'self'; frame-ancestors 'none'; "
                + "base-uri 'none'",
            .xContentTypeOptions: "nosniff",
        ]
        // For browsers that know no frame-ancestors; and no address of a page goes elsewhere.
        for (name, value) in [("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer")] {
            if let name = HTTPFields.Element.Name(name) { headers[name] = value }
        }
        return headers
    }()

    private static let hash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()

    private static let style = """
        :root { color-scheme: light dark; }
        body { margin: 0; background: Canvas; color: CanvasText; font: 1.0625rem/1.5 system-ui, sans-serif; }
        main { max-width: 38rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
        h1 { font-size: 1.6rem; line-height: 1.25; }
        h2 { font-size: 1.1rem; margin: 0; }
        .note, .error, .done { border-left: 0.4rem solid; padding: 0.6rem 1rem; overflow-wrap: anywhere; }
        .note { border-color: #b7791f; background: #b7791f22; }
        .error { border-color: #c53030; background: #c5303022; }
        .done { border-color: #2f855a; background: #2f855a22; }
        .error p { margin: 0.3rem 0 0; }
        label, legend { display: block; font-weight: 600; }
        code { overflow-wrap: anywhere; }
        input, button, select { font: inherit; max-width: 100%; box-sizing: border-box; }
        input:not([type=radio], [type=file]), select { display: block; width: 100%; padding: 0.5rem; margin: 0.2rem 0; }
        button { padding: 0.5rem 1.2rem; }
        nav { display: flex; flex-wrap: wrap; gap: 0.4rem 1.2rem; align-items: center; }
        nav form { margin-left: auto; }
        .who { margin: 0.3rem 0; }
        .hint { display: block; }
        .code { font-family: ui-monospace, monospace; letter-spacing: 0.1em; }
        .choice { display: flex; gap: 0.6rem; align-items: baseline; margin: 0.5rem 0; }
        .choice label { font-weight: 400; }
        .buttons { display: flex; flex-wrap: wrap; gap: 0.8rem 1.2rem; align-items: center; }
        section { border-top: 1px solid #71809688; padding: 1rem 0 0.2rem; }
        dl { display: grid; grid-template-columns: 14rem 1fr; gap: 0.2rem 1rem; margin: 0.8rem 0; }
        dt { font-weight: 600; }
        dd { margin: 0; overflow-wrap: anywhere; }
        @media (max-width: 28rem) {
            dl { display: block; }
            dd { margin: 0 0 0.5rem; }
        }
        [aria-invalid=true] { border: 2px solid #c53030; }
        [aria-current=page] { font-weight: 600; }
        h1:focus { outline: none; }
        :focus-visible { outline: 3px solid #3182ce; outline-offset: 2px; }
        """

    /// A text as it stands in HTML, in an attribute's quotes too.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
