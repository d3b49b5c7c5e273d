//! Campaigns as their issuers run them: written, rehearsed, published, let rest, ended; and the budgets that pay for them. What
//! diners do with coupons is `domain::coupon`.

pub mod issue;
mod rehearsal;

pub use okini_shared::api::campaign::NewCampaign as Draft;

use crate::auth::digest;
use crate::domain::coupon;
use crate::error::Error;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::campaign::{Budget, Campaign};
use crate::store::hold::Entry;
use crate::store::tenant::Tenant;
use crate::store::{self, Conn, Tx};
use okini_shared::api::campaign::Rehearsal;
use okini_shared::id::{BudgetId, CampaignId, CodeBatchId, EventId, LedgerEntryId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::coupon::{CampaignState, CampaignStep, Claim, Funder, Movement, canonical_code, flaws};
use okini_shared::time::DAY;
use serde_json::json;

/// Adds a draft.
pub async fn add(tx: &mut Tx<'_>, app: &App, of: Tenant, draft: Draft, actor: Actor) -> Result<Campaign, Error> {
    let campaign = new(app, of, draft, actor);
    if !store::campaign::insert(tx.conn(), &campaign).await? {
        return Err(Error::Overtaken);
    }
    tell(app, tx, &campaign, "drafted", actor).await?;
    Ok(campaign)
}

/// Adds the next version of a campaign that goes on, as a draft, paid by the same budgets.
pub async fn add_version(
    tx: &mut Tx<'_>,
    app: &App,
    old: &Campaign,
    draft: Draft,
    actor: Actor,
) -> Result<Campaign, Error> {
    if !matches!(old.state, CampaignState::Published | CampaignState::Paused) {
        return Err(moved_on(format!("the campaign is {} by now", old.state.name())));
    }
    let version = old.version.saturating_add(1);
    let campaign = Campaign { replaces: Some(old.id), version, ..new(app, old.of, draft, actor) };
    if !store::campaign::insert(tx.conn(), &campaign).await? {
        return Err(moved_on("the campaign has a next version already"));
    }
    store::campaign::copy_budgets(tx.conn(), old.id, campaign.id).await?;
    tell(app, tx, &campaign, "drafted", actor).await?;
    Ok(campaign)
}

fn new(app: &App, of: Tenant, draft: Draft, actor: Actor) -> Campaign {
    Campaign {
        id: CampaignId::from_uuid(app.ids.uuid()),
        of,
        replaces: None,
        version: 1,
        name: draft.name,
        summary: draft.summary,
        terms: draft.terms,
        claim: draft.claim,
        state: CampaignState::Draft,
        override_reason: None,
        created_by: actor.to_string(),
        created_at: app.clock.now(),
        published_at: None,
        ended_at: None,
    }
}

fn moved_on(why: impl Into<String>) -> Error {
    Problem::new(Code::OrderMovedOn).detail(why).into()
}

/// Takes a step with a campaign that was read in this transaction. Publishing lays its places out.
pub async fn step(
    tx: &mut Tx<'_>,
    app: &App,
    mut campaign: Campaign,
    step: CampaignStep,
    actor: Actor,
) -> Result<Campaign, Error> {
    let was = campaign.state;
    let now = app.clock.now();
    let state = was.after(step).ok_or_else(|| moved_on(format!("the campaign is {} by now", was.name())))?;
    campaign.state = state;
    match step {
        CampaignStep::Publish => campaign.published_at = Some(now),
        CampaignStep::End => {
            campaign.ended_at = Some(now);
            // A next version that was given up makes way for another one.
            campaign.replaces = campaign.replaces.filter(|_| campaign.published_at.is_some());
        }
        _ => {}
    }
    if store::campaign::update(tx.conn(), &campaign, was).await? == 0 {
        return Err(Error::Overtaken);
    }
    if step == CampaignStep::Publish
        && let Some(total) = campaign.terms.limits.total
    {
        store::slot::open(tx.conn(), &campaign.id.to_string(), total).await?;
    }
    let what = if step == CampaignStep::Resume { "resumed" } else { campaign.state.name() };
    tell(app, tx, &campaign, what, actor).await?;
    Ok(campaign)
}

/// Tries a draft on the issuer's past orders, and marks it as tried.
pub async fn rehearse(tx: &mut Tx<'_>, app: &App, id: CampaignId, actor: Actor) -> Result<Rehearsal, Error> {
    let campaign = store::campaign::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    let rehearsed = try_out(tx.conn(), app, &campaign, None).await?;
    step(tx, app, campaign, CampaignStep::Rehearse, actor).await?;
    Ok(rehearsed)
}

/// What a campaign would have cost, with this money, or with what is left of its budgets.
async fn try_out(conn: &mut Conn, app: &App, campaign: &Campaign, mut money: Option<Yen>) -> Result<Rehearsal, Error> {
    let now = app.clock.now();
    let since = now.plus(-rehearsal::DAYS.saturating_mul(DAY));
    let past = store::rehearsal::past(conn, campaign.of, since, rehearsal::ORDERS).await?;
    if money.is_none() {
        for budget in store::campaign::budgets_of(conn, campaign.id).await? {
            let left = store::slot::left(conn, &budget.to_string()).await?.unwrap_or_default();
            money = Some(Yen::new(money.unwrap_or_default().get().saturating_add(left)));
        }
    }
    Ok(rehearsal::rehearse(&campaign.terms, &past, money, now))
}

/// Publishes what was rehearsed, unless something is wrong with its terms. What the law on premiums ordinarily forbids needs a
/// reason, which is kept.
pub async fn publish(
    tx: &mut Tx<'_>,
    app: &App,
    id: CampaignId,
    reason: Option<&str>,
    actor: Actor,
) -> Result<Campaign, Error> {
    let mut campaign = store::campaign::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    let mut wrong = flaws(&campaign.terms);
    wrong.retain(|flaw| reason.is_none() || !flaw.can_be_overridden());
    if !wrong.is_empty() {
        let problem = Problem::new(Code::InvalidValue).detail(format!("the terms may not be published: {wrong:?}"));
        return Err(problem.at("/terms").into());
    }
    if campaign.terms.conditions.ends_at <= app.clock.now() {
        let problem = Problem::new(Code::InvalidValue).detail("the campaign would be over already");
        return Err(problem.at("/terms/conditions/ends_at").into());
    }
    let needed = flaws(&campaign.terms).iter().any(|flaw| flaw.can_be_overridden());
    campaign.override_reason = reason.filter(|_| needed).map(str::to_owned);
    let published = step(tx, app, campaign, CampaignStep::Publish, actor).await?;
    if let Some(old) = published.replaces
        && let Some(old) = store::campaign::by_id(tx.conn(), old).await?
        && old.state != CampaignState::Ended
    {
        step(tx, app, old, CampaignStep::End, actor).await?;
    }
    Ok(published)
}

/// Makes codes that give one coupon each. Only their digests are kept: they are told this once.
pub async fn make_codes(
    tx: &mut Tx<'_>,
    app: &App,
    id: CampaignId,
    count: usize,
    actor: Actor,
) -> Result<Vec<String>, Error> {
    let campaign = store::campaign::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    if campaign.claim != Claim::Code {
        return Err(Problem::new(Code::InvalidValue).detail("the campaign's coupons are not got by codes").into());
    }
    if !matches!(campaign.state, CampaignState::Published | CampaignState::Paused) {
        return Err(moved_on("codes are made of a campaign that goes on"));
    }
    let now = app.clock.now();
    let batch = CodeBatchId::from_uuid(app.ids.uuid()).to_string();
    let codes: Vec<String> = std::iter::repeat_with(|| coupon::new_code(app)).take(count).collect();
    let kept: Vec<String> = codes.iter().map(|code| digest(&canonical_code(code).unwrap_or_default())).collect();
    let added = store::campaign::insert_codes(tx.conn(), id, (&batch, &kept), now).await?;
    if usize::try_from(added).ok() != Some(count) {
        return Err(Error::Overtaken);
    }
    tell(app, tx, &campaign, "codes_made", actor).await?;
    Ok(codes)
}

/// Gives a budget more money.
pub async fn fund(tx: &mut Tx<'_>, app: &App, id: BudgetId, amount: Yen) -> Result<(), Error> {
    let budget = store::campaign::budget(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    let first = store::slot::first(app.ids.uuid());
    if store::slot::put(tx.conn(), &id.to_string(), first, amount.get()).await? == 0 {
        return Err(Error::unexpected("a budget without slots"));
    }
    book_funding(tx, app, &budget, amount).await
}

/// Adds a budget with money in it.
pub async fn add_budget(
    tx: &mut Tx<'_>,
    app: &App,
    of: Tenant,
    (funder, name): (Funder, &str),
    amount: Yen,
) -> Result<BudgetId, Error> {
    let id = BudgetId::from_uuid(app.ids.uuid());
    let now = app.clock.now();
    let budget = Budget { id, funder, of, name: name.to_owned(), created_at: now };
    store::campaign::insert_budget(tx.conn(), &budget).await?;
    store::slot::open(tx.conn(), &id.to_string(), amount.get()).await?;
    book_funding(tx, app, &budget, amount).await?;
    Ok(id)
}

async fn book_funding(tx: &mut Tx<'_>, app: &App, budget: &Budget, amount: Yen) -> Result<(), Error> {
    let id = LedgerEntryId::from_uuid(app.ids.uuid());
    let (movement, funder) = (Movement::Fund, budget.funder);
    let entry = Entry { id, movement, funder, amount, budget: Some(budget.id), hold: None };
    store::hold::book(tx.conn(), &entry, app.clock.now()).await?;
    let event = Event {
        kind: "budget.funded",
        of: budget.of,
        subject: budget.id.to_string(),
        actor: Actor::System,
        payload: json!({ "amount": amount, "funder": budget.funder, "name": budget.name }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await
}

async fn tell(app: &App, tx: &mut Tx<'_>, campaign: &Campaign, what: &str, actor: Actor) -> Result<(), Error> {
    let event = Event {
        kind: &format!("campaign.{what}"),
        of: campaign.of,
        subject: campaign.id.to_string(),
        actor,
        payload: json!({ "version": campaign.version, "replaces": campaign.replaces }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await
}
