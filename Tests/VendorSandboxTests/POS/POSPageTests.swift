import Foundation
import Testing
import VendorSandbox

@Suite("POS: the pages")
struct POSPageTests {
    @Test("Every page says that it is a stand-in's, needs no script, and is guarded by its headers")
    func guarded() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            let browser = Browser(sandbox)
            var pages = [try await browser.get("/login")]
            try await browser.logIn()
            for path in ["/organization", "/device", "/devices", "/devices/remove?device=\(POSBooks.store)"] {
                pages.append(try await browser.get(path))
            }
            let fields = ["device": POSBooks.store, "user_code": begun.userCode]
            pages.append(try await browser.post("/device", fields))
            pages.append(try await browser.post("/device/confirm", fields.merging(["decision": "authorize"]) { $1 }))
            for page in pages {
                #expect(page.status == 200 && page.text.contains("This is a stand-in"), "\(page.text)")
                #expect(!page.text.contains("<script") && page.text.contains("<html lang=\"en\">"))
                #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'none'; ") == true)
                #expect(page.headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true)
                #expect(page.headers["x-frame-options"] == "DENY" && page.headers["cache-control"] == "no-store")
                #expect(page.headers["referrer-policy"] == "no-referrer")
                #expect(page.headers["x-content-type-options"] == "nosniff")
                for id in page.text.matches(of: /<label for="([^"]+)"/).map(\.1) {
                    #expect(page.text.contains("id=\"\(id)\""), "\(id)")
                }
                for id in page.text.matches(of: /aria-describedby="([^"]+)"/).flatMap({ $0.1.split(separator: " ") }) {
                    #expect(page.text.contains("id=\"\(id)\""), "\(id)")
                }
            }
            #expect(pages[2].text.contains("Maple &amp; Ridge &lt;Retail&gt;"))
            #expect(pages[2].text.contains("Front Street &quot;East&quot;") && !pages[2].text.contains("<Retail>"))
            try await #expect(client.poll(begun).status == 200)
        }
    }

    @Test("The link that a device shows leads through the login to its code, filled in")
    func completeLink() async throws {
        try await RunningSandbox.with(POSBooks.two) { sandbox in
            let begun = try await POSClient(sandbox).begin()
            let browser = Browser(sandbox)
            let first = try await browser.get("/device?user_code=\(begun.userCode)")
            #expect(first.status == 303 && first.headers["location"] == "/pos/login?user_code=\(begun.userCode)")
            let login = try await browser.get("/login?user_code=\(begun.userCode)")
            #expect(login.text.contains("name=\"user_code\" value=\"\(begun.userCode)\""))
            let entered = try await browser.post(
                "/login", ["name": "mara", "password": POSBooks.login.password, "user_code": begun.userCode],
                token: Browser.token(in: login.text))
            #expect(entered.headers["location"] == "/pos/device?user_code=\(begun.userCode)")
            let choose = try await browser.get("/device?user_code=\(begun.userCode)")
            #expect(choose.headers["location"] == "/pos/organization?user_code=\(begun.userCode)")
            let chosen = try await browser.post(
                "/organization", ["organization": "Cedar Café", "user_code": begun.userCode])
            #expect(chosen.headers["location"] == "/pos/device?user_code=\(begun.userCode)")
            let page = try await browser.get("/device?user_code=\(begun.userCode)")
            #expect(page.text.contains("value=\"\(begun.userCode)\"") && page.text.contains(">Till (Not licensed)<"))
            #expect(!page.text.contains("Front Street"))
            let evil = try await browser.get("/login?user_code=//evil.example")
            #expect(evil.headers["location"] == "/pos/device")
        }
    }

    @Test("A login chooses among its organizations only, and sees the devices of the chosen one only")
    func organizations() async throws {
        try await RunningSandbox.with(POSBooks.two) { sandbox in
            let browser = Browser(sandbox)
            try await browser.logIn()
            let page = try await browser.get("/organization")
            #expect(page.text.contains("Cedar Café") && !page.text.contains("Harbour"))
            for name in ["Harbour Light", "", "Nobody's"] {
                let reply = try await browser.post("/organization", ["organization": name])
                #expect(reply.status == 422 && reply.problem == "Choose one of the organizations.")
            }
            _ = try await browser.post("/organization", ["organization": "Cedar Café"])
            let begun = try await POSClient(sandbox).begin()
            let other = try await browser.post("/device", ["device": POSBooks.depot, "user_code": begun.userCode])
            #expect(other.status == 422 && other.problem == "Choose the device that you want to license.")
            try await #expect(browser.get("/devices/remove?device=\(POSBooks.store)").status == 422)
            try await #expect(browser.post("/devices/remove", ["device": POSBooks.store]).status == 422)
        }
    }

    // MARK: Sessions

    @Test("A session's cookie is new with each login, for the server alone, and Secure over TLS only")
    func cookie() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let browser = Browser(sandbox)
            let page = try await browser.get("/login")
            let anonymous = try #require(browser.cookie)
            let given = try #require(page.headers["set-cookie"])
            #expect(given.hasSuffix("; Path=/pos; HttpOnly; SameSite=Lax"), "\(given)")
            let entered = try await browser.logIn()
            #expect(entered.status == 303 && entered.headers["location"] == "/pos/device")
            let first = try #require(browser.cookie)
            #expect(first != anonymous && entered.headers["set-cookie"]?.hasSuffix("SameSite=Lax") == true)
            try await #expect(browser.get("/devices").status == 200)
            browser.cookie = anonymous
            try await #expect(browser.get("/devices").status == 303, "the cookie of before is nobody's")
            try await browser.logIn()
            #expect(browser.cookie != first)
        }
    }

    @Test("Over TLS the cookie is Secure")
    func secureCookie() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(POSBooks.one())
        let files = TLSFiles(certificate: folder.path + "/tls.pem", key: folder.path + "/tls.key")
        try await OpenSSL.certificate(files, in: folder)
        try await Sandbox(book: folder.book).whileRunning(tls: files) { ready in
            let request = HTTPConnection.request("GET", "/pos/login", headers: ["Connection": "close"])
            let output = try await OpenSSL.run(
                ["s_client", "-quiet", "-connect", String(ready.url.dropFirst("https://".count))], input: request,
                in: folder)
            let reply = try #require(HTTPConnection.reply(in: output, isWhole: false))
            #expect(reply.headers["set-cookie"]?.hasSuffix("; SameSite=Lax; Secure") == true, "\(reply.headers)")
        }
    }

    @Test("A session ends when it is logged out, left alone for half an hour, or eight hours old")
    func sessionEnds() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let browser = Browser(sandbox)
            try await browser.logIn()
            let before = browser.cookie
            let out = try await browser.post("/logout", [:])
            #expect(out.status == 303 && out.headers["location"] == "/pos/login")
            browser.cookie = before
            try await #expect(browser.get("/devices").headers["location"] == "/pos/login")
            try await browser.logIn()
            try sandbox.clock.set("2026-11-22T10:29:59Z")
            try await #expect(browser.get("/devices").status == 200)
            try sandbox.clock.set("2026-11-22T10:59:59Z")
            try await #expect(browser.get("/devices").status == 303)
            try await browser.logIn()
            for minutes in stride(from: 0, to: 480, by: 20) {
                let time = 10 * 60 + 59 + minutes
                let seconds = time % 60 < 10 ? "0\(time % 60)" : "\(time % 60)"
                try sandbox.clock.set("2026-11-22T\(time / 60):\(seconds):59Z")
                try await #expect(browser.get("/devices").status == 200, "\(minutes)")
            }
            try sandbox.clock.set("2026-11-22T18:59:59Z")
            try await #expect(browser.get("/devices").status == 303)
        }
    }

    @Test("A login that leaves the book, or gets another password, is logged out")
    func loginGone() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let browser = Browser(sandbox)
            try await browser.logIn()
            try sandbox.folder.write(POSBooks.one().replacing("horse &", with: "horse and"))
            try await #expect(browser.get("/devices").status == 303)
            try await #expect(browser.logIn().status == 422)
        }
    }

    @Test("Sessions are limited in number: a further one takes the place of the oldest")
    func manySessions() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let first = Browser(sandbox)
            try await first.logIn()
            let page = try await Browser(sandbox).get("/login")
            let cookie = String(try #require(page.headers["set-cookie"]).prefix { $0 != ";" })
            let form = Array(
                POSClient.form([
                    "name": "mara", "password": POSBooks.login.password, "csrf": Browser.token(in: page.text),
                ]).utf8)
            try sandbox.clock.set("2026-11-22T10:00:01Z")
            let url = sandbox.ready.url
            let headers = ["Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie]
            let statuses = try await blocking {
                let connection = try HTTPConnection(url)
                return try (0..<1_000).map { _ in
                    try connection.exchange("POST", "/pos/login", headers: headers, body: form).status
                }
            }
            #expect(statuses.allSatisfy { $0 == 303 })
            try await #expect(first.get("/devices").status == 303)
        }
    }

    @Test("A wrong login is told without saying what of it was wrong; too many passwords lock it for a while")
    func wrongLogin() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let browser = Browser(sandbox)
            let unknown = try await browser.logIn("nobody", "x")
            let wrong = try await browser.logIn("mara", "x")
            #expect(unknown.status == 422 && unknown.problem == wrong.problem && wrong.problem != nil)
            #expect(wrong.text.contains("value=\"mara\"") && wrong.text.contains("aria-invalid=\"true\""))
            #expect(wrong.text.contains("<title>Error: Log in"))
            for _ in 2...10 { try await #expect(browser.logIn("mara", "x").status == 422) }
            let locked = try await browser.logIn()
            #expect(locked.status == 429 && locked.problem?.contains("in 5 minutes") == true, "\(locked.text)")
            try await #expect(browser.logIn("harbour", "lantern").status == 303, "others are not locked")
            _ = try await browser.post("/logout", [:])
            try sandbox.clock.set("2026-11-22T10:05:00Z")
            try await #expect(browser.logIn().status == 303)
        }
    }

    // MARK: Forms of others

    @Test(
        "A form without the session's token is refused, and changes nothing",
        arguments: ["/login", "/logout", "/organization", "/device", "/device/confirm", "/devices/remove"])
    func forgedForms(_ path: String) async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let tokens = try await client.acquire(POSBooks.cloud)
            let begun = try await client.begin()
            let (browser, other) = (Browser(sandbox), Browser(sandbox))
            try await browser.logIn()
            let foreign = Browser.token(in: try await other.get("/login").text)
            try await other.logIn()
            let others = Browser.token(in: try await other.get("/devices").text)
            let fields = [
                "name": "mara", "password": POSBooks.login.password, "user_code": begun.userCode,
                "device": path == "/devices/remove" ? POSBooks.cloud : POSBooks.store, "decision": "authorize",
                "organization": "Maple & Ridge <Retail>",
            ]
            let own = Browser.token(in: try await browser.get("/devices").text)
            for token in ["", "x", foreign, others, String(own.dropLast()) + "!", own + "A"] {
                let reply = try await browser.post(path, fields, token: token)
                #expect(reply.status == 403 && reply.problem != nil, "\(token): \(reply.status)")
            }
            let missing = try await browser.exchange("POST", path, POSClient.form(fields))
            #expect(missing.status == 403)
            let bare = Browser(sandbox)
            let none = try await bare.exchange("POST", path, POSClient.form(fields.merging(["csrf": own]) { $1 }))
            #expect(none.status == 403, "a token without its cookie")
            try await #expect(browser.get("/devices").status == 200)
            try await #expect(client.poll(begun).isError("authorization_pending"))
            try await #expect(client.refresh(tokens.refreshToken).status == 200)
        }
    }

    @Test("Forms that say something twice, that are no forms or too large are refused on a page")
    func hostileForms() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let browser = Browser(sandbox)
            try await browser.logIn()
            let token = Browser.token(in: try await browser.get("/device").text)
            for (form, type, status) in [
                ("csrf=\(token)&csrf=\(token)", "application/x-www-form-urlencoded", 400),
                ("csrf=\(token)&device=a&device=b", "application/x-www-form-urlencoded", 400),
                ("csrf=\(token)", "multipart/form-data", 400), ("csrf=\(token)", "", 400),
                ("csrf=\(token)&x=%", "application/x-www-form-urlencoded", 400),
                ("csrf=\(token)&x=" + String(repeating: "x", count: 100_000), "application/x-www-form-urlencoded", 413),
            ] {
                let reply = try await browser.exchange("POST", "/device", form, type: type)
                #expect(reply.status == status && reply.problem != nil, "\(form.prefix(80)): \(reply.status)")
            }
            try await #expect(browser.get("/device?user_code=a&user_code=b").status == 400)
            let script = try await browser.get("/device?user_code=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
            #expect(script.status == 200 && !script.text.contains("<script"))
            #expect(script.text.contains("&quot;&gt;&lt;script&gt;"))
            for cookie in ["pos_session=", "pos_session=x", "pos_session=" + String(repeating: "A", count: 9_000)] {
                browser.cookie = cookie
                try await #expect(browser.get("/devices").status == 303)
            }
        }
    }

    // MARK: Wrong codes

    @Test("Five wrong codes lock the login, whatever session they come from and whatever went right in between")
    func fiveTries() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let browser = Browser(sandbox)
            try await browser.logIn()
            for left in ["4 tries are left.", "3 tries are left.", "2 tries are left."] {
                let reply = try await browser.post("/device", ["device": POSBooks.store, "user_code": "BBBB-BBBB"])
                #expect(reply.status == 422 && reply.problem?.hasSuffix(left) == true, "\(reply.problem as Any)")
                #expect(reply.text.contains("aria-describedby=\"problem hint\"") && reply.text.contains("BBBB-BBBB"))
            }
            _ = try await client.acquire(POSBooks.cloud)
            let other = Browser(sandbox)
            try await other.logIn()
            let fourth = try await other.post(
                "/device/confirm", ["device": POSBooks.store, "user_code": "CCCC-CCCC", "decision": "deny"])
            #expect(fourth.problem?.hasSuffix("One try is left.") == true, "no success takes a try back")
            let fifth = try await browser.post("/device", ["device": POSBooks.store, "user_code": "nonsense"])
            #expect(fifth.problem?.hasSuffix("No try is left for now.") == true)
            let begun = try await client.begin()
            for visitor in [browser, other] {
                let locked = try await visitor.post("/device", ["device": POSBooks.store, "user_code": begun.userCode])
                #expect(locked.status == 429 && locked.problem?.contains("in 10 minutes") == true)
            }
            _ = try await browser.post("/logout", [:])
            try await browser.logIn()
            try await #expect(
                browser.post("/device", ["device": POSBooks.store, "user_code": begun.userCode]).status == 429)
            let harbour = Browser(sandbox)
            try await harbour.logIn("harbour", "lantern")
            try await #expect(
                harbour.post("/device", ["device": POSBooks.depot, "user_code": begun.userCode]).status == 200)
            try sandbox.clock.set("2026-11-22T10:09:59Z")
            try await #expect(
                browser.post("/device", ["device": POSBooks.store, "user_code": begun.userCode]).status == 429)
            try sandbox.clock.set("2026-11-22T10:10:00Z")
            let next = try await client.begin()
            try await #expect(
                browser.post("/device", ["device": POSBooks.store, "user_code": next.userCode]).status == 200)
        }
    }

    @Test("A code that was used is no code any more, and an empty field is no try")
    func spent() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.cloud, userCode: begun.userCode)
            let browser = Browser(sandbox)
            try await browser.logIn()
            for _ in 1...7 {
                let reply = try await browser.post("/device", ["device": POSBooks.store, "user_code": ""])
                #expect(reply.status == 422 && reply.problem?.contains("tr") == false, "\(reply.problem as Any)")
            }
            let again = try await browser.post("/device", ["device": POSBooks.store, "user_code": begun.userCode])
            #expect(again.problem?.hasPrefix("No server is waiting with this code.") == true)
            let none = try await browser.post("/device/confirm", ["device": POSBooks.store, "decision": "maybe"])
            #expect(none.status == 422)
        }
    }

    @Test("The page of devices shows each license as it is")
    func devices() async throws {
        try await RunningSandbox.with(POSBooks.one(renewsOn: "2026-12-22")) { sandbox in
            let client = POSClient(sandbox)
            let browser = Browser(sandbox)
            try await browser.logIn()
            func status() async throws -> [String] {
                try await browser.get("/devices").text
                    .matches(of: /<dt>License Status<\/dt><dd>([^<]*)</).map { String($0.1) }
            }
            try await #expect(status() == ["Not licensed", "Not licensed"])
            let begun = try await client.begin()
            var visitor = try await client.visitor()
            try await visitor.authorize(device: POSBooks.store, userCode: begun.userCode)
            try await #expect(status() == ["Authorized, not completed yet", "Not licensed"])
            _ = try await client.poll(begun)
            try await #expect(status() == ["Licensed", "Not licensed"])
            let page = try await browser.get("/devices").text
            for text in ["POS-0417-A", "Maple Corporate", "2026-12-22", "2026-11-29 10:00:00 UTC"] {
                #expect(page.contains(text))
            }
            try sandbox.clock.set("2026-11-23T00:00:00Z")
            try await browser.logIn()
            try await #expect(status() == ["Requires Renewal", "Not licensed"])
            try sandbox.clock.set("2026-12-23T00:00:00Z")
            try await browser.logIn()
            try await #expect(status() == ["Expired Requires Renewal", "Not licensed"])
            _ = try await browser.post("/devices/remove", ["device": POSBooks.store])
            try await #expect(status() == ["Expired", "Not licensed"])
        }
    }
}
