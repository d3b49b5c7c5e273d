//! Campaigns and budgets of the town, and what diners do with coupons, in the words of tests.

use crate::client::Client;
use crate::fixture::{Shop, text};
use crate::stage::Stage;
use okini_server::domain::campaign::{self, Draft};
use okini_server::events::Actor;
use okini_server::state::App;
use okini_server::store::campaign::link_budget;
use okini_server::store::tenant::Tenant;
use okini_server::store::{self, Tx};
use okini_shared::api::coupon::{
    ClaimCoupon, EnterCode, EnteredCode, Got, Offer, PastCoupon, PastCoupons, StartTransfer, Transfer, Wallet,
};
use okini_shared::api::order::NewOrder;
use okini_shared::id::{BudgetId, CampaignId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::coupon::{
    Benefit, CampaignStep, Claim, Conditions, Funder, Kind, Limits, Refusal, Shares, Stacking, Terms,
};
use okini_shared::time::{DAY, Millis};
use std::sync::Arc;

/// Everything is paid by the shop.
pub const SHOP_PAYS: Shares = Shares { shop: 10_000, consortium: 0, programme: 0 };
/// The prefecture pays half, the consortium a third and the shop the rest.
pub const ALL_PAY: Shares = Shares { shop: 1_667, consortium: 3_333, programme: 5_000 };

/// So many yen off, for a day from now, once a person, together with others, paid by the programme.
pub fn yen_off(stage: &Stage, yen: i64) -> Terms {
    yen_off_from(stage.clock.now(), yen)
}

/// The same from a moment on.
pub fn yen_off_from(now: Millis, yen: i64) -> Terms {
    Terms {
        kind: Kind::OwnShop,
        benefit: Benefit::YenOff { yen: Yen::new(yen) },
        conditions: Conditions { starts_at: now, ends_at: now.plus(DAY), ..Conditions::default() },
        limits: Limits { per_person: Some(1), ..Limits::default() },
        stacking: Stacking { group: None, rank: 0, most: 9 },
        shares: Shares { shop: 0, consortium: 0, programme: 10_000 },
    }
}

/// A campaign that goes on.
pub async fn publish(app: &Arc<App>, of: Tenant, terms: Terms, claim: Claim) -> CampaignId {
    let draft = Draft { name: text("おおきに割", "Okini discount"), summary: None, terms, claim };
    let argument = (Arc::clone(app), of, draft);
    let published = app.db.write(argument, |tx, (app, of, draft)| {
        Box::pin(async move {
            let added = campaign::add(tx, app, *of, draft.clone(), Actor::System).await?;
            campaign::rehearse(tx, app, added.id, Actor::System).await?;
            Ok(campaign::publish(tx, app, added.id, None, Actor::System).await?.id)
        })
    });
    published.await.unwrap()
}

/// A budget of a funder that pays its share of these campaigns, at one place or everywhere.
pub async fn budget(app: &Arc<App>, (funder, yen): (Funder, i64), campaigns: &[CampaignId], at: Tenant) -> BudgetId {
    let argument = (Arc::clone(app), funder, Yen::new(yen), campaigns.to_vec(), at);
    let added = app.db.write(argument, |tx: &mut Tx<'_>, (app, funder, yen, campaigns, at)| {
        Box::pin(async move {
            let id = campaign::add_budget(tx, app, Tenant::Programme, (*funder, "FY2026"), *yen).await?;
            for campaign in campaigns {
                link_budget(tx.conn(), *campaign, (id, *funder), *at).await?;
            }
            Ok(id)
        })
    });
    added.await.unwrap()
}

impl Stage {
    /// A campaign of the programme that goes on.
    pub async fn campaign(&self, terms: Terms, claim: Claim) -> CampaignId {
        self.campaign_of(Tenant::Programme, terms, claim).await
    }

    /// The same of another issuer.
    pub async fn campaign_of(&self, of: Tenant, terms: Terms, claim: Claim) -> CampaignId {
        publish(self.app(), of, terms, claim).await
    }

    /// Lets a campaign rest, go on or end.
    pub async fn move_campaign(&self, id: CampaignId, step: CampaignStep) {
        let argument = (Arc::clone(self.app()), id, step);
        let moved = self.app().db.write(argument, |tx, (app, id, step)| {
            Box::pin(async move {
                let campaign = store::campaign::by_id(tx.conn(), *id).await?.ok_or(Code::NotFound)?;
                campaign::step(tx, app, campaign, *step, Actor::System).await.map(drop)
            })
        });
        moved.await.unwrap();
    }

    /// A budget of a funder that pays its share of these campaigns, at one place or everywhere.
    pub async fn budget(&self, funder: Funder, yen: i64, campaigns: &[CampaignId], at: Tenant) -> BudgetId {
        budget(self.app(), (funder, yen), campaigns, at).await
    }

    /// What is left of a budget, or of a campaign's places.
    pub async fn left(&self, owner: impl ToString) -> i64 {
        store::slot::left(&mut self.app().db.read().await.unwrap(), &owner.to_string()).await.unwrap().unwrap()
    }

    /// How many coupons of a campaign are in a state.
    pub async fn coupons(&self, campaign: CampaignId, state: &str) -> usize {
        let sql = format!("SELECT id FROM coupon WHERE campaign_id = '{campaign}' AND state = '{state}'");
        self.database.texts(&sql).await.len()
    }

    /// What the ledger says moved in this way for a funder.
    pub async fn moved(&self, kind: &str, funder: Funder) -> i64 {
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(amount), 0) AS TEXT) FROM ledger_entry WHERE kind = '{kind}' AND funder = '{}'",
            funder.name()
        );
        self.database.texts(&sql).await.remove(0).parse().unwrap()
    }
}

impl Client {
    /// Gets a coupon by a tap.
    pub async fn claim(&self, campaign: CampaignId) -> Result<Got, Problem> {
        self.call::<ClaimCoupon>(&[&campaign.to_string()], &()).await
    }

    /// Enters a code.
    pub async fn enter(&self, code: &str) -> Result<Got, Problem> {
        self.call::<EnterCode>(&[], &EnteredCode { code: code.to_owned() }).await
    }

    /// A code for another phone.
    pub async fn start_transfer(&self) -> Result<Transfer, Problem> {
        self.call::<StartTransfer>(&[], &()).await
    }

    /// The wallet as it is at a shop.
    pub async fn wallet(&self, shop: &Shop) -> Wallet {
        self.get(&format!("/api/v1/wallet?facility={}", shop.code)).await.json()
    }

    /// What can no longer be used.
    pub async fn past(&self) -> Vec<PastCoupon> {
        self.get("/api/v1/wallet/past").await.json::<PastCoupons>().coupons
    }

    /// One campaign in the wallet.
    pub async fn offer(&self, shop: &Shop, campaign: CampaignId) -> Offer {
        self.wallet(shop).await.offers.into_iter().find(|offer| offer.campaign == campaign).unwrap()
    }
}

/// An order with coupons that take so much off together.
#[must_use]
pub fn with_coupons(new: NewOrder, campaigns: &[CampaignId], off: i64) -> NewOrder {
    let expected_total = Yen::new(new.expected_total.get() - off);
    NewOrder { coupons: campaigns.to_vec(), expected_total, ..new }
}

/// Why a coupon was refused.
pub fn why(problem: &Problem) -> Refusal {
    problem.coupons.first().unwrap_or_else(|| unreachable!("not a refused coupon: {problem:?}")).refusal
}
