extension Migrations {
    static let version1 = """
        CREATE TABLE customers (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            time_zone TEXT NOT NULL,
            created_at BIGINT NOT NULL
        );

        -- What a listing needs of an installation stands in columns, so that it decodes no JSON.
        CREATE TABLE installations (
            id TEXT PRIMARY KEY NOT NULL,
            customer TEXT NOT NULL REFERENCES customers (id),
            profile TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            held INTEGER NOT NULL DEFAULT 0,
            dates TEXT NOT NULL DEFAULT '',
            seats TEXT NOT NULL DEFAULT '',
            vendor_status TEXT,
            last_contact BIGINT,
            last_refresh BIGINT,
            refresh_due BIGINT,
            next_try BIGINT,
            last_failure TEXT,
            last_failure_at BIGINT,
            revision TEXT,
            issued BIGINT,
            entitlement_from TEXT,
            identity TEXT NOT NULL,
            site TEXT NOT NULL
        );
        CREATE INDEX installations_of_customer ON installations (customer, id);
        CREATE INDEX installations_of_profile ON installations (profile);
        CREATE INDEX installations_due ON installations (refresh_due);

        -- Every entitlement that was ever in force, by the operation that took it.
        CREATE TABLE entitlements (
            operation TEXT PRIMARY KEY NOT NULL,
            installation TEXT NOT NULL REFERENCES installations (id),
            taken_at BIGINT NOT NULL,
            issued BIGINT NOT NULL,
            revision TEXT NOT NULL,
            body TEXT NOT NULL
        );
        CREATE INDEX entitlements_of_installation ON entitlements (installation, taken_at);

        CREATE TABLE operations (
            id TEXT PRIMARY KEY NOT NULL,
            installation TEXT NOT NULL REFERENCES installations (id),
            customer TEXT NOT NULL,
            protocol TEXT NOT NULL,
            act TEXT NOT NULL,
            status TEXT NOT NULL,
            caller TEXT NOT NULL,
            owner TEXT NOT NULL,
            started_at BIGINT NOT NULL,
            ended_at BIGINT,
            waits_until BIGINT,
            nonce TEXT,
            state BLOB,
            step TEXT,
            answer BLOB,
            outcome TEXT,
            message TEXT,
            trouble TEXT
        );
        -- One conversation per installation at a time, across processes.
        CREATE UNIQUE INDEX operations_open ON operations (installation) WHERE ended_at IS NULL;
        CREATE INDEX operations_of_installation ON operations (installation, id);
        CREATE INDEX operations_failed ON operations (ended_at) WHERE status = 'failed';

        CREATE TABLE operation_steps (
            operation TEXT NOT NULL,
            number INTEGER NOT NULL,
            at BIGINT NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (operation, number)
        );

        -- A file of a delivery: intended, then current, then superseded. The contents are kept until then, so
        -- that a delivery can be finished after a crash and a file that was changed can be put back.
        CREATE TABLE deliveries (
            operation TEXT NOT NULL,
            number INTEGER NOT NULL,
            installation TEXT NOT NULL REFERENCES installations (id),
            delivery TEXT NOT NULL,
            path TEXT NOT NULL,
            plan TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            contents BLOB,
            status TEXT NOT NULL,
            at BIGINT NOT NULL,
            PRIMARY KEY (operation, number)
        );
        CREATE UNIQUE INDEX deliveries_current ON deliveries (path) WHERE status = 'current';
        CREATE INDEX deliveries_of_installation ON deliveries (installation, status);

        CREATE TABLE vendor_hosts (
            host TEXT PRIMARY KEY NOT NULL,
            failures INTEGER NOT NULL,
            open_until BIGINT,
            last_contact BIGINT,
            last_failure TEXT,
            last_failure_at BIGINT
        );

        CREATE TABLE people (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT
        );

        CREATE TABLE audit (
            number INTEGER PRIMARY KEY NOT NULL,
            at BIGINT NOT NULL,
            actor TEXT NOT NULL,
            act TEXT NOT NULL,
            customer TEXT,
            subject TEXT,
            detail TEXT NOT NULL,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL
        );
        """
}
