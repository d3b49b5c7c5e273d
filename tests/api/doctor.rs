//! The doctor: silent on a sound database, and each of its rules speaks, with the id, when the database is damaged in the one
//! way that the rule is about.

use okini_server::domain::doctor::{self, Report};
use okini_server::store::look;
use okini_server::store::tenant::Tenant;
use okini_shared::api::order::Order;
use okini_shared::api::receipt::GetReceipt;
use okini_shared::rules::coupon::{Claim, Funder};
use okini_tests::coupons::{with_coupons, yen_off};
use okini_tests::database::{Database, Engine};
use okini_tests::diner::once;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage, block_on};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use std::collections::BTreeSet;

on_both! { run_store: sound_at_every_moment every_rule_speaks waiting_is_told }

async fn look_at(stage: &Stage) -> Report {
    doctor::look(&stage.database.url, stage.clock.now()).await.unwrap()
}

/// What the damages below are done to.
struct Scene {
    /// On the board, with a coupon.
    paid: Order,
    /// Cancelled after it was paid, and the money is back.
    returned: Order,
    /// Its page at the payment company is open.
    open: Order,
}

async fn scene(stage: &Stage) -> Scene {
    let (phone, shop) = (stage.client(), stage.shop());
    let mut terms = yen_off(stage, 100);
    terms.limits.total = Some(5);
    let campaign = stage.campaign(terms, Claim::Automatic).await;
    stage.budget(Funder::Programme, 1_000, &[campaign], Tenant::Programme).await;
    let cart = shop.cart(vec![shop.noodles.eat_in(2), shop.tea.takeout(1)]);
    let paid = stage.paid(&phone, shop, &with_coupons(cart, &[campaign], 100)).await;
    let returned = stage.paid(&phone, shop, &shop.noodles()).await;
    for order in [&paid, &returned] {
        phone.call::<GetReceipt>(&[&order.token], &()).await.unwrap();
    }
    phone.cancel(&returned).await.unwrap();
    stage.pass(3_000).await;
    phone.call::<GetReceipt>(&[&returned.token], &()).await.unwrap();
    let open = phone.send_order(&once(), &shop.noodles()).await.json();
    phone.pay(&open, shop.provider).await.unwrap();
    let answer = stage.notify(shop.provider, stage.payment(&open).await).await;
    assert_eq!(answer.status, 200);
    Scene { paid, returned, open }
}

async fn sound_at_every_moment(stage: &Stage) {
    let empty = look_at(stage).await;
    assert!(empty.sound, "{:#?}", empty.findings);
    assert_eq!(empty.rules, doctor::rules().len());
    let scene = scene(stage).await;
    let report = look_at(stage).await;
    assert!(report.sound, "{:#?}", report.findings);
    let books = report.books.unwrap();
    assert_eq!((books.orders.count, books.payments.count, books.refunds.count), (3, 2, 1));
    assert_eq!(books.payments.amount.get(), scene.paid.total.get() + scene.returned.total.get());
    assert_eq!(books.refunds.amount, scene.returned.total);
}

