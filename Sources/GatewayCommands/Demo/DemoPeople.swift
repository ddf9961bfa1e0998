import AdapterKit
import GatewayAPI
import GatewayCore
import VendorSandbox

/// What the demo shows of people: a license request that is mailed, and a step that is done by hand.
struct DemoPeople {
    let gateway: Gateway
    let caller: Caller
    /// Who answers requests at the stand-in vendor.
    let desk: LicenceDesk

    /// The installation that has no way to the Internet, and the one that is looked after by hand.
    private let names = (onPremise: "tamar-sage200", byHand: "tamar-office")

    /// Makes a request, has it answered, and imports the answer; then the same file again, which is refused.
    func mail() async throws {
        let onPremise = names.onPremise
        let made = try await gateway.perform(
            RequestOffline(selection: .installations([onPremise])), by: caller)
        guard let request = made.requests.first, let file = request.file else {
            throw CallError(.failed, "No request was made for \(onPremise).")
        }
        Console.print("  gatehouse offline request \(onPremise) --output \(file.name)")
        for line in String(decoding: file.contents, as: UTF8.self).split(separator: "\n") {
            Console.print("    \(line)")
        }
        _ = try await gateway.perform(MarkOfflineSent(installations: [onPremise]), by: caller)
        Console.print("  gatehouse offline sent \(onPremise); the vendor's support answers: gatehouse sandbox answer")
        let answer: EntitlementFile
        do { answer = try desk.answer(file.contents) } catch { throw CallError(.failed, "\(error)") }
        let call = ImportOffline(
            installation: onPremise, file: AttachedFile(name: "tamar.ent", contents: answer.document))
        let result = try await gateway.perform(call, by: caller)
        Console.print(
            "  gatehouse offline import \(onPremise) tamar.ent: \(result.outcome.rawValue): \(result.message)")
        guard result.outcome == .updated else { throw CallError(.failed, "The import should have updated it.") }
        do {
            _ = try await gateway.perform(call, by: caller)
            throw CallError(.failed, "The same file was taken twice.")
        } catch let error as CallError where error.message.contains("already") {
            Console.print("  The same file again is refused: \(error.message)")
        }
    }

    /// Shows the step that the refresh opened, does it, and shows what it came to.
    func hands() async throws {
        let byHand = names.byHand
        let steps = try await gateway.perform(ListSteps(installation: byHand), by: caller)
        guard let step = steps.first else { throw CallError(.failed, "\(byHand) should wait for a person.") }
        let detail = try await gateway.perform(ShowStep(operation: step.operation), by: caller)
        Console.print("  gatehouse steps show \(step.operation)")
        for line in StepsShow.lines(detail).text(width: Console.width ?? 120, indent: 4) { Console.print(line) }
        let end = Zone.utc.localDay(of: step.since).adding(days: 200)
        let values = ["validFrom": "2026-01-01", "validTo": "\(end)", "seats.users": "3", "modules": "FIN,COM"]
        let result = try await gateway.perform(
            CompleteStep(
                operation: step.operation, step: step.step,
                files: [AttachedFile(name: "licence-page.txt", contents: Array("As the page showed it.\n".utf8))],
                values: values, note: "Looked up on the licence page"), by: caller)
        let given = values.sorted { $0.key < $1.key }.map { "--value \($0.key)=\($0.value)" }.joined(separator: " ")
        Console.print("  gatehouse steps done \(step.operation) \(step.step) \(given) --attach licence-page.txt")
        Console.print("  \(result.installation): \(result.outcome.rawValue): \(result.message)")
        let rows = try await gateway.perform(Status(installation: byHand), by: caller)
        guard rows.first?.isUnverified == true, rows.first?.level == .licensed else {
            throw CallError(.failed, "What was recorded by hand should hold, and be marked as unverified.")
        }
        StatusTable(rows: rows).table().print(width: Console.width ?? 160, color: Console.hasColor)
    }

    /// Shows what still needs a person.
    func todo() async throws {
        TodoCommand.table(try await gateway.perform(ListTodo(), by: caller))
            .print(width: Console.width ?? 160, color: Console.hasColor)
    }
}
