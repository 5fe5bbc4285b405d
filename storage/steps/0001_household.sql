-- 1: offers, actions, deliveries, the inbox, settings, sign-ins, passes and the audit
--
-- Times are UTC texts of one width, "2026-01-02T03:04:05.000006Z", so that their order as text is their order in time;
-- '' is no time. Columns marked JSON hold core's own JSON. Enum values are core's words.

-- What members asked for and how far it has come. Members make rows, one for each thing they do.
-- Swept: 400 days after the action ended.
CREATE TABLE actions (
    id             TEXT    NOT NULL PRIMARY KEY,
    version        INTEGER NOT NULL CHECK (version > 0),
    act            TEXT    NOT NULL CHECK (act IN ('sign out', 'start reset')),
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'executing', 'waiting', 'in hand', 'ended')),
    outcome        TEXT    NOT NULL CHECK (outcome IN ('', 'open', 'gone', 'was gone', 'later', 'still there', 'came back',
                                                       'again', 'unknown', 'failed', 'handed over', 'done by hand',
                                                       'not by hand', 'started', 'turned down', 'lapsed', 'dropped')),
    reason         TEXT    NOT NULL CHECK (reason IN ('', 'unreachable', 'busy', 'bad key', 'garbled', 'missing', 'cannot',
                                                      'forbidden', 'unrecorded', 'taken', 'changed', 'needs a person', 'no service')),
    actor          TEXT    NOT NULL,
    decider        TEXT    NOT NULL,
    asked          TEXT    NOT NULL CHECK (json_valid(asked)),   -- JSON
    decided        TEXT    NOT NULL CHECK (json_valid(decided)), -- JSON
    case_id        TEXT    NOT NULL,                             -- '' answers none
    pass_id        TEXT    NOT NULL,                             -- '' ends none
    service        TEXT    NOT NULL,
    account        TEXT    NOT NULL CHECK (json_valid(account)), -- JSON
    targets        TEXT    NOT NULL CHECK (json_valid(targets)), -- JSON
    whole          INTEGER NOT NULL CHECK (whole IN (0, 1)),
    attempts       INTEGER NOT NULL,
    looks          INTEGER NOT NULL,
    started        TEXT    NOT NULL,
    settled        TEXT    NOT NULL,
    look_at        TEXT    NOT NULL,
    ended          TEXT    NOT NULL
) STRICT;
CREATE INDEX actions_unended ON actions (started) WHERE state <> 'ended';
CREATE INDEX actions_ended ON actions (ended) WHERE state = 'ended';
CREATE INDEX actions_severed ON actions (started) WHERE json_extract(account, '$.member') <> '';

-- What executing actions have hold of: a device (member and login are '') or an account whose reset is started (device
-- is ''). The key is what keeps two actions from the same thing. Bounded by the executing actions; their end deletes it.
CREATE TABLE underway (
    service   TEXT NOT NULL,
    device    TEXT NOT NULL,
    member    TEXT NOT NULL,
    login     TEXT NOT NULL,
    action_id TEXT NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
    PRIMARY KEY (service, device, member, login)
) STRICT, WITHOUT ROWID;
CREATE INDEX underway_action ON underway (action_id);

-- What buttons mean. Members make rows by being shown cards.
-- Bound: 2,000 that are not used for each member, counted against the first of their audience; the oldest go first.
-- Swept: 14 days after they were used or lapsed, so that an old button can still say how old it is.
CREATE TABLE offers (
    number   INTEGER NOT NULL PRIMARY KEY, -- the order in which they were made
    id       TEXT    NOT NULL UNIQUE,      -- the SHA-256 of the button's handle; the handle itself is not stored
    kind     TEXT    NOT NULL,
    args     BLOB    NOT NULL CHECK (length(args) <= 16384),
    audience TEXT    NOT NULL CHECK (json_valid(audience)), -- JSON
    reader   TEXT    NOT NULL,             -- the first of the audience
    question TEXT    NOT NULL,             -- taking one offer of a question uses up all; '' is no question
    once     INTEGER NOT NULL CHECK (once IN (0, 1)),
    made     TEXT    NOT NULL,
    lapses   TEXT    NOT NULL,
    used     TEXT    NOT NULL,
    used_by  TEXT    NOT NULL,
    action   TEXT    NOT NULL
) STRICT;
CREATE INDEX offers_question ON offers (question) WHERE question <> '';
CREATE INDEX offers_unused ON offers (reader, number) WHERE used = '';
CREATE INDEX offers_lapses ON offers (lapses);
CREATE INDEX offers_used ON offers (used) WHERE used <> '';

