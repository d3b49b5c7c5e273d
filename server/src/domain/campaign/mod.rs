//! Campaigns as their issuers run them: written, rehearsed, published, let rest, ended; and the budgets that pay for them. What
//! diners do with coupons is `domain::coupon`.

mod rehearsal;

pub use rehearsal::{DayOfIt, Rehearsal};

use crate::auth::digest;
use crate::domain::coupon;
use crate::error::Error;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::campaign::{Budget, Campaign};
use crate::store::hold::Entry;
use crate::store::tenant::Tenant;
use crate::store::{self, Tx};
use okini_shared::id::{BudgetId, CampaignId, CodeBatchId, EventId, LedgerEntryId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::coupon::{CampaignState, CampaignStep, Claim, Funder, Movement, Terms, canonical_code, flaws};
use okini_shared::text::Text;
use okini_shared::time::DAY;
use serde::Deserialize;
use serde_json::json;

/// What an issuer promises, as it stands in a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    pub name: Text,
    #[serde(default)]
    pub summary: Option<Text>,
    pub terms: Terms,
    pub claim: Claim,
}

/// Adds a draft.
pub async fn add(tx: &mut Tx<'_>, app: &App, of: Tenant, draft: Draft, actor: Actor) -> Result<Campaign, Error> {
    let campaign = Campaign {
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
    };
    if !store::campaign::insert(tx.conn(), &campaign).await? {
        return Err(Error::Overtaken);
    }
    tell(app, tx, &campaign, "drafted", actor).await?;
    Ok(campaign)
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
    let moved_on = || Problem::new(Code::OrderMovedOn).detail(format!("the campaign is {} by now", was.name()));
    campaign.state = was.after(step).ok_or_else(moved_on)?;
    match step {
        CampaignStep::Publish => campaign.published_at = Some(now),
        CampaignStep::End => campaign.ended_at = Some(now),
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
    let now = app.clock.now();
    let campaign = store::campaign::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    let since = now.plus(-rehearsal::DAYS.saturating_mul(DAY));
    let past = store::rehearsal::past(tx.conn(), campaign.of, since, rehearsal::ORDERS).await?;
    let mut money: Option<i64> = None;
    for budget in store::campaign::budgets_of(tx.conn(), id).await? {
        let left = store::slot::left(tx.conn(), &budget.to_string()).await?.unwrap_or_default();
        money = Some(money.unwrap_or_default().saturating_add(left));
    }
    let rehearsed = rehearsal::rehearse(&campaign.terms, &past, money.map(Yen::new), now);
    step(tx, app, campaign, CampaignStep::Rehearse, actor).await?;
    Ok(rehearsed)
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
    campaign.override_reason = reason.map(str::to_owned);
    step(tx, app, campaign, CampaignStep::Publish, actor).await
}

/// Makes codes that give one coupon each. Only their digests are kept: they are told this once.
pub async fn make_codes(tx: &mut Tx<'_>, app: &App, id: CampaignId, count: usize) -> Result<Vec<String>, Error> {
    let campaign = store::campaign::by_id(tx.conn(), id).await?.ok_or(Code::NotFound)?;
    if campaign.claim != Claim::Code {
        return Err(Problem::new(Code::InvalidValue).detail("the campaign's coupons are not got by codes").into());
    }
    let now = app.clock.now();
    let batch = CodeBatchId::from_uuid(app.ids.uuid()).to_string();
    let mut codes = Vec::with_capacity(count);
    while codes.len() < count {
        let code = coupon::new_code(app);
        let kept = digest(&canonical_code(&code).unwrap_or_default());
        if store::campaign::insert_code(tx.conn(), id, (&batch, &kept), now).await? {
            codes.push(code);
        }
    }
    tell(app, tx, &campaign, "codes_made", Actor::System).await?;
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
