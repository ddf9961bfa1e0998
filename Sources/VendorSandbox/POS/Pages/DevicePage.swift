import AdapterKit
import Hummingbird

extension POSStandIn {
    /// Authorize Device: the list of devices and the User Code field.
    func devicePage(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        organization(visit, fields).answer { devicePage(visit, $0, fields, nil) }
    }

    private func devicePage(
        _ visit: Visit, _ organization: POSOrganization, _ fields: FormFields, _ wrong: Wrong?
    ) -> VendorAnswer {
        let states = states(of: organization, visit)
        let options = zip(organization.devices, states).map { device, state in
            let isChosen = device.serverID == fields["device"]
            return """
                <option value="\(HTMLPage.escaped(device.serverID))"\(isChosen ? " selected" : "")>\
                \(HTMLPage.escaped(device.name)) (\(HTMLPage.escaped(state.label)))</option>
                """
        }.joined(separator: "\n")
        let isCodeWrong = wrong?.field == .userCode
        let page = POSPage(visit, title: "Authorize Device", problem: wrong?.problem, at: POSPath.device) {
            guard !organization.devices.isEmpty else {
                return "<p>The organization has no devices in the book of the stand-in.</p>"
            }
            return POSPage.form(
                visit, POSPath.device,
                """
                <p><label for="device">Device</label>
                <select \(POSPage.field("device", isWrong: wrong?.field == .device, isFirst: !isCodeWrong)) required>
                <option value="">Choose a device</option>
                \(options)
                </select></p>
                <p><label for="user_code">User Code</label>
                <span class="hint" id="hint">As the License Management page of the server shows it after Next, such as \
                BDWP-HQPK.</span>
                <input type="text" \(POSPage.field("user_code", hint: "hint", isWrong: isCodeWrong, isFirst: isCodeWrong)) \
                value="\(HTMLPage.escaped(fields["user_code"] ?? ""))" class="code" autocomplete="off" \
                autocapitalize="characters" spellcheck="false" maxlength="64" required></p>
                <p><button type="submit">Authorize</button></p>
                """)
        }
        return visit.page(wrong?.status ?? 200, page.html)
    }

    func states(of organization: POSOrganization, _ visit: Visit) -> [DeviceState] {
        office.work(by: book, at: visit.now) { state in
            organization.devices.map { DeviceState($0, state, at: visit.now) }
        }
    }

    // MARK: Confirming

    func askForConfirmation(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        organization(visit, fields).answer { organization in
            let found = office.work(by: book, at: visit.now) { check(visit, organization, fields, &$0) }
            switch found {
            case .failure(let wrong): return devicePage(visit, organization, fields, wrong)
            case .success(let asked): return confirmationPage(visit, organization, asked)
            }
        }
    }

    private func confirmationPage(_ visit: Visit, _ organization: POSOrganization, _ asked: Asked) -> VendorAnswer {
        let device = asked.device
        let minutes = (asked.entry.expires.milliseconds - visit.now.milliseconds + 59_999) / 60_000
        let page = POSPage(visit, title: "Authorize \(device.name)?", beginsAtHeading: true) {
            """
            <p>Authorize only if the License Management page of this very server shows this code now. If somebody sent you \
            the code, choose Deny: they would get a license of your organization.</p>
            <dl>
            <dt>User Code</dt><dd class="code">\(asked.entry.userCode)</dd>
            <dt>Device</dt><dd>\(HTMLPage.escaped(device.name)), \(device.edition.rawValue)</dd>
            <dt>Server ID</dt><dd>\(HTMLPage.escaped(device.serverID))</dd>
            <dt>Organization</dt><dd>\(HTMLPage.escaped(organization.name))</dd>
            <dt>Asked for</dt><dd>\(Self.shown(asked.entry.asked)), good for another \
            \(minutes == 1 ? "minute" : "\(minutes) minutes")</dd>
            </dl>
            \(POSPage.form(
                visit, POSPath.confirm,
                """
                \(POSPage.hidden("device", device.serverID))\
                \(POSPage.hidden("user_code", asked.entry.userCode.description))\
                <p class="buttons"><button type="submit" name="decision" value="authorize">Authorize</button>
                <button type="submit" name="decision" value="deny" class="other">Deny</button></p>
                """))
            """
        }
        return visit.page(200, page.html)
    }

