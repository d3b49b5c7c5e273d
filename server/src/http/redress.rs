//! Putting money right over HTTP. Staff may see what waits; owners and their consortium's officers move money.

use super::body::Body;
use super::caller::{IdempotencyKey, Steward, Viewer};
use super::reply::Reply;
use crate::domain::idempotency::Key;
use crate::domain::redress::{self, Decider};
use crate::error::Error;
use crate::state::App;
use actix_web::web;
use okini_shared::api::redress::{
    ListConcerns, ListRefunds, NewRefund, PaymentDecision, RefundDecision, RefundOrder, ResolvePayment, ResolveRefund,
};
use okini_shared::problem::Code;
use serde::Serialize;
use std::str::FromStr;

type Path = web::Path<(String, String)>;

fn id<T: FromStr>(path: &Path) -> Result<T, Error> {
    path.1.parse().map_err(|_| Code::NotFound.into())
}

/// The key belongs to the person; the same key for another order or payment is another request.
fn decider(steward: &Steward, key: String, path: &Path, request: &impl Serialize) -> Result<Decider, Error> {
    let key = Key::new(format!("account:{}", steward.account), key, &(&path.1, request))?;
    Ok(Decider { facility: steward.facility, account: steward.account, key })
}

pub(super) async fn refund(
    app: web::Data<App>,
    steward: Steward,
    IdempotencyKey(key): IdempotencyKey,
    path: Path,
    Body(new): Body<NewRefund>,
) -> Result<Reply<RefundOrder>, Error> {
    let decider = decider(&steward, key, &path, &new)?;
    Ok(Reply::new(redress::give_back(&app.into_inner(), decider, id(&path)?, new).await?))
}

pub(super) async fn refunds(app: web::Data<App>, viewer: Viewer, path: Path) -> Result<Reply<ListRefunds>, Error> {
    Ok(Reply::new(redress::refunds(&app, viewer.facility, id(&path)?).await?))
}

pub(super) async fn concerns(app: web::Data<App>, viewer: Viewer) -> Result<Reply<ListConcerns>, Error> {
    Ok(Reply::new(redress::concerns(&app, viewer.facility.into()).await?))
}

pub(super) async fn resolve_payment(
    app: web::Data<App>,
    steward: Steward,
    IdempotencyKey(key): IdempotencyKey,
    path: Path,
    Body(decision): Body<PaymentDecision>,
) -> Result<Reply<ResolvePayment>, Error> {
    let decider = decider(&steward, key, &path, &decision)?;
    Ok(Reply::new(redress::resolve_payment(&app.into_inner(), decider, id(&path)?, decision).await?))
}

pub(super) async fn resolve_refund(
    app: web::Data<App>,
    steward: Steward,
    IdempotencyKey(key): IdempotencyKey,
    path: Path,
    Body(decision): Body<RefundDecision>,
) -> Result<Reply<ResolveRefund>, Error> {
    let decider = decider(&steward, key, &path, &decision)?;
    Ok(Reply::new(redress::resolve_refund(&app.into_inner(), decider, id(&path)?, decision).await?))
}
