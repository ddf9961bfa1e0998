-- A store of version 6: what the commands of version 3 wrote, brought up by the schemas of 4 to 6. One refresh was killed
-- while the vendor had it wait.
BEGIN;

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

CREATE TABLE contacts (
    id TEXT PRIMARY KEY NOT NULL,
    customer TEXT NOT NULL REFERENCES customers (id),
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);

CREATE TABLE customers (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at BIGINT NOT NULL
, archived_at BIGINT, notes TEXT NOT NULL DEFAULT '');

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

CREATE TABLE entitlements (
    operation TEXT PRIMARY KEY NOT NULL,
    installation TEXT NOT NULL REFERENCES installations (id),
    taken_at BIGINT NOT NULL,
    issued BIGINT NOT NULL,
    revision TEXT NOT NULL,
    body TEXT NOT NULL
);

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
, name TEXT NOT NULL DEFAULT '', archived_at BIGINT, term TEXT, price TEXT, owner TEXT, emergency_plan TEXT, notes TEXT, order_until BIGINT, edits BIGINT NOT NULL DEFAULT 0, offline_activated BIGINT, unverified INTEGER NOT NULL DEFAULT 0, closed_for TEXT);

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
, notes TEXT NOT NULL DEFAULT '', sent_at BIGINT);

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

CREATE TABLE people (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT
);

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

CREATE TABLE sealed (
    operation TEXT NOT NULL REFERENCES operations (id),
    name TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (operation, name)
);

CREATE TABLE seat_counters (
    installation TEXT PRIMARY KEY NOT NULL REFERENCES installations (id),
    -- No session of it ends before.
    next_end BIGINT NOT NULL,
    -- Hours since 1970 of the hour that is being counted.
    hour BIGINT NOT NULL,
    pools TEXT NOT NULL
);

CREATE TABLE seat_observations (
    installation TEXT NOT NULL,
    pool TEXT NOT NULL,
    at BIGINT NOT NULL,
    in_use BIGINT NOT NULL,
    registered BIGINT,
    PRIMARY KEY (installation, pool)
);

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
, denials BIGINT NOT NULL DEFAULT 0);

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

CREATE TABLE vendor_hosts (
    host TEXT PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    open_until BIGINT,
    last_contact BIGINT,
    last_failure TEXT,
    last_failure_at BIGINT
);

CREATE INDEX installations_of_customer ON installations (customer, id);
CREATE INDEX installations_of_profile ON installations (profile);
CREATE INDEX entitlements_of_installation ON entitlements (installation, taken_at);
CREATE INDEX operations_of_installation ON operations (installation, id);
CREATE INDEX operations_failed ON operations (ended_at) WHERE status = 'failed';
CREATE UNIQUE INDEX deliveries_current ON deliveries (path) WHERE status = 'current';
CREATE INDEX deliveries_of_installation ON deliveries (installation, status);
CREATE INDEX installations_archived ON installations (customer, id) WHERE archived_at IS NOT NULL;
CREATE INDEX contacts_of_customer ON contacts (customer, role, id);
CREATE INDEX orders_of_installation ON orders (installation, placed_at);
CREATE INDEX orders_open ON orders (placed_at) WHERE applied_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX audit_of_subject ON audit (subject, number);
CREATE INDEX sessions_of_installation ON sessions (installation, until);
CREATE UNIQUE INDEX operations_open ON operations (installation)
WHERE ended_at IS NULL AND status NOT IN ('asking', 'planned');
CREATE UNIQUE INDEX operations_asking ON operations (installation, act) WHERE status IN ('asking', 'planned');
CREATE INDEX operations_requests ON operations (nonce) WHERE act = 'request';
CREATE INDEX upgrades_of_installation ON upgrades (installation, operation);
CREATE INDEX reviews_of_installation ON reviews (installation);

