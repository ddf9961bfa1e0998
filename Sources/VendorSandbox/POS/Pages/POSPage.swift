/// What all pages of the authorization server have around their contents.
struct POSPage: Sendable {
    let html: HTMLPage

    /// - Parameters:
    ///   - title: The heading.
    ///   - problem: What was wrong with a form: a text, told before everything else.
    ///   - path: The page of the navigation that it is; nil for one that is none of them.
    ///   - beginsAtHeading: Whether a keyboard begins at the heading, since no field comes first.
    ///   - body: What follows, as HTML.
    init(
        _ visit: Visit, title: String, problem: String? = nil, at path: String? = nil, beginsAtHeading: Bool = false,
        body: () -> String
    ) {
        html = HTMLPage(title: (problem == nil ? "" : "Error: ") + title + " (POS stand-in)") {
            """
            <p class="note"><strong>This is a stand-in, not the authorization server of a vendor.</strong> It is there \
            to try things out. Nothing that it grants is a license.</p>
            \(Self.navigation(visit, at: path))<h1\(beginsAtHeading ? " tabindex=\"-1\" autofocus" : "")>\(HTMLPage.escaped(title))</h1>
            \(problem.map { """
                <div class="error" role="alert" id="problem"><p>\(HTMLPage.escaped($0))</p></div>

                """ } ?? "")\(body())
            """
        }
    }

    /// A form, with what proves that it is this session's.
    static func form(_ visit: Visit, _ path: String, _ body: String) -> String {
        """
        <form method="post" action="\(POSPath.link(path))">
        <input type="hidden" name="csrf" value="\(visit.token)">
        \(body)
        </form>
        """
    }

    static func hidden(_ name: String, _ value: String?) -> String {
        value.map { "<input type=\"hidden\" name=\"\(name)\" value=\"\(HTMLPage.escaped($0))\">\n" } ?? ""
    }

    /// The attributes of a field: which problem is about it, what explains it, and where one starts.
    static func field(_ id: String, hint: String? = nil, isWrong: Bool, isFirst: Bool) -> String {
        let described = [isWrong ? "problem" : nil, hint].compactMap { $0 }.joined(separator: " ")
        return "id=\"\(id)\" name=\"\(id)\"" + (described.isEmpty ? "" : " aria-describedby=\"\(described)\"")
            + (isWrong ? " aria-invalid=\"true\"" : "") + (isFirst ? " autofocus" : "")
    }

    private static func navigation(_ visit: Visit, at path: String?) -> String {
        guard let session = visit.session else { return "" }
        let links = [
            (POSPath.device, "Authorize Device"), (POSPath.devices, "Devices"),
            (POSPath.organization, "Organization"),
        ].map { link, title in
            let current = link == path ? " aria-current=\"page\"" : ""
            return "<a href=\"\(POSPath.link(link))\"\(current)>\(title)</a>"
        }.joined(separator: "\n")
        return """
            <nav aria-label="Pages">
            \(links)
            \(form(visit, POSPath.logout, "<button type=\"submit\">Log out</button>"))
            </nav>
            <p class="who">\(HTMLPage.escaped(session.login.name))\
            \(session.organization.map { " for <strong>\(HTMLPage.escaped($0))</strong>" } ?? "")</p>

            """
    }
}
