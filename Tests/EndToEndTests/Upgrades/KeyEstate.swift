import Foundation
import Testing

/// An estate with Sage 100 on a server and two terminal servers, at the real stand-in vendor, whose book holds two
/// licenses that one upgrades between.
struct KeyEstate: Sendable {
    let estate: Estate
    let standIn: StandIn

    static let installation = "granite-sage100"

    /// Runs a test with eight users in force on every host.
    static func with(_ body: (KeyEstate) async throws -> Void) async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(License.book())
            let keys = KeyEstate(estate: estate, standIn: standIn)
            try keys.prepareProfiles()
            for file in keys.files { try estate.write(License.eight.registration, to: file) }
            try await estate.must("customers", "add", "granite", "--name", "Granite", "--time-zone", "America/New_York")
            let site = estate.sites + "/granite"
            try await estate.must(
                "installations", "add", installation, "--customer", "granite", "--profile", "granite",
                "--identity", "customerNumber=4000217743", "--identity", "serialNumber=\(License.eight.serialNumber)",
                "--site", "server=\(site)/server", "--site", "terminalServers=ts1:\(site)/ts1",
                "--site", "terminalServers=ts2:\(site)/ts2")
            try await estate.must("refresh", installation)
            try await body(keys)
        }
    }

    /// The registration file of each host, below the estate's folder.
    let files = [
        "sites/granite/server/MAS90/Home/Lib/Keys/ACTIVATE.PVX", "sites/granite/ts1/MAS90/Home/Lib/ACTIVATE.PVX",
        "sites/granite/ts2/MAS90/Home/Lib/ACTIVATE.PVX",
    ]

    /// The shipped profile, with commands that a test can make fail, or that end the program that runs them.
    private func prepareProfiles() throws {
        let shipped = try String(contentsOfFile: Program.profiles + "/sage100-subscription.yaml", encoding: .utf8)
        try estate.write(shipped, to: "profiles/sage100-subscription.yaml")
        var lines = ["extends: sage100-subscription", "name: granite", "upgrade:", "  everyoneOut: 0m"]
        for name in ["idle", "restart"] {
            let script = try estate.write(
                """
                #!/bin/sh
                echo "$1" >> "\(estate.folder)/\(name).log"
                test -e "\(estate.folder)/\(name).kills" && kill -9 $PPID
                ! test -e "\(estate.folder)/\(name).fails"

                """, to: "bin/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
            lines.append("  \(name): [\(script), \"{site.server}\"]")
        }
        try estate.write(lines.joined(separator: "\n") + "\n", to: "profiles/granite.yaml")
        estate.set("GATEHOUSE_PROFILES", estate.folder + "/profiles")
    }

    /// Has a command of the profile's fail, or kill the program that runs it, while a file is there.
    func set(_ switchName: String, _ isOn: Bool) throws {
        if isOn {
            try estate.write("", to: switchName)
        } else {
            try? FileManager.default.removeItem(atPath: "\(estate.folder)/\(switchName)")
        }
    }

    /// Begins an upgrade to a license's keys.
    func arguments(to license: License) throws -> [String] {
        let file = try estate.write(license.keys, to: "keys.yaml")
        return ["upgrade", Self.installation, "--keys", file]
    }

    /// What stands on every host; nil where it is not one and the same license everywhere.
    var onDisk: License? {
        let texts = Set(files.map { FileOnDisk("\(estate.folder)/\($0)")?.text ?? "" })
        return License.all.first { texts == [$0.registration] }
    }

    /// What is in force, which must be one license in the identity, the seats, the standing and on every host.
    func inForce(_ place: String) async throws -> License? {
        let view = try await estate.json("installations", "show", Self.installation)
        let serial = view["identity"]?.array?.first { $0["name"] == "serialNumber" }?["value"]?.string
        guard let license = License.all.first(where: { $0.serialNumber == serial }) else {
            Issue.record("\(place): the identity is \(view["identity"] as Any)")
            return nil
        }
        let seats = view["entitlement"]?["seats"]?.array?.first { $0["name"] == "users" }?["count"]?.int
        #expect(seats == license.users, "\(place): the entitlement")
        let standing = try await estate.standing()
        #expect(standing["level"] == "licensed", "\(place): the standing")
        #expect(standing["seats"]?["users"]?.int == license.users, "\(place): the seats")
        #expect(onDisk == license, "\(place): the hosts")
        return license
    }
}
