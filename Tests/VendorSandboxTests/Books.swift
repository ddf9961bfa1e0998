import MarkedText
import Testing
import VendorSandbox

/// Books that the tests share.
enum Books {
    /// One customer; the lines stand behind its own.
    static func one(expires: String = "2027-01-31", users: Int = 10, _ lines: String = "") -> String {
        """
        sage300:
          - clientID: "30017482"
            clientName: Maple & Ridge Foods Ltd.
            serialNumber: SCX26-0417-88213
            release: Sage 300 2026
            superseded:
              - { serialNumber: SCX25-0417-51120, release: Sage 300 2025 }
            expires: \(expires)
            users: \(users)
            webUsers: 5
            modules:
              - { code: GL, name: General Ledger }
              - { code: AP, name: "Accounts <Payable> & \\"more\\"", expires: 2026-12-31 }
        \(lines.split(separator: "\n").map { "    " + $0 + "\n" }.joined())
        """
    }

    static func faulty(_ fault: String) -> String {
        one() + "\nfaults:\n  sage300: { \(fault) }\n"
    }

    /// An account of Sage 200 with two licenses, the second for test and recovery.
    static func sage200(users: Int = 12, _ faults: String = "") -> String {
        """
        sage200:
          - accountNumber: A1042207
            serialNumber: 2000-7F31-0042-K
            name: Wharfedale Joinery & Sons Ltd
            validFrom: 2026-07-01
            validTo: 2027-06-30
            users: \(users)
            webUsers: 4
            modules:
              - { code: FIN, name: Financials }
              - { code: BOM, name: Bill of Materials, expires: +39d }
          - accountNumber: A1042207
            serialNumber: 2000-7F31-0042-T
            name: Wharfedale Joinery & Sons Ltd
            validFrom: -30d
            validTo: +335d
            users: 2
            testAndRecovery: true
        \(faults)
        """
    }

    /// What is said of a book that can't be used; empty where one is.
    static func refusal(of book: String) async throws -> String {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(book)
        let error = await #expect(throws: DiagnosticsError.self) {
            try await Sandbox(book: folder.book).whileRunning { _ in }
        }
        return error?.description ?? ""
    }
}
