import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Why an installation stands as it does")
struct ExplainTests {
    private static let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31")

    private func withRefreshed(
        _ entry: SubscriptionFixture.Entry = entry, _ body: (SubscriptionFixture, Gateway) async throws -> Void
    ) async throws {
        try await SubscriptionFixture.with([entry]) { test in
            try await test.open { gateway in
                try await test.add(entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                try await body(test, gateway)
            }
        }
    }

    @Test("Where all is well it says since when, what comes next, and that nothing needs to be done")
    func well() async throws {
        try await withRefreshed { test, gateway async throws in
            let found = try await gateway.perform(Explain(installation: "maple"))
            #expect(found.customerName == "maple Ltd." && found.product == "Sage 300" && found.at == test.time.now)
            #expect(found.standing.level == .licensed && found.standing.causes.isEmpty)
            #expect(found.standing.since == test.time.now && found.standing.heldSince == test.time.now)
            #expect(
                found.next.map { "\($0.local) \($0.cause) \($0.level.rawValue)" } == [
                    "2027-01-02 00:00 subscription notice", "2027-02-01 00:00 subscription grace",
                    "2027-03-18 00:00 subscription restricted",
                ])
            #expect(found.seats.pools.map { "\($0.count) \($0.name)" } == ["10 users", "5 webUsers"])
            #expect(found.files.map(\.state) == [.asDelivered] && found.files.first?.path == test.file("maple"))
            #expect(found.files.first?.delivered == test.time.now)
            #expect(found.refresh.last == test.time.now && found.refresh.operation?.outcome == "updated")
            #expect(found.refresh.due == Instant("2026-12-06T10:00:00Z") && !found.refresh.isDue)
            #expect(found.vendor?.breaker == "closed" && found.vendor?.lastContact == test.time.now)
            #expect(found.operation == nil && found.orders.isEmpty && found.user == nil)
            #expect(found.steps == ["Nothing needs to be done. The next refresh is due 2026-12-06 05:00."])
        }
    }

