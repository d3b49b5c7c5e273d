-- Orders, what they cost, how they are paid, and money on its way back.
CREATE TABLE orders (
    id TEXT NOT NULL PRIMARY KEY,
    facility_id TEXT NOT NULL REFERENCES facility (id),
    -- SHA-256 of the device cookie; the cookie itself is never stored.
    device TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    number BIGINT,
    seat_id TEXT REFERENCES seat (id),
    seat_label TEXT,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    lang TEXT NOT NULL,
    note TEXT,
    alcohol BIGINT NOT NULL CHECK (alcohol IN (0, 1)),
    total BIGINT NOT NULL CHECK (total >= 0),
    taxes TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    submitted_at BIGINT,
    answer_by BIGINT,
    accepted_at BIGINT,
    promised_at BIGINT,
    ready_at BIGINT,
    closed_at BIGINT,
    refusal_reason TEXT,
    refusal_text TEXT,
    -- When the next thing happens by itself: expiry of an unpaid order, refusal of an unanswered one.
    due_at BIGINT
);
-- The board, and the shop's list by page.
CREATE INDEX orders_open ON orders (facility_id, state, id);
CREATE INDEX orders_of_facility ON orders (facility_id, placed_at, id);
-- A phone's history by page.
CREATE INDEX orders_of_device ON orders (device, placed_at, id);
-- What the timer has to look at.
CREATE INDEX orders_due ON orders (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE order_line (
    id TEXT NOT NULL PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    facility_id TEXT NOT NULL REFERENCES facility (id),
    position BIGINT NOT NULL,
    -- The menu may change or lose the item later: what was ordered stays as it was.
    item_id TEXT NOT NULL,
    name TEXT NOT NULL,
    options TEXT NOT NULL,
    place TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    unit BIGINT NOT NULL CHECK (unit >= 0),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    rate_kind TEXT NOT NULL,
    basis_points BIGINT NOT NULL,
    picture TEXT,
    -- 1: portions were taken for it, which come back when the order ends without food.
    counted BIGINT NOT NULL CHECK (counted IN (0, 1))
);
CREATE INDEX order_line_of_order ON order_line (order_id, position);

-- Order numbers count per facility and business day.
CREATE TABLE order_number (
    facility_id TEXT NOT NULL REFERENCES facility (id),
    day BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (facility_id, day)
);

CREATE TABLE bill (
    id TEXT NOT NULL PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    facility_id TEXT NOT NULL REFERENCES facility (id),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    -- open, paid, void
    state TEXT NOT NULL,
    -- The one attempt that paid it.
    paid_by TEXT,
    created_at BIGINT NOT NULL,
    paid_at BIGINT
);
CREATE INDEX bill_of_order ON bill (order_id);

CREATE TABLE payment (
    id TEXT NOT NULL PRIMARY KEY,
    bill_id TEXT NOT NULL REFERENCES bill (id),
    order_id TEXT NOT NULL REFERENCES orders (id),
    facility_id TEXT NOT NULL REFERENCES facility (id),
    provider TEXT NOT NULL,
    merchant TEXT,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    state TEXT NOT NULL,
    -- 1 while the diner can still pay on it.
    live BIGINT NOT NULL CHECK (live IN (0, 1)),
    url TEXT,
    provider_ref TEXT,
    provider_payment_id TEXT,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    -- When to ask the provider next, and how often it was asked.
    ask_at BIGINT,
    asked_at BIGINT,
    asked BIGINT NOT NULL,
    locked_until BIGINT,
    -- The provider's last word that was no plain answer.
    remark TEXT
);
-- At most one live attempt for a bill.
CREATE UNIQUE INDEX payment_live ON payment (bill_id) WHERE live = 1;
CREATE INDEX payment_of_order ON payment (order_id, id);
-- What the reconciler has to ask about.
CREATE INDEX payment_to_ask ON payment (ask_at) WHERE ask_at IS NOT NULL;

CREATE TABLE refund (
    id TEXT NOT NULL PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payment (id),
    order_id TEXT NOT NULL REFERENCES orders (id),
    facility_id TEXT NOT NULL REFERENCES facility (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    -- Why: the order's end (refused, auto_refused, cancelled, expired) or surplus (a second payment of one bill).
    reason TEXT NOT NULL,
    -- requested, sent, done, refused
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    ask_at BIGINT,
    asked BIGINT NOT NULL,
    locked_until BIGINT,
    remark TEXT
);
-- A payment is given back whole, once.
CREATE UNIQUE INDEX refund_of_payment ON refund (payment_id);
CREATE INDEX refund_of_order ON refund (order_id);
CREATE INDEX refund_to_ask ON refund (ask_at) WHERE ask_at IS NOT NULL;
