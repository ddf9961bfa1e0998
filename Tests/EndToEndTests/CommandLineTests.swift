import Foundation
import Testing

@Suite("The command line, as scripts rely on it")
struct CommandLineTests {
    /// Every command of the contract, with its own options; a star for those that every command has.
    static let commands: [String] = [
        "customers add --name --time-zone *", "customers set --name --time-zone --notes *",
        "customers list --archived *",
        "customers show *", "customers archive --undo *", "customers contacts add --role --name --email --phone *",
        "customers contacts list *", "customers contacts remove *",
        "installations add --customer --profile --identity --site --name --term --price --owner *",
        "installations set --profile --identity --site --name --term --price --owner --emergency-plan --notes *",
        "installations list --archived *", "installations show *", "installations archive --undo *",
        "orders add --placed --expires --seats --module --reference *",
        "orders list --customer --installation --open *", "orders withdraw *",
        "portfolio template --profile --separator --force *",
        "portfolio export --customer --separator --plain --force *", "portfolio import --update --dry-run *",
        "refresh --customer --due --all --concurrency --dry-run --adopt --trigger *",
        "status --customer --level --at *",
        "allows --module --at *", "explain --user --at *", "timeline --customer --within --limit --at *",
        "renewals --within --customer --csv --ics --overdue --remind *", "history --limit --markdown --csv *",
        "customers sheet --at *", "adapters list *", "adapters show --markdown *", "profiles list *",
        "profiles show --resolved *", "profiles lint *", "profiles schema --markdown", "operations list *",
        "operations show *", "audit list *", "audit verify *", "backup --force *", "restore --force *",
        "keyfile rotate --lost *", "keyfile show *", "doctor *", "people list *",
        "people erase --customer --user *",
        "seats claim --user --pool --module --host --session --administrator *",
        "seats renew --session --user --pool --host *", "seats release --session --user --pool --host *",
        "seats list --user --pool --host *", "seats end --session --reason *", "seats users --pool *",
        "seats assign --pool --user --undo *", "seats recount *",
        "offline request --due --output --output-dir --new --force *", "offline sent --at *",
        "offline import --adopt *",
        "offline list --customer --all *", "steps list --customer --installation --owner *",
        "steps show --output-dir --force *", "steps done --attach --value --note --at --adopt *",
        "steps cancel --note *", "steps attachment --output --force *", "todo --owner --customer *",
        "sandbox run --book --listen --tls-certificate --tls-key",
        "sandbox answer --book --output --output-dir --force",
        "sandbox approve --book --url --user-code --device --tls-certificate --deny",
        "sandbox token --book --url --device", "demo",
        "record --expires --date --seats --module --edition --note --csv --dry-run *",
        "authorize --begin --complete --new *", "deauthorize --only-here *", "tokens show --at *", "tokens verify *",
        "hubs *",
    ]

