//! Moving coupons to another phone: this one makes a code, the other one enters it within minutes, once. What is set aside for a
//! bill stays, and so does what the other phone may not have.

use super::{free_ordinal, succeeded};
use crate::auth::digest;
use crate::error::Error;
use crate::state::App;
use crate::store::coupon::Coupon;
use crate::store::{self, Tx};
use okini_shared::api::coupon::{Got, Transfer};
use okini_shared::id::CouponId;
use okini_shared::problem::Code;
use okini_shared::rules::coupon::{CouponState, canonical_code};
use okini_shared::time::MINUTE;
use std::sync::Arc;

/// A code is good for so many milliseconds.
const GOOD_FOR: i64 = 10 * MINUTE;

/// Makes a code for this phone's coupons.
pub async fn start(app: &Arc<App>, device: &str) -> Result<Transfer, Error> {
    let now = app.clock.now();
    let coupons = store::coupon::movable(&mut *app.db.read().await?, device, now).await?.len();
    if coupons == 0 {
        return Err(Code::CouponRefused.into());
    }
    let code = new_code(app);
    let expires_at = now.plus(GOOD_FOR);
    let canonical = canonical_code(&code).unwrap_or_default();
    app.db
        .write((digest(&canonical), device.to_owned(), now, expires_at), |tx, (digest, device, now, until)| {
            Box::pin(
                async move { Ok(store::coupon::insert_transfer(tx.conn(), (digest, device), (*now, *until)).await?) },
            )
        })
        .await?;
    Ok(Transfer { code, expires_at, coupons: i64::try_from(coupons).unwrap_or(i64::MAX) })
}

/// A new code: sixteen letters of thirty, 78 bits, in groups of four.
pub fn new_code(app: &App) -> String {
    let letters = format!("{}{}", app.ids.code(), app.ids.code());
    let (a, b) = letters.split_at(8);
    let ((a, b), (c, d)) = (a.split_at(4), b.split_at(4));
    format!("{a}-{b}-{c}-{d}")
}

/// Takes another phone's coupons over by its code.
pub(super) async fn finish(tx: &mut Tx<'_>, app: &App, device: &str, digest: &str) -> Result<Got, Error> {
    let now = app.clock.now();
    let from = store::coupon::use_transfer(tx.conn(), digest, now).await?.ok_or(Code::CouponCodeUnknown)?;
    let mut campaigns = Vec::new();
    if from == device {
        return Ok(Got { campaigns });
    }
    for (id, campaign) in store::coupon::movable(tx.conn(), &from, now).await? {
        let found = store::campaign::by_id(tx.conn(), campaign).await?.ok_or(Code::NotFound)?;
        let taken = store::coupon::ordinals(tx.conn(), campaign, device).await?;
        let Some(ordinal) = free_ordinal(&taken, found.terms.limits.per_person) else { continue };
        // The one that is left behind keeps its ordinal: the first phone has had its share.
        let moved = (CouponState::Available, CouponState::Moved);
        if store::coupon::step(tx.conn(), id, moved, now).await? == 0 {
            return Err(Error::Overtaken);
        }
        let coupon = Coupon {
            id: CouponId::from_uuid(app.ids.uuid()),
            campaign,
            device: device.to_owned(),
            ordinal,
            state: CouponState::Available,
        };
        if !store::coupon::insert(tx.conn(), &coupon, now).await? {
            return Err(Error::Overtaken);
        }
        succeeded(app, tx, ("transfer", Some(campaign)), device).await?;
        campaigns.push(campaign);
    }
    Ok(Got { campaigns })
}
