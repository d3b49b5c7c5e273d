//! Messages to other systems: what they say, that they arrive, and what becomes of a receiver that does not take them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use okini_server::events::deliver;
use okini_shared::api::Endpoint;
use okini_shared::api::webhook::{
    AddWebhook, ChangeWebhook, Delivery, DeliveryState, DisabledBy, ListDeliveries, ListMessageKinds, ListWebhooks,
    Message, MessageKind, NewWebhook, RemoveWebhook, ReplayDelivery, RotateWebhook, TestWebhook, Webhook,
    WebhookSecret,
};
use okini_shared::id::{DeliveryId, WebhookId};
use okini_shared::problem::{Code, Problem};
use okini_shared::time::{DAY, HOUR, MINUTE, SECOND};
use okini_tests::client::Client;
use okini_tests::fixture::Shop;
use okini_tests::on_both;
use okini_tests::raw::{Raw, Received};
use okini_tests::staff::Staff;
use okini_tests::stage::Stage;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

on_both! {
    a_paid_order_is_told kinds_are_chosen tried_again_then_given_up gone silent_for_days rotation test_button
    a_lost_worker_loses_nothing wrong_addresses foreign paging catalogue
}

/// A receiver that answers with a status that can be changed.
async fn receiver(status: u16) -> (Raw, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(status));
    (Raw::always(&status).await, status)
}

fn to(receiver: &Raw, kinds: &[MessageKind]) -> NewWebhook {
    NewWebhook { url: format!("{}/hook", receiver.url), kinds: kinds.to_vec() }
}

async fn add(owner: &Staff, new: &NewWebhook) -> Result<WebhookSecret, Problem> {
    owner.client.call::<AddWebhook>(&[&owner.facility.to_string()], new).await
}

/// Calls an operation on a webhook of the owner's shop.
async fn on<E: Endpoint>(owner: &Staff, webhook: WebhookId, request: &E::Request) -> Result<E::Response, Problem>
where
    E::Request: Serialize,
    E::Response: DeserializeOwned,
{
    owner.client.call::<E>(&[&owner.facility.to_string(), &webhook.to_string()], request).await
}

async fn webhook(stage: &Stage, shop: &Shop, receiver: &Raw, kinds: &[MessageKind]) -> WebhookSecret {
    add(&stage.owner(shop).await, &to(receiver, kinds)).await.unwrap()
}

async fn log(stage: &Stage, shop: &Shop, id: WebhookId) -> Vec<Delivery> {
    let owner = stage.owner(shop).await;
    on::<ListDeliveries>(&owner, id, &()).await.unwrap().deliveries
}

async fn the_webhook(stage: &Stage, shop: &Shop) -> Webhook {
    let owner = stage.owner(shop).await;
    let all = owner.client.call::<ListWebhooks>(&[&owner.facility.to_string()], &()).await.unwrap().webhooks;
    let [webhook] = all.try_into().unwrap();
    webhook
}

async fn test(stage: &Stage, shop: &Shop, id: WebhookId) -> Delivery {
    let owner = stage.owner(shop).await;
    on::<TestWebhook>(&owner, id, &()).await.unwrap()
}

/// As the specification of Standard Webhooks computes it.
fn signature(secret: &str, message: &Received) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{}", id(message), message.headers["webhook-timestamp"], message.body).as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn id(message: &Received) -> &str {
    &message.headers["webhook-id"]
}

fn signatures(message: &Received) -> Vec<&str> {
    message.headers["webhook-signature"].split(' ').collect()
}