-- News on its way to members. Actions and sign-ins make rows.
-- Swept: 30 days after the delivery was sent or dropped; its key is forgotten with it.
CREATE TABLE deliveries (
    id       TEXT    NOT NULL PRIMARY KEY,
    key      TEXT    NOT NULL UNIQUE,
    member   TEXT    NOT NULL,
    source   TEXT    NOT NULL CHECK (json_valid(source)), -- JSON
    news     TEXT    NOT NULL CHECK (news IN ('action', 'case', 'redraw', 'board', 'digest', 'pass', 'back', 'week', 'life', 'notice', 'review', 'code', 'no code',
                                                      'learned', 'silent', 'gateway', 'invite', 'unreached', 'chat-ended', 'apology', 'plea', 'reply')),
    subject  TEXT    NOT NULL,
    made     TEXT    NOT NULL,
    due      TEXT    NOT NULL,
    attempts INTEGER NOT NULL,
    sent     TEXT    NOT NULL,
    message  TEXT    NOT NULL,
    dropped  TEXT    NOT NULL
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due) WHERE sent = '' AND dropped = '';
CREATE INDEX deliveries_cases ON deliveries (subject, member) WHERE news IN ('case', 'board');

-- Invitations that link a person to a member. Owners make rows. The code of an invitation is not stored, only its SHA-256.
-- Swept: 30 days after they lapsed.
CREATE TABLE invites (
    id     TEXT    NOT NULL PRIMARY KEY,
    member TEXT    NOT NULL,
    by     TEXT    NOT NULL,
    made   TEXT    NOT NULL,
    lapses TEXT    NOT NULL,
    tries  INTEGER NOT NULL CHECK (tries >= 0),
    guest  TEXT    NOT NULL CHECK (json_valid(guest)), -- JSON
    called TEXT    NOT NULL,
    ended  TEXT    NOT NULL
) STRICT;
CREATE INDEX invites_open ON invites (member) WHERE ended = '';
CREATE INDEX invites_lapses ON invites (lapses);

-- The contacts that members have by invitations. Owners make rows, one for each invitation they confirm.
CREATE TABLE links (
    number INTEGER NOT NULL PRIMARY KEY, -- the order in which they were made
    chat   TEXT    NOT NULL,
    user   TEXT    NOT NULL,
    member TEXT    NOT NULL,
    called TEXT    NOT NULL,
    at     TEXT    NOT NULL,
    UNIQUE (chat, user)
) STRICT;

-- What came in from the chats. Strangers make rows, as many as are answered.
-- Bound: 64 kB each; the text goes as soon as it is answered, only the key stays to know repeats by.
-- Swept: 72 hours after the answer; a chat platform repeats itself for 24 hours at the most.
CREATE TABLE inbox (
    seq      INTEGER NOT NULL PRIMARY KEY,
    chat     TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    raw      BLOB    NOT NULL CHECK (length(raw) <= 65536),
    arrived  TEXT    NOT NULL,
    answered TEXT    NOT NULL,
    UNIQUE (chat, key)
) STRICT;
CREATE INDEX inbox_unanswered ON inbox (chat, seq) WHERE answered = '';
CREATE INDEX inbox_answered ON inbox (answered) WHERE answered <> '';

-- How far each chat platform was read. Bounded by the chats.
CREATE TABLE chats (
    chat  TEXT NOT NULL PRIMARY KEY,
    place TEXT NOT NULL -- the platform's offset
) STRICT, WITHOUT ROWID;

-- Chat rooms that have another name since, as a group has that became a supergroup. Chat platforms make rows, one for each.
CREATE TABLE rooms (
    chat TEXT NOT NULL,
    was  TEXT NOT NULL,
    is_  TEXT NOT NULL,
    PRIMARY KEY (chat, was)
) STRICT, WITHOUT ROWID;

-- What members chose. Bounded by the members and the settings.
CREATE TABLE settings (
    member  TEXT NOT NULL,
    setting TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (member, setting)
) STRICT, WITHOUT ROWID;

-- Sign-ins that services reported, and what was made of each. Whoever tries to sign in makes rows.
-- Bound: 50,000, and 10,000 failed ones beside them; the oldest go first. Swept: 400 days after the sign-in, failed ones after 30.
CREATE TABLE sign_ins (
    number     INTEGER NOT NULL PRIMARY KEY, -- the order in which they were assessed
    service    TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    member     TEXT    NOT NULL,
    login      TEXT    NOT NULL,
    failed     INTEGER NOT NULL CHECK (failed IN (0, 1)),
    device     TEXT    NOT NULL,
    generation TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    app        TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    agent      TEXT    NOT NULL,
    address    TEXT    NOT NULL,
    place      TEXT    NOT NULL,
    located    TEXT    NOT NULL CHECK (json_valid(located)),    -- JSON: where it was
    network    TEXT    NOT NULL CHECK (json_valid(network)),    -- JSON: through whose network
    assessment TEXT    NOT NULL CHECK (json_valid(assessment)), -- JSON
    at         TEXT    NOT NULL,
    UNIQUE (service, key)
) STRICT;
CREATE INDEX sign_ins_at ON sign_ins (at);

