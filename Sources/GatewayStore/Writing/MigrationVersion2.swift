extension Migrations {
    static let version2 = """
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
}
