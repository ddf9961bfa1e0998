import AdapterKit
import GatewayProfiles
import Testing

@Suite("The recorded profiles' worked instants")
struct RecordedVectorTests {
    /// The profiles that are shipped for products without a server to ask.
    private static let profiles: Set = [
        "autodesk", "microsoft-kms", "quickbooks-desktop", "recorded", "recorded-monthly", "sage-crm", "sage-x3",
    ]

    static func rows() throws -> [ShippedVectorTests.Row] { try ShippedVectorTests.rows(of: "recorded") }

    @Test("A recorded product stands as its vendor's rule says", arguments: try rows())
    func standing(_ row: ShippedVectorTests.Row) throws {
        let standing = try ShippedVectorTests.standing(row)
        #expect(standing.level.rawValue == row["level"])
        #expect(standing.label == row["label"])
        #expect(standing.access.rawValue == row["access"])
        let messages = standing.messages(
            naming: MessageNames(product: "Product", customer: "Acme", installation: "acme", where: "Account"))
        #expect(messages.isEmpty == row["message"].isEmpty, "what is bad enough to be told is told: \(messages)")
        if let message = messages.first { #expect(message.contains(row["message"])) }
    }

    @Test("Every recorded profile that is shipped has rows")
    func complete() throws {
        #expect(Set(try Self.rows().map { $0["profile"] }) == Self.profiles)
        let shipped = ProfileSet(folders: [ProfileText.repository + "/profiles"], reader: ProfileText.reader)
        #expect(Set(shipped.profiles.filter { $0.value.protocolName == "recorded" }.keys) == Self.profiles)
    }

    @Test(
        "What was bought for good has no end; where a date is the rule, a license without it is none",
        arguments: [
            ("recorded", Level.licensed), ("recorded-monthly", .licensed), ("autodesk", .licensed),
            ("quickbooks-desktop", .licensed), ("sage-crm", .unlicensed), ("sage-x3", .unlicensed),
            ("microsoft-kms", .unlicensed),
        ])
    func withoutDates(_ name: String, _ level: Level) throws {
        let rules = try ShippedVectorTests.profile(name).rules
        let far = try #require(Instant("2099-01-01T00:00:00Z"))
        #expect(rules.standing(of: rules.facts(held: true, dates: [:]), at: far, in: .utc).level == level)
        #expect(rules.standing(of: rules.facts(held: false, dates: [:]), at: far, in: .utc).level == .unlicensed)
    }
}
