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
        #expect(vendor.timeout == 300_000 && vendor.proxy?.url == "http://proxy.example:3128")
        #expect(vendor.proxy?.user == nil && vendor.probe == nil)
        #expect(vendor.pin == pin && vendor.authorities == "/etc/ca.pem")
    }

    @Test(
        "A proxy's user name and password are taken out of its URL, and never printed",
        arguments: [
            ("http://u:p@proxy.example:3128", "http://proxy.example:3128", "u", "p"),
            ("https://u:p%40%3A%2F%25@proxy.example:3128/", "https://proxy.example:3128", "u", "p@:/%"),
            ("http://u:a:b@[::1]:3128", "http://[::1]:3128", "u", "a:b"),
            ("http://u:@127.0.0.1:3128", "http://127.0.0.1:3128", "u", ""),
            ("http://u@127.0.0.1:3128", "http://127.0.0.1:3128", "u", ""),
        ])
    func credentials(_ text: String, _ url: String, _ user: String, _ password: String) throws {
        let proxy = try #require(try vendor("{ address: \"\", proxy: \"\(text)\" }").proxy)
        #expect(proxy.url == url && proxy.user == user && proxy.password == password)
        #expect("\(proxy)" == url && String(reflecting: proxy) == url)
        #expect(!"\(proxy as Any)".contains("password"))
    }

    @Test(
        "What is wrong with a proxy is told without showing it",
        arguments: [
            "proxy.example:3128", "http://u:hunter2@proxy.example", "http://:hunter2@proxy.example:3128",
            "http://u:hunter2@proxy.example:3128/path", "socks5://u:hunter2@proxy.example:1080",
            "http://u:hunter2%zz@proxy.example:3128", "http://u:hun/ter2@proxy.example:3128",
            "http://u:hunter2@@proxy.example:3128", "http://u:hunter2@proxy.example:port",
        ])
    func wrongProxies(_ text: String) {
        let profile = ProfileText.good.replacing("  path:", with: "  proxy: \"\(text)\"\n  path:")
        let problems = ProfileText.problems(profile)
        #expect(problems.count == 1)
        #expect(problems.first?.description.contains("this is no proxy of the form") == true)
        #expect(problems.first?.description.contains("hun") == false)
        #expect(problems.first?.description.contains(":7:10: ") == true)
    }

    @Test("A probe is an address, and the hosts that a firewall lets through; an empty one is none")
    func probe() throws {
        let probe = try vendor(
            "{ address: \"\", probe: { address: https://probe.example/, allow: [licensing.example.com] } }"
        ).probe
        #expect(probe?.address == "https://probe.example" && probe?.allow == ["licensing.example.com"])
        #expect(try vendor("{ address: \"\", probe: { address: https://probe.example } }").probe?.allow == [])
        #expect(try vendor("{ address: \"\", probe: { address: \"${PROBE:-}\" } }").probe == nil)
        let wrong = ProfileText.good.replacing(
            "  path:", with: "  probe: { address: probe.example, allow: [\"https://a.example\"] }\n  path:")
        #expect(ProfileText.problems(wrong).count == 2)
    }
}
