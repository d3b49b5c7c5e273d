-- Facts, answers to be repeated, and what providers sent us.
CREATE TABLE event (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    facility_id TEXT,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX event_of_subject ON event (subject, id);

CREATE TABLE idempotency (
    -- Who sent the key: keys belong to one device, one account or one order page.
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

CREATE TABLE notification (
    id TEXT NOT NULL PRIMARY KEY,
    provider TEXT NOT NULL,
    payment_id TEXT,
    body TEXT NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX notification_of_payment ON notification (payment_id, id);
