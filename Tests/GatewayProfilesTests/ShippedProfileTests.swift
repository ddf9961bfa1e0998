import AdapterKit
import Foundation
import GatewayProfiles
import MarkedText
import MarkedYAML
import Testing

@Suite("The profiles that are shipped")
struct ShippedProfileTests {
    private static let folder = ProfileText.repository + "/profiles"

    @Test("Every shipped profile reads, with the vendor's variables and without them")
    func all() throws {
        let files = ProfileSet.files(in: Self.folder)
        #expect(!files.isEmpty)
        let set = [
            "GATEHOUSE_VENDOR_URL": "http://127.0.0.1:8300",
            "GATEHOUSE_VENDOR_KEY": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
        ]
        for environment in [[:], set, set.mapValues { _ in "" }] {
            let profiles = ProfileSet(folders: [Self.folder], reader: ProfileText.reader(environment))
            #expect(profiles.broken.map(\.problems.description) == [])
            #expect(profiles.profiles.count == files.count)
        }
    }

    @Test("Sage 300's subscription: what the vendor's rules say, with the stand-in's address and key")
    func sage300() throws {
        let profile = try ProfileText.reader([
            "GATEHOUSE_VENDOR_URL": "http://127.0.0.1:8300/",
            "GATEHOUSE_VENDOR_KEY": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
        ]).read(path: Self.folder + "/sage300-subscription.yaml")
        #expect(profile.name == "sage300-subscription" && profile.product == "Sage 300")
        #expect(profile.protocolName == "subscription")
        #expect(profile.place == "Help > Licenses > License Manager")
        #expect(profile.file == Self.folder + "/sage300-subscription.yaml")
        #expect(profile.vendor.address == "http://127.0.0.1:8300/sage300")
        #expect(profile.vendor.keys.keys.sorted() == ["sandbox"] && profile.vendor.keys["sandbox"]?.count == 32)
        #expect(profile.refreshDays == 14)
        #expect(profile.deliveries == ["entitlements": "{site.sharedData}/entitlements.xml"])
        let subscription = try #require(profile.rules.countdowns.first { $0.name == "subscription" })
        #expect(subscription.stages.map(\.at) == [.days(-30), .days(0), .days(45)])
        #expect(subscription.stages.map(\.level) == [.notice, .grace, .restricted])
        #expect(subscription.stages.map(\.label) == [nil, "Expired", "Read-only"])
    }

    @Test("Without its variables it has no address and no keys, and knows which variable to set")
    func unset() throws {
        let profile = try ProfileText.reader([:]).read(path: Self.folder + "/sage300-subscription.yaml")
        #expect(profile.vendor.address == nil && profile.vendor.unset == "GATEHOUSE_VENDOR_URL")
        #expect(profile.vendor.keys.isEmpty)
        #expect(profile.rules.countdowns.count == 2)
    }

    @Test("Sage 200 asks once a week, probes the Internet, and gives its users seats by name")
    func sage200() throws {
        let profiles = ProfileSet(
            folders: [Self.folder], reader: ProfileText.reader(["GATEHOUSE_VENDOR_URL": "https://a.example"])
        ).profiles
        for name in ["sage200-online", "sage200-on-premise"] {
            let profile = try #require(profiles[name])
            #expect(profile.product == "Sage 200" && profile.protocolName == "online-offline")
            #expect(profile.place == "System Administration > Licence" && profile.refreshDays == 7)
            #expect(profile.vendor.address == "https://a.example/sage200" && profile.deliveries.isEmpty)
            #expect(profile.vendor.probe?.address == "https://www.google.com")
            #expect(profile.vendor.probe?.allow == ["licensing.services.sage.com"])
            #expect(["users", "webUsers"].allSatisfy { profile.seats.pool($0).kind == .named })
        }
    }
}
