//! Officers of a consortium: what they see of all its facilities, the money they may move there, and what stays closed to them
//! and to the officers of others.

use okini_server::providers::RefundFinding;
use okini_shared::api::consortium::{
    AddConsortiumWebhook, ListAccounts, ListAllConcerns, ListConsortiumDeliveries, ListConsortiumWebhooks,
    ListFacilities, RotateConsortiumWebhook, TestConsortiumWebhook,
};
use okini_shared::api::redress::{Concern, ConcernKind, PaymentWay, RefundWay};
use okini_shared::api::session::{Place, Role};
use okini_shared::api::shop::ListOrders;
use okini_shared::api::webhook::{Message, MessageKind, NewWebhook};
use okini_shared::id::{CampaignId, ConsortiumId, WebhookId};
use okini_shared::money::Yen;
use okini_shared::problem::Code;
use okini_shared::rules::payment::{Finding, PaymentState, ProviderName};
use okini_shared::time::{MINUTE, SECOND};
use okini_tests::diner::once;
use okini_tests::on_both;
use okini_tests::raw::Raw;
use okini_tests::scripted::paid;
use okini_tests::staff::Staff;
use okini_tests::stage::Stage;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

on_both! { signed_in facilities accounts concerns_of_all decides shops_only strangers webhook_of_all webhook_of_its_own }

async fn all_concerns(stage: &Stage, officer: &Staff) -> Vec<Concern> {
    let consortium = stage.town().consortium.to_string();
    officer.client.call::<ListAllConcerns>(&[&consortium], &()).await.unwrap().concerns
}

async fn signed_in(stage: &Stage) {
    let officer = stage.officer(stage.shop()).await;
    let place = Place::Consortium { id: stage.town().consortium, name: "共同企業体".into() };
    assert_eq!((officer.session.account.role, &officer.session.account.place), (Role::Officer, &place));
}

async fn facilities(stage: &Stage) {
    let (officer, town) = (stage.officer(stage.shop()).await, stage.town());
    let path = [town.consortium.to_string()];
    let page = officer.client.call::<ListFacilities>(&[&path[0]], &()).await.unwrap();
    let known: Vec<_> = page.facilities.iter().map(|one| (one.id, one.code.as_str(), one.state.name())).collect();
    let of = |shop: &okini_tests::fixture::Shop, state: &'static str| (shop.id, shop.code.clone(), state);
    let expected = [of(&town.suspended, "suspended"), of(&town.other, "approved"), of(&town.shop, "approved")];
    assert_eq!(known, expected.each_ref().map(|(id, code, state)| (*id, code.as_str(), *state)), "the latest first");
    assert_eq!(page.next, None);
    let rest = format!("/api/v1/consortia/{}/facilities?after=", path[0]);
    let after = officer.client.get(&format!("{rest}{}", town.other.id)).await;
    assert!(after.text().contains(&town.shop.code) && !after.text().contains(&town.other.code));
    assert_eq!(officer.client.get(&format!("{rest}x")).await.status, 400);
}

async fn accounts(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let officer = stage.officer(shop).await;
    let consortium = stage.town().consortium.to_string();
    let order = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&order).await;
    stage.paypay.say(payment, Finding::Unclear("timeout".into()));
    stage.pass(8 * MINUTE).await;
    let all = officer.client.call::<ListAccounts>(&[&consortium], &()).await.unwrap().accounts;
    let known: Vec<_> =
        all.iter().map(|one| (one.provider, one.account.as_str(), one.facilities, one.unknown)).collect();
    assert_eq!(known, [(ProviderName::Hosted, "hosted", 1, 0), (ProviderName::Paypay, "paypay", 1, 1)]);
    assert!(all.iter().all(|one| one.open && one.up));
    stage.paypay.pay(payment);
    stage.pass(10 * MINUTE).await;
}

/// One stranded payment at one shop, one refused refund at the other.
async fn trouble(stage: &Stage) -> (okini_shared::api::order::Order, okini_shared::api::order::Order) {
    let (phone, shop, other) = (stage.client(), stage.shop(), stage.other());
    let stranded = stage.redirected(&phone, shop, &shop.noodles()).await;
    let payment = stage.payment(&stranded).await;
    stage.paypay.say(payment, paid(payment, Yen::new(900), "JPY"));
    stage.pass(3 * SECOND).await;
    let refused = stage.paid(&phone, other, &other.noodles()).await;
    stage.hosted.refunds(RefundFinding::Refused("NO".into()));
    stage.owner(other).await.give_back(&refused, Some(80)).await.unwrap();
    stage.tick().await;
    (stranded, refused)
}

