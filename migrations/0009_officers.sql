-- People of a consortium: an account belongs to a facility or to a consortium. Both tables are made anew because one of our
-- engines cannot take NOT NULL off a column.
CREATE TABLE person (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    role TEXT NOT NULL,
    facility_id TEXT REFERENCES facility (id),
    consortium_id TEXT REFERENCES consortium (id),
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    CHECK ((facility_id IS NULL) <> (consortium_id IS NULL))
);
INSERT INTO person (id, username, password, role, facility_id, consortium_id, created_at, disabled_at)
    SELECT id, username, password, role, facility_id, NULL, created_at, disabled_at FROM account;

CREATE TABLE signed_in (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES person (id),
    -- SHA-256 of the refresh token at hand; of another one at hand, where the answer to a rotation was lost or two tabs
    -- rotated at once; and of the one before, whose late use ends the session.
    refresh TEXT NOT NULL,
    sibling TEXT,
    previous TEXT,
    created_at BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
INSERT INTO signed_in (id, account_id, refresh, sibling, previous, created_at, rotated_at, expires_at, ended_at)
    SELECT id, account_id, refresh, sibling, previous, created_at, rotated_at, expires_at, ended_at FROM session;

DROP TABLE session;
DROP TABLE account;
ALTER TABLE person RENAME TO account;
ALTER TABLE signed_in RENAME TO session;
CREATE UNIQUE INDEX session_refresh ON session (refresh);
CREATE INDEX session_sibling ON session (sibling);
CREATE INDEX session_previous ON session (previous);

-- Facts about a consortium itself. NULL: about the facility.
ALTER TABLE event ADD COLUMN consortium_id TEXT;

-- What a consortium's officers have to look at.
CREATE INDEX facility_of_consortium ON facility (consortium_id, id);
