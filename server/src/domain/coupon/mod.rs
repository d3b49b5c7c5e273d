//! Coupons: getting them (`claim`), moving them to another phone (`transfer`), looking at them (`wallet`), and using them on a
//! bill (`hold`, `back`). The rules are `shared::rules::coupon`; what issuers do with campaigns is `domain::campaign`.

pub mod back;
mod claim;
pub mod hold;
mod transfer;
mod wallet;

pub use claim::{by_code, by_tap};
pub use transfer::{new_code, start};
pub use wallet::{past, wallet};

use crate::error::Error;
use crate::state::App;
use crate::store::campaign::Campaign;
use crate::store::coupon::Try;
use crate::store::db::Turn;
use crate::store::slot::Taken;
use crate::store::{self, Conn, Tx};
use okini_shared::api::coupon::CouponRefusal;
use okini_shared::id::{CampaignId, EventId, FacilityId};
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::coupon::{CampaignState, Refusal};
use okini_shared::time::Millis;
use std::sync::Arc;

/// Where a campaign's places at one facility lie.
fn places_at(campaign: CampaignId, facility: FacilityId) -> String {
    format!("{campaign}/{facility}")
}

/// Why no coupon of a campaign can be got or used now, whoever asks.
fn closed(campaign: &Campaign, now: Millis) -> Option<Refusal> {
    match campaign.state {
        CampaignState::Paused => Some(Refusal::Paused),
        CampaignState::Published if now < campaign.terms.conditions.ends_at => None,
        _ => Some(Refusal::Ended),
    }
}

/// The first number from 1 that is not taken, if the limit allows one more.
fn free_ordinal(taken: &[i64], limit: Option<i64>) -> Option<i64> {
    let count = i64::try_from(taken.len()).ok()?;
    if limit.is_some_and(|limit| count >= limit) {
        return None;
    }
    (1..=count.checked_add(1)?).find(|ordinal| !taken.contains(ordinal))
}

/// Takes an amount of a limit or a budget, all of it or, when less is left, nothing.
async fn take(app: &App, tx: &mut Tx<'_>, owner: &str, amount: i64) -> Result<bool, Error> {
    if tx.turn() == Turn::Again {
        let left = store::slot::left(tx.conn(), owner).await?;
        return Ok(left.is_some_and(|left| left >= amount) && store::slot::gather(tx.conn(), owner, amount).await?);
    }
    let first = store::slot::first(app.ids.uuid());
    match (store::slot::take(tx.conn(), owner, first, amount).await?, tx.turn()) {
        (Taken::All, _) => Ok(true),
        (Taken::Short, _) => Ok(false),
        (Taken::Scattered, Turn::Alone) => Ok(store::slot::gather(tx.conn(), owner, amount).await?),
        (Taken::Scattered, Turn::First | Turn::Again) => Err(Error::Overtaken),
    }
}

fn refused(code: Code, campaign: CampaignId, refusal: Refusal) -> Error {
    Problem { coupons: vec![CouponRefusal { campaign, refusal }], ..Problem::new(code) }.into()
}

/// How many a phone has got of a campaign, and whether it may get another one; locks nothing.
async fn got(conn: &mut Conn, campaign: &Campaign, device: &str) -> Result<(i64, Option<i64>), Error> {
    let taken = store::coupon::ordinals(conn, campaign.id, device).await?;
    let count = i64::try_from(taken.len()).unwrap_or(i64::MAX);
    Ok((count, free_ordinal(&taken, campaign.terms.limits.per_person)))
}

/// Keeps that somebody tried something that succeeds with this transaction.
async fn succeeded(
    app: &App,
    tx: &mut Tx<'_>,
    (kind, campaign): (&'static str, Option<CampaignId>),
    device: &str,
) -> Result<(), Error> {
    let tried = tried(app, (kind, campaign), device, "ok".to_owned());
    Ok(store::coupon::insert_try(tx.conn(), &tried, app.clock.now()).await?)
}

fn tried(app: &App, (kind, campaign): (&'static str, Option<CampaignId>), device: &str, outcome: String) -> Try {
    Try { id: EventId::from_uuid(app.ids.uuid()).to_string(), kind, campaign, device: device.to_owned(), outcome }
}

/// Keeps a try that was refused, after its own transaction was undone. Gives the refusal back.
pub async fn keep_refused(app: &Arc<App>, kind: &'static str, device: &str, error: Error) -> Error {
    let Error::Problem(problem) = &error else { return error };
    let (campaign, outcome) = match problem.coupons.first() {
        Some(CouponRefusal { campaign, refusal }) => (Some(*campaign), store::menu::to_json(refusal)),
        None => (None, problem.code.name().to_owned()),
    };
    let tried = tried(app, (kind, campaign), device, outcome);
    let kept = app.db.write((tried, app.clock.now()), |tx, (tried, now)| {
        Box::pin(async move { Ok(store::coupon::insert_try(tx.conn(), tried, *now).await?) })
    });
    // The refusal stands either way.
    if let Err(failed) = kept.await {
        tracing::warn!(%failed, "a refused try was not kept");
    }
    error
}
