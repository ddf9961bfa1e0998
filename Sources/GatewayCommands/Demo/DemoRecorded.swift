import AdapterKit
import GatewayAPI
import GatewayCore

/// What the demo shows of products that have no server to ask: one license recorded by itself, and one by a spreadsheet.
struct DemoRecorded {
    let gateway: Gateway
    let caller: Caller
    let now: Instant

    func record() async throws {
        let today = Zone.utc.localDay(of: now)
        let check = Instant(milliseconds: now.milliseconds / 60_000 * 60_000)
        let (autodesk, crm) = ("harbour-autodesk", "lakeshore-crm")
        let values = ["expires": "\(today.adding(days: 40))", "seats.users": "4", "lastCheck": "\(check)"]
        let one = try await gateway.perform(
            RecordLicense(installation: autodesk, values: values, note: "As the account page shows it"), by: caller)
        Console.print(
            "  gatehouse record \(autodesk) --expires \(today.adding(days: 40)) --seats users=4 --date lastCheck=\(check)"
        )
        Console.print("  \(one.installation): \(one.outcome.rawValue): \(one.message)")

        // As a spreadsheet program of most of Europe writes it.
        let sheet = "installation;expires;seats;note\r\n\(crm);\(today.adding(days: 12));users=25;From the order\r\n"
        Console.print("  gatehouse record --csv licenses.csv")
        for line in sheet.split(separator: "\r\n") { Console.print("    \(line)") }
        let report = try await gateway.perform(
            ImportLicenses(contents: Array(sheet.utf8), file: "licenses.csv"), by: caller)
        for problem in report.problems { Console.print("  \(problem.shown)") }
        for result in report.results {
            Console.print("  \(result.installation): \(result.outcome.rawValue): \(result.message)")
        }
        let rows = try await gateway.perform(Status(customer: "lakeshore"), by: caller)
        guard let row = rows.first(where: { $0.installation == crm }), row.level == .warning, row.isUnverified else {
            throw CallError(.failed, "\(crm) should warn, and be marked as unverified.")
        }
        Console.print("  " + row.messages.joined(separator: " "))
    }
}
