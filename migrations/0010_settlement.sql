-- What a payment company takes for its work: a rate per consortium and company, from a moment on. Rates are added, never
-- changed; of two from the same moment the later added one counts.
CREATE TABLE fee_rate (
    consortium_id TEXT NOT NULL REFERENCES consortium (id),
    provider TEXT NOT NULL,
    basis_points BIGINT NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
    valid_from BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (consortium_id, provider, valid_from, created_at)
);

-- What came in and went back at a facility in a period.
CREATE INDEX payment_settled ON payment (facility_id, settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX refund_done ON refund (facility_id, done_at) WHERE done_at IS NOT NULL;
-- What is listed apart; stranded and unknown ones have indexes already.
CREATE INDEX payment_closed ON payment (facility_id) WHERE state = 'closed';
