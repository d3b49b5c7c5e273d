-- What really came in for a payment and how much of it was set aside to go back; several refunds of one payment, and the
-- words of those who decided on them.
-- What the provider says it took, in its currency. NULL: nothing came in.
ALTER TABLE payment ADD COLUMN received BIGINT;
ALTER TABLE payment ADD COLUMN currency TEXT;
-- Yen that refunds were requested for. NULL: none.
ALTER TABLE payment ADD COLUMN given_back BIGINT;
UPDATE payment SET received = amount, currency = 'JPY' WHERE state IN ('succeeded', 'refunding', 'refunded');
UPDATE payment SET given_back = amount WHERE state IN ('refunding', 'refunded');
-- The provider is asked once more how much came in.
UPDATE payment SET ask_at = created_at WHERE state = 'stranded';
-- What staff have to look at.
CREATE INDEX payment_stranded ON payment (facility_id) WHERE state = 'stranded';
CREATE INDEX payment_unknown ON payment (facility_id) WHERE state = 'unknown';

ALTER TABLE refund ADD COLUMN note TEXT;
-- A payment may go back in parts.
DROP INDEX refund_of_payment;
CREATE INDEX refund_of_payment ON refund (payment_id);
CREATE INDEX refund_refused ON refund (facility_id) WHERE state = 'refused';