async fn concerns_of_all(stage: &Stage) {
    let (stranded, refused) = trouble(stage).await;
    let officer = stage.officer(stage.shop()).await;
    let found = all_concerns(stage, &officer).await;
    let kinds: Vec<_> = found.iter().map(|one| (one.kind, one.order, one.facility)).collect();
    assert_eq!(
        kinds,
        [
            (ConcernKind::Stranded, stranded.id, stage.shop().id),
            (ConcernKind::RefundRefused, refused.id, stage.other().id)
        ]
    );
    assert_eq!(found[1].facility_name, "お好み焼き takoya");
    let page = officer.client.call::<ListFacilities>(&[&stage.town().consortium.to_string()], &()).await.unwrap();
    assert_eq!(page.facilities.iter().map(|one| one.concerns).collect::<Vec<_>>(), [0, 1, 1]);
    // The shop sees its own alone.
    let own = stage.owner(stage.other()).await.concerns().await;
    assert_eq!(own.iter().map(|one| one.order).collect::<Vec<_>>(), [refused.id]);
}

async fn decides(stage: &Stage) {
    let (stranded, refused) = trouble(stage).await;
    let (at_shop, at_other) = (stage.officer(stage.shop()).await, stage.officer(stage.other()).await);
    let payment = stage.payment(&stranded).await;
    let decided = at_shop.resolve_payment(payment, PaymentWay::Refund).await.unwrap();
    assert_eq!(decided.state, PaymentState::Refunding);
    stage.hosted.refunds_work();
    let refund = at_other.refunds(&refused).await.remove(0).id;
    at_other.resolve_refund(refund, RefundWay::Retry).await.unwrap();
    at_other.give_back(&refused, Some(100)).await.unwrap();
    stage.tick().await;
    assert!(all_concerns(stage, &at_shop).await.is_empty());
    assert_eq!(stage.hosted.given_back(stage.payment(&refused).await), Yen::new(180));
    assert_eq!(stage.paypay.given_back(payment), Yen::new(900));
    let orders = at_other.client.call::<ListOrders>(&[&stage.other().path()], &()).await.unwrap().orders;
    assert_eq!(orders[0].payments[0].refunded, Yen::new(180));
    // Each decision is on record with who made it.
    let actor = at_other.session.account.id;
    let facts = stage.database.count(&format!("event WHERE kind = 'refund.requested' AND actor = '{actor}'")).await;
    assert_eq!(facts, 3);
}

