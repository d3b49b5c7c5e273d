//! What owners and officers do with the campaigns of their own shop or consortium. A campaign of somebody else looks like one that
//! does not exist. The steps themselves are `campaign`'s, which the programme's office uses as well.

use super::{Draft, add, add_version, make_codes, publish, step, try_out};
use crate::domain::order::clean;
use crate::error::Error;
use crate::events::Actor;
use crate::state::App;
use crate::store::campaign::Campaign;
use crate::store::tenant::Tenant;
use crate::store::{self, Conn};
use okini_shared::api::campaign as api;
use okini_shared::api::campaign::{Balance, Figures, LedgerCheck, MOST_CODES, Rehearsal};
use okini_shared::id::{AccountId, CampaignId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::cart::MAX_NOTE;
use okini_shared::rules::coupon::{CampaignStep, Shares};
use okini_shared::text::Text;
use std::sync::Arc;

/// Campaigns in a list.
const LISTED: i64 = 200;
/// Letters of a name and of a summary.
const LONGEST: (usize, usize) = (60, 300);

/// Who does something to whose campaigns.
#[derive(Debug, Clone, Copy)]
pub struct Issuer {
    pub of: Tenant,
    pub account: AccountId,
}

impl Issuer {
    const fn actor(self) -> Actor {
        Actor::Staff(self.account)
    }
}

fn view(campaign: Campaign) -> api::Campaign {
    api::Campaign {
        id: campaign.id,
        replaces: campaign.replaces,
        version: campaign.version,
        name: campaign.name,
        summary: campaign.summary,
        terms: campaign.terms,
        claim: campaign.claim,
        state: campaign.state,
        override_reason: campaign.override_reason,
        created_at: campaign.created_at,
        published_at: campaign.published_at,
        ended_at: campaign.ended_at,
    }
}

/// A campaign of this very shop or consortium.
async fn own(conn: &mut Conn, of: Tenant, id: CampaignId) -> Result<Campaign, Error> {
    let campaign = store::campaign::by_id(conn, id).await?;
    campaign.filter(|campaign| campaign.of == of).ok_or_else(|| Code::NotFound.into())
}

fn bad(why: &str, at: &str) -> Error {
    Problem::new(Code::InvalidValue).detail(why).at(at).into()
}

/// What an issuer may promise: for itself alone, and with nobody's money but its own side's.
fn check(of: Tenant, draft: &Draft) -> Result<(), Error> {
    let odd = |text: &Text, most| text.iter().any(|(_, said)| said.trim().is_empty() || said.chars().count() > most);
    if odd(&draft.name, LONGEST.0) {
        return Err(bad("a name has 1 to 60 characters in each language", "/name"));
    }
    if draft.summary.as_ref().is_some_and(|summary| odd(summary, LONGEST.1)) {
        return Err(bad("a summary has 1 to 300 characters in each language", "/summary"));
    }
    let (conditions, shares) = (&draft.terms.conditions, draft.terms.shares);
    let shop_pays = Shares { shop: 10_000, consortium: 0, programme: 0 };
    match of {
        Tenant::Facility(id) if conditions.facilities != [id] => {
            Err(bad("a shop's campaign names its own facility, alone", "/terms/conditions/facilities"))
        }
        Tenant::Facility(_) if shares != shop_pays => Err(bad("a shop pays for its own campaign", "/terms/shares")),
        Tenant::Consortium(id) if conditions.consortia != [id] => {
            Err(bad("a consortium's campaign names its own consortium, alone", "/terms/conditions/consortia"))
        }
        Tenant::Consortium(_) if shares.programme != 0 => {
            Err(bad("the programme pays for its own campaigns only", "/terms/shares/programme"))
        }
        Tenant::Facility(_) | Tenant::Consortium(_) | Tenant::Programme => Ok(()),
    }
}

/// The newest of them.
pub async fn list(app: &App, of: Tenant) -> Result<api::Campaigns, Error> {
    let campaigns = store::campaign::of_issuer(&mut *app.db.read().await?, of, LISTED).await?;
    Ok(api::Campaigns { campaigns: campaigns.into_iter().map(view).collect() })
}

/// One of them.
pub async fn get(app: &App, of: Tenant, id: CampaignId) -> Result<api::Campaign, Error> {
    Ok(view(own(&mut *app.db.read().await?, of, id).await?))
}

/// Adds a draft.
pub async fn draft(app: &Arc<App>, issuer: Issuer, new: Draft) -> Result<api::Campaign, Error> {
    check(issuer.of, &new)?;
    let added = app.db.write((Arc::clone(app), issuer, new), |tx, (app, issuer, new)| {
        Box::pin(add(tx, app, issuer.of, new.clone(), issuer.actor()))
    });
    Ok(view(added.await?))
}

/// Writes a draft anew.
pub async fn change(app: &Arc<App>, issuer: Issuer, id: CampaignId, new: Draft) -> Result<api::Campaign, Error> {
    let changed = app.db.write((Arc::clone(app), issuer, id, new), |tx, (app, issuer, id, new)| {
        Box::pin(async move {
            let found = own(tx.conn(), issuer.of, *id).await?;
            check(issuer.of, new)?;
            let Draft { name, summary, terms, claim } = new.clone();
            step(tx, app, Campaign { name, summary, terms, claim, ..found }, CampaignStep::Edit, issuer.actor()).await
        })
    });
    Ok(view(changed.await?))
}

/// Adds the next version of what goes on.
pub async fn replace(app: &Arc<App>, issuer: Issuer, id: CampaignId, new: Draft) -> Result<api::Campaign, Error> {
    let added = app.db.write((Arc::clone(app), issuer, id, new), |tx, (app, issuer, id, new)| {
        Box::pin(async move {
            let found = own(tx.conn(), issuer.of, *id).await?;
            check(issuer.of, new)?;
            add_version(tx, app, &found, new.clone(), issuer.actor()).await
        })
    });
    Ok(view(added.await?))
}

/// Tries a draft on past orders with the money that was named, or what its budgets have. Orders are read and replayed outside of
/// the transaction: nobody who pays waits for it.
pub async fn rehearse(app: &Arc<App>, issuer: Issuer, id: CampaignId, money: Option<Yen>) -> Result<Rehearsal, Error> {
    if money.is_some_and(|money| money < Yen::ZERO) {
        return Err(bad("a budget is 0 yen or more", "/budget"));
    }
    let mut conn = app.db.read().await?;
    let tried = own(&mut conn, issuer.of, id).await?;
    let rehearsal = try_out(&mut conn, app, &tried, money).await?;
    drop(conn);
    app.db
        .write((Arc::clone(app), issuer, tried), |tx, (app, issuer, tried)| {
            Box::pin(async move {
                let found = own(tx.conn(), issuer.of, tried.id).await?;
                if found.terms != tried.terms {
                    return Err(Problem::new(Code::OrderMovedOn).detail("the terms were changed meanwhile").into());
                }
                step(tx, app, found, CampaignStep::Rehearse, issuer.actor()).await.map(drop)
            })
        })
        .await?;
    Ok(rehearsal)
}

/// Publishes what was rehearsed. Only officers go beyond what the law on premiums ordinarily allows.
pub async fn release(
    app: &Arc<App>,
    issuer: Issuer,
    id: CampaignId,
    reason: Option<String>,
) -> Result<api::Campaign, Error> {
    let reason = reason.map(|words| clean(&words));
    if reason.as_ref().is_some_and(|words| words.is_empty() || words.chars().count() > MAX_NOTE) {
        return Err(bad("a reason has 1 to 200 characters", "/override_reason"));
    }
    let reason = reason.filter(|_| matches!(issuer.of, Tenant::Consortium(_)));
    let published = app.db.write((Arc::clone(app), issuer, id, reason), |tx, (app, issuer, id, reason)| {
        Box::pin(async move {
            own(tx.conn(), issuer.of, *id).await?;
            publish(tx, app, *id, reason.as_deref(), issuer.actor()).await
        })
    });
    Ok(view(published.await?))
}

/// Pauses, resumes or ends one.
pub async fn advance(app: &Arc<App>, issuer: Issuer, id: CampaignId, to: CampaignStep) -> Result<api::Campaign, Error> {
    let moved = app.db.write((Arc::clone(app), issuer, id, to), |tx, (app, issuer, id, to)| {
        Box::pin(async move {
            let found = own(tx.conn(), issuer.of, *id).await?;
            step(tx, app, found, *to, issuer.actor()).await
        })
    });
    Ok(view(moved.await?))
}

/// Makes codes, which are told this once.
pub async fn codes(app: &Arc<App>, issuer: Issuer, id: CampaignId, count: i64) -> Result<Vec<String>, Error> {
    app.db
        .write((Arc::clone(app), issuer, id, count), |tx, (app, issuer, id, count)| {
            Box::pin(async move {
                own(tx.conn(), issuer.of, *id).await?;
                let fits = usize::try_from(*count).ok().filter(|_| (1..=MOST_CODES).contains(count));
                let count = fits.ok_or_else(|| bad("1 to 10,000 codes are made at once", "/count"))?;
                make_codes(tx, app, *id, count, issuer.actor()).await
            })
        })
        .await
}

/// What became of one so far.
pub async fn figures(app: &App, of: Tenant, id: CampaignId) -> Result<Figures, Error> {
    let mut conn = app.db.read().await?;
    own(&mut conn, of, id).await?;
    Ok(store::figures::of_campaign(&mut conn, id).await?)
}

/// The ledger of all of them against coupons and budgets.
pub async fn check_ledger(app: &App, of: Tenant) -> Result<LedgerCheck, Error> {
    let mut conn = app.db.read().await?;
    let campaigns = store::figures::check_campaigns(&mut conn, of).await?;
    let budgets = store::figures::check_budgets(&mut conn, of).await?;
    let of_campaigns = campaigns.iter().flat_map(|one| [one.held, one.redeemed]);
    let of_budgets = budgets.iter().flat_map(|one| [one.available, one.held, one.redeemed]);
    let apart = |Balance { ledger, found }: Balance| ledger.get().saturating_sub(found.get()).saturating_abs();
    let difference = of_campaigns.chain(of_budgets).map(apart).fold(0_i64, i64::saturating_add);
    Ok(LedgerCheck { campaigns, budgets, difference: Yen::new(difference), ok: difference == 0 })
}
