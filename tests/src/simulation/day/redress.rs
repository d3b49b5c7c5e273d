//! What staff do about money in a day: give back parts and wholes, decide about stranded payments and refused refunds, in
//! any state, at any moment, also when it is not theirs to decide.

use super::{Day, Outcome, STAFF};
use futures_util::FutureExt as _;
use okini_server::domain::idempotency::Key;
use okini_server::domain::redress::{self, Decider};
use okini_shared::api::redress::{NewRefund, PaymentDecision, PaymentWay, RefundDecision, RefundWay};
use okini_shared::money::Yen;
use okini_shared::rules::payment::PaymentState;
use okini_shared::rules::refund::RefundState;
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use std::sync::Arc;

const REASON: &str = "話しました";

impl Day {
    pub(super) async fn redress(&mut self) {
        match self.rng.random_range(0..4) {
            0 => self.give_back().await,
            1 => self.resolve_payment().await,
            _ => self.resolve_refund().await,
        }
    }

    /// Few keys, so that requests come again.
    fn decider(&mut self, what: &str) -> Decider {
        let key = format!("staff-{}", self.rng.random_range(0..9));
        let key = Key::new(format!("account:{STAFF}"), format!("{key}-{what}"), &what).unwrap();
        Decider { facility: self.world.town.shop.id, account: STAFF, key }
    }

    async fn give_back(&mut self) {
        let Some((at, order, _)) = self.any_order() else { return };
        let yen = (!self.one_in(3)).then(|| Yen::new(self.rng.random_range(1..900)));
        let decider = self.decider(&format!("{order} {yen:?}"));
        let app = Arc::clone(&self.world.app);
        let new = NewRefund { amount: yen, reason: REASON.into() };
        let work = async move { Outcome::Done(redress::give_back(&app, decider, order, new).await.map(drop)) };
        self.begin(&format!("staff give back {yen:?} of order {at}"), work.boxed()).await;
    }

    async fn resolve_payment(&mut self) {
        let stranded = self.books.payments.iter().filter(|(_, payment)| payment.state == PaymentState::Stranded);
        let mut ids: Vec<String> = stranded.map(|(id, _)| id.clone()).collect();
        if ids.is_empty() {
            ids = self.books.payments.keys().cloned().collect();
        }
        let Some(id) = ids.choose(&mut self.rng).cloned() else { return };
        let way = *PaymentWay::ALL.choose(&mut self.rng).unwrap();
        let decider = self.decider(&format!("{id} {way:?}"));
        let app = Arc::clone(&self.world.app);
        let decision = PaymentDecision { way, reason: REASON.into() };
        let name = format!("staff decide about {id}: {way:?}");
        let id = id.parse().unwrap();
        let work = async move { Outcome::Done(redress::resolve_payment(&app, decider, id, decision).await.map(drop)) };
        self.begin(&name, work.boxed()).await;
    }

    async fn resolve_refund(&mut self) {
        let refused = self.books.refunds.iter().filter(|(_, refund)| refund.state == RefundState::Refused);
        let mut ids: Vec<String> = refused.map(|(id, _)| id.clone()).collect();
        if ids.is_empty() {
            ids = self.books.refunds.keys().cloned().collect();
        }
        let Some(id) = ids.choose(&mut self.rng).cloned() else { return };
        let way = *RefundWay::ALL.choose(&mut self.rng).unwrap();
        let decider = self.decider(&format!("{id} {way:?}"));
        let app = Arc::clone(&self.world.app);
        let decision = RefundDecision { way, reason: REASON.into() };
        let name = format!("staff decide about {id}: {way:?}");
        let id = id.parse().unwrap();
        let work = async move { Outcome::Done(redress::resolve_refund(&app, decider, id, decision).await.map(drop)) };
        self.begin(&name, work.boxed()).await;
    }
}