/// Rule, damage, and what the finding names. `PAID`, `RETURNED` and `OPEN` are the ids of the scene's orders.
const DAMAGES: &[(&str, &str, &str)] = &[
    (
        "one-live-payment",
        "DROP INDEX payment_live; UPDATE payment SET live = 1, state = 'redirected', ask_at = 1;
        UPDATE payment SET bill_id = (SELECT id FROM bill WHERE order_id = 'OPEN')",
        "bil_",
    ),
    ("live-mark", "UPDATE payment SET live = 0 WHERE order_id = 'OPEN'", "pay_"),
    ("paid-by-money", "UPDATE payment SET state = 'failed' WHERE order_id = 'PAID'", "bil_"),
    ("paid-mark", "UPDATE bill SET paid_by = NULL WHERE order_id = 'PAID'", "bil_"),
    ("money-without-bill", "UPDATE payment SET state = 'succeeded', live = 0 WHERE order_id = 'OPEN'", "pay_"),
    ("payment-amount", "UPDATE payment SET amount = amount + 1 WHERE order_id = 'OPEN'", "pay_"),
    ("payment-owner", "UPDATE payment SET order_id = 'PAID' WHERE order_id = 'OPEN'", "pay_"),
    ("paid-once", "UPDATE payment SET provider_payment_id = 'same'", "pay_"),
    ("payment-settled", "UPDATE payment SET settled_at = NULL WHERE order_id = 'PAID'", "pay_"),
    ("payment-facts", "DELETE FROM event WHERE kind = 'payment.succeeded'", "pay_"),
    (
        "payment-once",
        "INSERT INTO event (id, kind, facility_id, subject, actor, payload, created_at, pending)
         SELECT 'evt_x', kind, facility_id, subject, actor, payload, created_at, pending
        FROM event WHERE kind = 'payment.succeeded' LIMIT 1",
        "pay_",
    ),
    ("payment-received", "UPDATE payment SET received = received + 1 WHERE order_id = 'PAID'", "pay_"),
    ("stranded-kept", "UPDATE payment SET state = 'stranded' WHERE order_id = 'PAID'", "pay_"),
    ("payment-asked", "UPDATE payment SET ask_at = NULL", "pay_"),
    ("food-for-money", "UPDATE bill SET state = 'open', paid_by = NULL WHERE order_id = 'PAID'", "PAID"),
    ("money-for-food", "UPDATE orders SET state = 'refused' WHERE id = 'PAID'", "pay_"),
    ("refund-of-money", "UPDATE refund SET amount = amount + 1", "ref_"),
    ("refund-of-money", "UPDATE payment SET state = 'failed' WHERE order_id = 'RETURNED'", "ref_"),
    ("refund-whole", "DELETE FROM refund", "pay_"),
    ("refund-whole", "UPDATE payment SET given_back = 1 WHERE order_id = 'PAID'", "pay_"),
    ("refund-done", "UPDATE refund SET state = 'sent', ask_at = 1", "ref_"),
    ("refund-done", "UPDATE refund SET done_at = NULL", "ref_"),
    ("refund-done", "UPDATE payment SET state = 'refunding' WHERE order_id = 'RETURNED'", "ref_"),
    ("refund-owner", "UPDATE refund SET order_id = 'PAID'", "ref_"),
    ("refund-facts", "DELETE FROM event WHERE kind = 'refund.requested'", "ref_"),
    ("refund-facts", "UPDATE refund SET state = 'by_hand'", "ref_"),
    ("refund-asked", "UPDATE refund SET state = 'requested', ask_at = NULL", "ref_"),
    ("lease", "UPDATE payment SET locked_until = 9999999999999 WHERE order_id = 'OPEN'", "pay_"),
    ("one-bill", "DELETE FROM bill WHERE order_id = 'OPEN'", "OPEN"),
    ("sums", "UPDATE orders SET total = total - 1 WHERE id = 'PAID'", "PAID"),
    ("line-amount", "UPDATE order_line SET quantity = quantity + 1 WHERE order_id = 'PAID'", "lin_"),
    ("line-rate", "UPDATE order_line SET basis_points = 900 WHERE order_id = 'PAID'", "lin_"),
    ("order-owner", "UPDATE bill SET facility_id = (SELECT MAX(id) FROM facility) WHERE order_id = 'OPEN'", "OPEN"),
    ("bill-closed", "UPDATE bill SET state = 'open' WHERE order_id = 'RETURNED'", "bil_"),
    ("order-due", "UPDATE orders SET due_at = NULL WHERE id = 'PAID'", "PAID"),
    ("order-number", "UPDATE orders SET number = NULL WHERE id = 'PAID'", "PAID"),
    ("number-once", "UPDATE orders SET number = 1 WHERE number IS NOT NULL", "PAID"),
    ("clock", "UPDATE orders SET placed_at = 9999999999999 WHERE id = 'OPEN'", "OPEN"),
    ("receipt-gap", "UPDATE receipt_number SET last = last + 1", "fac_"),
    ("receipt-gap", "DELETE FROM receipt WHERE number = 2", "fac_"),
    ("receipt-sum", "UPDATE receipt SET total = total + 1 WHERE order_id = 'PAID'", "PAID"),
    ("receipt-sum", "UPDATE receipt SET total = total + 1 WHERE refund_id IS NOT NULL", "RETURNED"),
    ("receipt-sum", "DELETE FROM receipt WHERE order_id = 'RETURNED' AND refund_id IS NULL", "RETURNED"),
    ("receipt-paper", "UPDATE receipt SET content = '{}' WHERE number = 3", "No. 3"),
    ("receipt-paper", "UPDATE receipt SET total = total - 1 WHERE number = 1", "No. 1"),
    ("discount", "UPDATE orders SET discount = discount + 1 WHERE id = 'PAID'", "PAID"),
    ("discount", "DELETE FROM coupon_hold", "PAID"),
    ("coupon-held", "UPDATE coupon_hold SET state = 'held'", "hld_"),
    ("coupon-held", "UPDATE coupon_hold SET state = 'released'", "hld_"),
    ("coupon-state", "UPDATE coupon SET state = 'available'", "cpn_"),
    ("coupon-state", "UPDATE coupon_hold SET state = 'returned', returned = amount", "cpn_"),
    ("coupon-owner", "UPDATE coupon SET device = 'another'", "hld_"),
    ("hold-parts", "DELETE FROM ledger_entry WHERE kind = 'redeem'", "hld_"),
    ("hold-parts", "UPDATE coupon_hold SET returned = 1", "hld_"),
    ("ledger-accounts", "UPDATE ledger_entry SET to_account = 'available' WHERE kind = 'redeem'", "led_"),
    ("budget", "UPDATE slot SET left_over = left_over + 1 WHERE owner LIKE 'bud_%' AND number = 3", "bud_"),
    ("ledger-funder", "UPDATE ledger_entry SET funder = 'shop' WHERE kind = 'hold'", "led_"),
    (
        "coupon-code",
        "INSERT INTO campaign_code (digest, campaign_id, batch, created_at, coupon_id)
        SELECT 'd', 'cmp_x', 'b', 1, id FROM coupon",
        "d",
    ),
    ("campaign-places", "UPDATE slot SET left_over = left_over + 1 WHERE owner LIKE 'cmp_%' AND number = 3", "cmp_"),
    ("campaign-places", "UPDATE campaign SET terms = '{}'", "cmp_"),
    ("facility-code", "UPDATE qr_code SET retired_at = 1 WHERE seat_id IS NULL", "fac_"),
    ("seat-code", "UPDATE qr_code SET retired_at = 1 WHERE seat_id IS NOT NULL", "sea_"),
    ("code-owner", "UPDATE seat SET facility_id = (SELECT MAX(id) FROM facility), label = id", ""),
    ("provider-account", "DELETE FROM facility_provider", "fac_"),
    ("account-there", "UPDATE facility_provider SET account = 'pva_00000000000000000000000000000001'", "fac_"),
    ("account-there", "UPDATE payment SET account = 'hosted' WHERE order_id = 'OPEN'", "pay_"),
    (
        "sealed",
        "INSERT INTO webhook (id, consortium_id, url, kinds, secret, created_at)
        SELECT 'whk_00000000000000000000000000000001', MIN(id), 'https://a.example', '[]', 'whsec_open', 1 FROM consortium",
        "whk_00000000000000000000000000000001/secret",
    ),
    ("menu-owner", "UPDATE category SET facility_id = (SELECT MAX(id) FROM facility)", "itm_"),
    ("group-choice", "UPDATE option_group SET fewest = 9, most = 9", "grp_"),
    ("answer-missing", "UPDATE idempotency SET answer = ''", "device:"),
    ("readable", "UPDATE order_line SET name = 'no JSON' WHERE order_id = 'PAID'", "PAID"),
    ("readable", "UPDATE payment SET state = 'paid' WHERE order_id = 'PAID'", "column state"),
    ("readable", "UPDATE orders SET taxes = '[' WHERE id = 'OPEN'", "OPEN"),
    ("readable", "UPDATE item SET allergens = '' WHERE price = 300", "fac_"),
    ("word", "UPDATE bill SET state = 'gone' WHERE order_id = 'OPEN'", "bill.state = \"gone\" (1 times)"),
    ("order-facts", "UPDATE orders SET state = 'completed', due_at = NULL WHERE id = 'PAID'", "PAID"),
    ("order-facts", "DELETE FROM event WHERE kind = 'order.placed' AND subject = 'OPEN'", "OPEN"),
    ("taxes", "UPDATE orders SET taxes = '[]' WHERE id = 'OPEN'", "OPEN"),
    ("code-spelling", "UPDATE qr_code SET code = 'O' || code WHERE seat_id IS NOT NULL", "O"),
    ("answer-subject", "DELETE FROM payment WHERE order_id = 'OPEN'", "order:"),
];

