//! Settlement: what came in, went back and is left, by the companies' own word, to the yen.

use okini_server::domain::doctor;
use okini_server::domain::settlement::{self as domain, Period};
use okini_server::providers::RefundFinding;
use okini_server::store;
use okini_server::store::fee::FeeRate;
use okini_shared::api::order::Order;
use okini_shared::api::redress::{PaymentWay, RefundWay};
use okini_shared::api::settlement::{ApartKind, Settlement, SettlementPage, Sums};
use okini_shared::api::shop::{OpenShop, SetOpen};
use okini_shared::day::Day;
use okini_shared::id::{FacilityId, PaymentId};
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::payment::{Finding, ProviderName};
use okini_shared::rules::settlement::Exact;
use okini_shared::time::{DAY, HOUR, MINUTE, Millis, SECOND};
use okini_tests::client::{Answer, Client};
use okini_tests::diner::refusal;
use okini_tests::fixture::Shop;
use okini_tests::on_both;
use okini_tests::scripted::paid;
use okini_tests::staff::Staff;
use okini_tests::stage::Stage;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

mod whole {
    use super::*;

    on_both! {
        sums_and_lines midnight over_the_new_year refund_in_a_later_period rate_in_the_middle fee_that_stays
        without_a_rate listed_apart wrong_periods who_may a_file
        as_the_companies_say all_shops_together
    }
}

mod tables {
    use super::*;

    on_both! { run_store: pages rates }
}

/// The whole of the year around the tests.
const ALWAYS: (&str, &str) = ("2026-06-01", "2027-05-31");

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

async fn rate(stage: &Stage, provider: ProviderName, basis_points: i64, from: Millis) -> Result<Vec<i64>, Code> {
    let db = &stage.app().db;
    let consortium = store::consortium::by_code(&mut db.read().await.unwrap(), "paypay").await.unwrap().unwrap();
    let rate = FeeRate { consortium, provider, basis_points, valid_from: from };
    let added = domain::add_rate(db, rate, stage.clock.now()).await;
    added.map(|rates| rates.iter().map(|rate| rate.basis_points).collect()).map_err(|error| error.code().unwrap())
}

async fn ask(staff: &Staff, what: &str, (from, to): (&str, &str)) -> Answer {
    staff.client.get(&staff.path(&format!("{what}?from={from}&to={to}"))).await
}

async fn settlement(stage: &Stage, shop: &Shop, period: (&str, &str)) -> Settlement {
    ask(&stage.owner(shop).await, "settlement", period).await.json()
}

fn yen(sums: &Sums) -> [i64; 4] {
    [sums.paid, sums.refunded, sums.fee, sums.net].map(Yen::get)
}

/// The company's word about a new order of 780 yen is heard at this very moment; the shop takes it.
async fn paid_at(stage: &Stage, phone: &Client, at: Millis) -> Order {
    stage.clock.advance(at.since(stage.clock.now()) - 3 * SECOND);
    let order = stage.paid(phone, stage.shop(), &stage.shop().noodles()).await;
    stage.owner(stage.shop()).await.accept(&order).await.unwrap();
    order
}

