//! Shops are strangers to each other: what belongs to another one looks like what does not exist.

use okini_server::providers::RefundFinding;
use okini_shared::id::{CampaignId, FacilityId};
use okini_shared::money::Yen;
use okini_shared::rules::coupon::Claim;
use okini_shared::rules::payment::PaymentState;
use okini_tests::client::Answer;
use okini_tests::coupons::yen_off;
use okini_tests::diner::once;
use okini_tests::fixture::{NO_ITEM, NO_ORDER, NO_PAYMENT, NO_REFUND};
use okini_tests::on_both;
use okini_tests::scripted::paid;
use okini_tests::staff::Staff;
use okini_tests::stage::Stage;

/// A campaign that an owner may write, if it were his.
const CAMPAIGN: &str = r#"{"name":{"ja":"おまけ"},"claim":"tap","terms":{"kind":"own_shop","benefit":{"yen_off":{"yen":1}},
    "conditions":{},"limits":{},"stacking":{"rank":0,"most":1},"shares":{"shop":10000,"consortium":0,"programme":0}}}"#;

on_both! { foreign_facility foreign_things }

/// Every operation of a shop: method, path below the shop's, body. The things are an order, a payment, a refund, a dish,
/// a seat's label and a campaign.
fn operations([order, payment, refund, item, label, campaign]: [&str; 6]) -> Vec<(&'static str, String, &'static str)> {
    vec![
        ("GET", "board".into(), ""),
        ("GET", "board/events".into(), ""),
        ("GET", "orders".into(), ""),
        ("GET", "stock".into(), ""),
        ("PUT", "open".into(), r#"{"taking_orders":false}"#),
        ("GET", "concerns".into(), ""),
        ("GET", "settlement?from=2026-11-01&to=2026-11-30".into(), ""),
        ("GET", "settlement/lines?from=2026-11-01&to=2026-11-30".into(), ""),
        ("GET", "settlement.csv?from=2026-11-01&to=2026-11-30".into(), ""),
        ("GET", "receipts".into(), ""),
        ("GET", "webhooks".into(), ""),
        ("POST", "webhooks".into(), r#"{"url":"https://example.com"}"#),
        ("GET", "campaigns".into(), ""),
        ("POST", "campaigns".into(), CAMPAIGN),
        ("GET", "ledger/check".into(), ""),
        ("POST", format!("orders/{order}/accept"), "{}"),
        ("POST", format!("orders/{order}/refuse"), r#"{"reason":"too_busy"}"#),
        ("POST", format!("orders/{order}/move"), r#"{"to":"ready"}"#),
        ("PUT", format!("orders/{order}/promise"), r#"{"minutes":5}"#),
        ("GET", format!("orders/{order}/refunds"), ""),
        ("POST", format!("orders/{order}/refunds"), r#"{"amount":1,"reason":"x"}"#),
        ("POST", format!("payments/{payment}/resolve"), r#"{"way":"close","reason":"x"}"#),
        ("POST", format!("refunds/{refund}/resolve"), r#"{"way":"by_hand","reason":"x"}"#),
        ("PUT", format!("stock/{item}"), r#"{"sold_out":true}"#),
        ("PUT", format!("items/{item}"), r#"{"price":1}"#),
        ("POST", format!("seats/{label}/rotate"), ""),
        ("GET", format!("campaigns/{campaign}"), ""),
        ("PUT", format!("campaigns/{campaign}"), CAMPAIGN),
        ("POST", format!("campaigns/{campaign}/rehearsal"), "{}"),
        ("POST", format!("campaigns/{campaign}/publish"), "{}"),
        ("POST", format!("campaigns/{campaign}/pause"), ""),
        ("POST", format!("campaigns/{campaign}/resume"), ""),
        ("POST", format!("campaigns/{campaign}/end"), ""),
        ("POST", format!("campaigns/{campaign}/replace"), CAMPAIGN),
        ("POST", format!("campaigns/{campaign}/codes"), r#"{"count":1}"#),
        ("GET", format!("campaigns/{campaign}/figures"), ""),
    ]
}

async fn send(staff: &Staff, facility: &str, (method, rest, body): &(&str, String, &str)) -> Answer {
    let request = staff.client.request(method, &format!("/api/v1/shops/{facility}/{rest}"));
    let request = request.header("idempotency-key", &once());
    if body.is_empty() { request.send().await } else { request.text(body).send().await }
}

async fn foreign_facility(stage: &Stage) {
    let (phone, shop, other) = (stage.client(), stage.shop(), stage.other());
    let theirs = stage.paid(&phone, other, &other.noodles()).await;
    let owner = stage.owner(shop).await;
    let unknown = FacilityId::from_uuid(0x019a_ab00_0000_7000_8000_0000_dead_0009).to_string();
    let (payment, refund) = (NO_PAYMENT.to_string(), NO_REFUND.to_string());
    let campaign = stage.campaign_of(other.id.into(), yen_off(stage, 300), Claim::Tap).await.to_string();
    for (order, item) in [(theirs.id, other.tea.id), (NO_ORDER, shop.tea.id)] {
        let things = [&order.to_string(), &payment, &refund, &item.to_string(), &other.seat.0, &campaign];
        for operation in operations(things.map(String::as_str)) {
            let foreign = send(&owner, &other.path(), &operation).await;
            let nothing = send(&owner, &unknown, &operation).await;
            let malformed = send(&owner, "x", &operation).await;
            assert_eq!(foreign.status, 404, "{operation:?}");
            assert_eq!(foreign.text(), nothing.text(), "{operation:?}");
            assert_eq!(foreign.text(), malformed.text(), "{operation:?}");
        }
    }
    let board = stage.kitchen(other).await.board().await;
    assert!(board.shop.taking_orders && board.orders.len() == 1);
}

/// Another shop's order or dish under one's own path.
async fn foreign_things(stage: &Stage) {
    let (phone, shop, other) = (stage.client(), stage.shop(), stage.other());
    let theirs = stage.paid(&phone, other, &other.noodles()).await;
    let stranded = stage.redirected(&phone, other, &other.noodles()).await;
    let payment = stage.payment(&stranded).await;
    stage.hosted.say(payment, paid(payment, Yen::new(1), "USD"));
    stage.pass(3_000).await;
    stage.hosted.refunds(RefundFinding::Refused("NO".into()));
    let refund = stage.owner(other).await.give_back(&theirs, None).await.unwrap();
    stage.tick().await;
    let owner = stage.owner(shop).await;
    let campaign = stage.campaign_of(other.id.into(), yen_off(stage, 300), Claim::Tap).await;
    let nothing = CampaignId::from_uuid(1).to_string();
    let things = [
        NO_ORDER.to_string(),
        NO_PAYMENT.to_string(),
        NO_REFUND.to_string(),
        NO_ITEM.to_string(),
        "no seat".into(),
        nothing,
    ];
    let unknown = operations(things.each_ref().map(String::as_str));
    let things = [
        theirs.id.to_string(),
        payment.to_string(),
        refund.id.to_string(),
        other.tea.id.to_string(),
        "%00".into(),
        campaign.to_string(),
    ];
    let foreign = operations(things.each_ref().map(String::as_str));
    let malformed = operations(["x", "x", "x", "%00", "%FF", "x"]);
    // The first fifteen name the shop alone.
    for ((unknown, foreign), malformed) in unknown.iter().zip(&foreign).zip(&malformed).skip(15) {
        let nothing = send(&owner, &shop.path(), unknown).await;
        assert_eq!(nothing.status, 404, "{unknown:?}");
        for same in [foreign, malformed] {
            let answer = send(&owner, &shop.path(), same).await;
            assert_eq!((answer.status, answer.text()), (404, nothing.text()), "{same:?}");
        }
    }
    assert_eq!(stage.facts(theirs.id).await, ["order.placed", "order.submitted"]);
    assert!(stage.facts(other.tea.id).await.is_empty());
    assert_eq!(stage.facts(campaign).await, ["campaign.drafted", "campaign.rehearsed", "campaign.published"]);
    assert_eq!(stage.facts(refund.id).await, ["refund.requested", "refund.refused"]);
    assert_eq!(stage.payments(&stranded).await[0].state, PaymentState::Stranded);
}