/// References need no rows on PostgreSQL, which keeps them itself; the file and the schema have tests of their own.
const ELSEWHERE: [&str; 3] = ["file", "schema", "reference"];

async fn every_rule_speaks(stage: &Stage) {
    let scene = scene(stage).await;
    let ids = |text: &str| {
        let text = text.replace("PAID", &scene.paid.id.to_string());
        text.replace("RETURNED", &scene.returned.id.to_string()).replace("OPEN", &scene.open.id.to_string())
    };
    let mut conn = damaging(stage).await;
    for (rule, damage, named) in DAMAGES {
        conn.execute("BEGIN").await.unwrap();
        conn.execute(AssertSqlSafe(ids(damage))).await.unwrap();
        let report = doctor::examine(&mut conn, None, stage.clock.now()).await.unwrap();
        conn.execute("ROLLBACK").await.unwrap();
        let found = report.findings.iter().find(|finding| finding.rule == *rule);
        let found = found.unwrap_or_else(|| unreachable!("{rule} is silent: {:#?}", report.findings));
        assert!(found.ids.iter().any(|id| id.contains(&ids(named))), "{rule}: {:?}", found.ids);
        assert!(!report.sound && !found.wrong.is_empty() && !found.advice.is_empty());
    }
    let tried: BTreeSet<&str> = DAMAGES.iter().map(|(rule, ..)| *rule).chain(ELSEWHERE).collect();
    assert_eq!(tried, doctor::rules().into_iter().collect(), "each rule is tried");
    assert!(look_at(stage).await.sound, "everything was taken back");
}