async fn sums_and_lines(stage: &Stage) {
    rate(stage, ProviderName::Paypay, 198, stage.clock.now()).await.unwrap();
    let (phone, shop) = (stage.client(), stage.shop());
    let first = stage.paid(&phone, shop, &shop.noodles()).await;
    let second = stage.paid(&phone, shop, &shop.cart(vec![shop.tea.eat_in(2)])).await;
    stage.paid(&phone, stage.other(), &stage.other().noodles()).await;
    let owner = stage.owner(shop).await;
    owner.accept(&first).await.unwrap();
    owner.accept(&second).await.unwrap();
    owner.give_back(&first, Some(300)).await.unwrap();
    stage.tick().await;
    let found = settlement(stage, shop, ("2026-11-22", "2026-11-22")).await;
    // 1380 at 1.98 % are 27.324, less 5.94 for what went back: 21.384.
    assert_eq!(yen(&found.total), [1_380, 300, 21, 1_059]);
    assert_eq!((found.total.orders, found.total.payments, found.total.refunds), (2, 2, 1));
    assert_eq!((found.days.len(), found.days[0].day, found.days[0].sums), (1, day("2026-11-22"), found.total));
    assert_eq!((found.providers.len(), found.providers[0].sums), (1, found.total));
    assert!(found.apart.is_empty());
    let lines: SettlementPage = ask(&owner, "settlement/lines", ("2026-11-22", "2026-11-22")).await.json();
    assert_eq!((lines.lines.len(), lines.next), (3, None));
    let line = &lines.lines[0];
    assert_eq!(
        (line.number.as_deref(), line.order, line.payment),
        (Some("A-01"), first.id, stage.payment(&first).await)
    );
    assert_eq!((line.paid, line.refunded, line.refund, line.basis_points), (Yen::new(780), Yen::ZERO, None, Some(198)));
    assert_eq!((line.fee.to_string(), line.net.to_string()), ("15.444".into(), "764.556".into()));
    assert!(line.provider_payment_id.is_some());
    let back = &lines.lines[2];
    assert_eq!((back.payment, back.refund), (line.payment, Some(stage.refunds(&first).await[0].id)));
    assert_eq!(
        (back.refunded, back.fee.to_string(), back.net.to_string()),
        (Yen::new(300), "-5.94".into(), "-294.06".into())
    );
    let exact = lines.lines.iter().try_fold(Exact::ZERO, |sum, line| sum.checked_add(line.net)).unwrap();
    assert_eq!(exact.to_string(), "1058.616");
}

async fn midnight(stage: &Stage) {
    let phone = stage.client();
    let midnight = day("2026-12-01").begins();
    paid_at(stage, &phone, midnight.plus(-1)).await;
    stage.clock.advance(-4 * SECOND);
    paid_at(stage, &phone, midnight).await;
    let next = midnight.plus(DAY);
    paid_at(stage, &phone, next.plus(-1)).await;
    stage.clock.advance(-4 * SECOND);
    paid_at(stage, &phone, next).await;
    for (period, paid) in [
        (("2026-11-30", "2026-11-30"), 780),
        (("2026-12-01", "2026-12-01"), 2 * 780),
        (("2026-12-02", "2026-12-02"), 780),
        (("2026-11-30", "2026-12-02"), 4 * 780),
        (("2026-12-03", "2026-12-03"), 0),
    ] {
        assert_eq!(settlement(stage, stage.shop(), period).await.total.paid.get(), paid, "{period:?}");
    }
    let days = settlement(stage, stage.shop(), ALWAYS).await.days;
    let days: Vec<_> = days.iter().map(|day| (day.day.to_string(), day.sums.payments)).collect();
    assert_eq!(days, [("2026-11-30".into(), 1), ("2026-12-01".into(), 2), ("2026-12-02".into(), 1)]);
}

async fn over_the_new_year(stage: &Stage) {
    let phone = stage.client();
    let new_year = day("2027-01-01").begins();
    for at in [new_year.plus(-30 * DAY), new_year.plus(-HOUR), new_year.plus(HOUR), new_year.plus(30 * DAY)] {
        paid_at(stage, &phone, at).await;
    }
    for (period, orders) in [
        (("2026-12-01", "2026-12-31"), 2),
        (("2027-01-01", "2027-01-31"), 2),
        (("2026-12-31", "2027-01-01"), 2),
        (("2026-12-01", "2027-01-31"), 4),
        (("2026-11-22", "2026-11-30"), 0),
    ] {
        assert_eq!(settlement(stage, stage.shop(), period).await.total.orders, orders, "{period:?}");
    }
}

