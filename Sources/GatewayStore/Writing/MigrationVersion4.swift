extension Migrations {
    static let version4 = """
        -- An operation that waits for a person, or for its time, does not keep others from its installation: weeks may
        -- pass.
        DROP INDEX operations_open;
        CREATE UNIQUE INDEX operations_open ON operations (installation)
        WHERE ended_at IS NULL AND status NOT IN ('asking', 'planned');
        -- One of a kind.
        CREATE UNIQUE INDEX operations_asking ON operations (installation, act) WHERE status IN ('asking', 'planned');
        -- By which an entitlement file finds the request that it answers, and whether that was answered before.
        CREATE INDEX operations_requests ON operations (nonce) WHERE act = 'request';
        -- When a person sent the request that the operation waits for the answer to.
        ALTER TABLE operations ADD COLUMN sent_at BIGINT;

        -- When an offline activation was imported, if that is how what is held came.
        ALTER TABLE installations ADD COLUMN offline_activated BIGINT;
        -- Whether a person recorded what is held, and no vendor proved it.
        ALTER TABLE installations ADD COLUMN unverified INTEGER NOT NULL DEFAULT 0;

        -- What people brought back from their steps: screenshots, mails, agreements, the vendor's own files.
        CREATE TABLE attachments (
            operation TEXT NOT NULL REFERENCES operations (id),
            -- Which of the operation's person steps, from 1.
            step INTEGER NOT NULL,
            name TEXT NOT NULL,
            size BIGINT NOT NULL,
            sha256 TEXT NOT NULL,
            contents BLOB NOT NULL,
            at BIGINT NOT NULL,
            caller TEXT NOT NULL,
            PRIMARY KEY (operation, step, name)
        );
        """
}