async fn a_paid_order_is_told(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let (receiver, _) = receiver(204).await;
    let WebhookSecret { webhook, secret } = webhook(stage, shop, &receiver, &[]).await;
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.owner(shop).await.accept(&order).await.unwrap();
    stage.tick().await;
    let mut told = receiver.received();
    told.sort_by_key(|message| id(message).to_owned());
    let messages: Vec<Message> = told.iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect();
    let kinds: Vec<_> = messages.iter().map(|message| message.kind.name()).collect();
    assert_eq!(kinds, ["payment.succeeded", "order.submitted", "order.accepted"]);
    let paid: Value = serde_json::from_str(&told[0].body).unwrap();
    let payment = stage.payment(&order).await;
    let data = json!({ "facility": shop.id, "order": order.id, "payment": payment, "amount": order.total });
    assert_eq!(paid["data"], data, "ids and amounts, nothing else");
    assert!(messages[1].data.version < messages[2].data.version);
    for message in &told {
        assert_eq!(message.line, "POST /hook");
        assert_eq!(signatures(message), [signature(&secret, message)]);
        let stamp: i64 = message.headers["webhook-timestamp"].parse().unwrap();
        assert!((0..5).contains(&(stage.clock.now().get() / SECOND - stamp)));
        assert!(message.body.len() < 20_000);
    }
    let log = log(stage, shop, webhook.id).await;
    assert!(log.iter().all(|delivery| delivery.state == DeliveryState::Delivered && delivery.tries.len() == 1));
    assert_eq!(log[0].body, told[2].body);
    let stored = stage.database.texts("SELECT secret FROM webhook").await.concat();
    assert!(!stored.contains(secret.trim_start_matches("whsec_")), "the database does not give the secret away");
}

async fn kinds_are_chosen(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let (receiver, _) = receiver(200).await;
    stage.paid(&phone, shop, &shop.noodles()).await;
    stage.clock.advance(1);
    webhook(stage, shop, &receiver, &[MessageKind::OrderSubmitted]).await;
    let other = stage.other();
    stage.paid(&phone, other, &other.noodles()).await;
    let order = stage.paid(&phone, shop, &shop.noodles()).await;
    stage.tick().await;
    // Neither what was before, nor another shop's, nor another kind.
    let message: Message = serde_json::from_str(&receiver.request().body).unwrap();
    assert_eq!((message.kind, message.data.order), (MessageKind::OrderSubmitted, Some(order.id)));
}

async fn tried_again_then_given_up(stage: &Stage) {
    let shop = stage.shop();
    let (receiver, status) = receiver(500).await;
    let WebhookSecret { webhook, .. } = webhook(stage, shop, &receiver, &[]).await;
    test(stage, shop, webhook.id).await;
    stage.tick().await;
    for (tries, pause) in (2..).zip([5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]) {
        stage.pass(pause - 1).await;
        assert_eq!(receiver.received().len(), tries - 1, "not before its time");
        stage.pass(pause / 10 + 1).await;
        assert_eq!(receiver.received().len(), tries);
    }
    stage.pass(DAY).await;
    let told = receiver.received();
    assert_eq!(told.len(), 8);
    assert!(told.iter().all(|message| id(message) == id(&told[0]) && message.body == told[0].body));
    let log_now = log(stage, shop, webhook.id).await;
    assert_eq!((log_now[0].state, log_now[0].tries.len()), (DeliveryState::Dead, 8));
    assert_eq!(log_now[0].tries[7].status, Some(500));
    // Replayed, it arrives under its id.
    status.store(200, Ordering::SeqCst);
    let owner = stage.owner(shop).await;
    let path = [owner.facility.to_string(), webhook.id.to_string(), log_now[0].id.to_string()];
    owner.client.call::<ReplayDelivery>(&path.each_ref().map(String::as_str), &()).await.unwrap();
    stage.tick().await;
    assert_eq!(id(&receiver.received()[8]), id(&told[0]));
    assert_eq!(log(stage, shop, webhook.id).await[0].state, DeliveryState::Delivered);
    assert_eq!(the_webhook(stage, shop).await.failing_since, None);
}

async fn gone(stage: &Stage) {
    let (phone, shop) = (stage.client(), stage.shop());
    let (receiver, status) = receiver(410).await;
    let WebhookSecret { webhook, .. } = webhook(stage, shop, &receiver, &[]).await;
    test(stage, shop, webhook.id).await;
    stage.tick().await;
    assert_eq!(the_webhook(stage, shop).await.disabled.unwrap().by, DisabledBy::Gone);
    stage.paid(&phone, shop, &shop.noodles()).await;
    stage.pass(10 * MINUTE).await;
    assert_eq!(receiver.received().len(), 1, "nothing more is sent");
    // Saving it again switches it on.
    status.store(200, Ordering::SeqCst);
    let owner = stage.owner(shop).await;
    let on = on::<ChangeWebhook>(&owner, webhook.id, &to(&receiver, &[])).await.unwrap();
    assert_eq!(on.disabled, None);
    stage.paid(&phone, shop, &shop.noodles()).await;
    stage.tick().await;
    assert_eq!(receiver.received().len(), 3, "payment and order");
}