/// Money belongs to the day on which it moved, and goes back with the fee that was taken for it.
async fn refund_in_a_later_period(stage: &Stage) {
    rate(stage, ProviderName::Paypay, 198, stage.clock.now()).await.unwrap();
    let phone = stage.client();
    let order = paid_at(stage, &phone, day("2026-11-30").begins().plus(20 * HOUR)).await;
    rate(stage, ProviderName::Paypay, 500, day("2026-12-01").begins()).await.unwrap();
    let november = settlement(stage, stage.shop(), ("2026-11-01", "2026-11-30")).await;
    stage.clock.advance(DAY);
    stage.owner(stage.shop()).await.give_back(&order, None).await.unwrap();
    stage.tick().await;
    assert_eq!(settlement(stage, stage.shop(), ("2026-11-01", "2026-11-30")).await, november);
    assert_eq!(yen(&november.total), [780, 0, 15, 765]);
    let december = settlement(stage, stage.shop(), ("2026-12-01", "2026-12-31")).await;
    assert_eq!(yen(&december.total), [0, 780, -15, -765]);
    assert_eq!((december.total.orders, december.total.refunds), (0, 1));
    assert_eq!(yen(&settlement(stage, stage.shop(), ALWAYS).await.total), [780, 780, 0, 0]);
}

async fn rate_in_the_middle(stage: &Stage) {
    let middle = day("2026-12-10").begins();
    rate(stage, ProviderName::Paypay, 100, stage.clock.now()).await.unwrap();
    rate(stage, ProviderName::Paypay, 200, middle).await.unwrap();
    rate(stage, ProviderName::Hosted, 900, stage.clock.now()).await.unwrap();
    let phone = stage.client();
    paid_at(stage, &phone, middle.plus(-1)).await;
    stage.clock.advance(-4 * SECOND);
    paid_at(stage, &phone, middle).await;
    let found = settlement(stage, stage.shop(), ("2026-12-01", "2026-12-31")).await;
    let fees: Vec<_> = found.days.iter().map(|day| day.sums.fee.get()).collect();
    // 7.8 and 15.6 are 23.4: the days are steps of the rounded sum.
    assert_eq!((fees, found.total.fee.get()), (vec![7, 16], 23));
}

/// A company that keeps its fee when money goes back.
async fn fee_that_stays(stage: &Stage) {
    rate(stage, ProviderName::Stripe, 360, stage.clock.now()).await.unwrap();
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    phone.cancel(&order).await.unwrap();
    stage.tick().await;
    stage.database.change("UPDATE payment SET provider = 'stripe', account = 'stripe'").await;
    assert_eq!(yen(&settlement(stage, shop, ALWAYS).await.total), [780, 780, 28, -28]);
}

async fn without_a_rate(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    stage.paid(&phone, shop, &shop.noodles()).await;
    rate(stage, ProviderName::Hosted, 100, Millis::new(0)).await.unwrap();
    let found = settlement(stage, shop, ALWAYS).await;
    assert_eq!((yen(&found.total), found.total.without_rate), ([780, 0, 0, 780], 1));
    let empty = settlement(stage, stage.other(), ALWAYS).await;
    assert_eq!((empty.total, empty.days, empty.providers, empty.apart), (Sums::default(), vec![], vec![], vec![]));
}

