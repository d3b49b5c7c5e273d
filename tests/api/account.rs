//! Consortia with accounts of their own at payment companies of their own: the real adapter on one side, a sandbox for each
//! on the other. Who may add accounts is tested with the program.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use okini_sandbox::Options;
use okini_server::clock::Ids;
use okini_server::config::{Config, ProviderSettings};
use okini_server::domain::account::change::{self, Given, NewAccount};
use okini_server::domain::doctor;
use okini_server::domain::reseal::{self, Resealed};
use okini_server::jobs;
use okini_server::server::{self, Parts};
use okini_server::state::App;
use okini_shared::api::menu::{GetMenu, Menu};
use okini_shared::api::order::Order;
use okini_shared::api::webhook::{AddWebhook, NewWebhook};
use okini_shared::id::{PaymentId, ProviderAccountId};
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::{AccountKey, PaymentState, ProviderName};
use okini_shared::time::SECOND;
use okini_tests::client::{Answer, Client};
use okini_tests::diner::all;
use okini_tests::fixture::Shop;
use okini_tests::on_both;
use okini_tests::stage::{NOW, PUBLIC_URL, SIGNING_KEY, Stage};
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

on_both! {
    each_at_its_own refunds_go_where_the_money_is told_by_its_own_company_only one_that_hangs sealed_in_its_place
    sealed_anew disabled refused
}

const HOSTED: ProviderName = ProviderName::Hosted;

/// A payment company and the account that a consortium has there.
struct Company {
    sandbox: okini_sandbox::Running,
    control: reqwest::Client,
    id: ProviderAccountId,
    path: String,
}

impl Company {
    async fn open(stage: &Stage, consortium: &str) -> Self {
        let options = Options { clock: okini_sandbox::Clock::still(NOW), ..Options::default() };
        let sandbox = okini_sandbox::start(options).await.unwrap();
        let settings = settings(&sandbox);
        let new = NewAccount { consortium: consortium.into(), provider: HOSTED, settings };
        let (id, path) = change::add(stage.app(), new).await.unwrap();
        let control = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox, control, id, path }
    }

    fn key(&self) -> AccountKey {
        AccountKey::Stored(self.id)
    }

    async fn give(&self, stage: &Stage, shop: &Shop) {
        let given = Given { key: self.key(), facility: shop.code.clone(), merchant: None };
        assert_eq!(change::give(stage.app(), given).await.unwrap(), shop.id);
    }

    async fn post(&self, path: &str, body: &Value) {
        let url = format!("{}/{path}", self.sandbox.ready.control);
        let request = self.control.post(url).header("Content-Type", "application/json").body(body.to_string());
        assert!(self.send(request).await.status().is_success(), "{path}");
    }

    /// The diner pays on this company's page.
    async fn pay(&self, payment: PaymentId) {
        self.post(&format!("hosted/pay/{payment}"), &json!({})).await;
    }

    /// Our payments in its books, and what it gave back of each.
    async fn books(&self) -> Vec<(String, i64)> {
        let answer = self.send(self.control.get(format!("{}/hosted/payments", self.sandbox.ready.control))).await;
        let books: Vec<Value> = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let back = |one: &Value| {
            one["refunds"].as_array().unwrap().iter().map(|refund| refund["amount"].as_i64().unwrap()).sum()
        };
        books.iter().map(|one| (one["merchantPaymentId"].as_str().unwrap().to_owned(), back(one))).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "the sandbox's control API is the test's own")]
    async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Response {
        request.send().await.unwrap()
    }

    /// Its notification about a payment, sent to that path.
    async fn notify(&self, stage: &Stage, path: &str, payment: PaymentId) -> Answer {
        let data = json!({"id": "hcs_1", "reference": payment, "status": "paid", "amount": 780, "currency": "JPY"});
        let body = json!({"type": "session.paid", "timestamp": "2026-11-22T10:27:02Z", "data": data}).to_string();
        let stamp = stage.clock.now().get().div_euclid(SECOND).to_string();
        let secret = self.sandbox.ready.hosted.webhook_secret.trim_start_matches("whsec_").to_owned();
        let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(secret).unwrap()).unwrap();
        mac.update(format!("msg_1.{stamp}.{body}").as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        let client = stage.client();
        let request = client.request("POST", path).header("webhook-id", "msg_1");
        let request = request.header("webhook-timestamp", &stamp).header("webhook-signature", &signature);
        request.bytes("application/json", body.as_bytes()).send().await
    }
}