async fn silent_for_days(stage: &Stage) {
    let shop = stage.shop();
    let (receiver, _) = receiver(503).await;
    let WebhookSecret { webhook, .. } = webhook(stage, shop, &receiver, &[]).await;
    for _ in 0..6 {
        test(stage, shop, webhook.id).await;
        stage.pass(DAY).await;
    }
    let silent = the_webhook(stage, shop).await;
    assert_eq!(silent.disabled.unwrap().by, DisabledBy::Failing);
    assert!(silent.disabled.unwrap().at.since(silent.failing_since.unwrap()) >= 5 * DAY);
    assert!(stage.facts(webhook.id).await.contains(&"webhook.disabled".to_owned()), "the shop can see why");
}

async fn rotation(stage: &Stage) {
    let shop = stage.shop();
    let (receiver, _) = receiver(200).await;
    let WebhookSecret { webhook, secret: old } = webhook(stage, shop, &receiver, &[]).await;
    let owner = stage.owner(shop).await;
    let new = on::<RotateWebhook>(&owner, webhook.id, &()).await.unwrap().secret;
    assert_ne!(new, old);
    for _ in 0..2 {
        test(stage, shop, webhook.id).await;
        stage.tick().await;
        stage.clock.advance(DAY);
    }
    let [both, one] = receiver.received().try_into().unwrap();
    assert_eq!(signatures(&both), [signature(&new, &both), signature(&old, &both)]);
    assert_eq!(signatures(&one), [signature(&new, &one)]);
}

async fn test_button(stage: &Stage) {
    let shop = stage.shop();
    let (one, _) = receiver(200).await;
    let (another, _) = receiver(200).await;
    let WebhookSecret { webhook: first, .. } = webhook(stage, shop, &one, &[MessageKind::OrderReady]).await;
    webhook(stage, shop, &another, &[]).await;
    let delivery = test(stage, shop, first.id).await;
    assert_eq!((delivery.kind, delivery.state), (MessageKind::WebhookTest, DeliveryState::Pending));
    stage.tick().await;
    assert_eq!(id(&one.request()), delivery.message.to_string());
    assert!(another.received().is_empty(), "only that one is tested");
    // Removed, it hears no more, and its log is gone from sight.
    let owner = stage.owner(shop).await;
    on::<RemoveWebhook>(&owner, first.id, &()).await.unwrap();
    let refused = on::<TestWebhook>(&owner, first.id, &()).await.unwrap_err();
    assert_eq!(refused.code, Code::NotFound);
}

/// A server takes messages and dies before it sends them.
async fn a_lost_worker_loses_nothing(stage: &Stage) {
    let shop = stage.shop();
    let (receiver, _) = receiver(200).await;
    let WebhookSecret { webhook, .. } = webhook(stage, shop, &receiver, &[]).await;
    let delivery = test(stage, shop, webhook.id).await;
    assert_eq!(deliver::due(stage.app(), 100).await.unwrap().len(), 1);
    stage.pass(30 * SECOND).await;
    assert!(receiver.received().is_empty(), "it may still be on its way");
    stage.pass(31 * SECOND).await;
    assert_eq!(id(&receiver.request()), delivery.message.to_string());
}

async fn wrong_addresses(stage: &Stage) {
    let shop = stage.shop();
    let owner = stage.owner(shop).await;
    let long = format!("https://example.com/{}", "x".repeat(500));
    for url in ["", "example.com", "ftp://example.com/", "https://", "https://user:word@example.com/", &long] {
        let refused = add(&owner, &NewWebhook { url: url.into(), kinds: Vec::new() }).await.unwrap_err();
        assert_eq!((refused.code, refused.pointer.as_deref()), (Code::InvalidValue, Some("/url")), "{url}");
    }
    for body in [r#"{"url":"https://example.com","kinds":["no.such"]}"#, r#"{"url":"https://example.com","more":1}"#] {
        let answer = owner.client.request("POST", &owner.path("webhooks")).text(body).send().await;
        assert_eq!(answer.problem().code, Code::InvalidRequest, "{body}");
    }
    let (receiver, _) = receiver(200).await;
    for _ in 0..10 {
        add(&owner, &to(&receiver, &[])).await.unwrap();
    }
    assert_eq!(add(&owner, &to(&receiver, &[])).await.unwrap_err().code, Code::InvalidValue);
}

