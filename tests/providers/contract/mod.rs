//! One contract for all adapters: each test runs once for every payment company, against the real sandbox in this
//! process. What is particular to one company's wire format is tested beside this folder.

mod faults;
mod notifications;
mod payments;
mod refunds;

use crate::fixtures::{LONG, NOW};
use okini_sandbox::{Options, Ready, ReadyCheckout, Running};
use okini_server::clock::{Clock, Ids};
use okini_server::providers::checkout::CheckoutSettings;
use okini_server::providers::hosted::Hosted;
use okini_server::providers::http::{Http, Timeouts};
use okini_server::providers::komoju::Komoju;
use okini_server::providers::paypay::{PayPay, PayPaySettings};
use okini_server::providers::stripe::Stripe;
use okini_server::providers::{Attempt, Page, Provider, RefundRequest};
use okini_shared::id::{PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::rules::payment::{Finding, ProviderName};
use serde_json::{Value, json};
use std::sync::Arc;

/// A payment company in the sandbox, and our adapter to it; both go by the same time.
struct Side {
    name: ProviderName,
    provider: Arc<dyn Provider>,
    sandbox: Running,
    sandbox_clock: okini_sandbox::Clock,
    clock: Clock,
    ids: Ids,
    control: reqwest::Client,
}

impl Side {
    async fn start(name: ProviderName) -> Self {
        let sandbox_clock = okini_sandbox::Clock::still(NOW);
        let options = Options { clock: sandbox_clock.clone(), ..Options::default() };
        let sandbox = okini_sandbox::start(options).await.unwrap();
        let clock = Clock::manual(NOW);
        let ids = Ids::seeded(clock.clone(), 1);
        let control = reqwest::Client::builder().no_proxy().build().unwrap();
        let provider = adapter(name, &sandbox.ready, &clock, LONG);
        let side = Self { name, provider, sandbox, sandbox_clock, clock, ids, control };
        side.turn(json!({"multiple_refunds": true})).await;
        side
    }

    /// Our adapter with another clock or other patience.
    fn adapter(&self, clock: &Clock, timeouts: Timeouts) -> Arc<dyn Provider> {
        adapter(self.name, &self.sandbox.ready, clock, timeouts)
    }

    /// What the company says of a page whose name was lost, as long as it is not paid: KOMOJU finds payments by our number,
    /// not pages.
    fn of_lost_page(&self) -> Finding {
        if self.name == ProviderName::Komoju { Finding::NotFound } else { Finding::Pending }
    }

    fn advance(&self, ms: i64) {
        self.clock.advance(ms);
        self.sandbox_clock.advance(ms);
    }

    /// An attempt that the provider has not heard of.
    fn new_attempt(&self) -> Attempt {
        Attempt {
            id: PaymentId::from_uuid(self.ids.uuid()),
            merchant: None,
            amount: Yen::new(1_430),
            description: "お好み焼き さくら".into(),
            return_url: "https://okini.example/o/abc".into(),
            created_at: self.clock.now(),
            provider_ref: None,
        }
    }

    /// An attempt with a page.
    async fn created(&self) -> (Attempt, Page) {
        let attempt = self.new_attempt();
        let page = self.provider.create(&attempt).await.unwrap();
        (Attempt { provider_ref: Some(page.provider_ref.clone()), ..attempt }, page)
    }

    /// A paid attempt and the request to give a part of it back.
    async fn paid(&self, part: i64) -> (Attempt, RefundRequest) {
        let (attempt, _) = self.created().await;
        assert_eq!(self.act("pay", &attempt).await, 200);
        let Finding::Paid { provider_payment_id, .. } = self.provider.query(&attempt).await else { panic!("not paid") };
        let refund = RefundRequest {
            id: RefundId::from_uuid(self.ids.uuid()),
            merchant: None,
            payment: attempt.id,
            provider_payment_id,
            provider_ref: attempt.provider_ref.clone(),
            amount: Yen::new(part),
            requested_at: self.clock.now(),
        };
        (attempt, refund)
    }

    /// The same payment's money again, under a new id.
    fn another(&self, refund: &RefundRequest, amount: i64) -> RefundRequest {
        RefundRequest { id: RefundId::from_uuid(self.ids.uuid()), amount: Yen::new(amount), ..refund.clone() }
    }

    /// Has the person with the phone `pay` or `decline`; 409 when the page cannot be used.
    async fn act(&self, what: &str, attempt: &Attempt) -> u16 {
        self.post(&format!("{}/{what}/{}", self.name.name(), attempt.id), &json!({})).await
    }

    async fn turn(&self, switches: Value) {
        assert_eq!(self.post("faults", &switches).await, 200);
    }

    async fn notify(&self, url: &str) {
        assert_eq!(self.post("notify-urls", &json!({ self.name.name(): url })).await, 204);
    }

    /// How the company's own books show an attempt.
    async fn books(&self, attempt: &Attempt) -> Option<Value> {
        let url = format!("{}/{}/payments", self.sandbox.ready.control, self.name.name());
        let answer = self.send(self.control.get(url)).await;
        let books: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        books.as_array().unwrap().iter().find(|one| one["merchantPaymentId"] == attempt.id.to_string()).cloned()
    }

    /// What went back by those books, in yen.
    async fn refunded(&self, attempt: &Attempt) -> i64 {
        let books = self.books(attempt).await.unwrap();
        books["refunds"].as_array().unwrap().iter().map(|refund| refund["amount"].as_i64().unwrap()).sum()
    }

    async fn post(&self, path: &str, body: &Value) -> u16 {
        let url = format!("{}/{path}", self.sandbox.ready.control);
        let request = self.control.post(url).header("Content-Type", "application/json").body(body.to_string());
        self.send(request).await.status().as_u16()
    }

    #[expect(clippy::disallowed_methods, reason = "the sandbox's control API is the test's own")]
    async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Response {
        request.send().await.unwrap()
    }
}

fn adapter(name: ProviderName, ready: &Ready, clock: &Clock, timeouts: Timeouts) -> Arc<dyn Provider> {
    let http = Http::new().unwrap();
    match name {
        ProviderName::Paypay => {
            let ready = ready.paypay.clone();
            let settings = PayPaySettings {
                base_url: ready.base_url,
                api_key: ready.api_key,
                api_secret: ready.api_secret,
                page_host: "127.0.0.1".to_owned(),
                timeouts,
            };
            Arc::new(PayPay::new(settings, http, clock.clone(), Ids::system(clock.clone())))
        }
        ProviderName::Hosted => Arc::new(Hosted::new(checkout(&ready.hosted, timeouts), http, clock.clone()).unwrap()),
        ProviderName::Komoju => Arc::new(Komoju::new(checkout(&ready.komoju, timeouts), http, clock.clone()).unwrap()),
        ProviderName::Stripe => Arc::new(Stripe::new(checkout(&ready.stripe, timeouts), http, clock.clone()).unwrap()),
    }
}

fn checkout(ready: &ReadyCheckout, timeouts: Timeouts) -> CheckoutSettings {
    let ready = ready.clone();
    CheckoutSettings {
        base_url: ready.base_url,
        api_key: ready.api_key,
        webhook_secret: ready.webhook_secret,
        page_host: "127.0.0.1".to_owned(),
        timeouts,
    }
}

/// Runs each of the tests for every payment company.
macro_rules! contract {
    ($($test:ident)*) => {
        mod paypay {
            $(#[tokio::test] async fn $test() {
                super::$test(&crate::contract::Side::start(super::ProviderName::Paypay).await).await;
            })*
        }
        mod hosted {
            $(#[tokio::test] async fn $test() {
                super::$test(&crate::contract::Side::start(super::ProviderName::Hosted).await).await;
            })*
        }
        mod komoju {
            $(#[tokio::test] async fn $test() {
                super::$test(&crate::contract::Side::start(super::ProviderName::Komoju).await).await;
            })*
        }
        mod stripe {
            $(#[tokio::test] async fn $test() {
                super::$test(&crate::contract::Side::start(super::ProviderName::Stripe).await).await;
            })*
        }
    };
}
use contract;
