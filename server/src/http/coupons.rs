//! Coupons, for diners.

use super::body::Body;
use super::caller::{Device, IdempotencyKey, Phone, Reads};
use super::reply::Reply;
use crate::domain::coupon;
use crate::domain::idempotency::Key;
use crate::error::Error;
use crate::state::App;
use actix_web::web;
use okini_shared::api::coupon::{
    ClaimCoupon, EnterCode, EnteredCode, GetWallet, ListPastCoupons, PastCoupons, StartTransfer,
};
use okini_shared::problem::Code;
use serde::Deserialize;

/// Where a wallet is opened.
#[derive(Deserialize)]
pub(super) struct At {
    facility: String,
}

pub(super) async fn wallet(
    app: web::Data<App>,
    Device(device): Device,
    Reads(lang): Reads,
    at: web::Query<At>,
) -> Result<Reply<GetWallet>, Error> {
    Ok(Reply::new(coupon::wallet(&app, device.as_deref(), &at.facility, lang).await?))
}

pub(super) async fn past(
    app: web::Data<App>,
    Device(device): Device,
    Reads(lang): Reads,
) -> Result<Reply<ListPastCoupons>, Error> {
    let coupons = match device {
        Some(device) => coupon::past(&app, &device, lang).await?,
        None => Vec::new(),
    };
    Ok(Reply::new(PastCoupons { coupons }))
}

pub(super) async fn claim(
    app: web::Data<App>,
    phone: Phone,
    IdempotencyKey(key): IdempotencyKey,
    campaign: web::Path<String>,
) -> Result<Reply<ClaimCoupon>, Error> {
    let campaign = campaign.parse().map_err(|_| Error::from(Code::NotFound))?;
    let key = Key::new(format!("device:{}", phone.device), key, &campaign)?;
    let got = coupon::by_tap(&app.into_inner(), &phone.device, key, campaign).await?;
    Ok(Reply::new(got).cookie(phone.new))
}

pub(super) async fn enter(
    app: web::Data<App>,
    phone: Phone,
    Body(entered): Body<EnteredCode>,
) -> Result<Reply<EnterCode>, Error> {
    let got = coupon::by_code(&app.into_inner(), &phone.device, &entered.code).await?;
    Ok(Reply::new(got).cookie(phone.new))
}

pub(super) async fn start_transfer(app: web::Data<App>, Device(device): Device) -> Result<Reply<StartTransfer>, Error> {
    let device = device.ok_or(Code::CouponRefused)?;
    Ok(Reply::new(coupon::start(&app.into_inner(), &device).await?))
}
