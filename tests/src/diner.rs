//! What diners do, in the words of tests: order, pay, look; and what their payment company does meanwhile.

use crate::client::{Answer, Client, new_key};
use crate::fixture::Shop;
use crate::scripted::Scripted;
use crate::stage::{HOOK, Stage};
use okini_server::store::{self, payment, refund};
use okini_shared::api::order::{CancelOrder, GetOrder, NewOrder, NewPayment, Order, Payment, PlaceOrder, StartPayment};
use okini_shared::id::PaymentId;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::ProviderName;

impl Client {
    /// Places an order that is taken.
    pub async fn place(&self, new: &NewOrder) -> Order {
        self.call::<PlaceOrder>(&[], new).await.unwrap()
    }

    /// Why an order is not taken.
    pub async fn refused(&self, new: &NewOrder) -> Problem {
        self.call::<PlaceOrder>(&[], new).await.unwrap_err()
    }

    /// Sends an order with a key, and shows the raw answer.
    pub async fn send_order(&self, key: &str, new: &NewOrder) -> Answer {
        self.request("POST", "/api/v1/orders").header("idempotency-key", key).json(new).send().await
    }

    /// Starts paying.
    pub async fn pay(&self, order: &Order, provider: ProviderName) -> Result<Payment, Problem> {
        self.call::<StartPayment>(&[&order.token], &NewPayment { provider }).await
    }

    /// Starts paying with a key, and shows the raw answer.
    pub async fn send_payment(&self, order: &Order, key: &str, body: &str) -> Answer {
        let path = format!("/api/v1/orders/{}/payments", order.token);
        self.request("POST", &path).header("idempotency-key", key).text(body).send().await
    }

    /// The order as it is now.
    pub async fn look(&self, order: &Order) -> Order {
        self.call::<GetOrder>(&[&order.token], &()).await.unwrap()
    }

    /// Takes an order back.
    pub async fn cancel(&self, order: &Order) -> Result<Order, Problem> {
        self.call::<CancelOrder>(&[&order.token], &()).await
    }
}

impl Stage {
    /// The payment company of a shop.
    pub fn company(&self, shop: &Shop) -> &Scripted {
        match shop.provider {
            ProviderName::Paypay => &self.paypay,
            ProviderName::Hosted => &self.hosted,
            other => panic!("no shop of these tests takes {}", other.name()),
        }
    }

    /// All attempts to pay an order, oldest first.
    pub async fn payments(&self, order: &Order) -> Vec<payment::Payment> {
        payment::of_order(&mut self.app().db.read().await.unwrap(), order.id).await.unwrap()
    }

    /// The newest attempt to pay an order.
    pub async fn payment(&self, order: &Order) -> PaymentId {
        self.payments(order).await.last().unwrap().id
    }

    /// The refunds of an order.
    pub async fn refunds(&self, order: &Order) -> Vec<refund::Refund> {
        refund::of_order(&mut self.app().db.read().await.unwrap(), order.id).await.unwrap()
    }

    /// The kinds of all facts about a subject.
    pub async fn facts(&self, subject: impl ToString) -> Vec<String> {
        store::event::kinds_of(&mut self.app().db.read().await.unwrap(), &subject.to_string()).await.unwrap()
    }

    /// An order, and its page at the payment company open.
    pub async fn redirected(&self, phone: &Client, shop: &Shop, new: &NewOrder) -> Order {
        let order = phone.place(new).await;
        phone.pay(&order, shop.provider).await.unwrap();
        order
    }

    /// A paid order on the shop's board.
    pub async fn paid(&self, phone: &Client, shop: &Shop, new: &NewOrder) -> Order {
        let order = self.redirected(phone, shop, new).await;
        self.company(shop).pay(self.payment(&order).await);
        self.pass(3_000).await;
        let order = phone.look(&order).await;
        assert_eq!(order.state, OrderState::Submitted);
        order
    }

    /// The payment company tells about a payment.
    pub async fn notify(&self, provider: ProviderName, payment: PaymentId) -> Answer {
        self.notify_raw(provider, HOOK, Scripted::notification(payment).as_bytes()).await
    }

    /// Somebody sends a notification.
    pub async fn notify_raw(&self, provider: ProviderName, secret: &str, body: &[u8]) -> Answer {
        let path = format!("/hooks/{}/{secret}", provider.name());
        self.client().request("POST", &path).bytes("application/json", body).send().await
    }
}

/// An answer that refuses with this code.
pub fn refusal(answer: &Answer) -> Code {
    answer.problem().code
}

/// Sends the same order many times at once, with the same key, from the same phone.
pub async fn at_once(phone: &Client, key: &str, new: &NewOrder, times: usize) -> Vec<Answer> {
    all((0..times).map(|_| phone.send_order(key, new))).await
}

/// Waits for all of them, which run at the same time.
pub async fn all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    futures_util::future::join_all(futures).await
}

/// A key for what a test sends once.
pub fn once() -> String {
    new_key()
}
