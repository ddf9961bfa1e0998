extension Migrations {
    static let version5 = """
        -- An upgrade of license keys, beside the operation that it is.
        CREATE TABLE upgrades (
            operation TEXT PRIMARY KEY NOT NULL REFERENCES operations (id),
            installation TEXT NOT NULL REFERENCES installations (id),
            customer TEXT NOT NULL,
            -- The step that it is at, written down before it is made.
            phase TEXT NOT NULL,
            -- What is to be done where, as JSON of the core's.
            plan TEXT NOT NULL,
            -- When it is to begin.
            start_at BIGINT NOT NULL,
            -- The archive of what was backed up.
            backup TEXT,
            -- The installation's columns as they were, as JSON, to be put back.
            before TEXT,
            -- What the registration said before and says now, secrets masked, as JSON.
            registration_before TEXT,
            registration_after TEXT,
            monitored_until BIGINT,
            closed_at BIGINT,
            closed_by TEXT,
            -- Lines as an operation's notes are.
            observations TEXT NOT NULL DEFAULT ''
        );
        CREATE INDEX upgrades_of_installation ON upgrades (installation, operation);

        -- A file of an upgrade on a host: what stood there before, and how far it is.
        CREATE TABLE upgrade_files (
            operation TEXT NOT NULL REFERENCES operations (id),
            number INTEGER NOT NULL,
            host TEXT NOT NULL,
            delivery TEXT NOT NULL,
            path TEXT NOT NULL,
            -- The hash of what stood there before; none where there was no file.
            before_sha256 TEXT,
            -- How the new file is put there, as JSON of the core's; none before the vendor's answer.
            plan TEXT,
            trouble TEXT,
            PRIMARY KEY (operation, number)
        );

        -- What must not lie on the disk in the clear, sealed, by the operation that it belongs to.
        CREATE TABLE sealed (
            operation TEXT NOT NULL REFERENCES operations (id),
            name TEXT NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (operation, name)
        );

        -- What is looked at again and again, each after so many days.
        CREATE TABLE reviews (
            id TEXT PRIMARY KEY NOT NULL,
            installation TEXT NOT NULL REFERENCES installations (id),
            customer TEXT NOT NULL,
            kind TEXT NOT NULL,
            every_days INTEGER NOT NULL,
            next_at BIGINT NOT NULL,
            last_at BIGINT,
            last_note TEXT
        );
        CREATE INDEX reviews_of_installation ON reviews (installation);

        -- Why nobody new is let in for now; none where they are.
        ALTER TABLE installations ADD COLUMN closed_for TEXT;
        """
}