/// A connection that may do what no server may.
async fn damaging(stage: &Stage) -> AnyConnection {
    let mut conn = stage.database.connect().await;
    let unbound = match stage.database.engine {
        Engine::Sqlite => "PRAGMA foreign_keys = OFF",
        Engine::Postgres => "SET session_replication_role = replica",
    };
    conn.execute(unbound).await.unwrap();
    conn
}

async fn waiting_is_told(stage: &Stage) {
    scene(stage).await;
    let waiting = look_at(stage).await.waiting.unwrap();
    assert_eq!((waiting.payments, waiting.refunds, waiting.orders), (1, 0, 2));
    stage.clock.advance(60 * 60 * 1_000);
    assert!(look_at(stage).await.waiting.unwrap().overdue_since.is_some());
}

#[test]
fn missing_rows_on_sqlite() {
    block_on(async {
        let stage = Stage::new(Engine::Sqlite).await;
        let scene = scene(&stage).await;
        let mut conn = damaging(&stage).await;
        conn.execute(AssertSqlSafe(format!("DELETE FROM orders WHERE id = '{}'", scene.open.id))).await.unwrap();
        let report = look_at(&stage).await;
        let found = report.findings.iter().find(|finding| finding.rule == "reference").unwrap();
        assert!(found.ids.iter().any(|id| id.starts_with("bil_") && id.ends_with("refers to a missing orders")));
        conn.close().await.unwrap();
        stage.end().await;
    });
}

#[test]
fn other_schemas() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        block_on(async {
            let stage = Stage::new(engine).await;
            let mut conn = damaging(&stage).await;
            for (damage, says) in [
                ("DELETE FROM _sqlx_migrations WHERE version = 5", "older"),
                ("INSERT INTO _sqlx_migrations SELECT 999, description, installed_on, success, checksum, execution_time
                    FROM _sqlx_migrations WHERE version = 1", "newer"),
                ("DROP TABLE _sqlx_migrations", "no tables of okini"),
            ] {
                conn.execute("BEGIN").await.unwrap();
                conn.execute(damage).await.unwrap();
                let report = doctor::examine(&mut conn, None, NOW).await.unwrap();
                conn.execute("ROLLBACK").await.unwrap();
                let found = report.findings.first().unwrap();
                assert_eq!((found.rule, report.findings.len()), ("schema", 1));
                assert!(found.ids.concat().contains(says), "{:?}", found.ids);
                assert!(report.books.is_none());
            }
            conn.close().await.unwrap();
            stage.end().await;
        });
    }
}

#[test]
fn damaged_files() {
    block_on(async {
        let stage = Stage::new(Engine::Sqlite).await;
        scene(&stage).await;
        let url = stage.database.url.clone();
        let file = url.strip_prefix("sqlite://").unwrap().to_owned();
        let broken = format!("{file}.broken");
        look::copy_into(&mut look::open(&url).await.unwrap(), broken.as_ref()).await.unwrap();
        let whole = std::fs::read(&broken).unwrap();
        let url = format!("sqlite://{broken}");
        assert!(doctor::look(&url, stage.clock.now()).await.unwrap().sound);
        let mut torn = whole.clone();
        torn[20_000..28_000].fill(0x5a);
        let half = whole[..whole.len() / 2].to_vec();
        for bytes in [torn, half, b"this was never a database, but a text of some length".repeat(100)] {
            std::fs::write(&broken, bytes).unwrap();
            let report = doctor::look(&url, stage.clock.now()).await.unwrap();
            assert_eq!(report.findings.first().map(|finding| finding.rule), Some("file"));
        }
        assert!(doctor::look("sqlite:///nowhere/okini.db", stage.clock.now()).await.is_err());
        stage.end().await;
    });
}

/// A database that the doctor looks at is left as it was, and one that is not there is not made.
#[test]
fn looking_changes_nothing() {
    block_on(async {
        let database = Database::make(Engine::Sqlite).await;
        assert!(doctor::look(&database.url, NOW).await.is_err());
        assert!(!std::path::Path::new(database.url.strip_prefix("sqlite://").unwrap()).exists());
        database.remove().await;
    });
}
