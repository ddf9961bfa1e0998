extension Migrations {
    static let version6 = """
        -- Who was refused a seat while an upgrade was watched, the last of them, a row each.
        CREATE TABLE upgrade_denials (
            operation TEXT NOT NULL REFERENCES operations (id),
            -- From 1.
            number BIGINT NOT NULL,
            at BIGINT NOT NULL,
            pool TEXT NOT NULL,
            -- Empty once it was erased.
            user_name TEXT NOT NULL,
            host TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (operation, number)
        );
        -- How many there were in all.
        ALTER TABLE upgrades ADD COLUMN denials BIGINT NOT NULL DEFAULT 0;
        """
}
