import Testing

@testable import GatewayCore

@Suite("Delivery templates")
struct DeliveryTemplateTests {
    static let site = [
        "sharedData": ["/srv/acme/Shared Data/"], "hosts": ["/mnt/a", "/mnt/b"], "companies": ["one", "two/three"],
        "root": ["/"], "up": ["a/../b"], "empty": [], "blank": [""],
    ]
    static let identity = [
        "serialNumber": "S-1..2", "slash": "a/b", "up": "..", "here": ".", "absolute": "/etc", "blank": "",
        "nul": "a\u{0}",
    ]

    @Test(
        "A template becomes paths",
        arguments: [
            ("{site.sharedData}/entitlements.xml", ["/srv/acme/Shared Data/entitlements.xml"]),
            ("/fixed/file", ["/fixed/file"]),
            ("{site.root}/f", ["/f"]),
            ("{site.sharedData}/{identity.serialNumber}.lic", ["/srv/acme/Shared Data/S-1..2.lic"]),
            ("{site.hosts}/f", ["/mnt/a/f", "/mnt/b/f"]),
            (
                "{site.hosts}/{site.companies}/f",
                ["/mnt/a/one/f", "/mnt/a/two/three/f", "/mnt/b/one/f", "/mnt/b/two/three/f"]
            ),
            ("/x/{site.companies}/{site.companies}.lic", ["/x/one/one.lic", "/x/two/three/two/three.lic"]),
        ])
    func expands(_ template: String, _ paths: [String]) throws {
        #expect(try DeliveryTemplate.expand(template, site: Self.site, identity: Self.identity) == paths)
    }

    @Test(
        "A template or a value that could lead elsewhere is refused",
        arguments: [
            ("{site.sharedDate}/f", "--site sharedDate=VALUE"), ("{site.empty}/f", "--site empty=VALUE"),
            ("{site.blank}/f", "is empty"), ("{identity.serial}/f", "it has absolute, blank"),
            ("/x/{identity.slash}", "plain name"), ("{identity.up}/x", "plain name"),
            ("/x/{identity.here}", "plain name"),
            ("{identity.absolute}/x", "plain name"), ("/x/{identity.nul}", "plain name"),
            ("/x/{identity.blank}", "--identity blank=VALUE"),
            ("/x{site.hosts}/f", "does not start the path"), ("{site.up}/f", "leads upwards"),
            ("{site.hosts/f", "not closed"), ("/x}/f", "without its {"), ("{vendor.x}/f", "may hold {site.NAME}"),
            ("{site}/f", "may hold {site.NAME}"),
        ])
    func refuses(_ template: String, _ problem: String) {
        let error = deliveryError {
            _ = try DeliveryTemplate.expand(template, site: Self.site, identity: Self.identity)
        }
        #expect(error?.code == .unsafePath)
        #expect(error?.message.contains(problem) == true, "\(error?.message ?? "no error")")
    }

    @Test("Lists make no more than a thousand paths, and none twice")
    func bounded() throws {
        let many = (1...40).map { "h\($0)" }
        let error = deliveryError {
            _ = try DeliveryTemplate.expand("/{site.a}/{site.b}", site: ["a": many, "b": many])
        }
        #expect(error?.message.contains("more than 1000 paths") == true)
        #expect(try DeliveryTemplate.expand("/{site.a}/f", site: ["a": ["x", "x/"]]) == ["/x/f"])
    }
}
