import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@Suite("Pages of installations")
struct PagingTests {
    private func pages(_ store: Store, _ filter: InstallationFilter, limit: Int) async throws -> [[String]] {
        var pages: [[String]] = []
        while true {
            let page = try await store.installations(
                filter, in: .portfolio, after: pages.last?.last, limit: limit
            ).map(\.id)
            guard !page.isEmpty else { return pages }
            pages.append(page)
        }
    }

    @Test(
        "Every installation is on exactly one page, in order, whatever the size of a page", arguments: [1, 7, 30, 512])
    func complete(_ limit: Int) async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTestCustomer("north")
            try await store.addTestCustomer("south")
            // IDs whose order as text is another than as numbers, or than in a dictionary.
            let ids = (1...20).map { "i\($0)" } + ["I", "i", "i-", "i.", "i_", "z"] + (0...3).map { "0\($0)" }
            for (index, id) in ids.enumerated() {
                try await store.addTestInstallations([id], of: index.isMultiple(of: 2) ? "north" : "south")
            }
            let pages = try await pages(store, .all, limit: limit)
            let sorted = ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            #expect(pages.flatMap { $0 } == sorted)
            #expect(pages.dropLast().allSatisfy { $0.count == limit })
            #expect(try await store.installationCount(.all, in: .portfolio) == ids.count)
            let north = try await self.pages(store, .customer("north"), limit: limit).flatMap { $0 }
            #expect(north.count == 15 && Set(north).isSubset(of: ids))
        }
    }

    @Test("What is added or changed behind a page's end disturbs no page before it")
    func whileWriting() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTestCustomer("north")
            try await store.addTestInstallations(["b", "d", "f"], of: "north")
            let first = try await store.installations(.all, in: .portfolio, after: nil, limit: 2).map(\.id)
            try await store.addTestInstallations(["a", "c", "e"], of: "north")
            let rest = try await store.installations(.all, in: .portfolio, after: first.last, limit: 10).map(\.id)
            #expect(first == ["b", "d"] && rest == ["e", "f"])
        }
    }

    @Test("Due is what was never refreshed, or whose time has come, and what is not put off until later")
    func due() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTestCustomer("north")
            try await store.addTestInstallations(["fresh", "held", "putoff"], of: "north")
            try await store.claimTest("op-1", on: "held")
            try await store.endTest("op-1", on: "held", revision: "r1")
            try await store.claimTest("op-2", on: "putoff")
            try await store.end(
                OperationEnding(
                    operation: "op-2", installation: "putoff", at: .minute(2), status: .failed,
                    outcome: "unreachable", message: "No answer.", notes: [], nextTry: .minute(30)))
            func due(_ minute: Int) async throws -> [String] {
                let page = try await store.installations(
                    .due(at: .minute(minute)), in: .portfolio, after: nil, limit: 10)
                #expect(
                    try await store.installationCount(.due(at: .minute(minute)), in: .portfolio) == page.count)
                return page.map(\.id)
            }
            #expect(try await due(29) == ["fresh"])
            #expect(try await due(30) == ["fresh", "putoff"])
            #expect(try await due(59) == ["fresh", "putoff"])
            #expect(try await due(60) == ["fresh", "held", "putoff"])
        }
    }
}
