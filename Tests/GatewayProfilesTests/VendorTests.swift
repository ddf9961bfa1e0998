import GatewayProfiles
import MarkedText
import MarkedYAML
import Testing

@Suite("A profile's vendor")
struct VendorTests {
    private func vendor(_ yaml: String, _ environment: [String: String] = [:]) throws -> Profile.Vendor {
        try ProfileText.read(
            """
            name: sample
            product: Sample
            protocol: subscription
            vendor: \(yaml)
            deliver: { entitlements: "{site.sharedData}/entitlements.xml" }
            countdowns: {}
            """, environment
        ).vendor
    }

    @Test(
        "The address is what requests go below, without a slash at its end",
        arguments: [
            ("{ address: https://a.example }", "https://a.example"),
            ("{ address: https://a.example/ }", "https://a.example"),
            ("{ address: https://a.example:8443, path: /sage300 }", "https://a.example:8443/sage300"),
            ("{ address: https://a.example/base/, path: /sage300 }", "https://a.example/base/sage300"),
            ("{ address: \"http://127.0.0.1:8300\" }", "http://127.0.0.1:8300"),
            ("{ address: \"${HOST:-https://b.example}\" }", "https://b.example"),
            ("{ address: \"https://${NAME}.example\" }", "https://c.example"),
        ])
    func address(_ row: (yaml: String, address: String)) throws {
        #expect(try vendor(row.yaml, ["NAME": "c"]).address == row.address)
    }

    @Test(
        "An empty address is none yet, and the variable that left it empty is named",
        arguments: [
            ("{ address: \"\" }", String?.none), ("{ address: \"${VENDOR_URL:-}\" }", "VENDOR_URL"),
            ("{ address: \"${VENDOR_URL:-}\", path: /sage300 }", "VENDOR_URL"),
            ("{ address: \"${EMPTY}\" }", "EMPTY"),
        ])
    func noAddress(_ row: (yaml: String, variable: String?)) throws {
        let vendor = try vendor(row.yaml, ["EMPTY": ""])
        #expect(vendor.address == nil && vendor.unset == row.variable)
    }

    @Test("Keys are 32 bytes each by their IDs; an empty one is none yet")
    func keys() throws {
        let text = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
        let vendor = try vendor("{ address: \"\", keys: { a: \(text), b: \(text), c: \"${KEY:-}\" } }")
        #expect(vendor.keys.keys.sorted() == ["a", "b"])
        #expect(vendor.keys["a"]?.count == 32 && vendor.keys["a"]?.first == 0x03)
        #expect(vendor.keys["a"]?.last == 0xb8)
    }

    @Test("Time, proxy, pin and authorities are taken as they are written")
    func rest() throws {
        let pin = "sha256//A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
        let vendor = try vendor(
            """
            { address: "", timeoutSeconds: 300, proxy: "http://proxy.example:3128", pin: "\(pin)",
              authorities: /etc/ca.pem }
            """)
        #expect(vendor.timeout == 300_000 && vendor.proxy == "http://proxy.example:3128")
        #expect(vendor.pin == pin && vendor.authorities == "/etc/ca.pem")
    }
}