async fn listed_apart(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let mut strange = Vec::new();
    for (amount, currency) in [(900, "JPY"), (5, "USD")] {
        let order = stage.redirected(&phone, shop, &shop.noodles()).await;
        let payment = stage.payment(&order).await;
        stage.paypay.say(payment, paid(payment, Yen::new(amount), currency));
        stage.pass(3 * SECOND).await;
        strange.push(payment);
    }
    let owner = stage.owner(shop).await;
    owner.resolve_payment(strange[1], PaymentWay::Close).await.unwrap();
    let by_hand = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.paypay.refunds(RefundFinding::Refused("NO".into()));
    phone.cancel(&by_hand).await.unwrap();
    stage.tick().await;
    stage.paypay.refunds_work();
    let refund = owner.concerns().await.into_iter().find_map(|concern| concern.refund).unwrap();
    owner.resolve_refund(refund, RefundWay::ByHand).await.unwrap();
    let unknown = stage.redirected(&phone, shop, &shop.noodles()).await;
    let lost = stage.payment(&unknown).await;
    stage.paypay.say(lost, Finding::Unclear("timeout".into()));
    stage.pass(8 * MINUTE).await;
    let found = settlement(stage, shop, ALWAYS).await;
    assert_eq!(yen(&found.total), [780, 0, 0, 780], "the company gave nothing back");
    let apart: Vec<_> = found.apart.iter().map(|one| (one.kind, one.amount.get(), one.received)).collect();
    assert_eq!(
        apart,
        [
            (ApartKind::Stranded, 780, Some(900)),
            (ApartKind::Closed, 780, Some(5)),
            (ApartKind::ByHand, 780, None),
            (ApartKind::Unknown, 780, None),
        ]
    );
    assert_eq!((found.apart[2].number.as_deref(), found.apart[1].currency.as_deref()), (Some("A-01"), Some("USD")));
    assert!(settlement(stage, shop, ("2026-11-01", "2026-11-21")).await.apart.is_empty());
    // Decided, the money counts as it moves.
    owner.resolve_payment(strange[0], PaymentWay::Refund).await.unwrap();
    stage.paypay.pay(lost);
    stage.pass(HOUR).await;
    let found = settlement(stage, shop, ALWAYS).await;
    assert_eq!(
        found.total.paid.get() - found.total.refunded.get(),
        780 + if found.total.refunds == 1 { 780 } else { 0 }
    );
    assert_eq!(found.apart.len(), 2);
    let file = ask(&stage.owner(shop).await, "settlement.csv", ALWAYS).await.text();
    assert!(
        file.contains("合計に含みません: 請求と違う金額の支払いで、返金しないと決めたもの、780円、入金 5 USD"),
        "{file}"
    );
}

async fn wrong_periods(stage: &Stage) {
    let owner = stage.owner(stage.shop()).await;
    for what in ["settlement", "settlement/lines", "settlement.csv"] {
        for query in [
            "",
            "?from=2026-11-01",
            "?to=2026-11-01",
            "?from=2026-02-30&to=2026-03-01",
            "?from=20261101&to=20261102",
            "?from=2026-11-01&to=99999999999999999999-01-01",
            "?from=&to=",
            "?from=2026-11-01%20&to=2026-11-01",
        ] {
            let answer = owner.client.get(&owner.path(&format!("{what}{query}"))).await;
            assert_eq!(refusal(&answer), Code::InvalidRequest, "{what}{query}");
        }
        for period in [("2026-11-02", "2026-11-01"), ("2026-01-01", "2027-01-02"), ("0000-01-01", "9999-12-31")] {
            assert_eq!(refusal(&ask(&owner, what, period).await), Code::InvalidValue, "{what} {period:?}");
        }
        for period in [("2026-01-01", "2027-01-01"), ("0000-01-01", "0000-01-01"), ("9999-12-31", "9999-12-31")] {
            assert_eq!(ask(&owner, what, period).await.status, 200, "{what} {period:?}");
        }
    }
    for cursor in ["x", "1", "1.x", ".", "999999999999999999999.x", "1795000000000.%00", "1795000000000.", "-1.x"] {
        let query = format!("settlement/lines?from=2026-11-22&to=2026-11-22&after={cursor}");
        assert_eq!(refusal(&owner.client.get(&owner.path(&query)).await), Code::InvalidRequest, "{cursor}");
    }
}

async fn who_may(stage: &Stage) {
    let kitchen = stage.kitchen(stage.shop()).await;
    for what in ["settlement", "settlement/lines", "settlement.csv"] {
        assert_eq!(refusal(&ask(&kitchen, what, ALWAYS).await), Code::Forbidden, "{what}");
        let path = kitchen.path(&format!("{what}?from=2026-11-01&to=2026-11-01"));
        assert_eq!(refusal(&stage.client().get(&path).await), Code::SignInNeeded, "{what}");
    }
}

