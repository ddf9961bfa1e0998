-- A store as version 1 of Gatehouse left it: its schema, to the letter, and what its commands wrote.
BEGIN;

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

INSERT INTO customers (id, name, time_zone, created_at) VALUES ('maple', 'Maple & Ridge Foods', 'America/Toronto', 1795491243763);
INSERT INTO customers (id, name, time_zone, created_at) VALUES ('second', 'Two', 'UTC', 1795491243868);
INSERT INTO installations (id, customer, profile, created_at, held, dates, seats, vendor_status, last_contact, last_refresh, refresh_due, next_try, last_failure, last_failure_at, revision, issued, entitlement_from, identity, site) VALUES ('maple-sage300', 'maple', 'sage300-subscription', 1795491243795, 1, 'expires=2027-06-22', 'users=10;webUsers=5', 'active', 1795491243844, 1795491243844, 1796700843844, NULL, NULL, NULL, 're6c2819e790aef3b77d0a38f178b751a', 1795491243842, '01a20b9e-2731-767e-82c1-5de357afd217', '{"clientID":"30017482","clientName":"Maple & Ridge Foods Ltd.","serialNumber":"SCX26-0417-88213"}', '{"sharedData":["/srv/sites/site"]}');
INSERT INTO entitlements (operation, installation, taken_at, issued, revision, body) VALUES ('01a20b9e-2731-767e-82c1-5de357afd217', 'maple-sage300', 1795491243844, 1795491243842, 're6c2819e790aef3b77d0a38f178b751a', '{"dates":{"expires":"2027-06-22"},"details":{"region":"NA","release":"Sage 300 2026","vendorStatusSince":"2026-06-22T00:00:00Z"},"edition":"Premium","modules":[{"code":"GL","name":"General Ledger"},{"code":"AP","name":"Accounts Payable"},{"code":"AR","name":"Accounts Receivable"},{"code":"IC","name":"Inventory Control"}],"remarks":[],"seats":[{"count":10,"name":"users"},{"count":5,"name":"webUsers"}],"vendorStatus":"active"}');
INSERT INTO operations (id, installation, customer, protocol, act, status, caller, owner, started_at, ended_at, waits_until, nonce, state, step, answer, outcome, message, trouble) VALUES ('01a20b9e-2731-767e-82c1-5de357afd217', 'maple-sage300', 'maple', 'subscription', 'refresh', 'done', 'local:0', '25444807-80db-4bd3-9e61-c28a1b9d45c7', 1795491243825, 1795491243846, NULL, 'c5172a07ec1ad7a692be0203cc0c1bb3', NULL, NULL, NULL, 'updated', 'Updated: until 2027-06-22, 10 users, 5 webUsers, 4 modules.', NULL);
INSERT INTO operation_steps (operation, number, at, kind, detail) VALUES ('01a20b9e-2731-767e-82c1-5de357afd217', 1, 1795491243825, 'send', 'POST /v1/entitlement');
INSERT INTO operation_steps (operation, number, at, kind, detail) VALUES ('01a20b9e-2731-767e-82c1-5de357afd217', 2, 1795491243843, 'answer', 'status 200, 1122 bytes');
INSERT INTO operation_steps (operation, number, at, kind, detail) VALUES ('01a20b9e-2731-767e-82c1-5de357afd217', 3, 1795491243844, 'deliver', '/srv/sites/site/entitlements.xml');
INSERT INTO operation_steps (operation, number, at, kind, detail) VALUES ('01a20b9e-2731-767e-82c1-5de357afd217', 4, 1795491243846, 'delivered', '1 in place, hashes right');
INSERT INTO deliveries (operation, number, installation, delivery, path, plan, sha256, contents, status, at) VALUES ('01a20b9e-2731-767e-82c1-5de357afd217', 1, 'maple-sage300', 'entitlements', '/srv/sites/site/entitlements.xml', X'7b22736861323536223a2239313936663631323338383961643565633239383432663334633461613037303836343566656563326232386636303735373266623263646239343165663437222c2273697a65223a313132322c226578706563746564223a7b22616273656e74223a7b7d7d2c2264657374696e6174696f6e223a7b22726f6f74223a225c2f746d705c2f67682d7631222c22636f6d706f6e656e7473223a5b2273697465222c22656e7469746c656d656e74732e786d6c225d7d7d', '9196f6123889ad5ec29842f34c4aa0708645feec2b28f607572fb2cdb941ef47', X'3c3f786d6c2076657273696f6e3d22312e302220656e636f64696e673d225554462d38223f3e0a3c212d2d2046726f6d207468652073616e64626f782c2061207374616e642d696e2e204e6f742066726f6d20536167652c20616e64206e6f206c6963656e73652e202d2d3e0a3c656e7469746c656d656e742076657273696f6e3d223122207374617475733d226368616e676564223e0a20203c6973737565643e323032362d31312d32345430333a33343a30332e3834325a3c2f6973737565643e0a20203c636c69656e7449443e33303031373438323c2f636c69656e7449443e0a20203c636c69656e744e616d653e4d61706c652026616d703b20526964676520466f6f6473204c74642e3c2f636c69656e744e616d653e0a20203c73657269616c4e756d6265723e53435832362d303431372d38383231333c2f73657269616c4e756d6265723e0a20203c7265766973696f6e3e7265366332383139653739306165663362373764306133386631373862373531613c2f7265766973696f6e3e0a20203c72656c656173653e536167652033303020323032363c2f72656c656173653e0a20203c65646974696f6e3e5072656d69756d3c2f65646974696f6e3e0a20203c726567696f6e3e4e413c2f726567696f6e3e0a20203c657870697265733e323032372d30362d32323c2f657870697265733e0a20203c76656e646f725374617475732073696e63653d22323032362d30362d32325430303a30303a30305a223e6163746976653c2f76656e646f725374617475733e0a20203c73656174733e0a202020203c75736572733e31303c2f75736572733e0a202020203c77656255736572733e353c2f77656255736572733e0a20203c2f73656174733e0a20203c6d6f64756c65733e0a202020203c6d6f64756c6520636f64653d22474c22206e616d653d2247656e6572616c204c6564676572222f3e0a202020203c6d6f64756c6520636f64653d22415022206e616d653d224163636f756e74732050617961626c65222f3e0a202020203c6d6f64756c6520636f64653d22415222206e616d653d224163636f756e74732052656365697661626c65222f3e0a202020203c6d6f64756c6520636f64653d22494322206e616d653d22496e76656e746f727920436f6e74726f6c222f3e0a20203c2f6d6f64756c65733e0a3c2f656e7469746c656d656e743e0a3c212d2d7369676e617475726520763120707572706f73653d22737562736372697074696f6e2f616e7377657222206e6f6e63653d22633531373261303765633161643761363932626530323033636330633162623322206b65793d2273616e64626f782220656432353531393d226532393864323837663735386236613430363634313065626162323664623463373430303935326337356439356436396631386562653631646363346665663265303535333164636238386166306466323030393862613337653734626633376266366364323430343234346538613365303832316137323330373662663063222d2d3e0a', 'current', 1795491243846);
INSERT INTO vendor_hosts (host, failures, open_until, last_contact, last_failure, last_failure_at) VALUES ('127.0.0.1:38109', 0, NULL, 1795491243842, NULL, NULL);
INSERT INTO people (id, name) VALUES ('local:0', 'Pat');
INSERT INTO audit (number, at, actor, act, customer, subject, detail, previous, hash) VALUES (1, 1795491243763, 'local:0', 'customers.add', 'maple', 'maple', 'time zone America/Toronto', '', 'e85cea3719eeab1c1c3f631ee6c06bd0588c7bdc08b69e0272c85ea3301596c7');
INSERT INTO audit (number, at, actor, act, customer, subject, detail, previous, hash) VALUES (2, 1795491243795, 'local:0', 'installations.add', 'maple', 'maple-sage300', 'profile sage300-subscription', 'e85cea3719eeab1c1c3f631ee6c06bd0588c7bdc08b69e0272c85ea3301596c7', '66d05bd957e2a7d3ef077946e6c5074df6b5479e0905f496260e0b4c607f0917');
INSERT INTO audit (number, at, actor, act, customer, subject, detail, previous, hash) VALUES (3, 1795491243823, 'local:0', 'refresh', 'maple', 'maple-sage300', 'maple-sage300, asked', '66d05bd957e2a7d3ef077946e6c5074df6b5479e0905f496260e0b4c607f0917', 'edce282da7849e5ec1bae3e197f78c42e27833648eb574a00852184a37a9122a');
INSERT INTO audit (number, at, actor, act, customer, subject, detail, previous, hash) VALUES (4, 1795491243844, 'local:0', 'entitlement.update', 'maple', 'maple-sage300', 'revision re6c2819e790aef3b77d0a38f178b751a', 'edce282da7849e5ec1bae3e197f78c42e27833648eb574a00852184a37a9122a', 'e355bbd06698d4859335f67d42f8fa69820f676f62b67085f73a16bfb867877e');
INSERT INTO audit (number, at, actor, act, customer, subject, detail, previous, hash) VALUES (5, 1795491243868, 'local:0', 'customers.add', 'second', 'second', 'time zone UTC', 'e355bbd06698d4859335f67d42f8fa69820f676f62b67085f73a16bfb867877e', 'af93d3034213c7eb358c085128c945952e85e84c73148652c9ae046f88bdbd05');
INSERT INTO audit (number, at, actor, act, customer, subject, detail, previous, hash) VALUES (6, 1795491243956, 'local:0', 'refresh', NULL, NULL, 'what is due, schedule', 'af93d3034213c7eb358c085128c945952e85e84c73148652c9ae046f88bdbd05', '4ecf5b573edbec2007632012d52ae3d6695e85ca4ee1fe8f3ee7b924ca82ec81');

PRAGMA user_version = 1;
COMMIT;
