-- A store of version 7, as the commands of that version wrote it: two servers whose licenses live on tokens. What is sealed
-- is so by a key that nobody has.
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
, name TEXT NOT NULL DEFAULT '', archived_at BIGINT, term TEXT, price TEXT, owner TEXT, emergency_plan TEXT, notes TEXT, order_until BIGINT, edits BIGINT NOT NULL DEFAULT 0, offline_activated BIGINT, unverified INTEGER NOT NULL DEFAULT 0, closed_for TEXT, authorize_again TEXT);

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

CREATE TABLE revoked_servers (
    issuer TEXT NOT NULL,
    server TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (issuer, server)
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

CREATE TABLE token_epoch (epoch BIGINT NOT NULL);

CREATE TABLE token_terms (
    installation TEXT PRIMARY KEY NOT NULL REFERENCES installations (id),
    terms TEXT NOT NULL,
    at BIGINT NOT NULL
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

CREATE TABLE withheld (
    installation TEXT NOT NULL REFERENCES installations (id),
    name TEXT NOT NULL,
    bytes BLOB NOT NULL,
    -- The operation that brought it.
    operation TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (installation, name)
);

CREATE INDEX audit_of_subject ON audit (subject, number);
CREATE INDEX contacts_of_customer ON contacts (customer, role, id);
CREATE UNIQUE INDEX deliveries_current ON deliveries (path) WHERE status = 'current';
CREATE INDEX deliveries_of_installation ON deliveries (installation, status);
CREATE INDEX entitlements_of_installation ON entitlements (installation, taken_at);
CREATE INDEX installations_archived ON installations (customer, id) WHERE archived_at IS NOT NULL;
CREATE INDEX installations_of_customer ON installations (customer, id);
CREATE INDEX installations_of_profile ON installations (profile);
CREATE INDEX installations_to_authorize ON installations (id) WHERE authorize_again IS NOT NULL;
CREATE UNIQUE INDEX operations_asking ON operations (installation, act) WHERE status IN ('asking', 'planned');
CREATE INDEX operations_failed ON operations (ended_at) WHERE status = 'failed';
CREATE INDEX operations_of_installation ON operations (installation, id);
CREATE UNIQUE INDEX operations_open ON operations (installation)
WHERE ended_at IS NULL AND status NOT IN ('asking', 'planned');
CREATE INDEX operations_requests ON operations (nonce) WHERE act = 'request';
CREATE INDEX orders_of_installation ON orders (installation, placed_at);
CREATE INDEX orders_open ON orders (placed_at) WHERE applied_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX reviews_of_installation ON reviews (installation);
CREATE INDEX sessions_of_installation ON sessions (installation, until);
CREATE INDEX upgrades_of_installation ON upgrades (installation, operation);

INSERT INTO "customers" VALUES('maple','Maple','America/Toronto',1795678512571,NULL,'');
INSERT INTO "people" VALUES('local:0','root');
INSERT INTO "installations" VALUES('hq','maple','pos-token',1795678512689,1,'renewsOn=2027-12-31;tokenExpires=2026-12-03T07:35:14Z','',NULL,1795678514163,1795678514163,1795980914000,NULL,NULL,NULL,'x2_DzWTGEbYYc4flWRxViI0TYCbYkGZ5ewAn7Wi9qy4',1795678514000,'01a216c7-a691-719e-a1ef-fde4486d4732','{"serverID":"SRV-1"}','{}','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,0,NULL,NULL);
INSERT INTO "installations" VALUES('store12','maple','pos-token',1795678514250,1,'tokenExpires=2026-12-03T07:35:15Z','',NULL,1795678515723,1795678515723,1795980915000,NULL,NULL,NULL,'_V1Xk3COOxhWMZ9BfBUiUXKJ0x9SqOqFCpnKzvXWh4w',1795678515000,'01a216c7-ac8b-777a-afd0-0e9cf0aec5ca','{"serverID":"SRV-12"}','{}','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,0,NULL,NULL);
INSERT INTO "operations" VALUES('01a216c7-a691-719e-a1ef-fde4486d4732','hq','maple','device-token','authorize','done','local:0','6d23e236-db54-466f-bb6b-95f798f293b3',1795678512785,1795678514163,NULL,'d300eb38985fceb4b95c7664251d3879',NULL,NULL,NULL,'updated','Updated: until 2027-12-31, 1 module. Its tokens are good until 2026-12-03T07:35:14Z.',NULL,'1795678512785	send	GET http://127.0.0.1:45557/.well-known/oauth-authorization-server/pos
1795678512797	answer	status 200, 919 bytes
1795678512798	send	POST http://127.0.0.1:45557/pos/device_authorization
1795678512801	answer	kept, sealed
1795678512805	answer	status 200, 254 bytes
1795678512806	show	Authorize this server at its authorization server
1795678514135	time	asks whether it was done
1795678514136	send	POST http://127.0.0.1:45557/pos/token, once
1795678514147	answer	kept, sealed
1795678514152	answer	status 200, 754 bytes
1795678514153	send	GET http://127.0.0.1:45557/pos/jwks
1795678514162	answer	status 200, 168 bytes
1795678514163	finish	updated
',NULL);
INSERT INTO "operations" VALUES('01a216c7-ac8b-777a-afd0-0e9cf0aec5ca','store12','maple','device-token','authorize','done','local:0','138766ab-5d8a-4181-a2ba-e52a4b30c34c',1795678514315,1795678515723,NULL,'0e302fd118ef50b7c23d3307179d8795',NULL,NULL,NULL,'updated','Updated: 1 module. Its tokens are good until 2026-12-03T07:35:15Z.',NULL,'1795678514315	send	GET http://127.0.0.1:45557/.well-known/oauth-authorization-server/pos
1795678514322	answer	status 200, 919 bytes
1795678514323	send	POST http://127.0.0.1:45557/pos/device_authorization
1795678514326	answer	kept, sealed
1795678514329	answer	status 200, 254 bytes
1795678514329	show	Authorize this server at its authorization server
1795678515692	time	asks whether it was done
1795678515693	send	POST http://127.0.0.1:45557/pos/token, once
1795678515708	answer	kept, sealed
1795678515714	answer	status 200, 788 bytes
1795678515715	send	GET http://127.0.0.1:45557/pos/jwks
1795678515723	answer	status 200, 168 bytes
1795678515723	finish	updated
',NULL);
INSERT INTO "audit" VALUES(1,1795678512571,'local:0','customers.add','maple','maple','time zone America/Toronto','','9ad34a5ad1ff2e1f5e3721d796683abcc0b71d1a3193bf6da69a20538bda5555');
INSERT INTO "audit" VALUES(2,1795678512689,'local:0','installations.add','maple','hq','profile pos-token','9ad34a5ad1ff2e1f5e3721d796683abcc0b71d1a3193bf6da69a20538bda5555','a14e968a4d45603fc8d1b7a0b3557d3482091736e03926b1014ff60488ad6841');
INSERT INTO "audit" VALUES(3,1795678512787,'local:0','authorization.begin','maple','hq','operation 01a216c7-a691-719e-a1ef-fde4486d4732','a14e968a4d45603fc8d1b7a0b3557d3482091736e03926b1014ff60488ad6841','13cb526f80a4dbf3cee74ca4f942b3cd2a40e1c9988fa6867deb6b6c188e71fb');
INSERT INTO "audit" VALUES(4,1795678514163,'local:0','entitlement.update','maple','hq','revision x2_DzWTGEbYYc4flWRxViI0TYCbYkGZ5ewAn7Wi9qy4','13cb526f80a4dbf3cee74ca4f942b3cd2a40e1c9988fa6867deb6b6c188e71fb','3904e4d7779f6619aaf6f3ecff9b38eab9e02c6f8f98335f2d7365c748507a6b');
INSERT INTO "audit" VALUES(5,1795678514250,'local:0','installations.add','maple','store12','profile pos-token','3904e4d7779f6619aaf6f3ecff9b38eab9e02c6f8f98335f2d7365c748507a6b','3bd5091f49ce9f1c02d1c99a290e9b81de821b88a3beadae811bcce504d205c2');
INSERT INTO "audit" VALUES(6,1795678514316,'local:0','authorization.begin','maple','store12','operation 01a216c7-ac8b-777a-afd0-0e9cf0aec5ca','3bd5091f49ce9f1c02d1c99a290e9b81de821b88a3beadae811bcce504d205c2','29a4d1441988fdba0e33540d6e19d09ab4b5eb259566730c7745620e3ef9c6f3');
INSERT INTO "audit" VALUES(7,1795678515723,'local:0','entitlement.update','maple','store12','revision _V1Xk3COOxhWMZ9BfBUiUXKJ0x9SqOqFCpnKzvXWh4w','29a4d1441988fdba0e33540d6e19d09ab4b5eb259566730c7745620e3ef9c6f3','42854caae6738c0ce293e446b4180e8ca0a20cf0804cd9e7bcf2db15e33d6259');
INSERT INTO "entitlements" VALUES('01a216c7-a691-719e-a1ef-fde4486d4732','hq',1795678514163,1795678514000,'x2_DzWTGEbYYc4flWRxViI0TYCbYkGZ5ewAn7Wi9qy4','{"dates":{"renewsOn":"2027-12-31","tokenExpires":"2026-12-03T07:35:14Z"},"details":{"features":"xms","organization":"Maple","serverID":"SRV-1","serverName":"Head Office"},"edition":"Corporate","isUnverified":false,"modules":[{"code":"xms","name":"xms"}],"remarks":[],"seats":[]}');
INSERT INTO "entitlements" VALUES('01a216c7-ac8b-777a-afd0-0e9cf0aec5ca','store12',1795678515723,1795678515000,'_V1Xk3COOxhWMZ9BfBUiUXKJ0x9SqOqFCpnKzvXWh4w','{"dates":{"tokenExpires":"2026-12-03T07:35:15Z"},"details":{"features":"xms","hubName":"Head Office","hubURL":"https://hq.example","organization":"Maple","serverID":"SRV-12","serverName":"Store 12"},"edition":"Store","isUnverified":false,"modules":[{"code":"xms","name":"xms"}],"remarks":[],"seats":[]}');
INSERT INTO "token_epoch" VALUES(4);
INSERT INTO "token_terms" VALUES('hq','{"audiences":["pos"],"issuer":"http://127.0.0.1:45557/pos","keySet":"eyJrZXlzIjpbeyJhbGciOiJFZERTQSIsImNydiI6IkVkMjU1MTkiLCJraWQiOiJrYk93UDFiSDVMNlVfNTNha24temNucEdoOVRycm9CZmVVSFFELWNzQkNzIiwia3R5IjoiT0tQIiwidXNlIjoic2lnIiwieCI6ImN4Sll6WWJIWGFYcGNNMU45LWpmTlplVEFkSjI4NVdHUWdtZ3N2T3VGcVEifV19","license":"access_token"}',1795678514163);
INSERT INTO "token_terms" VALUES('store12','{"audiences":["pos"],"issuer":"http://127.0.0.1:45557/pos","keySet":"eyJrZXlzIjpbeyJhbGciOiJFZERTQSIsImNydiI6IkVkMjU1MTkiLCJraWQiOiJrYk93UDFiSDVMNlVfNTNha24temNucEdoOVRycm9CZmVVSFFELWNzQkNzIiwia3R5IjoiT0tQIiwidXNlIjoic2lnIiwieCI6ImN4Sll6WWJIWGFYcGNNMU45LWpmTlplVEFkSjI4NVdHUWdtZ3N2T3VGcVEifV19","license":"access_token"}',1795678515723);
INSERT INTO "vendor_hosts" VALUES('127.0.0.1:45557',0,NULL,1795678512797,NULL,NULL);
INSERT INTO "withheld" VALUES('hq','refresh_token',X'6768314A31D02FD3B79B47A18BA1DE56219C2561217649FD4F37930C530354E0791AC5FAF1091EC9A139B232650A029E2EE473E9924FB8D3389025C12061D2C5CC025BECAF778B61B399E337850108FBC9C853BE54DF57AE3BA87B9B3D54CCA6E7A050FDF57061D2376ACE5805','01a216c7-a691-719e-a1ef-fde4486d4732',1795678514147);
INSERT INTO "withheld" VALUES('hq','access_token',X'6768314A31D02FD3B79B47110E098378CA275313448D521C275F213F888ACAA5D4B7AAAE34F351A308C2BD6BAA47507D1869112AEE52AC340FB871F20B3B3F5C8D1F4C69913E7655AC06489F303D3C1EF9BD4484DEB909047C4FFAAF3DF78C74A3F6CD94781FC8BAD492CECD1BEEB9D6677674AFB011C54180E6C6C9D4F4CF9E69E83C335E9B145FD437B7F16E5E675F5023771FAB87C0CBB63569DAA27AF31785F3BD7F63F8A7555539D5F30D21013CD4C69F9596730BA2F4072414E2E8EB070E077B734233D7AA0525A633FEA72415E7179C347285C1DEB76D3720106F4985BA634EA5D6BAE623580E458CCE4FBF04A7E841C358C97C5245EF12F1F9749E8710914069621198CBC7BC95085670CEA615DB01151851F0544DAB140863FB3E91D32709CE547E42F02358494DE982E678C6FF8848F47B40211B4C0A3369607042DCD8558F6A897824B776187C5C7258660B46596571577A235A34C0EF2B974F583C138DD03BB645CA9D9DB1640B36641036EBBE758B09184034597819D7FFC00E65345CF3FA12F021376843E4CA1CF93BF02C3FDDE264DFBCFABAE120A556A3AF044476E0E3D014956C007E318B3B59EB3FA877774429106ED70D8F49103D7CC02CE809E42ACE554C9A37C7795FC6FB939EFC931CE04A4E707CD58687D7D1C021F85259245A499A2A871B2E5F9622D9E484D93D1102AA960DEA144D820C3E6DFE27222FB29BD6A14E9165D61F770601EA0C091D474AAA53589BA969404455739B2497CA69BCB00790BF6475690D06D413FB20811B18539EFFC3BF96E7875708CA847F9E6AA18F72EFEF97FD784F16E00D8B7AB247D5519686F4581C6976812606C4181D45A658CCED50AD34D953B7DF9BB487FD89627564640D62D89856000CE12E5447','01a216c7-a691-719e-a1ef-fde4486d4732',1795678514147);
INSERT INTO "withheld" VALUES('store12','access_token',X'6768314A31D02FD3B79B475C0533550BFA690605CA580CA6FB2B0800B8361EA532A72E5E3C5ACEB60E47D11D0DCE6F101207C6DA275004528A71B970541F59E632A66C75B591653A80E856E79979E29B65F49D38D310242AB18FA5053BAD999C3D100BED8B0F1D9158B001FDE3C9C53416F549A6C04384CBC325A3EAD5D72FBA9EC3590419AA4E3068FB9BFF765F1D45C9B014AA375C1A0982E464BE948EBD889423A53EE0879EA10FCEFDFFA81F1198808FBA6813C64FFFE62CA58B74B80884AD7E34C35F477CC084CE1AA07715B28E3AF147903C6038E749618891F5E79458DE67913881F9A600D483ED71D697D724B3BC3E8383E57553E6ACA7BE49E37972ADF3A95F2AF7CFE40B3FC2C2CD034253540FF67354FF27CA474A0E53932C716AEB7387206662BA5ADF6A94A011D161E660CF243147ACAF4DA4474EB40A571E88C5909D70CF76AF5936A2127DA96212D59018FFB6C31B986D4CD0EC5988DFAAEBB3D9835CDB3F93A900AB3E6CA5F04B14992CF47F605E049509550151B0E625F846A81DA808C401C4697DF4F4A4C77B52E04C95A2D4ECB8498DEBE6A651628301D2B8DEB2683023393669F34F8A56CEFB9CA29B1F74BDC3D7A6EE36EF89C6FB8641A46063AC2563A5BC980F67D79E90E5293AD4029F82B207A55F739694BD15ADFB405EADC739908040FACCB3174C96D88695E796BDDC25C8A0B4D4CFD2120893E3BA623EAD654F49835E2D8167806ECBE3602B91F20B8598B00C279A65596C15B22AD2AE9DD12DD894C840C75C50F1560548366CB6CA07ADED85B0215819C4F3F6D45221574324F54A9D3DC59F5C53AFFA5FDFAC90F2D294AB246F1509940878D1D6CE7CFEF0294BECE5121DA03A108D1F704834F8156F3B44456D47AD164E8FEBE81B6CF43E390C91C97EA15F4947B47F859428D468998DC9083B97BA0AE71B49B8D1C742','01a216c7-ac8b-777a-afd0-0e9cf0aec5ca',1795678515708);
INSERT INTO "withheld" VALUES('store12','refresh_token',X'6768314A31D02FD3B79B47B375E2AC457AB9538485F3467A21D87582077A30B9F7F5DC061F31C8B426745BC57E0974372DB1A790542A0C2204158A8A286D6750F8E833698F30849FE5A9EFB3989F5E41FD084E446D79148342C9499BBDB3E02AB631F7644FE83926DA0609FEAC','01a216c7-ac8b-777a-afd0-0e9cf0aec5ca',1795678515708);

PRAGMA user_version = 7;
COMMIT;
