//! Ordering and paying, for diners.

use super::body::Body;
use super::caller::{Device, IdempotencyKey, Phone, Reads, asked_language};
use super::reply::Reply;
use super::sse::{self, Reason};
use crate::domain::idempotency::Key;
use crate::domain::{order, payment, proof};
use crate::error::Error;
use crate::events::stream::Wake;
use crate::state::App;
use actix_web::{HttpRequest, HttpResponse, web};
use okini_shared::api::order::{
    CancelOrder, GetOrder, ListMyOrders, NewOrder, NewPayment, OrderPage, PlaceOrder, StartPayment,
};
use okini_shared::api::proof::GetProof;
use okini_shared::problem::{Code, Problem};
use serde::Deserialize;
use std::time::Duration;

/// A diner waits so long for a payment company's page.
const PATIENCE: Duration = Duration::from_secs(8);

/// Where a page of a list begins.
#[derive(Deserialize)]
pub(super) struct After {
    pub(super) after: Option<String>,
}

pub(super) async fn place(
    app: web::Data<App>,
    phone: Phone,
    IdempotencyKey(key): IdempotencyKey,
    Body(new): Body<NewOrder>,
) -> Result<Reply<PlaceOrder>, Error> {
    let key = Key::new(format!("device:{}", phone.device), key, &new)?;
    let order = order::place(&app.into_inner(), &phone.device, key, new).await?;
    Ok(Reply::new(order).cookie(phone.new))
}

pub(super) async fn mine(
    app: web::Data<App>,
    Device(device): Device,
    Reads(lang): Reads,
    page: web::Query<After>,
) -> Result<Reply<ListMyOrders>, Error> {
    let orders = match device {
        Some(device) => order::mine(&app, &device, lang, page.after.as_deref()).await?,
        None => OrderPage { orders: Vec::new(), next: None },
    };
    Ok(Reply::new(orders))
}

pub(super) async fn get(
    request: HttpRequest,
    app: web::Data<App>,
    Device(device): Device,
    token: web::Path<String>,
) -> Result<Reply<GetOrder>, Error> {
    let lang = asked_language(&request);
    Ok(Reply::new(order::by_token(&app, &token, device.as_deref(), lang).await?))
}

pub(super) async fn proof(
    app: web::Data<App>,
    Device(device): Device,
    token: web::Path<String>,
) -> Result<Reply<GetProof>, Error> {
    Ok(Reply::new(proof::of_order(&app, &token, &device.ok_or(Code::NotFound)?).await?))
}

pub(super) async fn watch(
    request: HttpRequest,
    app: web::Data<App>,
    Device(device): Device,
    token: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let lang = asked_language(&request);
    let wakes = app.hub.watch();
    let first = order::by_token(&app, &token, device.as_deref(), lang).await?;
    let id = first.id;
    let token = token.into_inner();
    let first = sse::frame("order", &first)?;
    let concerns = move |wake: Wake| matches!(wake, Wake::Order { order, .. } if order == id);
    Ok(sse::response(sse::watch(first, wakes, concerns, move |reason| {
        let (app, token, device) = (app.clone(), token.clone(), device.clone());
        async move {
            if matches!(reason, Reason::Beat) {
                return Ok(None);
            }
            match order::by_token(&app, &token, device.as_deref(), lang).await {
                Ok(order) => sse::frame("order", &order).map(Some),
                Err(error) if error.code() == Some(Code::NotFound) => Ok(None),
                Err(error) => Err(error),
            }
        }
    })))
}

pub(super) async fn pay(
    app: web::Data<App>,
    IdempotencyKey(key): IdempotencyKey,
    token: web::Path<String>,
    Body(new): Body<NewPayment>,
) -> Result<Reply<StartPayment>, Error> {
    let key = Key::new(format!("order:{token}"), key, &new)?;
    let provider = new.provider;
    // What was begun goes on when the diner hangs up or has waited long enough: the page that it leads to is found at the order.
    let started = tokio::spawn(async move { payment::start(&app.into_inner(), &token, key, new).await });
    match tokio::time::timeout(PATIENCE, started).await {
        Ok(started) => Ok(Reply::new(started.map_err(Error::unexpected)??)),
        Err(_) => Err(Problem { provider: Some(provider), ..Problem::new(Code::ProviderUnavailable) }.into()),
    }
}

pub(super) async fn cancel(
    app: web::Data<App>,
    Device(device): Device,
    token: web::Path<String>,
) -> Result<Reply<CancelOrder>, Error> {
    let device = device.ok_or(Code::NotFound)?;
    Ok(Reply::new(order::cancel(&app.into_inner(), &token, &device).await?))
}
