-- Receipts: one for each paid bill that somebody asked for, and one for each refund of it. Rows are only ever added; what
-- stands on paper is `content`, as it was when it was issued.
CREATE TABLE receipt (
    facility_id TEXT NOT NULL REFERENCES facility (id),
    -- From 1 without a gap, per facility.
    number BIGINT NOT NULL CHECK (number > 0),
    order_id TEXT NOT NULL REFERENCES orders (id),
    bill_id TEXT NOT NULL REFERENCES bill (id),
    -- With the paper of money that went back.
    refund_id TEXT REFERENCES refund (id),
    total BIGINT NOT NULL CHECK (total > 0),
    issued_at BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (facility_id, number)
);
-- A bill has one receipt, a refund one paper.
CREATE UNIQUE INDEX receipt_of_bill ON receipt (bill_id) WHERE refund_id IS NULL;
CREATE UNIQUE INDEX receipt_of_refund ON receipt (refund_id) WHERE refund_id IS NOT NULL;
-- What an order's page asks for.
CREATE INDEX receipt_of_order ON receipt (order_id, number);

-- The last number of each facility; raised in the transaction that adds the receipt.
CREATE TABLE receipt_number (
    facility_id TEXT NOT NULL PRIMARY KEY REFERENCES facility (id),
    last BIGINT NOT NULL
);
