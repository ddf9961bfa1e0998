extension Migrations {
    /// Tokens: what is kept of them, and what they are checked by.
    static let version7 = """
        -- What a vendor's answers gave that must not lie on the disk in the clear, sealed, by the installation that it
        -- belongs to: tokens, device codes.
        CREATE TABLE withheld (
            installation TEXT NOT NULL REFERENCES installations (id),
            name TEXT NOT NULL,
            bytes BLOB NOT NULL,
            -- The operation that brought it.
            operation TEXT NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (installation, name)
        );

        -- What an installation's tokens are checked by, as JSON: the issuer and its keys. No secrets.
        CREATE TABLE token_terms (
            installation TEXT PRIMARY KEY NOT NULL REFERENCES installations (id),
            terms TEXT NOT NULL,
            at BIGINT NOT NULL
        );

        -- Licenses that were given back: a token of theirs that was issued before is not taken any more.
        CREATE TABLE revoked_servers (
            issuer TEXT NOT NULL,
            server TEXT NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (issuer, server)
        );

        -- Raised with everything that a check of tokens depends on.
        CREATE TABLE token_epoch (epoch BIGINT NOT NULL);
        INSERT INTO token_epoch (epoch) VALUES (0);

        -- Why its license must be acquired again, where its tokens can't be refreshed any more.
        ALTER TABLE installations ADD COLUMN authorize_again TEXT;
        CREATE INDEX installations_to_authorize ON installations (id) WHERE authorize_again IS NOT NULL;
        """
}
