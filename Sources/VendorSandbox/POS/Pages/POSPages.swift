import AdapterKit
import Hummingbird

extension POSStandIn {
    /// The pages on which people authorize devices. All of them work without a script, and by keyboard alone.
    var pageEndpoints: [Endpoint] {
        [
            page("GET", POSPath.start) { visit, _ in visit.redirect(POSPath.link(POSPath.device)) },
            page("GET", POSPath.login) { self.loginPage($0, $1) },
            page("POST", POSPath.login) { self.logIn($0, $1) },
            page("POST", POSPath.logout) { self.logOut($0, $1) },
            page("GET", POSPath.organization) { self.organizationPage($0, $1) },
            page("POST", POSPath.organization) { self.chooseOrganization($0, $1) },
            page("GET", POSPath.device) { self.devicePage($0, $1) },
            page("POST", POSPath.device) { self.askForConfirmation($0, $1) },
            page("POST", POSPath.confirm) { self.decide($0, $1) },
            page("GET", POSPath.devices) { self.devicesPage($0, $1) },
            page("GET", POSPath.remove) { self.removalPage($0, $1) },
            page("POST", POSPath.remove) { self.remove($0, $1) },
        ]
    }

    private func page(
        _ method: String, _ path: String, _ answer: @escaping @Sendable (Visit, FormFields) -> VendorAnswer
    ) -> Endpoint {
        Endpoint(
            method: method, path: path, bodyLimit: method == "GET" ? 0 : 8_192,
            tooLarge: { self.refusal(self.visit($0), 413, "The form is larger than any of these pages makes.") },
            answer: { request in
                let visit = self.visit(request)
                let fields: FormFields
                do throws(AdapterError) {
                    fields = try method == "GET" ? FormFields(query: request) : FormFields(form: request)
                } catch {
                    return self.refusal(visit, 400, error.message)
                }
                guard method == "GET" || visit.isOwn(fields) else {
                    return self.refusal(
                        visit, 403,
                        "The form was not made for this session: it is from before you logged in or out, or from "
                            + "another site. Nothing was changed. Go back to the page, load it again, and send its form."
                    )
                }
                return answer(visit, fields)
            })
    }

    private func visit(_ request: VendorRequest) -> Visit {
        office.work(by: book, at: request.now) { state in
            Visit(request) { state.sessions.use($0, book, at: request.now) }
        }
    }

    /// The organization that somebody works for; an answer that leads them to where they say it, where it isn't known.
    func organization(_ visit: Visit, _ fields: FormFields) -> Result<POSOrganization, Detour> {
        let code = fields["user_code"].flatMap { UserCode($0) }
        let query: KeyValuePairs<String, String> = code.map { ["user_code": $0.description] } ?? [:]
        guard let session = visit.session else {
            return .failure(Detour(visit.redirect(POSPath.link(POSPath.login, query))))
        }
        guard let organization = book.organizations.first(where: { $0.name == session.organization }) else {
            return .failure(Detour(visit.redirect(POSPath.link(POSPath.organization, query))))
        }
        return .success(organization)
    }

    /// A page that only says what went wrong.
    func refusal(_ visit: Visit, _ status: Int, _ problem: String) -> VendorAnswer {
        let page = POSPage(visit, title: "Not done", problem: problem, beginsAtHeading: true) {
            "<p><a href=\"\(POSPath.link(POSPath.device))\">Authorize Device</a></p>"
        }
        return visit.page(status, page.html)
    }
}

/// Another answer than the one that was asked for.
struct Detour: Error {
    let answer: VendorAnswer

    init(_ answer: VendorAnswer) { self.answer = answer }
}

extension Result where Failure == Detour {
    /// The answer that is made of what was found, or the detour.
    func answer(_ make: (Success) -> VendorAnswer) -> VendorAnswer {
        switch self {
        case .success(let value): make(value)
        case .failure(let detour): detour.answer
        }
    }
}