fn settings(sandbox: &okini_sandbox::Running) -> ProviderSettings {
    let ready = sandbox.ready.hosted.clone();
    ProviderSettings {
        base_url: ready.base_url,
        page_host: "pay.example".into(),
        api_key: ready.api_key,
        api_secret: String::new(),
        webhook_secret: ready.webhook_secret,
        notify_secret: String::new(),
    }
}

/// Two consortia, each with a shop and a company: the shop's, and the other shop's.
async fn two(stage: &Stage) -> (Company, Company) {
    let moved = "UPDATE facility SET consortium_id = (SELECT id FROM consortium WHERE code = 'stranger') WHERE id = ";
    stage.database.change(&format!("{moved} '{}'", stage.other().id)).await;
    let (ours, theirs) = (Company::open(stage, "paypay").await, Company::open(stage, "stranger").await);
    ours.give(stage, stage.shop()).await;
    theirs.give(stage, stage.other()).await;
    stage.tick().await;
    (ours, theirs)
}

async fn redirected(stage: &Stage, phone: &Client, shop: &Shop) -> (Order, PaymentId) {
    let order = phone.place(&shop.noodles()).await;
    phone.pay(&order, HOSTED).await.unwrap();
    let payment = stage.payment(&order).await;
    (order, payment)
}

async fn paid(stage: &Stage, phone: &Client, shop: &Shop, company: &Company) -> (Order, PaymentId) {
    let (order, payment) = redirected(stage, phone, shop).await;
    company.pay(payment).await;
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.state, OrderState::Submitted);
    (order, payment)
}

async fn offers(node: &okini_tests::stage::Node, shop: &Shop) -> Vec<(ProviderName, String)> {
    let menu: Menu = node.client().call::<GetMenu>(&[&shop.code], &()).await.unwrap();
    menu.facility.providers.into_iter().map(|pay| (pay.provider, pay.host)).collect()
}

async fn each_at_its_own(stage: &Stage) {
    // A server that was there before the accounts were.
    let second = stage.another_node(2, "").await;
    let (ours, theirs) = two(stage).await;
    let phone = stage.client();
    let (_, first) = paid(stage, &phone, stage.shop(), &ours).await;
    let (_, other) = paid(stage, &phone, stage.other(), &theirs).await;
    assert_eq!(ours.books().await, [(first.to_string(), 0)]);
    assert_eq!(theirs.books().await, [(other.to_string(), 0)]);
    let accounts = stage.database.texts("SELECT account FROM payment ORDER BY id").await;
    assert_eq!(accounts, [ours.id.to_string(), theirs.id.to_string()]);

    let seen = [(ProviderName::Paypay, "pay.test".into()), (HOSTED, "pay.example".into())];
    assert_eq!(offers(stage.node(), stage.shop()).await, seen);
    jobs::round(second.app()).await.unwrap();
    assert_eq!(offers(&second, stage.shop()).await, seen);
    let metrics = phone.get("/metrics").await.text();
    for company in [&ours, &theirs] {
        let up = format!("okini_provider_up{{provider=\"hosted\",account=\"{}\"}} 1", company.id);
        assert!(metrics.contains(&up), "{metrics}");
    }
    second.stop().await;
}

/// The shop goes to another company while an order is paid at the one before.
async fn refunds_go_where_the_money_is(stage: &Stage) {
    let (before, _) = two(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let (order, payment) = paid(stage, &phone, shop, &before).await;
    let (open, late) = redirected(stage, &phone, shop).await;
    let after = Company::open(stage, "paypay").await;
    after.give(stage, shop).await;
    stage.tick().await;
    let (_, third) = paid(stage, &phone, shop, &after).await;

    // Paid at the old company after the shop left it, and given back there.
    before.pay(late).await;
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&open).await.state, OrderState::Submitted);
    for order in [&order, &open] {
        phone.cancel(order).await.unwrap();
    }
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&order).await.payment.unwrap().state, PaymentState::Refunded);
    assert_eq!(BTreeSet::from_iter(before.books().await), [(payment.to_string(), 780), (late.to_string(), 780)].into());
    assert_eq!(after.books().await, [(third.to_string(), 0)]);
}

