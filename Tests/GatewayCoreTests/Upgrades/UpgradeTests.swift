import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Upgrading license keys")
struct UpgradeTests {
    @Test("The new keys are in force on every host, the users let in again, and both registrations on record")
    func done() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let steps = Seen<String>()
            let view = try await gateway.upgrade { steps.add(String($0.prefix { $0 != ":" })) }
            #expect(
                view.phase == "done" && view.status == "done" && view.hosts.map(\.host) == ["server", "ts1", "ts2"])
            let kinds = steps.all.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
            #expect(
                kinds == [
                    "preflight", "everyoneOut", "backup", "snapshot", "activate", "deliver", "restart", "verify",
                    "announce",
                ])
            let copies = Set(upgrade.files().map { upgrade.fixture.read($0) })
            let copy = try #require(copies.first ?? nil)
            #expect(copies.count == 1 && copy.contains("=1047926"))
            #expect(try await gateway.usersInForce() == 12)
            #expect(try await gateway.letsIn())
            #expect(view.before.contains { $0.title == "Serial Number" && $0.value == "1047733" })
            #expect(view.after.contains { $0.title == "Serial Number" && $0.value == "1047926" })
            #expect(view.after.contains { $0.title == "User Key" && $0.value == "********" })
            #expect(try await gateway.perform(VerifyAudit()).problem == nil)
            let history = try await gateway.perform(ShowHistory(installation: "g1")).events
            let told = try #require(history.last { $0.kind == .operation && $0.what == "upgrade" })
            #expect(told.detail.contains("Serial Number: \"1047733\" → \"1047926\""), "\(told.detail)")
            #expect(!told.detail.contains("User Key"), "\(told.detail)")
        }
    }

    @Test("One that is only looked at changes nothing")
    func dryRun() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            let before = try upgrade.fixture.dump()
            let view = try await gateway.upgrade(dryRun: true)
            #expect(view.operation == nil && view.status == "possible")
            #expect(try upgrade.fixture.dump() == before)
        }
    }

    static let wrong: [(field: String, value: String)] = [
        ("serialNumber", ""), ("userKey", "u7q4 20mc"), ("productKey", "7KQ2M-HX4RT-0WZ9C"),
        ("customerNumber", "\u{7}"),
    ]

    @Test("A key in a wrong form is told by its field, shown nowhere, and nothing is begun", arguments: wrong)
    func wrongKeys(field: String, value: String) async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            var keys = UpgradeFixture.Keys.twelve.values
            keys[field] = value
            let before = try upgrade.fixture.dump()
            let error = await callError { _ = try await gateway.perform(UpgradeKeys(installation: "g1", keys: keys)) }
            let message = try #require(error?.message)
            #expect(error?.code == .invalid && message.contains(field), "\(message)")
            for key in [value, "U7Q4-20MC-91XK", "7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SA"] where key.count > 3 {
                #expect(!message.contains(key), "\(message)")
            }
            #expect(try upgrade.fixture.dump() == before)
        }
    }

    @Test("Keys that the vendor does not take leave everything as it was, with the key's name and without the key")
    func rejected() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            var keys = UpgradeFixture.Keys.twelve
            keys.productKey = "7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SB"
            let view = try await gateway.upgrade(keys)
            #expect(view.phase == "rolledBack" && view.message.contains("productKey"), "\(view.message)")
            // The vendor granted nothing: which identity was tried is known all the same.
            #expect(view.tried.contains { $0.value == "1047926" } && !view.tried.contains { $0.title == "Users" })
            #expect(try !upgrade.fixture.dump().joined().contains("PL6SB"))
            #expect(try await gateway.usersInForce() == 8)
            #expect(try await gateway.letsIn())
            for file in upgrade.files() {
                #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
            }
        }
    }

    @Test("A license that has ended lets nobody in: verifying it fails, and everything is put back")
    func withoutAccess() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            try upgrade.write(new: "2026-01-31")
            let view = try await gateway.upgrade()
            #expect(view.phase == "rolledBack" && view.message.contains("nobody can work in full"), "\(view.message)")
            #expect(try await gateway.usersInForce() == 8)
            for file in upgrade.files() {
                #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
            }
        }
    }

    @Test("Where the license before had ended too, a rollback ends all the same, and says so")
    func endedBefore() async throws {
        try await UpgradeFixture.with { upgrade, gateway in
            try upgrade.write(expires: "2026-01-31")
            _ = try await gateway.refresh("g1")
            let view = try await gateway.upgrade()
            #expect(
                view.phase == "rolledBack" && view.message.contains("Everything was put back as it was"),
                "\(view.message)")
            #expect(try await gateway.usersInForce() == 8)
        }
    }

    @Test("One that is watched is noted on and rolled back as itself, though a later one has failed")
    func watched() async throws {
        try await UpgradeFixture.with { _, gateway in
            let first = try await gateway.upgrade()
            var unknown = UpgradeFixture.Keys.twelve
            unknown.userKey = "U9Z9-99MC-99XX"
            let second = try await gateway.upgrade(unknown)
            #expect(second.phase == "rolledBack" && second.operation != first.operation, "\(second.message)")
            let other = try #require(second.others.first)
            #expect(other.operation == first.operation && other.isWatched, "\(second.others)")
            let earlier = try await gateway.perform(ShowUpgrade(installation: "g1", operation: other.operation))
            #expect(earlier.phase == "done" && earlier.others.map(\.operation) == [second.operation])
            let none = await callError {
                _ = try await gateway.perform(ShowUpgrade(installation: "g1", operation: "nothing"))
            }
            #expect(none?.code == .notFound, "\(none?.message ?? "shown")")
            let noted = try await gateway.perform(ObserveUpgrade(installation: "g1", note: "printing was slow"))
            #expect(noted.operation == first.operation)
            #expect(noted.observations.map(\.detail).joined().contains("printing was slow"))
            for number in 1...8 {
                let claim = ClaimSeat(installation: "g1", user: "user\(number)", session: "s\(number)")
                #expect(try await gateway.perform(claim).granted)
            }
            let early = await callError { _ = try await gateway.perform(RollBackUpgrade(installation: "g1")) }
            #expect(early?.code == .conflict && early?.message.contains("user8") == true, "\(early?.message ?? "")")
            for number in 1...8 { _ = try await gateway.perform(ReleaseSeat(SessionSelection(id: "s\(number)"))) }
            let back = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(back.operation == first.operation && back.phase == "rolledBack")
            #expect(try await gateway.usersInForce() == 8)
        }
    }
}
