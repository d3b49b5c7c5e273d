-- Coupons: what is promised, whose money it is, who has one, what is set aside for a bill, and every yen's way.
CREATE TABLE campaign (
    id TEXT NOT NULL PRIMARY KEY,
    -- The issuer: a facility, a consortium, or neither: the programme.
    facility_id TEXT REFERENCES facility (id),
    consortium_id TEXT REFERENCES consortium (id),
    -- The campaign whose next version this is.
    replaces TEXT REFERENCES campaign (id),
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    summary TEXT,
    -- rules::coupon::Terms; never changed once it is published.
    terms TEXT NOT NULL,
    -- tap, code, automatic
    claim TEXT NOT NULL,
    -- draft, rehearsed, published, paused, ended
    state TEXT NOT NULL,
    -- From the terms, for queries.
    ends_at BIGINT NOT NULL,
    -- Why an officer published it beyond the law's ordinary limits.
    override_reason TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    published_at BIGINT,
    ended_at BIGINT
);
-- What can be got at a facility.
CREATE INDEX campaign_of_facility ON campaign (facility_id, state, ends_at);
CREATE INDEX campaign_of_consortium ON campaign (consortium_id, state, ends_at);
-- A version is replaced once.
CREATE UNIQUE INDEX campaign_replaces ON campaign (replaces);

CREATE TABLE budget (
    id TEXT NOT NULL PRIMARY KEY,
    -- shop, consortium, programme
    funder TEXT NOT NULL,
    facility_id TEXT REFERENCES facility (id),
    consortium_id TEXT REFERENCES consortium (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Which budget pays a funder's share of a campaign: everywhere, at one consortium's facilities, or at one facility.
CREATE TABLE campaign_budget (
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    funder TEXT NOT NULL,
    consortium_id TEXT REFERENCES consortium (id),
    facility_id TEXT REFERENCES facility (id),
    budget_id TEXT NOT NULL REFERENCES budget (id),
    CHECK (consortium_id IS NULL OR facility_id IS NULL)
);
CREATE INDEX campaign_budget_of ON campaign_budget (campaign_id);
CREATE INDEX campaign_budget_by ON campaign_budget (budget_id);

-- What is left of a budget (yen), of a campaign's places, or of its places at one facility, in several rows, so that those who
-- take at the same moment do not wait for each other.
CREATE TABLE slot (
    owner TEXT NOT NULL,
    number BIGINT NOT NULL,
    left_over BIGINT NOT NULL CHECK (left_over >= 0),
    PRIMARY KEY (owner, number)
);

CREATE TABLE coupon (
    id TEXT NOT NULL PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    -- SHA-256 of the device cookie.
    device TEXT NOT NULL,
    -- Which one of this phone's it is, from 1. NULL: it was given up and no longer counts.
    ordinal BIGINT,
    -- available, held, redeemed, moved (to another phone), void
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
-- A limit for each person holds in a race.
CREATE UNIQUE INDEX coupon_of_person ON coupon (campaign_id, device, ordinal);
-- A phone's wallet.
CREATE INDEX coupon_of_device ON coupon (device, state, campaign_id);

CREATE TABLE coupon_hold (
    id TEXT NOT NULL PRIMARY KEY,
    coupon_id TEXT NOT NULL REFERENCES coupon (id),
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    device TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id),
    facility_id TEXT NOT NULL REFERENCES facility (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    -- Yen that went back to the funders after parts of the payment were given back.
    returned BIGINT NOT NULL CHECK (returned BETWEEN 0 AND amount),
    -- held, redeemed, released, returned
    state TEXT NOT NULL,
    -- The day in Japan, and which one of this phone's uses on it, from 1.
    day BIGINT NOT NULL,
    day_ordinal BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    -- Why it was released or returned.
    reason TEXT
);
-- A coupon is used once.
CREATE UNIQUE INDEX coupon_hold_once ON coupon_hold (coupon_id) WHERE state IN ('held', 'redeemed');
-- A limit for each person and day holds in a race.
CREATE UNIQUE INDEX coupon_hold_of_day ON coupon_hold (campaign_id, device, day, day_ordinal) WHERE state IN ('held', 'redeemed');
CREATE INDEX coupon_hold_of_order ON coupon_hold (order_id);
-- Figures of a campaign.
CREATE INDEX coupon_hold_of_campaign ON coupon_hold (campaign_id, created_at);

-- Every movement of coupon money: from one account (source, available, held, redeemed) to another.
CREATE TABLE ledger_entry (
    id TEXT NOT NULL PRIMARY KEY,
    -- fund, hold, release, redeem, return
    kind TEXT NOT NULL,
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    -- shop, consortium, programme
    funder TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    -- NULL: that funder pays without a budget.
    budget_id TEXT REFERENCES budget (id),
    -- NULL for the funding of a budget.
    hold_id TEXT REFERENCES coupon_hold (id),
    campaign_id TEXT REFERENCES campaign (id),
    facility_id TEXT REFERENCES facility (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX ledger_entry_of_hold ON ledger_entry (hold_id);
CREATE INDEX ledger_entry_of_budget ON ledger_entry (budget_id, kind);
CREATE INDEX ledger_entry_of_campaign ON ledger_entry (campaign_id, created_at);

-- Codes that give one coupon each; only their SHA-256 is kept.
CREATE TABLE campaign_code (
    digest TEXT NOT NULL PRIMARY KEY,
    campaign_id TEXT NOT NULL REFERENCES campaign (id),
    batch TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    coupon_id TEXT REFERENCES coupon (id)
);
CREATE INDEX campaign_code_of_campaign ON campaign_code (campaign_id, batch);

-- A phone gives its coupons to another one that shows this code.
CREATE TABLE coupon_transfer (
    -- SHA-256 of the code.
    digest TEXT NOT NULL PRIMARY KEY,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Each try to get, use, enter or move coupons, and what came of it.
CREATE TABLE coupon_try (
    id TEXT NOT NULL PRIMARY KEY,
    -- claim, code, hold, transfer
    kind TEXT NOT NULL,
    campaign_id TEXT,
    device TEXT NOT NULL,
    -- `ok` or why not.
    outcome TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX coupon_try_of_campaign ON coupon_try (campaign_id, id);

-- What coupons took off; the sums of an order and its bill are what is left to pay. NULL: nothing.
ALTER TABLE orders ADD COLUMN discount BIGINT;
ALTER TABLE order_line ADD COLUMN discount BIGINT;
