//! PayPay's file of transactions beside our books: what is equal is not named, everything else is, each by its kind.

use crate::rows::{attempted, refund};
use encoding_rs::SHIFT_JIS;
use okini_server::domain::compare::{Difference, compare};
use okini_server::providers::paypay::file::{Kind, Transaction, Unreadable, read};
use okini_server::store::Conn;
use okini_server::store::payment::{self as payments, Payment};
use okini_server::store::refund as refunds;
use okini_shared::money::Yen;
use okini_shared::rules::payment::{AccountKey, PaymentState, ProviderName};
use okini_shared::rules::refund::RefundState;
use okini_shared::time::DAY;
use okini_tests::on_both;
use okini_tests::stage::{NOW, Stage};

const PAYPAY: AccountKey = AccountKey::Settings(ProviderName::Paypay);
const TITLES: &str =
    "決済番号,加盟店ID,屋号,店舗名,取引ステータス,取引日時,取引金額,支払い方法,加盟店決済ID,支払い詳細";

on_both! { run_store: equal every_difference }

/// A file as PayPay sends it.
fn file(rows: &[(&str, &str, i64)]) -> Vec<u8> {
    let day = NOW.in_japan();
    let at = format!("{}/{:02}/{:02} 12:00:00", day.year, day.month, day.day);
    let mut text = format!("{TITLES}\n");
    for (id, status, amount) in rows {
        text += &format!(
            "0123,28,お好み焼き,\"高橋, 表町店\",{status},{at},{amount},PayPay残高,{id},\"[{{\"\"a\"\":1}}]\"\n"
        );
    }
    SHIFT_JIS.encode(&text).0.into_owned()
}

async fn paid(stage: &Stage, conn: &mut Conn) -> Payment {
    let mut one = attempted(stage, conn).await;
    (one.state, one.settled_at) = (PaymentState::Succeeded, Some(NOW));
    assert_eq!(payments::update(conn, &one, PaymentState::Created).await.unwrap(), 1);
    one
}

async fn given_back(stage: &Stage, conn: &mut Conn, payment: &Payment) {
    let mut one = refund(stage, payment);
    refunds::insert(conn, &one).await.unwrap();
    (one.state, one.done_at) = (RefundState::Done, Some(NOW));
    assert_eq!(refunds::update(conn, &one, RefundState::Requested).await.unwrap(), 1);
}

async fn equal(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (one, two) = (paid(stage, &mut conn).await, paid(stage, &mut conn).await);
    given_back(stage, &mut conn, &two).await;
    let mut old = paid(stage, &mut conn).await;
    old.settled_at = Some(NOW.plus(-3 * DAY));
    payments::update(&mut conn, &old, PaymentState::Succeeded).await.unwrap();
    let bytes = file(&[
        (&one.id.to_string(), "取引完了", one.amount.get()),
        (&two.id.to_string(), "取引完了", two.amount.get()),
        (&two.id.to_string(), "返金完了", -two.amount.get()),
    ]);
    let compared = compare(&mut conn, PAYPAY, &read(&bytes).unwrap()).await.unwrap();
    assert_eq!(compared.transactions, 3);
    assert!(compared.differences.is_empty(), "{compared:#?}");
    assert!(compare(&mut conn, PAYPAY, &[]).await.unwrap().differences.is_empty());
}

async fn every_difference(stage: &Stage) {
    let mut conn = stage.database.connect().await;
    let (other, missing, unpaid) =
        (paid(stage, &mut conn).await, paid(stage, &mut conn).await, attempted(stage, &mut conn).await);
    let (back, theirs) = (paid(stage, &mut conn).await, paid(stage, &mut conn).await);
    given_back(stage, &mut conn, &back).await;
    let ids = [&other, &unpaid, &back, &theirs].map(|payment| payment.id.to_string());
    let amount = other.amount.get();
    let bytes = file(&[
        ("pay_of_another_shop", "取引完了", 700),
        (&ids[0], "取引完了", amount + 1),
        (&ids[1], "取引完了", amount),
        (&ids[2], "取引完了", amount),
        (&ids[3], "取引完了", amount),
        (&ids[3], "返金完了", -5),
        (&ids[3], "審査中", 5),
    ]);
    let found = compare(&mut conn, PAYPAY, &read(&bytes).unwrap()).await.unwrap().differences;
    let yen = Yen::new;
    let named = |payment: &Payment| payment.id.to_string();
    let expected = [
        Difference::Unknown { line: 2, payment: "pay_of_another_shop".into(), amount: yen(700) },
        Difference::Status { line: 8, payment: named(&theirs), status: "審査中".into() },
        Difference::Paid { payment: named(&other), theirs: yen(amount + 1), ours: yen(amount) },
        Difference::Paid { payment: named(&unpaid), theirs: yen(amount), ours: yen(0) },
        Difference::Missing { payment: named(&missing), ours: yen(amount) },
        Difference::GivenBack { payment: named(&back), theirs: yen(0), ours: yen(amount) },
        Difference::GivenBack { payment: named(&theirs), theirs: yen(5), ours: yen(0) },
    ];
    for one in &expected {
        assert!(found.contains(one), "{one:?} is not in {found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn a_file_is_read_by_its_titles() {
    let found = read(&file(&[("pay_1", "取引完了", 1_430), ("pay_1", "返金完了", -430)])).unwrap();
    let day = NOW.business_day(0);
    let one = |line, kind, amount| Transaction { line, payment: "pay_1".into(), kind, day, amount: Yen::new(amount) };
    assert_eq!(found, [one(2, Kind::Paid, 1_430), one(3, Kind::GivenBack, 430)]);
    let sjis = |text: &str| SHIFT_JIS.encode(text).0.into_owned();
    let other =
        sjis("マーチャント決済ID,取引ステータス,取引日時,取引金額\r\npay_2,取引完了,2026-11-23 0:00:00,\"1,000\"\r\n");
    assert_eq!(read(&other).unwrap()[0].amount, Yen::new(1_000));
}

#[test]
fn what_is_no_such_file_is_refused() {
    let sjis = |text: &str| SHIFT_JIS.encode(text).0.into_owned();
    assert_eq!(read(TITLES.as_bytes()), Err(Unreadable::NotShiftJis), "UTF-8");
    assert_eq!(read(&sjis("a,b\n1,2\n")), Err(Unreadable::NoColumn("加盟店決済ID")));
    let row =
        |at: &str, yen: &str| sjis(&format!("加盟店決済ID,取引ステータス,取引日時,取引金額\np,取引完了,{at},{yen}\n"));
    for (at, yen) in [("2026/11/23 1:00:00", "12.5"), ("昨日", "1"), ("2026/13/01", "1"), ("2026/11/23", "")] {
        assert_eq!(read(&row(at, yen)), Err(Unreadable::Line(2)), "{at} {yen}");
    }
    assert_eq!(read(&sjis("加盟店決済ID,取引ステータス,取引日時,取引金額\np,q\n")), Err(Unreadable::Line(2)));
}