    @Test(
        "A stage is told with its rule, its date and its beginning, and what to do stands in the product's words",
        arguments: [
            ("2027-01-15", "notice -30d 2027-01-02T05:00:00Z"), ("2027-02-10", "grace 0d 2027-02-01T05:00:00Z"),
            ("2027-03-20", "restricted 45d 2027-03-18T04:00:00Z"),
            ("2029-01-01", "restricted 45d 2027-03-18T04:00:00Z"),
        ])
    func stages(day: String, expected: String) async throws {
        try await withRefreshed { _, gateway async throws in
            let found = try await gateway.perform(
                Explain(installation: "maple", at: .day(#require(LocalDay(day)))))
            let cause = try #require(found.standing.causes.first)
            let since = try #require(found.standing.since)
            #expect("\(found.standing.level.rawValue) \(cause.stage ?? "") \(since)" == expected)
            #expect(cause.countdown == "subscription" && cause.from == "expires" && cause.module == nil)
            #expect(cause.date == DateValue("2027-01-31") && cause.since == since && found.standing.causes.count == 1)
            #expect(found.file?.hasSuffix("/profiles/sage300-subscription.yaml") == true)
            let step = try #require(found.steps.first)
            #expect(step.hasPrefix("Renew Sage 300 with the vendor") && step.contains("gatehouse refresh maple"))
            #expect(step.contains("Help > Licenses > License Manager"))
        }
    }

    @Test("Of several dates it names the one that counts, and a module's by its code")
    func dates() async throws {
        let entry = SubscriptionFixture.Entry(
            id: "maple", expires: "2027-01-31",
            lines: [
                "status: expired", "statusSince: 2026-11-20", "modules:",
                "  - { code: AP, name: A, expires: 2026-12-10 }",
            ])
        try await withRefreshed(entry) { _, gateway async throws in
            let causes = try await gateway.perform(Explain(installation: "maple")).standing.causes
            #expect(causes.map(\.countdown) == ["subscription", "modules"])
            #expect(causes.map(\.from) == ["vendorExpired", "modules.expires"])
            #expect(causes.map(\.module) == [nil, "AP"])
            #expect(causes.map(\.level) == [.grace, .notice])
        }
    }

    @Test("A rule is told with its file and line, in the file that a profile extends too")
    func places() async throws {
        try await withRefreshed { test, gateway async throws in
            let shipped = try String(
                contentsOfFile: GatewayFixture.repository + "/profiles/sage300-subscription.yaml", encoding: .utf8)
            func line(_ beginning: String) -> Int {
                let lines = shipped.split(separator: "\n", omittingEmptySubsequences: false)
                return (lines.firstIndex { $0.contains(beginning) } ?? -1) + 1
            }
            func rule(_ gateway: Gateway, _ day: String) async throws -> String? {
                let at = PointInTime.day(try #require(LocalDay(day)))
                return try await gateway.perform(Explain(installation: "maple", at: at)).standing.causes.first?.rule
            }
            let file = GatewayFixture.repository + "/profiles/sage300-subscription.yaml"
            #expect(try await rule(gateway, "2027-02-10") == "\(file):\(line("{ at: 0d, level: grace"))")
            #expect(try await rule(gateway, "2027-03-20") == "\(file):\(line("{ at: 45d,"))")
            // A variation that says nothing of dates has its rules from the file that it extends.
            try test.fixture.write(profile: "base", shipped)
            try test.fixture.write(profile: "own", "extends: sage300-subscription\nname: own\nproduct: Sage 300 here\n")
            try test.fixture.raw { try $0.execute(sql: "UPDATE installations SET profile = 'own'") }
            try await test.open(profiles: [test.fixture.profiles]) { gateway async throws in
                let place = "\(test.fixture.profiles)/base.yaml:\(line("{ at: 45d,"))"
                #expect(try await rule(gateway, "2027-03-20") == place)
                let file = try await gateway.perform(Explain(installation: "maple")).file
                #expect(file == "\(test.fixture.profiles)/own.yaml")
            }
        }
    }

    @Test("Before anything is held it says since when that is, and how to get an entitlement")
    func unlicensed() async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                let added = test.time.now
                test.time.pass(hours: 5)
                let found = try await gateway.perform(Explain(installation: "maple"))
                #expect(found.standing.level == .unlicensed && found.standing.since == added && found.next.isEmpty)
                #expect(found.standing.heldSince == nil && found.standing.causes.isEmpty && found.refresh.isDue)
                #expect(found.files.map(\.state) == [.notDelivered])
                #expect(found.steps.count == 1 && found.steps[0].hasPrefix("Get an entitlement"))
                #expect(found.steps[0].contains("License Manager") && found.steps[0].contains("refresh maple"))
            }
        }
    }

    @Test("A refusal is told with when it is tried again, and how to correct what the vendor refused")
    func rejected() async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                _ = try await gateway.perform(
                    AddCustomer(id: "maple", displayName: "Maple", timeZone: "America/Toronto"))
                try await test.addInstallation(Self.entry, to: gateway, serialNumber: "S-maple-2025")
                #expect(try await gateway.refresh("maple").outcome == .rejected)
                let failed = test.time.now
                test.time.pass(hours: 1)
                let found = try await gateway.perform(Explain(installation: "maple", user: "kim"))
                #expect(found.refresh.failure?.contains("superseded") == true && found.refresh.failed == failed)
                #expect(found.refresh.nextTry == failed.adding(hours: 24))
                #expect(found.refresh.operation?.status == "failed")
                #expect(found.steps.count == 1 && found.steps[0].hasPrefix("The vendor refused"))
                #expect(found.steps[0].contains("installations set maple --identity"))
                let refresh = try #require(found.user?.lines.first { $0.topic == "refresh" })
                #expect(refresh.isTrouble && refresh.text.contains("superseded"))
            }
        }
    }

    @Test("Without its profile it is still explained: what is known, and how to put the profile right")
    func withoutProfile() async throws {
        try await withRefreshed { test, gateway async throws in
            let held = try #require(try await gateway.perform(Explain(installation: "maple")).standing.heldSince)
            for broken in [false, true] {
                if broken {
                    try test.fixture.write(profile: "sage300-subscription", "name: sage300-subscription\nprodukt: x\n")
                }
                try await test.open(profiles: [test.fixture.profiles]) { gateway in
                    let found = try await gateway.perform(Explain(installation: "maple", user: "kim"))
                    #expect(found.standing.level == .unlicensed && found.standing.access == .none)
                    #expect(found.standing.label == "No profile" && found.standing.heldSince == held)
                    #expect(found.standing.messages.first?.contains(broken ? "produkt" : "There is no profile") == true)
                    #expect(found.product == nil && found.file == nil && found.vendor == nil && found.next.isEmpty)
                    #expect(found.files.map(\.state) == [.asDelivered] && found.refresh.last == held)
                    #expect(found.steps.count == 1 && found.steps[0].contains("profiles lint"))
                    #expect(found.user?.lines.count == 5)
                }
            }
        }
    }

    @Test("Each file is looked at now: changed, gone, or where nobody can look")
    func files() async throws {
        try await withRefreshed { test, gateway async throws in
            func state() async throws -> Explanation.FileView {
                let files = try await gateway.perform(Explain(installation: "maple")).files
                return try #require(files.count == 1 ? files.first : nil)
            }
            let path = test.file("maple")
            let whole = try Data(contentsOf: URL(filePath: path))
            try (whole + Data(" ".utf8)).write(to: URL(filePath: path))
            #expect(try await state().state == .changed)
            let steps = try await gateway.perform(Explain(installation: "maple")).steps
            #expect(steps.count == 1 && steps[0].contains(path) && steps[0].contains("puts back"))
            try FileManager.default.removeItem(atPath: path)
            #expect(try await state().state == .missing)
            try FileManager.default.removeItem(atPath: "\(test.fixture.sites)/maple")
            let gone = try await state()
            #expect(gone.state == .unknown && gone.detail?.contains("\(test.fixture.sites)/maple") == true)
            let user = try await gateway.perform(Explain(installation: "maple", user: "kim")).user
            #expect(user?.lines.first { $0.topic == "delivery" }?.isTrouble == true)
            try FileManager.default.createDirectory(
                atPath: "\(test.fixture.sites)/maple", withIntermediateDirectories: true)
            try whole.write(to: URL(filePath: path))
            #expect(try await state().state == .asDelivered)
        }
    }

    @Test("A disk that gives no answer is not waited for, and one that does is heard")
    func patience() async {
        let pool = BlockingPool()
        let held = DispatchSemaphore(value: 0)
        let late = await pool.answer(within: .milliseconds(1)) { held.wait(timeout: .now() + 60) == .success }
        #expect(late == nil)
        held.signal()
        #expect(await pool.answer(within: .seconds(60)) { 7 } == 7)
    }

    @Test("A vendor that does not answer is told with its failures and its rest, and what to see to")
    func outage() async throws {
        try await withRefreshed { test, gateway async throws in
            try test.write([Self.entry], faults: "status: 503")
            for _ in 1...2 {
                // Operations of one millisecond have no order.
                test.time.pass(milliseconds: 1)
                #expect(try await gateway.refresh("maple").outcome == .unreachable)
            }
            let found = try await gateway.perform(Explain(installation: "maple", user: "kim"))
            #expect(found.standing.level == .licensed, "an outage takes nobody's access")
            let vendor = try #require(found.vendor)
            #expect(vendor.breaker == "open" && vendor.failures >= Breakers.threshold)
            #expect(vendor.openUntil.map { $0 > test.time.now } == true && vendor.lastFailure?.contains("503") == true)
            #expect(found.steps.first?.contains(vendor.host) == true)
            let lines = try #require(found.user?.lines)
            #expect(lines.filter(\.isTrouble).map(\.topic) == ["refresh", "vendor"])
        }
    }

    @Test("An open operation is told, with how it goes on")
    func operation() async throws {
        try await withRefreshed { test, gateway async throws in
            let record = try await gateway.stored("maple")
            _ = try await gateway.store.claim(
                NewOperation(
                    id: Identifiers.operation(at: test.time.now), installation: "maple", customer: "maple",
                    protocolName: "subscription", act: .refresh, caller: "local:1000", owner: "",
                    started: test.time.now,
                    basedOn: record.revision,
                    first: JournaledTransition(
                        nonce: "n", state: Data(), step: Data(),
                        note: StepNote(at: test.time.now, kind: "send", detail: "POST"))))
            let found = try await gateway.perform(Explain(installation: "maple"))
            let operation = try #require(found.operation)
            #expect(operation.status == "running" && operation.act == .refresh)
            #expect(found.refresh.operation?.outcome == "updated", "the one before it")
            #expect(found.steps.first?.contains("operations show \(operation.id)") == true)
        }
    }

    @Test("An open order says what to do: wait for it, and once it is overdue ask the vendor")
    func orders() async throws {
        try await withRefreshed { test, gateway async throws in
            let placed = test.time.now
            _ = try await gateway.perform(
                AddOrder(
                    installation: "maple", placed: .instant(placed),
                    items: OrderedItems(expires: LocalDay("2028-01-31")),
                    reference: "PO-77"))
            func step(_ at: PointInTime) async throws -> (Explanation, String) {
                let found = try await gateway.perform(Explain(installation: "maple", at: at))
                return (found, try #require(found.steps.first))
            }
            let grace = PointInTime.day(try #require(LocalDay("2027-02-10")))
            let (waiting, wait) = try await step(grace)
            #expect(waiting.orders.map(\.state) == [.propagating] && waiting.orders.map(\.reference) == ["PO-77"])
            #expect(wait.hasPrefix("An order is on its way until 2026-11-24 05:00") && wait.contains("License Manager"))
            test.time.set(placed.adding(hours: OrderState.propagationHours))
            let (overdue, ask) = try await step(grace)
            #expect(overdue.orders.map(\.state) == [.overdue])
            #expect(ask.hasPrefix("The order PO-77 of 2026-11-22 05:00 is overdue: ask the vendor"))
            try test.write([SubscriptionFixture.Entry(id: "maple", expires: "2028-01-31")])
            #expect(try await gateway.refresh("maple").outcome == .updated)
            #expect(try await gateway.perform(Explain(installation: "maple")).orders.isEmpty)
            let orders = try await gateway.perform(ShowHistory(installation: "maple")).events.filter {
                $0.kind == .order
            }
            #expect(orders.map(\.what) == ["orders.add", "orders.applied"])
            #expect(orders.first?.detail.contains("PO-77") == true)
        }
    }

    @Test("For a user there is a line about each thing, and nothing about seats that nobody counts")
    func user() async throws {
        try await withRefreshed { _, gateway async throws in
            let user = try #require(
                try await gateway.perform(Explain(installation: "maple", user: " Kim ")).user)
            #expect(user.name == "Kim")
            #expect(user.lines.map(\.topic) == ["standing", "seats", "refresh", "delivery", "vendor"])
            #expect(user.lines.allSatisfy { !$0.isTrouble && !$0.text.contains("\n") })
            #expect(user.lines[1].text.contains("10 users, 5 webUsers are granted"))
            #expect(user.lines[1].text.contains("None was ever claimed here"))
            let late = try await gateway.perform(
                Explain(installation: "maple", user: "Kim", at: .day(#require(LocalDay("2027-03-20")))))
            let standing = try #require(late.user?.lines.first)
            #expect(standing.isTrouble && standing.text.contains("Read-only since 2027-03-18 00:00"))
            for name in ["", "  ", "a\nb", String(repeating: "x", count: 201)] {
                let error = await callError {
                    _ = try await gateway.perform(Explain(installation: "maple", user: name))
                }
                #expect(error?.code == .invalid, "\(name)")
            }
        }
    }
}