/// What belongs to the shop alone: its board, its dishes, its webhooks.
async fn shops_only(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    let officer = stage.officer(shop).await;
    let forbidden = async |method: &str, rest: &str, body: &str| {
        let request = officer.client.request(method, &officer.path(rest)).header("idempotency-key", &once());
        let answer = if body.is_empty() { request.send().await } else { request.text(body).send().await };
        assert_eq!(answer.status, 403, "{method} {rest}: {}", answer.text());
    };
    forbidden("GET", "board", "").await;
    forbidden("GET", "board/events", "").await;
    forbidden("GET", "stock", "").await;
    forbidden("PUT", "open", r#"{"taking_orders":false}"#).await;
    forbidden("POST", &format!("orders/{}/accept", order.id), "{}").await;
    forbidden("PUT", &format!("items/{}", shop.tea.id), r#"{"price":1}"#).await;
    forbidden("GET", "campaigns", "").await;
    forbidden("GET", "webhooks", "").await;
    forbidden("POST", "webhooks", r#"{"url":"https://example.com"}"#).await;
}

/// Officers of other consortia, people of shops and consortia that nobody has all get the same answer.
async fn strangers(stage: &Stage) {
    let (stranded, refused) = trouble(stage).await;
    let (stranger, owner) = (stage.stranger(stage.shop()).await, stage.owner(stage.shop()).await);
    let nobody = ConsortiumId::from_uuid(1).to_string();
    let own = stage.town().consortium.to_string();
    for (method, rest) in [
        ("GET", "facilities"),
        ("GET", "concerns"),
        ("GET", "settlement?from=2026-11-01&to=2026-11-30"),
        ("GET", "settlement/lines?from=2026-11-01&to=2026-11-30"),
        ("GET", "settlement.csv?from=2026-11-01&to=2026-11-30"),
        ("GET", "campaigns"),
        ("GET", &format!("campaigns/{}", CampaignId::from_uuid(1))),
        ("GET", &format!("campaigns/{}/figures", CampaignId::from_uuid(1))),
        ("GET", "ledger/check"),
        ("GET", "webhooks"),
        ("POST", "webhooks"),
        ("POST", &format!("webhooks/{}/test", WebhookId::from_uuid(1))),
    ] {
        let ask = async |who: &Staff, consortium: &str| {
            let request = who.client.request(method, &format!("/api/v1/consortia/{consortium}/{rest}"));
            if method == "GET" {
                request.send().await
            } else {
                request.text(r#"{"url":"https://e.example"}"#).send().await
            }
        };
        let nothing = ask(&stranger, &nobody).await;
        assert_eq!(nothing.status, 404, "{rest}");
        for (who, consortium) in [(&stranger, &own), (&owner, &own), (&owner, &"x".to_owned())] {
            let answer = ask(who, consortium).await;
            assert_eq!((answer.status, answer.text()), (404, nothing.text()), "{rest}");
        }
        let anybody = stage.client().request(method, &format!("/api/v1/consortia/{own}/{rest}")).send().await;
        assert_eq!(anybody.status, 401, "{rest}");
    }
    let payment = stage.payment(&stranded).await;
    let code = |answer: Result<_, okini_shared::problem::Problem>| answer.map(drop).map_err(|problem| problem.code);
    assert_eq!(code(stranger.resolve_payment(payment, PaymentWay::Close).await.map(drop)), Err(Code::NotFound));
    assert_eq!(code(stranger.give_back(&refused, Some(1)).await.map(drop)), Err(Code::NotFound));
    assert_eq!(all_concerns(stage, &stage.officer(stage.shop()).await).await.len(), 2);
}

async fn webhook_of_all(stage: &Stage) {
    let (phone, shop, other) = (stage.client(), stage.shop(), stage.other());
    let consortium = stage.town().consortium.to_string();
    let receiver = Raw::always(&Arc::new(AtomicU16::new(204))).await;
    let officer = stage.officer(shop).await;
    let new = NewWebhook { url: format!("{}/all", receiver.url), kinds: vec![MessageKind::OrderSubmitted] };
    let added = officer.client.call::<AddConsortiumWebhook>(&[&consortium], &new).await.unwrap();
    for place in [shop, other] {
        stage.paid(&phone, place, &place.noodles()).await;
    }
    stage.tick().await;
    let messages: Vec<Message> =
        receiver.received().iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect();
    let mut told: Vec<_> = messages.iter().map(|message| message.data.facility).collect();
    told.sort();
    assert_eq!(told, [Some(shop.id), Some(other.id)]);
    let webhook = added.webhook.id.to_string();
    let log = officer.client.call::<ListConsortiumDeliveries>(&[&consortium, &webhook], &()).await.unwrap();
    assert_eq!(log.deliveries.len(), 2);
    // A shop of the consortium has nothing to do with it.
    let owner = stage.owner(shop).await;
    let theirs = owner.client.request("DELETE", &owner.path(&format!("webhooks/{webhook}"))).send().await;
    assert_eq!(theirs.status, 404);
}

/// Testing, rotating and switching off are facts of the consortium itself.
async fn webhook_of_its_own(stage: &Stage) {
    let consortium = stage.town().consortium;
    let path = consortium.to_string();
    let status = Arc::new(AtomicU16::new(204));
    let receiver = Raw::always(&status).await;
    let officer = stage.officer(stage.shop()).await;
    let new = NewWebhook { url: format!("{}/own", receiver.url), kinds: Vec::new() };
    let added = officer.client.call::<AddConsortiumWebhook>(&[&path], &new).await.unwrap();
    let webhook = added.webhook.id.to_string();
    officer.client.call::<TestConsortiumWebhook>(&[&path, &webhook], &()).await.unwrap();
    stage.tick().await;
    let message: Message = serde_json::from_str(&receiver.received()[0].body).unwrap();
    assert_eq!((message.data.consortium, message.data.facility), (Some(consortium), None));
    let rotated = officer.client.call::<RotateConsortiumWebhook>(&[&path, &webhook], &()).await.unwrap();
    assert_ne!(rotated.secret, added.secret);
    // A second one is told that the first was switched off.
    let other = NewWebhook { url: format!("{}/other", receiver.url), kinds: vec![MessageKind::WebhookDisabled] };
    officer.client.call::<AddConsortiumWebhook>(&[&path], &other).await.unwrap();
    status.store(410, Ordering::SeqCst);
    officer.client.call::<TestConsortiumWebhook>(&[&path, &webhook], &()).await.unwrap();
    stage.tick().await;
    let all = officer.client.call::<ListConsortiumWebhooks>(&[&path], &()).await.unwrap().webhooks;
    assert!(all[0].disabled.is_some());
    status.store(204, Ordering::SeqCst);
    stage.tick().await;
    let told = receiver.received();
    let last: Message = serde_json::from_str(&told.last().unwrap().body).unwrap();
    assert_eq!((told.last().unwrap().line.as_str(), last.kind), ("POST /other", MessageKind::WebhookDisabled));
    assert_eq!(last.data.consortium, Some(consortium));
    assert_eq!(
        stage.facts(added.webhook.id).await,
        ["webhook.added", "webhook.test", "webhook.rotated", "webhook.test", "webhook.disabled"]
    );
}