async fn foreign(stage: &Stage) {
    let (shop, other) = (stage.shop(), stage.other());
    let (receiver, _) = receiver(200).await;
    let WebhookSecret { webhook: theirs, .. } = webhook(stage, other, &receiver, &[]).await;
    let delivery = test(stage, other, theirs.id).await;
    let owner = stage.owner(shop).await;
    let unknown = WebhookId::from_uuid(1).to_string();
    let operations = |webhook: &str, delivery: DeliveryId| {
        [
            ("PUT", format!("webhooks/{webhook}"), r#"{"url":"https://example.com"}"#),
            ("DELETE", format!("webhooks/{webhook}"), ""),
            ("POST", format!("webhooks/{webhook}/rotate"), ""),
            ("POST", format!("webhooks/{webhook}/test"), ""),
            ("GET", format!("webhooks/{webhook}/deliveries"), ""),
            ("POST", format!("webhooks/{webhook}/deliveries/{delivery}/replay"), ""),
        ]
    };
    let send = async |client: &Client, (method, path, body): &(&str, String, &str)| {
        let request = client.request(method, path);
        if body.is_empty() { request.send().await } else { request.text(body).send().await }
    };
    for (foreign, nothing) in
        operations(&theirs.id.to_string(), delivery.id).iter().zip(operations(&unknown, delivery.id))
    {
        let at = |(method, rest, body): &(&'static str, String, &'static str)| (*method, owner.path(rest), *body);
        let foreign_answer = send(&owner.client, &at(foreign)).await;
        assert_eq!(foreign_answer.status, 404, "{foreign:?}");
        assert_eq!(foreign_answer.text(), send(&owner.client, &at(&nothing)).await.text(), "{foreign:?}");
    }
    let kitchen = stage.kitchen(other).await;
    for operation in operations(&theirs.id.to_string(), delivery.id) {
        let (method, rest, body) = operation;
        let answer = send(&kitchen.client, &(method, kitchen.path(&rest), body)).await;
        assert_eq!(answer.problem().code, Code::Forbidden, "{method} {rest}");
    }
    stage.tick().await;
    assert_eq!(receiver.received().len(), 1);
}

async fn paging(stage: &Stage) {
    let shop = stage.shop();
    let (receiver, _) = receiver(200).await;
    let WebhookSecret { webhook, .. } = webhook(stage, shop, &receiver, &[]).await;
    for _ in 0..60 {
        test(stage, shop, webhook.id).await;
    }
    stage.tick().await;
    let owner = stage.owner(shop).await;
    let path = owner.path(&format!("webhooks/{}/deliveries", webhook.id));
    let first: Value = owner.client.get(&path).await.json();
    let next = first["next"].as_str().unwrap();
    let second: Value = owner.client.get(&format!("{path}?after={next}")).await.json();
    assert_eq!(
        (first["deliveries"].as_array().unwrap().len(), second["deliveries"].as_array().unwrap().len()),
        (50, 10)
    );
    assert_eq!(second["next"], Value::Null);
    assert_eq!(owner.client.get(&format!("{path}?after=x")).await.problem().code, Code::InvalidRequest);
    assert_eq!(receiver.received().len(), 60);
}

async fn catalogue(stage: &Stage) {
    let kinds = stage.client().call::<ListMessageKinds>(&[], &()).await.unwrap().kinds;
    assert_eq!(kinds.len(), MessageKind::ALL.len());
    for kind in kinds {
        assert_eq!(kind.example.kind, kind.kind);
        assert!(kind.example.data.facility.is_some() && kind.meaning.ends_with('.'));
    }
}