INSERT INTO "customers" VALUES('maple','Maple & Ridge Foods','America/Toronto',1795669062006,NULL,'');
INSERT INTO "people" VALUES('local:0','root');
INSERT INTO "installations" VALUES('maple-sage300','maple','sage300-subscription',1795669062073,1,'expires=2027-06-24','users=10;webUsers=5','active',1795669062291,1795669062291,1796878662291,NULL,NULL,NULL,'r886cd1305c71babea607f11a0bd3c6cf',1795669062151,'01a21637-71fb-761e-9651-d6cdcb5b22f8','{"clientID":"30017482","clientName":"Maple & Ridge Foods Ltd.","serialNumber":"SCX26-0417-88213"}','{"sharedData":["/srv/sites/maple/SharedData"]}','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,0,NULL);
INSERT INTO "operations" VALUES('01a21637-71fb-761e-9651-d6cdcb5b22f8','maple-sage300','maple','subscription','refresh','done','local:0','bd8e6922-965f-40fa-a762-3852f29d4836',1795669062139,1795669062163,NULL,'ceb33e26d600ca2b58f693e620faa215',NULL,NULL,NULL,'updated','Updated: until 2027-06-24, 10 users, 5 webUsers, 1 modules.',NULL,'1795669062139	send	POST /v1/entitlement
1795669062156	answer	status 200, 974 bytes
1795669062157	deliver	/srv/sites/maple/SharedData/entitlements.xml
1795669062163	delivered	1 in place, hashes right
',NULL);
INSERT INTO "operations" VALUES('01a21637-728b-7ba1-9039-1a2f63e9bdb2','maple-sage300','maple','subscription','refresh','done','local:0','fe0efb2e-9e07-4a0f-bf97-10be1c319985',1795669062283,1795669062291,NULL,'a0a678c876f1c874214b664a9a25c7e6',NULL,NULL,NULL,'unchanged','Nothing changed.',NULL,'1795669062283	send	POST /v1/entitlement
1795669062290	answer	status 200, 650 bytes
1795669062291	finish	unchanged
',NULL);
INSERT INTO "operations" VALUES('01a21637-736d-7a28-b14f-4403ec8d5db0','maple-sage300','maple','subscription','refresh','running','local:0','75ddfec6-f046-4b46-97cf-ed0e657fa25e',1795669062509,NULL,NULL,'5acba6b4f05c8f8ebbb6680bdc63eb32',X'7B2268656C645265766973696F6E223A22723838366364313330356337316261626561363037663131613062643363366366227D',X'7B2273656E64223A7B225F30223A7B226D6574686F64223A22504F5354222C2270617468223A222F76312F656E7469746C656D656E74222C2268656164657273223A7B22416363657074223A226170706C69636174696F6E2F786D6C222C22436F6E74656E742D54797065223A226170706C69636174696F6E2F786D6C227D2C22626F6479223A225044393462577767646D567963326C76626A30694D5334774969426C626D4E765A476C755A7A3069565652474C546769507A344B5047567564476C30624756745A573530556D56786457567A644342325A584A7A6157397550534978496A344B494341386233426C636D463061573975506A4178595449784E6A4D334C54637A4E6D51744E3245794F4331694D54526D4C5451304D444E6C597A686B4E5752694D4477766233426C636D46306157397550676F67494478756232356A5A54343159574E6959545A694E4759774E574D345A6A686C596D4A694E6A59344D474A6B597A597A5A57497A4D6A7776626D39755932552B4369416750474E736157567564456C45506A4D774D4445334E4467795043396A62476C6C626E524A5244344B49434138593278705A573530546D46745A54354E595842735A53416D595731774F7942536157526E5A5342476232396B6379424D644751755043396A62476C6C626E524F5957316C50676F674944787A5A584A705957784F645731695A58492B55304E594D6A59744D4451784E7930344F4449784D7A77766332567961574673546E5674596D567950676F674944786F5A57786B556D563261584E706232342B636A67344E6D4E6B4D544D774E574D334D574A68596D56684E6A41335A6A4578595442695A444E6A4E6D4E6D5043396F5A57786B556D563261584E706232342B436A77765A573530615852735A57316C626E52535A5846315A584E3050676F3D222C227472757374223A7B227369676E6564223A7B22707572706F7365223A22737562736372697074696F6E2F616E73776572227D7D2C226F6E6365223A66616C73657D7D7D',NULL,NULL,NULL,NULL,'1795669062509	send	POST /v1/entitlement
',NULL);
INSERT INTO "audit" VALUES(1,1795669062006,'local:0','customers.add','maple','maple','time zone America/Toronto','','265883730d77b36a6e83181512d532b3e0862ab38031da35e9235a5351980eea');
INSERT INTO "audit" VALUES(2,1795669062073,'local:0','installations.add','maple','maple-sage300','profile sage300-subscription','265883730d77b36a6e83181512d532b3e0862ab38031da35e9235a5351980eea','633e404c8f8acf8622d1befe1be0ed63ec3f17bf46d2cf9dbf58e13ea41af248');
INSERT INTO "audit" VALUES(3,1795669062137,'local:0','refresh','maple','maple-sage300','maple-sage300, asked','633e404c8f8acf8622d1befe1be0ed63ec3f17bf46d2cf9dbf58e13ea41af248','2d9adbdc2ab64f5db663f5816785bdfcfdb935279986457d8bc7da0e271150fb');
INSERT INTO "audit" VALUES(4,1795669062157,'local:0','entitlement.update','maple','maple-sage300','revision r886cd1305c71babea607f11a0bd3c6cf','2d9adbdc2ab64f5db663f5816785bdfcfdb935279986457d8bc7da0e271150fb','7065d47922c61943fac1213414d0e6eb57ee226c6e0aa4f8d7e91add1e820a47');
INSERT INTO "audit" VALUES(5,1795669062281,'local:0','refresh','maple','maple-sage300','maple-sage300, asked','7065d47922c61943fac1213414d0e6eb57ee226c6e0aa4f8d7e91add1e820a47','2431e4f730390ac9f86e46bc7bf780335f2d773e5ff225b605dd84dc4adefb48');
INSERT INTO "audit" VALUES(6,1795669062499,'local:0','refresh','maple','maple-sage300','maple-sage300, asked','2431e4f730390ac9f86e46bc7bf780335f2d773e5ff225b605dd84dc4adefb48','4bfc220f426560ffd11fc85741b7d02074d38ac9eefe891cee056ec563a06ab5');
INSERT INTO "deliveries" VALUES('01a21637-71fb-761e-9651-d6cdcb5b22f8',1,'maple-sage300','entitlements','/srv/sites/maple/SharedData/entitlements.xml',X'7B2273697A65223A3937342C226578706563746564223A7B22616273656E74223A7B7D7D2C22736861323536223A2265343062666630636133666130333430333766303033646134626135666330663362383362396530323432306162396634333035356461383966356466386539222C2264657374696E6174696F6E223A7B22636F6D706F6E656E7473223A5B226D61706C65222C2253686172656444617461222C22656E7469746C656D656E74732E786D6C225D2C22726F6F74223A225C2F7372765C2F7369746573227D7D','e40bff0ca3fa034037f003da4ba5fc0f3b83b9e02420ab9f43055da89f5df8e9',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C212D2D2046726F6D207468652073616E64626F782C2061207374616E642D696E2E204E6F742066726F6D20536167652C20616E64206E6F206C6963656E73652E202D2D3E0A3C656E7469746C656D656E742076657273696F6E3D223122207374617475733D226368616E676564223E0A20203C6973737565643E323032362D31312D32365430343A35373A34322E3135315A3C2F6973737565643E0A20203C636C69656E7449443E33303031373438323C2F636C69656E7449443E0A20203C636C69656E744E616D653E4D61706C652026616D703B20526964676520466F6F6473204C74642E3C2F636C69656E744E616D653E0A20203C73657269616C4E756D6265723E53435832362D303431372D38383231333C2F73657269616C4E756D6265723E0A20203C7265766973696F6E3E7238383663643133303563373162616265613630376631316130626433633663663C2F7265766973696F6E3E0A20203C72656C656173653E536167652033303020323032363C2F72656C656173653E0A20203C65646974696F6E3E5072656D69756D3C2F65646974696F6E3E0A20203C726567696F6E3E4E413C2F726567696F6E3E0A20203C657870697265733E323032372D30362D32343C2F657870697265733E0A20203C76656E646F725374617475732073696E63653D22323030302D30312D30315430303A30303A30305A223E6163746976653C2F76656E646F725374617475733E0A20203C73656174733E0A202020203C75736572733E31303C2F75736572733E0A202020203C77656255736572733E353C2F77656255736572733E0A20203C2F73656174733E0A20203C6D6F64756C65733E0A202020203C6D6F64756C6520636F64653D22474C22206E616D653D2247656E6572616C204C6564676572222F3E0A20203C2F6D6F64756C65733E0A3C2F656E7469746C656D656E743E0A3C212D2D7369676E617475726520763120707572706F73653D22737562736372697074696F6E2F616E7377657222206E6F6E63653D22636562333365323664363030636132623538663639336536323066616132313522206B65793D2273616E64626F782220656432353531393D226361306331303937633438363666613564323638366530333465373461323337613132653432353335363432353237333936623161326261643531393834373664373637316163336364383835383335323365383038316438636631356133616266316563616438306262613038326135396139333761626437656163353065222D2D3E0A','current',1795669062163);
INSERT INTO "entitlements" VALUES('01a21637-71fb-761e-9651-d6cdcb5b22f8','maple-sage300',1795669062157,1795669062151,'r886cd1305c71babea607f11a0bd3c6cf','{"dates":{"expires":"2027-06-24"},"details":{"region":"NA","release":"Sage 300 2026","vendorStatusSince":"2000-01-01T00:00:00Z"},"edition":"Premium","modules":[{"code":"GL","name":"General Ledger"}],"remarks":[],"seats":[{"count":10,"name":"users"},{"count":5,"name":"webUsers"}],"vendorStatus":"active"}');
INSERT INTO "seat_counters" VALUES('maple-sage300',1795712262220,498796,'users=1,0,0,1,0,0');
INSERT INTO "seat_users" VALUES('maple-sage300','users','ann',1795665600000,1795665600000,NULL,0);
INSERT INTO "sessions" VALUES('01a21637-724c-7342-a1b7-42693b20b6ba','maple-sage300','users','ann','','',1795669062220,1795712262220,0);
INSERT INTO "vendor_hosts" VALUES('127.0.0.1:35155',0,NULL,1795669062153,NULL,NULL);

PRAGMA user_version = 6;
COMMIT;
