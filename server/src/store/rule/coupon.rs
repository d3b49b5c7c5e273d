//! What must hold of coupons: nobody's money is set aside twice, spent twice or lost.

use super::{Asked, COMPARE, REPORT, rule};

/// Coupons, their holds and the ledger.
pub const COUPONS: [Asked; 9] = [
    (
        rule("discount", "what coupons took off an order is not what was set aside for it", COMPARE),
        "SELECT o.id FROM orders o WHERE COALESCE(o.discount, 0)
                <> (SELECT COALESCE(CAST(SUM(l.discount) AS BIGINT), 0) FROM order_line l WHERE l.order_id = o.id)
            OR COALESCE(o.discount, 0)
                <> (SELECT COALESCE(CAST(SUM(h.amount) AS BIGINT), 0) FROM coupon_hold h WHERE h.order_id = o.id)",
    ),
    (
        rule("coupon-held", "a coupon is set aside for an order that does not wait for its payment, or the other way round", COMPARE),
        "SELECT h.id FROM coupon_hold h JOIN orders o ON o.id = h.order_id
         WHERE (h.state = 'held') <> (o.state = 'awaiting_payment')
            OR (h.state = 'redeemed' AND o.state IN ('refused', 'auto_refused', 'cancelled', 'expired'))
            OR (h.state = 'released' AND o.state NOT IN ('refused', 'auto_refused', 'cancelled', 'expired'))",
    ),
    (
        rule("coupon-state", "a coupon is not in the state of the bill that uses it", REPORT),
        "SELECT c.id FROM coupon c WHERE (c.state IN ('held', 'redeemed')) <> (EXISTS (SELECT 1 FROM coupon_hold h
                WHERE h.coupon_id = c.id AND h.state = c.state))
            OR (c.state NOT IN ('held', 'redeemed') AND EXISTS (SELECT 1 FROM coupon_hold h
                WHERE h.coupon_id = c.id AND h.state IN ('held', 'redeemed')))",
    ),
    (
        rule("coupon-owner", "a coupon is used by another phone, of another campaign or at another facility than its bill", REPORT),
        "SELECT h.id FROM coupon_hold h JOIN coupon c ON c.id = h.coupon_id JOIN orders o ON o.id = h.order_id
         WHERE c.campaign_id <> h.campaign_id OR c.device <> h.device OR o.device <> h.device
            OR o.facility_id <> h.facility_id",
    ),
    (
        rule("hold-parts", "the funders' parts of a coupon are not what was taken off", COMPARE),
        "SELECT h.id FROM coupon_hold h WHERE h.amount <> (SELECT COALESCE(CAST(SUM(e.amount) AS BIGINT), 0)
                FROM ledger_entry e WHERE e.hold_id = h.id AND e.kind = 'hold')
            OR (CASE WHEN h.state IN ('redeemed', 'returned') THEN h.amount ELSE 0 END)
                <> (SELECT COALESCE(CAST(SUM(e.amount) AS BIGINT), 0) FROM ledger_entry e
                    WHERE e.hold_id = h.id AND e.kind = 'redeem')
            OR (CASE WHEN h.state = 'released' THEN h.amount ELSE 0 END)
                <> (SELECT COALESCE(CAST(SUM(e.amount) AS BIGINT), 0) FROM ledger_entry e
                    WHERE e.hold_id = h.id AND e.kind = 'release')
            OR h.returned <> (SELECT COALESCE(CAST(SUM(e.amount) AS BIGINT), 0) FROM ledger_entry e
                    WHERE e.hold_id = h.id AND e.kind = 'return')
            OR (h.state = 'returned' AND h.returned <> h.amount)",
    ),
    (
        rule("ledger-accounts", "coupon money moved between accounts that its movement does not join", REPORT),
        "SELECT id FROM ledger_entry WHERE NOT (
            (kind = 'fund' AND from_account = 'source' AND to_account = 'available' AND budget_id IS NOT NULL)
            OR (kind = 'hold' AND to_account = 'held'
                AND from_account = CASE WHEN budget_id IS NULL THEN 'source' ELSE 'available' END)
            OR (kind = 'release' AND from_account = 'held'
                AND to_account = CASE WHEN budget_id IS NULL THEN 'source' ELSE 'available' END)
            OR (kind = 'redeem' AND from_account = 'held' AND to_account = 'redeemed')
            OR (kind = 'return' AND from_account = 'redeemed'
                AND to_account = CASE WHEN budget_id IS NULL THEN 'source' ELSE 'available' END))",
    ),
    (
        rule("budget", "what is left of a budget is not what the ledger says", COMPARE),
        "SELECT b.id FROM budget b WHERE (SELECT COALESCE(CAST(SUM(s.left_over) AS BIGINT), 0) FROM slot s WHERE s.owner = b.id)
            <> (SELECT COALESCE(CAST(SUM(CASE WHEN e.to_account = 'available' THEN e.amount
                    WHEN e.from_account = 'available' THEN -e.amount ELSE 0 END) AS BIGINT), 0)
                FROM ledger_entry e WHERE e.budget_id = b.id)",
    ),
    (
        rule("ledger-funder", "a budget paid for another funder", COMPARE),
        "SELECT e.id FROM ledger_entry e JOIN budget b ON b.id = e.budget_id WHERE e.funder <> b.funder",
    ),
    (
        rule("coupon-code", "a code gave a coupon of another campaign", REPORT),
        "SELECT k.digest FROM campaign_code k JOIN coupon c ON c.id = k.coupon_id WHERE c.campaign_id <> k.campaign_id",
    ),
];
