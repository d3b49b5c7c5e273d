-- Systems of shops and consortia that hear what happened. Facts that somebody listens to wait in `event.pending` until
-- they are made into deliveries, one for each listener.
CREATE TABLE webhook (
    id TEXT NOT NULL PRIMARY KEY,
    consortium_id TEXT NOT NULL REFERENCES consortium (id),
    -- NULL: every facility of the consortium.
    facility_id TEXT REFERENCES facility (id),
    url TEXT NOT NULL,
    -- JSON list of kinds; an empty one is every kind.
    kinds TEXT NOT NULL,
    -- Sealed. The one before still signs until `previous_until`.
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until BIGINT,
    created_at BIGINT NOT NULL,
    failing_since BIGINT,
    disabled_at BIGINT,
    disabled_by TEXT,
    removed_at BIGINT
);
-- Whether anybody listens to a facility: asked for each fact.
CREATE INDEX webhook_of_facility ON webhook (facility_id) WHERE removed_at IS NULL;
CREATE INDEX webhook_of_consortium ON webhook (consortium_id) WHERE facility_id IS NULL AND removed_at IS NULL;

ALTER TABLE event ADD COLUMN pending BIGINT;
CREATE INDEX event_pending ON event (id) WHERE pending = 1;

CREATE TABLE webhook_delivery (
    id TEXT NOT NULL PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhook (id),
    event_id TEXT NOT NULL REFERENCES event (id),
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- NULL when nothing more will be tried by itself.
    next_at BIGINT,
    locked_until BIGINT,
    settled_at BIGINT,
    UNIQUE (webhook_id, event_id)
);
-- The delivery log, newest first.
CREATE INDEX webhook_delivery_log ON webhook_delivery (webhook_id, id);
-- What is to be sent.
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_at) WHERE next_at IS NOT NULL;
-- What is being sent.
CREATE INDEX webhook_delivery_locked ON webhook_delivery (webhook_id, locked_until) WHERE locked_until IS NOT NULL;

CREATE TABLE webhook_try (
    delivery_id TEXT NOT NULL REFERENCES webhook_delivery (id),
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    took_ms BIGINT NOT NULL,
    -- NULL when there was no answer.
    status BIGINT,
    -- The beginning of the answer, or why there was none.
    answer TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
