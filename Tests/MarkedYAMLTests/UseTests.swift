import MarkedText
import MarkedYAML
import Testing

/// The two kinds of file that are read this way, in small.
@Suite("Files of real shape are read into values")
struct UseTests {
    enum Level: String, CaseIterable { case notice, warning, grace, restricted, stopped }

    struct Stage: Equatable {
        var at: Int
        var level: Level
        var label: String?
        var message: String

        static let shape = Shape<Stage>.mapping { fields in
            let at = fields.required("at", .text("an offset in days such as -30d", days))
            let level = fields.required("level", .enumeration(Level.self))
            let label = fields.optional("label", .string)
            let message = fields.required("message", .string)
            guard let at, let level, let message else { return nil }
            return Stage(at: at, level: level, label: label, message: message)
        }

        private static func days(_ text: String) -> Int? { text.hasSuffix("d") ? Int(text.dropLast()) : nil }
    }

    struct Profile {
        var address: String
        var countdowns: [Member<[Stage]>]

        static let shape = Shape<Profile>.mapping { fields in
            let vendor = fields.required("vendor", .mapping { vendor in vendor.required("url", .string) })
            let countdowns = fields.required(
                "countdowns",
                .map(
                    of: .mapping { countdown in
                        _ = countdown.required("from", .string)
                        return countdown.required("stages", .list(of: Stage.shape, atLeast: 1))
                    }))
            guard let vendor, let countdowns else { return nil }
            return Profile(address: vendor, countdowns: countdowns)
        }
    }

    static let profile = """
        vendor:
          url: ${VENDOR_URL}
        countdowns:
          subscription:
            from: expires   # a date that the adapter reports
            stages:
              - { at: -30d, level: notice,     message: "{product} renews in {daysToDate}" }
              - { at: 45d,  level: restricted, label: Read-only, message: "…" }

        """

    @Test("A profile is read")
    func readsProfile() throws {
        let node = try parse(Self.profile).substituting(["VENDOR_URL": "http://127.0.0.1:1/x: [y"])
        let profile = try node.read(Profile.shape)
        #expect(profile.address == "http://127.0.0.1:1/x: [y")
        #expect(profile.countdowns.map(\.key.text) == ["subscription"])
        #expect(
            profile.countdowns.first?.value == [
                Stage(at: -30, level: .notice, label: nil, message: "{product} renews in {daysToDate}"),
                Stage(at: 45, level: .restricted, label: "Read-only", message: "…"),
            ])
    }

    @Test("A profile full of mistakes is told of all of them")
    func tellsOfProfile() throws {
        let yaml = Self.profile.replacing("at: -30d", with: "at: -30").replacing(
            "restricted, label", with: "restrited, lable")
        var diagnostics = Diagnostics()
        let node = try parse(yaml, file: "profiles/p.yaml").substituting([:], into: &diagnostics)
        #expect(Profile.shape.read(node, into: &diagnostics) == nil)
        #expect(
            problems { try diagnostics.throwIfErrors() } == """
                profiles/p.yaml:2:8: error: the environment variable VENDOR_URL is not set
                    help: set VENDOR_URL, or give a default: ${VENDOR_URL:-value}
                profiles/p.yaml:7:15: error: expected an offset in days such as -30d, found "-30"
                profiles/p.yaml:8:28: error: expected one of "notice", "warning", "grace", "restricted", "stopped", \
                found "restrited"
                    help: did you mean "restricted"?
                profiles/p.yaml:8:39: error: unknown key "lable"
                    help: did you mean "label"?
                """)
    }

    @Test("A book is read, its serial numbers as they are written")
    func readsBook() throws {
        struct Module: Equatable { var code: String, expires: String }
        let module = Shape<Module>.mapping { fields in
            let code = fields.required("code", .string)
            let expires = fields.required("expires", .text("a date such as 2026-03-31") { $0.count == 10 ? $0 : nil })
            guard let code, let expires else { return nil }
            return Module(code: code, expires: expires)
        }
        let entry = Shape<(String, Int, [Module])>.mapping { fields in
            let serial = fields.required("serialNumber", .string)
            let users = fields.required("users", .int(in: 0...))
            let modules = fields.optional("modules", .list(of: module), default: [])
            guard let serial, let users else { return nil }
            return (serial, users, modules)
        }
        let book = try parse(
            """
            sage300:
              - serialNumber: 0012345
                users: 5
                modules:
                  - { code: GL, expires: 2026-12-31 }
              - serialNumber: 1e3
                users: 0
            """
        ).read(.mapping { $0.required("sage300", .list(of: entry)) })
        #expect(book.map(\.0) == ["0012345", "1e3"])
        #expect(book.map(\.1) == [5, 0])
        #expect(book.map(\.2) == [[Module(code: "GL", expires: "2026-12-31")], []])
    }
}