-- Suspicious sign-ins on their way to an answer. Sign-ins make rows, at most one each.
-- Swept: 400 days after they were opened.
CREATE TABLE cases (
    id         TEXT    NOT NULL PRIMARY KEY,
    version    INTEGER NOT NULL CHECK (version > 0),
    service    TEXT    NOT NULL,
    key        TEXT    NOT NULL,                                -- with service: the sign-in that opened it
    sign_in    TEXT    NOT NULL CHECK (json_valid(sign_in)),    -- JSON: the sign-in as it was
    before     TEXT    NOT NULL CHECK (json_valid(before)),     -- JSON: the one before it that nobody doubts
    assessment TEXT    NOT NULL CHECK (json_valid(assessment)), -- JSON
    also       TEXT    NOT NULL CHECK (json_valid(also)),       -- JSON: sign-ins of other devices and accounts, at most 10
    repeats    INTEGER NOT NULL CHECK (repeats >= 0),
    last       TEXT    NOT NULL,
    opened     TEXT    NOT NULL,
    asked      TEXT    NOT NULL CHECK (json_valid(asked)),      -- JSON: the members
    escalate   TEXT    NOT NULL,
    later      TEXT    NOT NULL CHECK (json_valid(later)),      -- JSON: the members
    remind     TEXT    NOT NULL,
    silence    TEXT    NOT NULL,
    answer     TEXT    NOT NULL CHECK (answer IN ('', 'ours', 'not ours', 'by silence')),
    by         TEXT    NOT NULL,
    whose      TEXT    NOT NULL,
    answered   TEXT    NOT NULL,
    said       TEXT    NOT NULL CHECK (json_valid(said)),       -- JSON: where
    reset      INTEGER NOT NULL CHECK (reset IN (0, 1)),
    action     TEXT    NOT NULL,                                -- the sign-out that came of it; '' is none
    told       TEXT    NOT NULL                                 -- the outcome of the action that was told last
) STRICT;
CREATE INDEX cases_sign_in ON cases (service, key);
CREATE INDEX cases_opened ON cases (opened);
CREATE INDEX cases_open ON cases (opened) WHERE answer = '';
CREATE INDEX cases_action ON cases (action) WHERE action <> '';

-- Devices that members expect to sign in, until when, and the sign-in that came of it. Members make rows.
-- Bound: 20 that have not ended for each member. Swept: 60 days after they ended.
CREATE TABLE passes (
    id      TEXT    NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL CHECK (version > 0),
    by      TEXT    NOT NULL,
    asked   TEXT    NOT NULL CHECK (json_valid(asked)),   -- JSON: where
    words   TEXT    NOT NULL,                             -- what the member calls the device
    made    TEXT    NOT NULL,
    until   TEXT    NOT NULL,
    sign_in TEXT    NOT NULL CHECK (json_valid(sign_in)), -- JSON: by which a device took it
    revoked TEXT    NOT NULL,
    ended   TEXT    NOT NULL,
    action  TEXT    NOT NULL                              -- the sign-out that ended it; '' is none
) STRICT;
CREATE INDEX passes_live ON passes (by) WHERE ended = '';
CREATE INDEX passes_ended ON passes (ended) WHERE ended <> '';

-- Devices and places that nobody is asked about. Members make rows.
-- Bound: 50 for each member. Swept: 400 days after they were made.
CREATE TABLE exceptions (
    number  INTEGER NOT NULL PRIMARY KEY, -- the order in which they were made
    id      TEXT    NOT NULL UNIQUE,
    by      TEXT    NOT NULL,
    made    TEXT    NOT NULL,
    account TEXT    NOT NULL CHECK (json_valid(account)), -- JSON: whose sign-ins
    device  TEXT    NOT NULL CHECK (json_valid(device)),  -- JSON
    name    TEXT    NOT NULL,                             -- of the device
    place   TEXT    NOT NULL CHECK (json_valid(place))    -- JSON
) STRICT;
CREATE INDEX exceptions_by ON exceptions (by);

-- How far each service's sign-ins were read. Bounded by the services.
CREATE TABLE cursors (
    service TEXT NOT NULL PRIMARY KEY,
    place   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The audit: who asked for what, and what came of it. Members make rows. It is only added to and never swept; a row is
-- some 300 bytes. mac is HMAC-SHA256 of the mac before, the number and the entry, with the key of the key file.
CREATE TABLE audit (
    seq   INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
    entry TEXT    NOT NULL CHECK (json_valid(entry) AND length(entry) <= 65536), -- JSON
    mac   BLOB    NOT NULL CHECK (length(mac) = 32)
) STRICT;

-- Where the audit ends. The seal is an HMAC of the other two, so that whoever has only the database can not shorten
-- the audit unnoticed. Whoever has the key file as well can write any history anew, and whoever can put an older copy
-- of the whole database back can end it there: against both helps only a head that somebody noted elsewhere.
CREATE TABLE audit_head (
    only    INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    entries INTEGER NOT NULL CHECK (entries >= 0),
    mac     BLOB    NOT NULL CHECK (length(mac) = 32),
    seal    BLOB    NOT NULL CHECK (length(seal) = 32)
) STRICT;

-- Which entries a member made or is touched by: an index that a member's history is read through, and no evidence. All
-- that is in it stands in the entries.
CREATE TABLE audit_touches (
    member TEXT    NOT NULL,
    seq    INTEGER NOT NULL REFERENCES audit (seq),
    PRIMARY KEY (member, seq)
) STRICT, WITHOUT ROWID;