async fn a_file(stage: &Stage) {
    rate(stage, ProviderName::Paypay, 198, stage.clock.now()).await.unwrap();
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let theirs = "UPDATE payment SET provider_payment_id = '=cmd|''\", \"x'";
    stage.database.change(theirs).await;
    stage.pass(DAY).await;
    let refund = stage.refunds(&order).await.remove(0);
    let answer = ask(&stage.owner(shop).await, "settlement.csv", ("2026-11-01", "2026-11-30")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"settlement_2026-11-01_2026-11-30.csv\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = answer.text();
    let lines: Vec<_> = text.strip_prefix('\u{feff}').unwrap().split_terminator("\r\n").collect();
    assert!(
        lines[0].starts_with("日時,種別,施設名,施設ID,注文番号,") && lines[0].ends_with(",差引額,備考"),
        "{}",
        lines[0]
    );
    let payment = stage.payment(&order).await;
    let place = format!("お好み焼き sakura,{}", shop.id);
    assert_eq!(
        lines[1],
        format!(
            "2026-11-22 19:27:05,支払い,{place},A-01,PayPay,{payment},,\"'=cmd|'\"\", \"\"x\",780,0,1.98,15.444,764.556,"
        )
    );
    // Nobody answered it, so its money went back.
    let back = format!(
        ",返金,{place},A-01,PayPay,{payment},{},\"'=cmd|'\"\", \"\"x\",0,780,1.98,-15.444,-764.556,",
        refund.id
    );
    assert!(lines[2].ends_with(&back), "{}", lines[2]);
    assert_eq!(lines.len(), 3);
}

async fn all_shops_together(stage: &Stage) {
    rate(stage, ProviderName::Paypay, 198, stage.clock.now()).await.unwrap();
    let (phone, shop, other) = (stage.client(), stage.shop(), stage.other());
    stage.paid(&phone, shop, &shop.noodles()).await;
    stage.paid(&phone, other, &other.cart(vec![other.tea.eat_in(1)])).await;
    let stranded = stage.redirected(&phone, other, &other.noodles()).await;
    let payment = stage.payment(&stranded).await;
    stage.hosted.say(payment, paid(payment, Yen::new(900), "JPY"));
    stage.pass(3 * SECOND).await;
    let officer = stage.officer(shop).await;
    let (from, to) = ("2026-11-22", "2026-11-22");
    let own = format!("/api/v1/consortia/{}/settlement", stage.town().consortium);
    let ask = async |rest: &str| officer.client.get(&format!("{own}{rest}?from={from}&to={to}")).await;
    let all: Settlement = ask("").await.json();
    let each = [settlement(stage, shop, (from, to)).await, settlement(stage, other, (from, to)).await];
    assert_eq!(yen(&all.total)[0], each.iter().map(|one| yen(&one.total)[0]).sum::<i64>());
    assert_eq!((all.total.orders, all.providers.len(), all.total.without_rate), (2, 2, 1));
    assert_eq!((all.apart.len(), all.apart[0].facility), (1, other.id));
    assert_eq!(all.apart[0].facility_name, each[1].apart[0].facility_name);
    let lines: SettlementPage = ask("/lines").await.json();
    assert_eq!(lines.lines.iter().map(|line| line.facility).collect::<Vec<_>>(), [shop.id, other.id]);
    let file = ask(".csv").await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"settlement_2026-11-22_2026-11-22.csv\"");
    let text = file.text();
    assert_eq!(text.split_terminator("\r\n").count(), 4);
    for (at, place) in [(1, shop.id), (2, other.id), (3, other.id)] {
        assert!(text.split("\r\n").nth(at).unwrap().contains(&place.to_string()), "{text}");
    }
}

