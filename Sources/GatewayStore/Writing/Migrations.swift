import GRDB

/// The store's schema, version by version: forward only, each in a transaction, never changed once released.
///
/// The SQL is of a form that PostgreSQL could run too: text keys, `BIGINT` milliseconds UTC, JSON as text.
enum Migrations {
    /// The version that this program writes.
    static var current: Int { steps.count }

    private static let steps = [version1, version2, version3, version4, version5, tokens]

    /// Whether a store is of this program's version.
    static func isCurrent(_ db: Database) throws -> Bool { try version(of: db) == current }

    /// The version of a store's schema; 0 for an empty file.
    static func version(of db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    /// Makes sure that this program knows a version.
    static func checkIsKnown(_ version: Int) throws(StoreError) {
        guard version <= current else {
            throw StoreError(
                .tooNew,
                "The store is of version \(version), and this gatehouse knows up to \(current): use the newer gatehouse "
                    + "that wrote it.")
        }
    }

    /// Brings a store up to date.
    ///
    /// - Parameter last: The version to stop at.
    static func run(in db: Database, through last: Int = current) throws {
        let version = try version(of: db)
        try checkIsKnown(version)
        for number in version..<max(version, last) {
            try db.inTransaction(.immediate) {
                try db.execute(sql: steps[number])
                try db.execute(sql: "PRAGMA user_version = \(number + 1)")
                return .commit
            }
        }
    }

    private static let version1 = """
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

    private static let version2 = """
        ALTER TABLE customers ADD COLUMN archived_at BIGINT;
        ALTER TABLE customers ADD COLUMN notes TEXT NOT NULL DEFAULT '';

        ALTER TABLE installations ADD COLUMN name TEXT NOT NULL DEFAULT '';
        ALTER TABLE installations ADD COLUMN archived_at BIGINT;
        ALTER TABLE installations ADD COLUMN term TEXT;
        ALTER TABLE installations ADD COLUMN price TEXT;
        ALTER TABLE installations ADD COLUMN owner TEXT;
        ALTER TABLE installations ADD COLUMN emergency_plan TEXT;
        ALTER TABLE installations ADD COLUMN notes TEXT;
        -- While an order is open: until when the last of them may still be on its way.
        ALTER TABLE installations ADD COLUMN order_until BIGINT;
        -- How often it was edited: what was decided by an earlier reading is not written over a later one.
        ALTER TABLE installations ADD COLUMN edits BIGINT NOT NULL DEFAULT 0;
        -- The few that listings and counts leave out.
        CREATE INDEX installations_archived ON installations (customer, id) WHERE archived_at IS NOT NULL;

        -- Names of persons stand here and in people alone, so that they can be erased.
        CREATE TABLE contacts (
            id TEXT PRIMARY KEY NOT NULL,
            customer TEXT NOT NULL REFERENCES customers (id),
            role TEXT NOT NULL,
            name TEXT NOT NULL,
            email TEXT NOT NULL DEFAULT '',
            phone TEXT NOT NULL DEFAULT '',
            created_at BIGINT NOT NULL
        );
        CREATE INDEX contacts_of_customer ON contacts (customer, role, id);

        CREATE TABLE orders (
            id TEXT PRIMARY KEY NOT NULL,
            installation TEXT NOT NULL REFERENCES installations (id),
            customer TEXT NOT NULL,
            placed_at BIGINT NOT NULL,
            reference TEXT NOT NULL DEFAULT '',
            -- What was ordered, each empty where the order says nothing of it; seats and modules as columns write them.
            expires TEXT NOT NULL DEFAULT '',
            seats TEXT NOT NULL DEFAULT '',
            modules TEXT NOT NULL DEFAULT '',
            -- The operation that had taken what was in force when it was placed.
            entitlement_from TEXT,
            caller TEXT NOT NULL,
            applied_at BIGINT,
            applied_by TEXT,
            withdrawn_at BIGINT
        );
        CREATE INDEX orders_of_installation ON orders (installation, placed_at);
        CREATE INDEX orders_open ON orders (placed_at) WHERE applied_at IS NULL AND withdrawn_at IS NULL;

        -- A delivery's file has one status more: released, once its installation delivers elsewhere.
        CREATE INDEX audit_of_subject ON audit (subject, number);

        -- An operation's notes are written with its own row and read with it: a table of their own cost a refresh two
        -- rows and two keys more. As NotesColumn writes them: a line each, of time, kind and detail, with tabs between.
        ALTER TABLE operations ADD COLUMN notes TEXT NOT NULL DEFAULT '';
        UPDATE operations SET notes = COALESCE((
            SELECT group_concat(line, '') FROM (
                SELECT s.at || char(9) || s.kind || char(9)
                    || replace(replace(s.detail, char(92), char(92) || char(92)), char(10), char(92) || 'n')
                    || char(10) AS line
                FROM operation_steps s WHERE s.operation = operations.id ORDER BY s.number)), '');
        DROP TABLE operation_steps;
        -- What is due is found by more than the one column, so nothing read this index, and every refresh wrote it.
        DROP INDEX installations_due;
        """

    private static let version3 = """
        -- Who holds a seat. A row is a seat that is taken until it is deleted, whatever the clock says; what has ended by
        -- itself is deleted by the next write that needs to know.
        CREATE TABLE sessions (
            id TEXT PRIMARY KEY NOT NULL,
            installation TEXT NOT NULL,
            pool TEXT NOT NULL,
            user_name TEXT NOT NULL,
            host TEXT NOT NULL,
            -- Codes, with commas between.
            modules TEXT NOT NULL,
            since BIGINT NOT NULL,
            until BIGINT NOT NULL,
            -- The sum of 1 for an administrator's, 2 for one over the limit, 4 for one in a named pool.
            kind INTEGER NOT NULL
        );
        CREATE INDEX sessions_of_installation ON sessions (installation, until);

        -- How many seats of each pool are taken, and what became of the present hour: the row that a claim reads and
        -- writes, whatever the number of sessions. As PoolCounters writes it.
        CREATE TABLE seat_counters (
            installation TEXT PRIMARY KEY NOT NULL REFERENCES installations (id),
            -- No session of it ends before.
            next_end BIGINT NOT NULL,
            -- Hours since 1970 of the hour that is being counted.
            hour BIGINT NOT NULL,
            pools TEXT NOT NULL
        );

        -- Who used a pool, and in named pools who has a seat of it.
        CREATE TABLE seat_users (
            installation TEXT NOT NULL,
            pool TEXT NOT NULL,
            user_name TEXT NOT NULL,
            first_seen BIGINT NOT NULL,
            last_seen BIGINT NOT NULL,
            assigned_at BIGINT,
            -- Open sessions, counted in named pools alone.
            sessions INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (installation, pool, user_name)
        );

        -- A day in UTC of a pool, or of a module as module:CODE: by the hour, as HourlyColumn writes it.
        CREATE TABLE usage_days (
            installation TEXT NOT NULL,
            pool TEXT NOT NULL,
            -- Days since 1970.
            day BIGINT NOT NULL,
            peaks TEXT NOT NULL,
            denials TEXT NOT NULL,
            over_limit TEXT NOT NULL,
            PRIMARY KEY (installation, pool, day)
        );

        -- What was last observed of a pool elsewhere: in the product's own console, for instance.
        CREATE TABLE seat_observations (
            installation TEXT NOT NULL,
            pool TEXT NOT NULL,
            at BIGINT NOT NULL,
            in_use BIGINT NOT NULL,
            registered BIGINT,
            PRIMARY KEY (installation, pool)
        );
        """

    private static let version4 = """
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

    private static let version5 = """
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