async fn told_by_its_own_company_only(stage: &Stage) {
    let (ours, theirs) = two(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let (order, payment) = redirected(stage, &phone, shop).await;
    ours.pay(payment).await;
    let asked = async || {
        stage.tick().await;
        phone.look(&order).await.state == OrderState::Submitted
    };
    // Another company's signature on this one's path, and nobody's path.
    assert_eq!(theirs.notify(stage, &ours.path, payment).await.problem().code, Code::Forbidden);
    for path in [ours.path.replace("hosted", "komoju"), format!("{}0", ours.path)] {
        assert_eq!(ours.notify(stage, &path, payment).await.problem().code, Code::NotFound);
    }
    assert_eq!(stage.database.count("notification").await, 0);
    // Another company may say what it likes on its own path: the payment is none of its.
    assert_eq!(theirs.notify(stage, &theirs.path, payment).await.status, 200);
    assert!(!asked().await);
    assert_eq!(ours.notify(stage, &ours.path, payment).await.status, 200);
    assert!(asked().await, "at once");
}

/// A company takes every question and answers none; more payments wait for it than it has places.
async fn one_that_hangs(stage: &Stage) {
    let (ours, theirs) = two(stage).await;
    let phones: Vec<Client> = (0..70).map(|_| stage.client()).collect();
    all(phones.iter().map(|phone| redirected(stage, phone, stage.shop()))).await;
    ours.post("faults", &json!({"query": "hang", "hang_ms": 600_000})).await;
    let phone = stage.client();
    let (order, payment) = redirected(stage, &phone, stage.other()).await;
    theirs.pay(payment).await;

    let (stop, stopped) = watch::channel(false);
    let timer = tokio::spawn(jobs::run(Arc::clone(stage.app()), stopped));
    stage.clock.advance(3 * SECOND);
    let arrives = async {
        while phone.look(&order).await.state != OrderState::Submitted {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), arrives).await.unwrap();
    // The other one is offered as before; the payments at the one that hangs are where they were.
    assert!(offers(stage.node(), stage.other()).await.iter().any(|(provider, _)| *provider == HOSTED));
    let waiting = format!("payment WHERE account = '{}' AND state = 'redirected'", ours.id);
    assert_eq!(stage.database.count(&waiting).await, 70);
    stop.send(true).unwrap();
    timer.await.unwrap();
    ours.post("faults", &json!({"query": "ok"})).await;
}

async fn sealed_in_its_place(stage: &Stage) {
    let (ours, _) = two(stage).await;
    let ready = &ours.sandbox.ready.hosted;
    let path_secret = ours.path.rsplit('/').next().unwrap();
    let columns = "api_key || webhook_secret || notify_secret || notify_digest || base_url";
    let mut kept = stage.database.texts(&format!("SELECT {columns} FROM provider_account")).await.concat().into_bytes();
    if let Some(file) = stage.database.url.strip_prefix("sqlite://") {
        for end in ["", "-wal"] {
            kept.extend(std::fs::read(format!("{file}{end}")).unwrap_or_default());
        }
    }
    let has = |secret: &str| kept.windows(secret.len()).any(|part| part == secret.as_bytes());
    assert!(has(&ready.base_url), "it is looked at in the right place");
    for secret in
        [&ready.api_key, &ready.webhook_secret, ready.webhook_secret.trim_start_matches("whsec_"), path_secret]
    {
        assert!(!has(secret));
    }

    let look = async || {
        let sealer = Some(&stage.app().sealer);
        doctor::look_with(sealer, &stage.database.url, stage.clock.now()).await.unwrap()
    };
    assert!(look().await.sound);
    let swap = format!(
        "UPDATE provider_account SET api_key = webhook_secret, webhook_secret = api_key WHERE id = '{}'",
        ours.id
    );
    stage.database.change(&swap).await;
    let report = look().await;
    let found = report.findings.iter().find(|finding| finding.rule == "sealed").unwrap();
    assert_eq!(found.ids, [format!("{}/api_key", ours.id), format!("{}/webhook_secret", ours.id)]);
    // A server that starts now cannot use this account, and does not stop for it.
    let second = stage.another_node(2, "").await;
    assert_eq!(offers(&second, stage.shop()).await.len(), 1);
    assert_eq!(offers(&second, stage.other()).await.len(), 1);
    second.stop().await;
    stage.database.change(&swap).await;
}

const OLD: &str = "long enough to seal the secrets of webhooks";
const NEW: &str = "another one that is long enough to seal it";

/// The core with these sealing keys.
async fn with_keys(stage: &Stage, present: &str, previous: &str) -> Arc<App> {
    let mut config = Config::defaults().unwrap();
    config.database.url.clone_from(&stage.database.url);
    config.database.may_lose_writes = true;
    config.auth.signing_key = SIGNING_KEY.into();
    config.auth.sealing_key = present.into();
    config.auth.previous_sealing_key = previous.into();
    let (clock, providers) = (stage.clock.clone(), Vec::new());
    let parts = Parts { ids: Ids::system(clock.clone()), clock, providers, timer: false };
    Arc::new(server::assemble(config, parts, PUBLIC_URL.into()).await.unwrap())
}

async fn sealed_anew(stage: &Stage) {
    let (ours, theirs) = two(stage).await;
    let owner = stage.owner(stage.shop()).await;
    let new = NewWebhook { url: "https://receiver.example/".into(), kinds: Vec::new() };
    owner.client.call::<AddWebhook>(&[&stage.shop().path()], &new).await.unwrap();
    let knows = |app: &App| [ours.key(), theirs.key()].map(|key| app.providers.get(key).is_some());

    let rotating = with_keys(stage, NEW, OLD).await;
    assert_eq!(knows(&rotating), [true, true], "while the key changes both open");
    let done = |resealed, present| Resealed { resealed, present, broken: Vec::new() };
    assert_eq!(reseal::all(&rotating).await.unwrap(), done(7, 0), "three of each account and the webhook's");
    assert_eq!(reseal::all(&rotating).await.unwrap(), done(0, 7), "again does no harm");
    assert_eq!(knows(&*with_keys(stage, NEW, "").await), [true, true]);
    let lost = with_keys(stage, OLD, "").await;
    assert_eq!(knows(&lost), [false, false]);
    assert_eq!(reseal::all(&lost).await.unwrap().broken.len(), 7);

    let back = with_keys(stage, OLD, NEW).await;
    assert_eq!(reseal::all(&back).await.unwrap(), done(7, 0));
    let phone = stage.client();
    paid(stage, &phone, stage.shop(), &ours).await;
}

async fn disabled(stage: &Stage) {
    let (ours, _) = two(stage).await;
    let (phone, shop) = (stage.client(), stage.shop());
    let (kept, _) = paid(stage, &phone, shop, &ours).await;
    let (open, late) = redirected(stage, &phone, shop).await;
    assert_eq!(change::disable(stage.app(), ours.id).await.unwrap(), 1);
    stage.tick().await;
    assert_eq!(offers(stage.node(), shop).await.len(), 1);
    let order = phone.place(&shop.noodles()).await;
    assert_eq!(phone.pay(&order, HOSTED).await.unwrap_err().code, Code::ProviderNotOffered);
    let given = Given { key: ours.key(), facility: shop.code.clone(), merchant: None };
    assert!(change::give(stage.app(), given).await.is_err());

    ours.pay(late).await;
    assert_eq!(ours.notify(stage, &ours.path, late).await.status, 200);
    stage.tick().await;
    assert_eq!(phone.look(&open).await.state, OrderState::Submitted);
    phone.cancel(&kept).await.unwrap();
    stage.pass(3 * SECOND).await;
    assert_eq!(phone.look(&kept).await.payment.unwrap().state, PaymentState::Refunded);
}

/// What an operator cannot do.
async fn refused(stage: &Stage) {
    let (ours, _) = two(stage).await;
    let good = settings(&ours.sandbox);
    let add = async |consortium: &str, settings: ProviderSettings| {
        let new = NewAccount { consortium: consortium.into(), provider: HOSTED, settings };
        change::add(stage.app(), new).await.map(drop).map_err(|error| error.to_string())
    };
    assert!(add("nobody", good.clone()).await.unwrap_err().contains("no consortium"));
    for base_url in ["http://pay.example", "https://a:b@pay.example", "pay.example"] {
        assert!(add("paypay", ProviderSettings { base_url: base_url.into(), ..good.clone() }).await.is_err());
    }
    for webhook_secret in ["", "short", "whsec_!"] {
        let settings = ProviderSettings { webhook_secret: webhook_secret.into(), ..good.clone() };
        let words = add("paypay", settings).await.unwrap_err();
        assert!(webhook_secret.is_empty() || !words.contains(webhook_secret), "{words}");
    }
    assert!(add("paypay", ProviderSettings { api_secret: "x".into(), ..good.clone() }).await.is_err());
    assert!(add("paypay", ProviderSettings { page_host: "a b".into(), ..good.clone() }).await.is_err());
    assert_eq!(stage.database.count("provider_account").await, 2);

    let give = async |key: AccountKey, facility: &str| {
        change::give(stage.app(), Given { key, facility: facility.into(), merchant: None }).await.map(drop)
    };
    let words = give(ours.key(), &stage.other().code).await.unwrap_err().to_string();
    assert!(words.contains("another consortium"), "{words}");
    assert!(give(ours.key(), "ABCD2345").await.is_err());
    assert!(give(AccountKey::Stored(ProviderAccountId::from_uuid(1)), &stage.shop().code).await.is_err());
    assert!(give(AccountKey::Settings(ProviderName::Stripe), &stage.shop().code).await.is_err());
}
