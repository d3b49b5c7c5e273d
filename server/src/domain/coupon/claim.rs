//! Getting coupons: by a tap or by a code. A place of the campaign and an ordinal of the phone are taken in one transaction.

use super::{closed, got, keep_refused, refused, succeeded, take, transfer};
use crate::auth::digest;
use crate::domain::idempotency::Key;
use crate::domain::retention::ORDER_ANSWERS;
use crate::error::Error;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::campaign::Campaign;
use crate::store::coupon::Coupon;
use crate::store::{self, Tx};
use okini_shared::api::coupon::Got;
use okini_shared::id::{CampaignId, CouponId, EventId};
use okini_shared::problem::Code;
use okini_shared::rules::coupon::{Claim, CouponState, Refusal, canonical_code};
use serde_json::json;
use std::sync::Arc;

/// Gets a coupon that is to be had by a tap.
pub async fn by_tap(app: &Arc<App>, device: &str, key: Key, campaign: CampaignId) -> Result<Got, Error> {
    let argument = (Arc::clone(app), device.to_owned(), key, campaign);
    let got = app.db.write(argument, |tx, (app, device, key, campaign)| {
        Box::pin(async move {
            if let Some(got) = key.take(tx, app.clock.now(), ORDER_ANSWERS).await? {
                return Ok(got);
            }
            let found = store::campaign::by_id(tx.conn(), *campaign).await?;
            let campaign = found.filter(|found| found.claim == Claim::Tap && found.published_at.is_some());
            let campaign = campaign.ok_or(Code::NotFound)?;
            get(app, tx, &campaign, device).await?;
            succeeded(app, tx, ("claim", Some(campaign.id)), device).await?;
            let got = Got { campaigns: vec![campaign.id] };
            key.save(tx, &got).await?;
            Ok(got)
        })
    });
    match got.await {
        Ok(got) => Ok(got),
        Err(error) => Err(keep_refused(app, "claim", device, error).await),
    }
}

/// Gets what a code is for: a coupon, or another phone's coupons.
pub async fn by_code(app: &Arc<App>, device: &str, code: &str) -> Result<Got, Error> {
    let entered = match canonical_code(code) {
        Some(code) => {
            let argument = (Arc::clone(app), device.to_owned(), digest(&code));
            app.db.write(argument, |tx, (app, device, digest)| Box::pin(by_code_in(tx, app, device, digest))).await
        }
        None => Err(Code::CouponCodeUnknown.into()),
    };
    match entered {
        Ok(got) => Ok(got),
        Err(error) => Err(keep_refused(app, "code", device, error).await),
    }
}

async fn by_code_in(tx: &mut Tx<'_>, app: &App, device: &str, digest: &str) -> Result<Got, Error> {
    let Some((id, used_for)) = store::campaign::code(tx.conn(), digest).await? else {
        return transfer::finish(tx, app, device, digest).await;
    };
    if let Some(coupon) = used_for {
        let mine = store::coupon::is_of(tx.conn(), coupon, device).await?;
        return if mine { Ok(Got { campaigns: vec![id] }) } else { Err(Code::CouponCodeUnknown.into()) };
    }
    let found = store::campaign::by_id(tx.conn(), id).await?.filter(|found| found.published_at.is_some());
    let campaign = found.ok_or(Code::CouponCodeUnknown)?;
    let coupon = get(app, tx, &campaign, device).await?;
    if store::campaign::use_code(tx.conn(), digest, coupon, app.clock.now()).await? == 0 {
        return Err(Error::Overtaken);
    }
    succeeded(app, tx, ("code", Some(id)), device).await?;
    Ok(Got { campaigns: vec![id] })
}

/// Makes a coupon for a phone, if it may have one and there is one left.
async fn get(app: &App, tx: &mut Tx<'_>, campaign: &Campaign, device: &str) -> Result<CouponId, Error> {
    let now = app.clock.now();
    let refuse = |refusal| refused(Code::CouponRefused, campaign.id, refusal);
    if let Some(refusal) = closed(campaign, now) {
        return Err(refuse(refusal));
    }
    let starts_at = campaign.terms.conditions.starts_at;
    if now < starts_at {
        return Err(refuse(Refusal::NotYet { starts_at }));
    }
    let (_, ordinal) = got(tx.conn(), campaign, device).await?;
    let ordinal = ordinal.ok_or_else(|| refuse(Refusal::PersonLimit))?;
    let coupon = Coupon {
        id: CouponId::from_uuid(app.ids.uuid()),
        campaign: campaign.id,
        device: device.to_owned(),
        ordinal,
        state: CouponState::Available,
    };
    if !store::coupon::insert(tx.conn(), &coupon, now).await? {
        return Err(Error::Overtaken);
    }
    let event = Event {
        kind: "coupon.got",
        of: campaign.of,
        subject: coupon.id.to_string(),
        actor: Actor::Diner,
        payload: json!({ "campaign": campaign.id }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), now, event).await?;
    // Last, so that those who come at the same moment wait as shortly as can be.
    if campaign.terms.limits.total.is_some() && !take(app, tx, &campaign.id.to_string(), 1).await? {
        return Err(refuse(Refusal::UsedUp));
    }
    Ok(coupon.id)
}
