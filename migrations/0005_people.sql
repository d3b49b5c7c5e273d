-- People who sign in, and their signed-in devices.
CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    role TEXT NOT NULL,
    facility_id TEXT NOT NULL REFERENCES facility (id),
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
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
CREATE UNIQUE INDEX session_refresh ON session (refresh);
CREATE INDEX session_sibling ON session (sibling);
CREATE INDEX session_previous ON session (previous);
