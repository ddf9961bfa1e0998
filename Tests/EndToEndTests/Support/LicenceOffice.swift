import Foundation
import Testing

/// Sage 200 on premise at customers of a vendor whose book knows three licenses, and the files that go by mail.
struct LicenceOffice: Sendable {
    let estate: Estate
    let standIn: StandIn

    static let ids = ["ash", "birch", "cedar"]

    static func serial(_ id: String) -> String { "2000-\(id)-K" }

    static let book =
        "sage200:\n"
        + ids.map { id in
            """
              - accountNumber: A-\(id)
                serialNumber: \(serial(id))
                name: \(id) Ltd
                validFrom: -145d
                validTo: +220d
                users: 12

            """
        }.joined()

    /// Runs a test with the office's installations, one a customer.
    static func with(
        _ ids: [String] = ids, profile: String = "sage200-on-premise", _ body: (LicenceOffice) async throws -> Void
    ) async throws {
        try await Estate.with { estate in
            let office = LicenceOffice(estate: estate, standIn: try await estate.standIn(book))
            for id in ids { try await office.add(id, profile: profile) }
            try await body(office)
        }
    }

    func add(_ id: String, profile: String) async throws {
        try await estate.must("customers", "add", id, "--name", "\(id) Ltd", "--time-zone", "Europe/London")
        try await estate.must(
            "installations", "add", id, "--customer", id, "--profile", profile,
            "--identity", "accountNumber=A-\(id)", "--identity", "serialNumber=\(Self.serial(id))")
    }

    func path(_ name: String) -> String { "\(estate.folder)/\(name)" }

    /// Makes a request and has the vendor's support answer it.
    ///
    /// - Returns: The path of the entitlement file.
    @discardableResult
    func answered(_ id: String, in folder: String = "mail") async throws -> String {
        try FileManager.default.createDirectory(atPath: path(folder), withIntermediateDirectories: true)
        let request = path("\(folder)/\(id).xml")
        let file = path("\(folder)/\(id).ent")
        try await estate.must("offline", "request", id, "--output", request, "--force")
        try await estate.must("sandbox", "answer", "--book", standIn.book, request, "--output", file, "--force")
        return file
    }

    func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    /// The row of an installation in `offline list`.
    func item(_ id: String) async throws -> JSON {
        let items = try await estate.json("offline", "list", "--all").array ?? []
        return try #require(items.first { $0["installation"]?.string == id })
    }
}