    @Test("Every command is there and explains its options", arguments: commands)
    func help(line: String) async throws {
        let parts = line.split(separator: " ").map(String.init)
        let command = parts.prefix { $0.first?.isLetter == true }.joined(separator: " ")
        var options = parts.filter { $0.hasPrefix("--") }
        if parts.last == "*" {
            options += ["--store", "--profiles", "--delivery-root", "--json", "--quiet", "--version"]
        }
        let needed = options
        try await Estate.with { estate in
            let words = command.split(separator: " ").map(String.init)
            let help = try await estate.run(["help"] + words)
            #expect(help.code == 0)
            #expect(help.out.contains("USAGE: gatehouse \(command)"))
            for option in needed { #expect(help.out.contains("  \(option) "), "\(option) of \(command)") }
            #expect(try await estate.run(words + ["--help"]).out == help.out)
        }
    }

    @Test(
        "--version says the version, of the program and of any command",
        arguments: [[], ["status"], ["audit", "list"]])
    func version(command: [String]) async throws {
        try await Estate.with { estate in
            let version = try await estate.run(command + ["--version"])
            #expect(version.code == 0)
            #expect(version.out.hasPrefix("gatehouse 0."))
            #expect(version.err.isEmpty)
        }
    }

    static let wrongUsage: [String] = [
        "nonsense", "customers dance", "customers add x", "customers add x --name X",
        "customers list more", "status --level green", "status --at 2027-02-29", "status --at tomorrow",
        "status --nonsense", "allows x", "allows x dance", "refresh", "refresh x --all", "refresh --due --all",
        "refresh --all --concurrency 0", "refresh --all --concurrency 257", "refresh --all --concurrency many",
        "audit list --limit 0", "operations list --limit 10001", "history x --limit 0", "timeline --limit 0",
        "refresh x --trigger boredom", "timeline --within soon", "explain", "history", "backup", "restore", "sandbox",
        "sandbox --book b --listen nowhere",
        "sandbox --book b --tls-key k", "installations add x --customer c --profile p --identity a=1 --identity a=2",
        "installations add x --customer c --profile p --identity no-value",
        "seats claim", "seats claim x", "seats claim --user u", "seats claim x --user u --pool", "seats renew",
        "seats renew x", "seats release --user u", "seats release x --pool p", "seats list", "seats end", "seats end x",
        "seats assign x", "seats recount", "people erase", "people erase x --customer c --user u",
        "people erase --customer c", "people erase x --user u", "record", "record x --csv f", "record --csv f --note n",
        "record x --seats users", "record x --date lastCheck", "record x --seats users=1 --seats users=2",
        "record x --dry-run", "authorize", "authorize x --begin --complete", "authorize x --complete --new",
        "tokens verify x", "sandbox approve --book b --url u --device d", "sandbox token --book b --url u",
    ]

    @Test("Wrong usage is exit code 2, told on standard error alone, and does nothing", arguments: wrongUsage)
    func usage(line: String) async throws {
        try await Estate.with { estate in
            let finished = try await estate.run(line.split(separator: " ").map(String.init))
            #expect(finished.code == 2, "\(finished)")
            #expect(finished.out.isEmpty)
            #expect(!finished.err.isEmpty)
            #expect(FileOnDisk.names(in: estate.folder).isDisjoint(with: ["gatehouse.db"]), "no store was made")
        }
    }

    @Test("A customer is added, listed and shown, as text and as JSON")
    func customers() async throws {
        try await Estate.with { estate in
            let added = try await estate.must(
                "customers", "add", "maple", "--name", "Maple & Ridge", "--time-zone", "America/Toronto")
            #expect(added.out.contains("maple"))
            let view: JSON = .object([
                "id": "maple", "name": "Maple & Ridge", "timeZone": "America/Toronto", "installations": 0,
                "notes": "",
            ])
            #expect(try await estate.json("customers", "show", "maple") == view)
            #expect(try await estate.json("customers", "list") == .array([view]))
            let list = try await estate.must("customers", "list").out
            #expect(list.contains("CUSTOMER") && list.contains("Maple & Ridge") && list.contains("America/Toronto"))
            #expect(try await estate.must("customers", "show", "maple").out.contains("Maple & Ridge"))
            let quiet = try await estate.must(
                "customers", "add", "b", "--name", "B", "--time-zone", "UTC", "--quiet")
            #expect(quiet.out.isEmpty && quiet.err.isEmpty)
            let json = try await estate.must("customers", "add", "c", "--name", "C", "--time-zone", "UTC", "--json")
                .json
            #expect(json["id"] == "c")
        }
    }

    @Test("An ID is given once: the second is refused, and changes nothing")
    func duplicates() async throws {
        try await Estate.with { estate in
            try await estate.add()
            let customer = try await estate.run(
                "customers", "add", "maple", "--name", "Other", "--time-zone", "UTC")
            #expect(customer.code == 1)
            #expect(customer.err.contains("maple"))
            let installation = try await estate.run(
                Client.maple.installationArguments(shared: [estate.site("elsewhere")]))
            #expect(installation.code == 1)
            #expect(installation.err.contains("maple-sage300"))
            #expect(try await estate.json("customers", "show", "maple")["name"] == "Maple & Ridge Foods")
            #expect(try await estate.json("audit", "list").array?.count == 2, "refused acts are none")
        }
    }

    @Test(
        "An ID that could not be a file's name is refused",
        arguments: ["Maple", "../x", ".x", "a b", "a/b", "é", "", String(repeating: "a", count: 65)])
    func identifiers(id: String) async throws {
        try await Estate.with { estate in
            let finished = try await estate.run("customers", "add", id, "--name", "X", "--time-zone", "UTC")
            #expect([1, 2].contains(finished.code))
            #expect(finished.err.contains("lower-case letters"))
            #expect(try await estate.json("customers", "list") == .array([]))
        }
    }

    @Test(
        "An unknown time zone is refused with the nearest names",
        arguments: [
            ("Amerca/Toronto", "America/Toronto"), ("toronto", "America/Toronto"), ("Europe/Londn", "Europe/London"),
            ("europe/london", "Europe/London"), ("Kiritimati", "Pacific/Kiritimati"),
        ])
    func zones(wrong: String, right: String) async throws {
        try await Estate.with { estate in
            let finished = try await estate.run("customers", "add", "x", "--name", "X", "--time-zone", wrong)
            #expect(finished.code == 1)
            #expect(finished.err.contains(wrong) && finished.err.contains(right))
            #expect(try await estate.json("customers", "list") == .array([]))
        }
    }

    @Test("An installation's wrong identity and site are told all at once, with what is known")
    func wrongIdentity() async throws {
        try await Estate.with { estate in
            try await estate.must("customers", "add", "x", "--name", "X", "--time-zone", "UTC")
            let finished = try await estate.run(
                "installations", "add", "i", "--customer", "x", "--profile", "sage300-subscription",
                "--identity", "clientID=1", "--identity", "clientNam=A", "--site", "sharedDat=/tmp")
            #expect(finished.code == 1)
            for word in ["clientNam", "clientName", "serialNumber", "sharedDat", "sharedData"] {
                #expect(finished.err.contains(word), "\(word)")
            }
            #expect(try await estate.json("installations", "list") == .array([]))
        }
    }

    /// A command, and the command or word that its refusal points to.
    static let notThere: [String: String] = [
        "customers show nothing": "customers list", "installations show nothing": "installations list",
        "installations list --customer nothing": "customers list", "status --customer nothing": "customers list",
        "refresh nothing": "installations list", "refresh --customer nothing": "customers list",
        "allows nothing view": "installations list", "timeline nothing": "installations list",
        "operations show nothing": "operations list", "operations list --installation nothing": "installations list",
        "profiles show nothing": "sage300-subscription",
        "installations add i --customer c --profile nothing": "sage300-subscription",
        "installations add i --customer nothing --profile sage300-subscription --identity clientID=1 "
            + "--identity clientName=A --identity serialNumber=B --site sharedData=/tmp": "customers list",
    ]

    @Test("What is not there is exit code 1 and named, with where to look", arguments: notThere)
    func missing(line: String, help: String) async throws {
        try await Estate.with { estate in
            try await estate.must("customers", "add", "c", "--name", "C", "--time-zone", "UTC")
            let finished = try await estate.run(line.split(separator: " ").map(String.init))
            #expect(finished.code == 1)
            #expect(finished.out.isEmpty)
            #expect(finished.err.contains("\"nothing\""), "\(finished)")
            #expect(finished.err.contains(help), "\(finished)")
        }
    }

    @Test("A site's name given twice makes a list, and the file is delivered to each")
    func siteTwice() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            let shared = [try estate.site("first"), try estate.site("second")]
            let files = try await estate.add(shared: shared)
            let view = try await estate.json("installations", "show", "maple-sage300")
            #expect(view["site"] == .object(["sharedData": .array(shared.map { .string($0) })]))
            try await estate.must("refresh", "maple-sage300")
            let delivered = files.compactMap { FileOnDisk($0) }
            #expect(delivered.count == 2)
            #expect(delivered.first?.bytes == delivered.last?.bytes)
            let told = try await estate.json("installations", "show", "maple-sage300")["files"]?.array
            #expect(told?.map { $0["path"]?.string } == files)
            #expect(told?.allSatisfy { $0["sha256"]?.string == delivered.first.map { Hex.sha256($0.bytes) } } == true)
        }
    }

    @Test("The store is where --store says, else GATEHOUSE_STORE, else in the user's data folder")
    func storePlace() async throws {
        try await Estate.with { estate in
            let named = estate.folder + "/a/b/named.db"
            try await estate.must("customers", "list", "--store", named)
            #expect(FileOnDisk(named) != nil)
            #expect(FileOnDisk(estate.store) == nil, "the option goes first")
            try await estate.must("customers", "list")
            #expect(FileOnDisk(estate.store) != nil)
            estate.set("GATEHOUSE_STORE", nil)
            estate.set("XDG_DATA_HOME", estate.folder + "/data")
            try await estate.must("customers", "list")
            #expect(FileOnDisk(estate.folder + "/data/gatehouse/gatehouse.db") != nil)
            estate.set("XDG_DATA_HOME", nil)
            try await estate.must("customers", "list")
            #expect(FileOnDisk(estate.folder + "/home/.local/share/gatehouse/gatehouse.db") != nil)
        }
    }

    @Test("What is no store is refused and left as it is")
    func notAStore() async throws {
        try await Estate.with { estate in
            let text = String(repeating: "These are my holiday notes.\n", count: 400)
            let notes = try estate.write(text, to: "notes.txt")
            let finished = try await estate.run("customers", "list", "--store", notes)
            #expect(finished.code == 1)
            #expect(finished.err.contains(notes) && finished.err.contains("--store"))
            #expect(FileOnDisk(notes)?.text == text)
            let folder = try await estate.run("customers", "list", "--store", estate.sites)
            #expect(folder.code == 1)
            #expect(folder.err.contains(estate.sites))
        }
    }

    @Test("The store's files are for their owner alone")
    func storePermissions() async throws {
        try await Estate.with { estate in
            try await estate.add()
            let store = FileOnDisk.names(in: estate.folder).filter { $0.hasPrefix("gatehouse.db") }
            #expect(store.contains("gatehouse.db"))
            for name in store {
                let mode = try FileManager.default.attributesOfItem(atPath: "\(estate.folder)/\(name)")[
                    .posixPermissions]
                #expect((mode as? Int).map { $0 & 0o077 } == 0, "\(name)")
            }
        }
    }

    @Test("Without profiles it says where it looked and how to name them")
    func noProfiles() async throws {
        try await Estate.with { estate in
            try await estate.must("customers", "add", "maple", "--name", "M", "--time-zone", "UTC")
            let finished = try await estate.run(
                Client.maple.installationArguments(shared: ["/tmp"]) + ["--profiles", estate.sites])
            #expect(finished.code == 1)
            #expect(finished.err.contains(estate.sites) && finished.err.contains("--profiles"))
        }
    }

    @Test("The demo ends well in under a minute, shows all protocols in one table, and leaves nothing behind")
    func demo() async throws {
        try await Estate.with { estate in
            let finished = try await estate.run(
                ["demo", "--examples", Program.examples, "--profiles", Program.profiles], limit: .seconds(60))
            #expect(finished.code == 0, "\(finished)")
            for word in [
                "stand-in", "grace", "Read-only, read-only access", "timeline", "Try next", "User code", "/pos/device",
                "taken: Store Front Street", "refused (hub)", "└─ maple-pos-hq (Head Office, Corporate)",
                "gatehouse record harbour-autodesk", "gatehouse record --csv", "lakeshore-crm: updated: Recorded",
            ] {
                #expect(finished.out.contains(word), "\(word)")
            }
            // The one table at its end has something of each protocol.
            let tables = finished.out.components(separatedBy: "gatehouse status: all of them")
            #expect(tables.count == 2)
            for word in [
                "maple-sage300", "wharfedale-sage200", "tamar-sage200", "granite-sage100", "maple-pos-hq",
                "Requires Renewal", "harbour-autodesk", "lakeshore-crm", "unverified",
            ] {
                #expect(tables.last?.contains(word) == true, "\(word)")
            }
            #expect(FileOnDisk.names(in: estate.folder + "/tmp").isEmpty)
            #expect(FileOnDisk(estate.store) == nil, "the user's own store is left alone")
        }
    }
}