/// Many payments on two days and a third one, all of a day at the same moment: each line once, in the file as well.
async fn pages(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    stage.paid(&phone, shop, &shop.noodles()).await;
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4500)
        INSERT INTO payment (id, bill_id, order_id, facility_id, provider, account, amount, state, live, created_at, settled_at, asked,
            received, currency)
        SELECT 'pay_0000000000000000000000000' || CAST(1000000 + i AS TEXT), bill_id, order_id, facility_id, provider, account, i,
            state, 0, created_at, settled_at + 86400000 * (i % 2 + 1), 0, i, 'JPY' FROM payment, n";
    stage.database.change(many).await;
    let owner = stage.owner(shop).await;
    let sum = 780 + 4_500 * 4_501 / 2;
    let (mut seen, mut ids, mut after) = (0, Vec::new(), String::new());
    loop {
        let query = format!("settlement/lines?from=2026-11-01&to=2026-11-30{after}");
        let page: SettlementPage = owner.client.get(&owner.path(&query)).await.json();
        assert!(page.lines.len() == 200 || page.next.is_none());
        seen += page.lines.iter().map(|line| line.paid.get()).sum::<i64>();
        ids.extend(page.lines.iter().map(|line| (line.at, line.payment)));
        match page.next {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!((ids.len(), seen), (4_501, sum));
    assert!(ids.is_sorted() && ids.windows(2).all(|two| two[0] != two[1]));
    let found = settlement(stage, shop, ("2026-11-01", "2026-11-30")).await;
    assert_eq!((found.total.paid.get(), found.total.payments, found.total.orders), (sum, 4_501, 1));
    let file = ask(&owner, "settlement.csv", ("2026-11-01", "2026-11-30")).await.text();
    let paid = file.lines().skip(1).map(|line| line.split(',').nth(9).unwrap().parse::<i64>().unwrap());
    assert_eq!((file.lines().count(), paid.sum::<i64>()), (4_502, sum));
}

/// What was paid keeps its rate: only the first may begin in the past, and a later word counts for the same moment.
async fn rates(stage: &Stage) {
    let (now, paypay) = (stage.clock.now(), ProviderName::Paypay);
    assert_eq!(rate(stage, paypay, 10_001, now).await, Err(Code::InvalidValue));
    assert_eq!(rate(stage, paypay, -1, now).await, Err(Code::InvalidValue));
    assert_eq!(rate(stage, paypay, 0, now.plus(-DAY)).await, Ok(vec![0]));
    assert_eq!(rate(stage, paypay, 160, now.plus(-1)).await, Err(Code::InvalidValue));
    assert_eq!(rate(stage, paypay, 160, now.plus(DAY)).await, Ok(vec![0, 160]));
    stage.clock.advance(1);
    assert_eq!(rate(stage, paypay, 198, now.plus(DAY)).await, Ok(vec![0, 160, 198]));
    assert_eq!(rate(stage, ProviderName::Hosted, 10_000, now.plus(-DAY)).await, Ok(vec![10_000]));
    stage.clock.advance(DAY);
    let (phone, shop) = (stage.client(), stage.shop());
    stage.paid(&phone, shop, &shop.noodles()).await;
    assert_eq!(settlement(stage, shop, ALWAYS).await.total.fee, Yen::new(15));
}

/// A shop's weeks by a seed: whatever diners, staff and companies do, the sums are what the companies took and gave back.
async fn as_the_companies_say(stage: &Stage) {
    rate(stage, ProviderName::Paypay, 198, stage.clock.now()).await.unwrap();
    rate(stage, ProviderName::Paypay, 160, stage.clock.now().plus(5 * DAY)).await.unwrap();
    rate(stage, ProviderName::Hosted, 325, stage.clock.now()).await.unwrap();
    let mut rng = StdRng::seed_from_u64(11);
    let phone = stage.client();
    let mut taken = Vec::new();
    for _ in 0..60 {
        let shop = if rng.random_ratio(1, 3) { stage.other() } else { stage.shop() };
        let owner = stage.owner(shop).await;
        owner.client.call::<SetOpen>(&[&shop.path()], &OpenShop { taking_orders: true }).await.unwrap();
        taken.push(one_order(stage, &phone, shop, &mut rng).await);
        let often = rng.random_range(0..20 * HOUR);
        stage.pass(if rng.random_ratio(1, 2) { often } else { 0 }).await;
        stage.company(shop).refunds_work();
    }
    stage.pass(30 * HOUR).await;
    for shop in [stage.shop(), stage.other()] {
        let found = settlement(stage, shop, ALWAYS).await;
        let kept: i64 = found.apart.iter().filter_map(|one| one.received).sum();
        let ours = taken.iter().filter(|(of, ..)| *of == shop.id);
        assert_eq!(found.total.paid.get() + kept, ours.clone().map(|(.., yen)| yen).sum::<i64>());
        let given = ours.map(|(_, payment, _)| stage.company(shop).given_back(*payment).get());
        assert_eq!(found.total.refunded.get(), given.sum::<i64>());
        assert!(found.total.fee > Yen::ZERO && found.total.refunds > 0 && found.days.len() > 5);
        let days = |part: fn(&Sums) -> Yen| Yen::checked_sum(found.days.iter().map(|day| part(&day.sums)));
        assert_eq!(days(|sums| sums.net), Some(found.total.net));
        assert_eq!(days(|sums| sums.fee), Some(found.total.fee));
        assert_eq!(
            found.total.net,
            Yen::new(found.total.paid.get() - found.total.refunded.get() - found.total.fee.get())
        );
    }
    let books = doctor::look(&stage.database.url, stage.clock.now()).await.unwrap().books.unwrap();
    let period = Period::new(day(ALWAYS.0), day(ALWAYS.1)).unwrap();
    let consortium =
        store::consortium::by_code(&mut stage.app().db.read().await.unwrap(), "paypay").await.unwrap().unwrap();
    let all = domain::settle(stage.app(), consortium.into(), period).await.unwrap();
    let by_hand = all.apart.iter().filter(|one| one.kind == ApartKind::ByHand).map(|one| one.amount.get()).sum::<i64>();
    assert_eq!((all.total.payments, all.total.paid), (books.payments.count, books.payments.amount));
    assert_eq!(all.total.refunded.get() + by_hand, books.refunds.amount.get());
    assert!(by_hand > 0 && all.apart.iter().any(|one| one.kind == ApartKind::Closed));
}

/// One order with any outcome: whose, the payment, and the yen that the company took for it.
async fn one_order(stage: &Stage, phone: &Client, shop: &Shop, rng: &mut StdRng) -> (FacilityId, PaymentId, i64) {
    let cart = shop.cart(vec![shop.noodles.eat_in(rng.random_range(1..4)), shop.tea.eat_in(rng.random_range(1..4))]);
    let (total, what) = (cart.expected_total.get(), rng.random_range(0..10));
    let order = stage.redirected(phone, shop, &cart).await;
    let payment = stage.payment(&order).await;
    let owner = stage.owner(shop).await;
    if what < 2 {
        let received = total + rng.random_range(1..500);
        stage.company(shop).say(payment, paid(payment, Yen::new(received), "JPY"));
        stage.pass(3 * SECOND).await;
        let way = if what == 0 { PaymentWay::Close } else { PaymentWay::Refund };
        owner.resolve_payment(payment, way).await.unwrap();
        stage.tick().await;
        return (shop.id, payment, received);
    }
    stage.company(shop).pay(payment);
    stage.pass(3 * SECOND).await;
    match what {
        2 => drop(phone.cancel(&order).await.unwrap()),
        3 => {
            stage.company(shop).refunds(RefundFinding::Refused("NO".into()));
            phone.cancel(&order).await.unwrap();
            stage.tick().await;
            let refund = stage.refunds(&order).await.remove(0).id;
            owner.resolve_refund(refund, RefundWay::ByHand).await.unwrap();
        }
        // Nobody answers it.
        4 => {}
        _ => {
            owner.accept(&order).await.unwrap();
            if what < 7 {
                owner.give_back(&order, Some(rng.random_range(1..300))).await.unwrap();
                owner.give_back(&order, (what == 5).then_some(1)).await.unwrap();
            }
        }
    }
    stage.tick().await;
    (shop.id, payment, total)
}