    func decide(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        organization(visit, fields).answer { organization in
            let isDenied = fields["decision"] == "deny"
            guard isDenied || fields["decision"] == "authorize" else {
                return refusal(visit, 422, "The form says neither Authorize nor Deny. Nothing was changed.")
            }
            let found = office.work(by: book, at: visit.now) { state in
                let found = check(visit, organization, fields, &state)
                if case .success(let asked) = found {
                    let decision: DeviceCodes.Decision =
                        isDenied ? .denied : .approved(serverID: asked.device.serverID)
                    _ = state.codes.decide(asked.entry.userCode, decision, at: visit.now)
                }
                return found
            }
            switch found {
            case .failure(let wrong): return devicePage(visit, organization, fields, wrong)
            case .success(let asked): return donePage(visit, asked.device, isDenied: isDenied)
            }
        }
    }

    private func donePage(_ visit: Visit, _ device: POSDevice, isDenied: Bool) -> VendorAnswer {
        let name = HTMLPage.escaped(device.name)
        let page = POSPage(visit, title: isDenied ? "Denied" : "Device authorized", beginsAtHeading: true) {
            """
            <p class="done" role="status">\(isDenied
                ? "\(name) was not authorized, and its code is good for nothing any more."
                : "\(name) is authorized. Go back to the License Management page of the server and choose Complete "
                    + "Authorization.")</p>
            <p><a href="\(POSPath.link(POSPath.devices))">Devices</a></p>
            """
        }
        return visit.page(200, page.html)
    }

    // MARK: Checking

    /// What a form asks for, once it was found right.
    private struct Asked: Sendable {
        let device: POSDevice
        let entry: DeviceCodes.Entry
    }

    /// What is wrong with a form, and with which of its fields.
    private struct Wrong: Error {
        enum Field { case device, userCode }

        let field: Field
        let status: Int
        let problem: String
    }

    /// Checks device and code, at each step anew. A code that is none counts as a wrong try of the login.
    private func check(
        _ visit: Visit, _ organization: POSOrganization, _ fields: FormFields, _ state: inout POSState
    ) -> Result<Asked, Wrong> {
        func wrong(_ field: Wrong.Field, _ problem: String, _ status: Int = 422) -> Result<Asked, Wrong> {
            .failure(Wrong(field: field, status: status, problem: problem))
        }
        let now = visit.now
        let login = organization.login.name
        guard let device = organization.devices.first(where: { $0.serverID == fields["device"] }) else {
            return wrong(.device, "Choose the device that you want to license.")
        }
        if let refusal = DeviceState(device, state, at: now).refusal(of: device, at: now) {
            return wrong(.device, refusal)
        }
        if let end = state.tries.lock(.userCode, login, at: now) {
            let wait = Self.wait(until: end, now)
            return wrong(.userCode, "Too many wrong codes. Try again \(wait), with a new code.", 429)
        }
        guard let text = fields["user_code"] else {
            return wrong(.userCode, "Type the User Code that the License Management page shows.")
        }
        let code = UserCode(text)
        if let code, let entry = state.codes.waiting(code, at: now) {
            return .success(Asked(device: device, entry: entry))
        }
        state.tries.note(.userCode, login, for: book.codeLifetime, at: now)
        let left = state.tries.left(.userCode, login, at: now)
        let rest = left == 0 ? "No try is left for now." : left == 1 ? "One try is left." : "\(left) tries are left."
        if let code, state.codes.isOver(code, at: now) {
            return wrong(.userCode, "This code has expired. Choose Next on the License Management page again. \(rest)")
        }
        return wrong(
            .userCode, "No server is waiting with this code. Compare it with the License Management page. \(rest)")
    }

    /// A moment as the pages show it.
    static func shown(_ instant: Instant) -> String {
        let text = Instant(milliseconds: instant.milliseconds / 1000 * 1000).description
        return text.replacing("T", with: " ").replacing("Z", with: " UTC")
    }
}
