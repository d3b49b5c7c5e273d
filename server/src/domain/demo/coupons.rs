//! The demo's coupons: two of the programme with a budget, one of the first shop.

use super::read;
use crate::domain::campaign::{self, Draft};
use crate::error::Error;
use crate::events::Actor;
use crate::state::App;
use crate::store::campaign::link_budget;
use crate::store::tenant::Tenant;
use okini_shared::id::FacilityId;
use okini_shared::money::Yen;
use okini_shared::rules::coupon::{Claim, Funder, Terms};
use okini_shared::text::Text;
use okini_shared::time::DAY;
use serde::Deserialize;
use std::sync::Arc;

/// They go on for so many days.
const DAYS: i64 = 120;

#[derive(Deserialize)]
struct Coupons {
    budget: Money,
    campaigns: Vec<Offer>,
}

#[derive(Deserialize)]
struct Money {
    name: String,
    yen: Yen,
}

#[derive(Deserialize)]
struct Offer {
    of: Issuer,
    name: Text,
    summary: Text,
    claim: Claim,
    #[serde(flatten)]
    terms: Terms,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Issuer {
    Programme,
    Shop,
}

pub(super) async fn seed(app: &Arc<App>, shop: FacilityId) -> Result<(), Error> {
    let coupons: Coupons = read("coupons.json")?;
    app.db
        .write((Arc::clone(app), coupons, shop), |tx, (app, coupons, shop)| {
            Box::pin(async move {
                let money = (Funder::Programme, coupons.budget.name.as_str());
                let budget = campaign::add_budget(tx, app, Tenant::Programme, money, coupons.budget.yen).await?;
                for offer in &coupons.campaigns {
                    let mut terms = offer.terms.clone();
                    let now = app.clock.now();
                    (terms.conditions.starts_at, terms.conditions.ends_at) = (now, now.plus(DAYS.saturating_mul(DAY)));
                    let of = match offer.of {
                        Issuer::Programme => Tenant::Programme,
                        Issuer::Shop => {
                            terms.conditions.facilities = vec![*shop];
                            (*shop).into()
                        }
                    };
                    let (name, summary) = (offer.name.clone(), Some(offer.summary.clone()));
                    let draft = Draft { name, summary, terms, claim: offer.claim };
                    let added = campaign::add(tx, app, of, draft, Actor::System).await?;
                    campaign::rehearse(tx, app, added.id, Actor::System).await?;
                    campaign::publish(tx, app, added.id, None, Actor::System).await?;
                    if offer.of == Issuer::Programme {
                        let paid_by = (budget, Funder::Programme);
                        link_budget(tx.conn(), added.id, paid_by, Tenant::Programme).await?;
                    }
                }
                Ok(())
            })
        })
        .await
}
