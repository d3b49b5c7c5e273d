-- The register: who registers facilities, the facilities, their accounts at providers, their seats and QR codes.
CREATE TABLE consortium (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE facility (
    id TEXT NOT NULL PRIMARY KEY,
    consortium_id TEXT NOT NULL REFERENCES consortium (id),
    municipality TEXT NOT NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    opens TEXT NOT NULL,
    closes TEXT NOT NULL,
    invoice_number TEXT,
    rounding TEXT NOT NULL,
    wait_minutes BIGINT NOT NULL,
    day_starts_at BIGINT NOT NULL,
    taking_orders BIGINT NOT NULL CHECK (taking_orders IN (0, 1)),
    closed_by_silence BIGINT NOT NULL CHECK (closed_by_silence IN (0, 1)),
    menu_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
-- Counts per consortium and state.
CREATE INDEX facility_by_consortium ON facility (consortium_id, state);

CREATE TABLE facility_provider (
    facility_id TEXT NOT NULL REFERENCES facility (id),
    provider TEXT NOT NULL,
    position BIGINT NOT NULL,
    merchant TEXT,
    PRIMARY KEY (facility_id, provider)
);

CREATE TABLE seat (
    id TEXT NOT NULL PRIMARY KEY,
    facility_id TEXT NOT NULL REFERENCES facility (id),
    label TEXT NOT NULL,
    position BIGINT NOT NULL,
    UNIQUE (facility_id, label)
);

-- Codes are never reused: a retired one stays, so that an old poster can say that it is out of date.
CREATE TABLE qr_code (
    code TEXT NOT NULL PRIMARY KEY,
    facility_id TEXT NOT NULL REFERENCES facility (id),
    seat_id TEXT REFERENCES seat (id),
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
-- One valid code for a facility's own poster, one for each seat.
CREATE UNIQUE INDEX qr_code_of_facility ON qr_code (facility_id) WHERE seat_id IS NULL AND retired_at IS NULL;
CREATE UNIQUE INDEX qr_code_of_seat ON qr_code (seat_id) WHERE retired_at IS NULL;
