import AdapterKit
import Hummingbird

extension POSStandIn {
    /// Seconds after the last wrong password in which a login that had too many of them may not try.
    private static let passwordLock = 300

    func loginPage(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        guard visit.session == nil else { return visit.redirect(next(fields)) }
        return loginPage(visit, fields, 200, nil)
    }

    private func loginPage(_ visit: Visit, _ fields: FormFields, _ status: Int, _ problem: String?) -> VendorAnswer {
        let isWrong = problem != nil
        let code = fields["user_code"].flatMap { UserCode($0) }
        let page = POSPage(visit, title: "Log in", problem: problem) {
            POSPage.form(
                visit, POSPath.login,
                """
                \(POSPage.hidden("user_code", code?.description))\
                <p><label for="name">Login</label>
                <input type="text" \(POSPage.field("name", isWrong: isWrong, isFirst: true)) \
                value="\(HTMLPage.escaped(fields["name"] ?? ""))" autocomplete="username" autocapitalize="none" \
                spellcheck="false" maxlength="512" required></p>
                <p><label for="password">Password</label>
                <input type="password" \(POSPage.field("password", isWrong: isWrong, isFirst: false)) \
                autocomplete="current-password" maxlength="256" required></p>
                <p><button type="submit">Log in</button></p>
                """)
        }
        return visit.page(status, page.html)
    }

    func logIn(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        let name = fields["name"] ?? ""
        let password = fields["password"] ?? ""
        let login = book.organizations.map(\.login).first { $0.name == name }
        let entry = office.work(by: book, at: visit.now) { state -> Result<String, Refusal> in
            if let end = state.tries.lock(.password, name, at: visit.now) {
                return .failure(
                    Refusal(429, "Too many wrong passwords. Try again \(Self.wait(until: end, visit.now))."))
            }
            // Compared in any case, so that the time tells nothing of which logins there are.
            let isRight = Secrets.areEqual(password, login?.password ?? "")
            guard let login, isRight else {
                if login != nil { state.tries.note(.password, name, for: Self.passwordLock, at: visit.now) }
                return .failure(Refusal(422, "Login or password is wrong. The book of the stand-in has both."))
            }
            // Another ID than before: whoever knew that one knows nothing now.
            state.sessions.end(visit.id)
            return .success(state.sessions.begin(login, at: visit.now))
        }
        switch entry {
        case .success(let id): return visit.redirect(next(fields), to: id)
        case .failure(let refusal): return loginPage(visit, fields, refusal.status, refusal.problem)
        }
    }

    func logOut(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        office.work(by: book, at: visit.now) { $0.sessions.end(visit.id) }
        return visit.redirect(POSPath.link(POSPath.login), to: Secrets.random())
    }

    /// Where one goes once logged in.
    private func next(_ fields: FormFields) -> String {
        let code = fields["user_code"].flatMap { UserCode($0) }
        return POSPath.link(POSPath.device, code.map { ["user_code": $0.description] } ?? [:])
    }

    /// How long somebody has to wait, in words.
    static func wait(until end: Instant, _ now: Instant) -> String {
        let minutes = (end.milliseconds - now.milliseconds + 59_999) / 60_000
        return minutes <= 1 ? "in a minute" : "in \(minutes) minutes"
    }
}

/// Why a form is refused.
struct Refusal: Error {
    let status: Int
    let problem: String

    init(_ status: Int, _ problem: String) {
        self.status = status
        self.problem = problem
    }
}
