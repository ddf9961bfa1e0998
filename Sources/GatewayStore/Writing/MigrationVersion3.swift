extension Migrations {
    static let version3 = """
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
}
