/// Writes the store, as it is at this moment, to a file.
public struct BackUpStore: GatewayCall {
    /// What comes back.
    public typealias Answer = BackupView
    /// The name in the audit trail and the API.
    public static let name = "backup"

    /// The file, an absolute path; its folder must be there.
    public var file: String
    /// Whether a file of that name is replaced.
    public var force: Bool

    /// The call.
    public init(file: String, force: Bool = false) {
        self.file = file
        self.force = force
    }
}

/// A file that holds the store as it was at one moment, checked after it was written.
public struct BackupView: Codable, Hashable, Sendable {
    /// The file.
    public var file: String
    /// Its size.
    public var bytes: Int
    /// The version of the store's schema.
    public var version: Int
    /// How many customers it holds.
    public var customers: Int
    /// How many installations.
    public var installations: Int
    /// How many records its audit trail has.
    public var auditRecords: Int
    /// The hash of the last of them; empty where there is none.
    public var auditHead: String
    /// What else is worth knowing, in whole sentences.
    public var remarks: [String]

    /// A view.
    public init(
        file: String, bytes: Int, version: Int, customers: Int, installations: Int, auditRecords: Int,
        auditHead: String, remarks: [String] = []
    ) {
        self.file = file
        self.bytes = bytes
        self.version = version
        self.customers = customers
        self.installations = installations
        self.auditRecords = auditRecords
        self.auditHead = auditHead
        self.remarks = remarks
    }
}

/// Puts a backup in the store's place.
public struct RestoreStore: GatewayCall {
    /// What comes back.
    public typealias Answer = RestoreReport
    /// The name in the audit trail and the API.
    public static let name = "restore"

    /// The backup, an absolute path.
    public var file: String
    /// Whether a store that holds anything is replaced.
    public var force: Bool

    /// The call.
    public init(file: String, force: Bool = false) {
        self.file = file
        self.force = force
    }
}

/// What a restore came to.
public struct RestoreReport: Codable, Hashable, Sendable {
    /// What was restored, as it was in the backup.
    public var backup: BackupView
    /// The store that it was restored to.
    public var store: String
    /// Where the store is kept that was replaced; nil where there was none.
    public var kept: String?
    /// Operations that were open in the backup, and were ended.
    public var voided: Int
    /// What else is worth knowing, in whole sentences.
    public var remarks: [String]

    /// A report.
    public init(backup: BackupView, store: String, kept: String?, voided: Int, remarks: [String]) {
        self.backup = backup
        self.store = store
        self.kept = kept
        self.voided = voided
        self.remarks = remarks
    }
}
