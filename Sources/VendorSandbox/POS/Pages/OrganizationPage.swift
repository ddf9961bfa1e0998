import Hummingbird

extension POSStandIn {
    func organizationPage(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        guard let session = visit.session else { return visit.redirect(POSPath.link(POSPath.login)) }
        return organizationPage(visit, session, fields, 200, nil)
    }

    private func organizationPage(
        _ visit: Visit, _ session: Sessions.Session, _ fields: FormFields, _ status: Int, _ problem: String?
    ) -> VendorAnswer {
        let code = fields["user_code"].flatMap { UserCode($0) }
        let organizations = book.organizations(of: session.login.name)
        let chosen = session.organization ?? organizations.first?.name
        let choices = organizations.enumerated().map { index, organization in
            let id = "organization-\(index)"
            let isChosen = organization.name == chosen
            return """
                <p class="choice"><input type="radio" name="organization" id="\(id)" \
                value="\(HTMLPage.escaped(organization.name))"\(isChosen ? " checked autofocus" : "") required>
                <label for="\(id)">\(HTMLPage.escaped(organization.name))</label></p>
                """
        }.joined(separator: "\n")
        let described = problem == nil ? "" : " aria-describedby=\"problem\""
        let page = POSPage(visit, title: "Choose the organization", problem: problem, at: POSPath.organization) {
            POSPage.form(
                visit, POSPath.organization,
                """
                \(POSPage.hidden("user_code", code?.description))\
                <fieldset\(described)>
                <legend>Organization to manage</legend>
                \(choices)
                </fieldset>
                <p><button type="submit">Continue</button></p>
                """)
        }
        return visit.page(status, page.html)
    }

    func chooseOrganization(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        guard let session = visit.session else { return visit.redirect(POSPath.link(POSPath.login)) }
        guard let name = fields["organization"],
            book.organizations(of: session.login.name).contains(where: { $0.name == name })
        else { return organizationPage(visit, session, fields, 422, "Choose one of the organizations.") }
        office.work(by: book, at: visit.now) { $0.sessions.choose(name, visit.id) }
        let code = fields["user_code"].flatMap { UserCode($0) }
        return visit.redirect(
            POSPath.link(POSPath.device, code.map { ["user_code": $0.description] } ?? [:]))
    }
}
