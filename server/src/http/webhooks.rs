//! Webhooks over HTTP: a shop's, which its owner may touch, and a consortium's, for its officers. One set of handlers for both:
//! who calls decides whose they are.

use super::body::Body;
use super::caller::{Officer, Owner};
use super::orders::After;
use super::reply::Reply;
use crate::domain::webhook::{self, Change, Keeper};
use crate::error::Error;
use crate::state::App;
use actix_web::web;
use okini_shared::api::Endpoint;
use okini_shared::api::webhook::{
    Delivery, DeliveryPage, ListMessageKinds, NewWebhook, Webhook, WebhookSecret, Webhooks,
};
use okini_shared::id::WebhookId;
use okini_shared::problem::Code;

type Path = web::Path<(String, String)>;

impl From<Owner> for Keeper {
    fn from(owner: Owner) -> Self {
        Self { of: owner.facility.into(), account: owner.account }
    }
}

impl From<Officer> for Keeper {
    fn from(officer: Officer) -> Self {
        Self { of: officer.consortium.into(), account: officer.account }
    }
}

fn id(path: &Path) -> Result<WebhookId, Error> {
    path.1.parse().map_err(|_| Code::NotFound.into())
}

pub(super) async fn list<E, K>(app: web::Data<App>, keeper: K) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Webhooks>,
    K: Into<Keeper>,
{
    Ok(Reply::new(webhook::list(&app, keeper.into().of).await?))
}

pub(super) async fn add<E, K>(app: web::Data<App>, keeper: K, Body(new): Body<NewWebhook>) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = WebhookSecret>,
    K: Into<Keeper>,
{
    Ok(Reply::new(webhook::add(&app.into_inner(), keeper.into(), new).await?))
}

pub(super) async fn change<E, K>(
    app: web::Data<App>,
    keeper: K,
    path: Path,
    Body(new): Body<NewWebhook>,
) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Webhook>,
    K: Into<Keeper>,
{
    Ok(Reply::new(webhook::change(&app.into_inner(), keeper.into(), id(&path)?, Change::Set(new)).await?))
}

pub(super) async fn remove<E, K>(app: web::Data<App>, keeper: K, path: Path) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = ()>,
    K: Into<Keeper>,
{
    webhook::change(&app.into_inner(), keeper.into(), id(&path)?, Change::Remove).await?;
    Ok(Reply::new(()))
}

pub(super) async fn rotate<E, K>(app: web::Data<App>, keeper: K, path: Path) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = WebhookSecret>,
    K: Into<Keeper>,
{
    Ok(Reply::new(webhook::rotate(&app.into_inner(), keeper.into(), id(&path)?).await?))
}

pub(super) async fn test<E, K>(app: web::Data<App>, keeper: K, path: Path) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Delivery>,
    K: Into<Keeper>,
{
    Ok(Reply::new(webhook::test(&app.into_inner(), keeper.into(), id(&path)?).await?))
}

pub(super) async fn deliveries<E, K>(
    app: web::Data<App>,
    keeper: K,
    path: Path,
    page: web::Query<After>,
) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = DeliveryPage>,
    K: Into<Keeper>,
{
    Ok(Reply::new(webhook::log(&app, keeper.into(), id(&path)?, page.after.as_deref()).await?))
}

pub(super) async fn replay<E, K>(
    app: web::Data<App>,
    keeper: K,
    path: web::Path<(String, String, String)>,
) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Delivery>,
    K: Into<Keeper>,
{
    let webhook = path.1.parse().map_err(|_| Error::from(Code::NotFound))?;
    let delivery = path.2.parse().map_err(|_| Error::from(Code::NotFound))?;
    Ok(Reply::new(webhook::replay(&app.into_inner(), keeper.into(), webhook, delivery).await?))
}

pub(super) async fn kinds() -> Result<Reply<ListMessageKinds>, Error> {
    Ok(Reply::new(webhook::catalogue()?))
}
