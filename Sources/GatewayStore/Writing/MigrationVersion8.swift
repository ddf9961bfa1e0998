extension Migrations {
    /// Issuers' keys, for all whose tokens they issue.
    static let version8 = """
        -- An issuer's key set as it was last fetched, by whichever installation, with what its server was trusted by: a set
        -- that came by a weaker proof is not another's.
        CREATE TABLE issuer_keys (
            issuer TEXT NOT NULL,
            trust TEXT NOT NULL,
            keys BLOB NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (issuer, trust)
        );
        """
}
