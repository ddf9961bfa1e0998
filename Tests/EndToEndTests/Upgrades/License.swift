/// A license of the stand-in's book, with its keys and the registration file that their activation brings.
struct License: Hashable, Sendable {
    var serialNumber: String
    var userKey: String
    var productKey: String
    var users: Int
    var expires = "2035-01-31"

    static let eight = License(
        serialNumber: "1047733", userKey: "U2F8-08MC-44QD", productKey: "3DK9V-Q1ZTR-88WXN-C0L4E-M7YHB", users: 8)
    static let twelve = License(
        serialNumber: "1047926", userKey: "U7Q4-20MC-91XK", productKey: "7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SA", users: 12)
    static let all = [eight, twelve]

    /// The one that one upgrades to from this one.
    var other: License { self == .eight ? .twelve : .eight }

    /// Both licenses, and what is broken on purpose.
    static func book(_ licenses: [License] = all, faults: String = "") -> String {
        "sage100:\n" + licenses.map(\.entry).joined() + (faults.isEmpty ? "" : "faults:\n  sage100: { \(faults) }\n")
    }

    private var entry: String {
        """
          - customerNumber: "4000217743"
            serialNumber: "\(serialNumber)"
            company: Granite State Fasteners LLC
            reseller: Merrimack Business Systems
            edition: Advanced
            userKey: \(userKey)
            productKey: \(productKey)
            users: \(users)
            modules:
              - { code: G/L, name: General Ledger }
            expires: \(expires)

        """
    }

    /// The file for `--keys`.
    var keys: String {
        """
        customerNumber: "4000217743"
        serialNumber: "\(serialNumber)"
        userKey: "\(userKey)"
        productKey: "\(productKey)"

        """
    }

    /// ACTIVATE.PVX.
    var registration: String {
        let groups = productKey.split(separator: "-").enumerated().map { "PK\($0 + 1)=\($1)" }
        let lines =
            [
                "[RegInfo]", "Company=Granite State Fasteners LLC", "Reseller=Merrimack Business Systems",
                "Serial=\(serialNumber)", "RegId=4000217743", "UserKey=\(userKey)",
            ] + groups + [
                "", "[License]", "Edition=Advanced", "Users=\(users)", "Modules=G/L", "Expires=\(expires)",
            ]
        return lines.map { $0 + "\r\n" }.joined()
    }

    /// What nobody may find anywhere but in the registration files and their archive.
    var secrets: [String] {
        [userKey, productKey] + productKey.split(separator: "-").map(String.init)
    }
}
