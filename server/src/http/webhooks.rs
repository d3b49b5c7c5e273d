//! A shop's webhooks over HTTP; only its owner may touch them.

use super::body::Body;
use super::caller::Owner;
use super::orders::After;
use super::reply::Reply;
use crate::domain::webhook::{self, Change};
use crate::error::Error;
use crate::state::App;
use actix_web::web;
use okini_shared::api::webhook::{
    AddWebhook, ChangeWebhook, ListDeliveries, ListMessageKinds, ListWebhooks, NewWebhook, RemoveWebhook,
    ReplayDelivery, RotateWebhook, TestWebhook,
};
use okini_shared::id::WebhookId;
use okini_shared::problem::Code;

type Path = web::Path<(String, String)>;

const fn who(owner: &Owner) -> webhook::Owner {
    webhook::Owner { facility: owner.facility, account: owner.account }
}

fn id(path: &Path) -> Result<WebhookId, Error> {
    path.1.parse().map_err(|_| Code::NotFound.into())
}

pub(super) async fn list(app: web::Data<App>, owner: Owner) -> Result<Reply<ListWebhooks>, Error> {
    Ok(Reply::new(webhook::list(&app, owner.facility).await?))
}

pub(super) async fn add(
    app: web::Data<App>,
    owner: Owner,
    Body(new): Body<NewWebhook>,
) -> Result<Reply<AddWebhook>, Error> {
    Ok(Reply::new(webhook::add(&app.into_inner(), who(&owner), new).await?))
}

pub(super) async fn change(
    app: web::Data<App>,
    owner: Owner,
    path: Path,
    Body(new): Body<NewWebhook>,
) -> Result<Reply<ChangeWebhook>, Error> {
    Ok(Reply::new(webhook::change(&app.into_inner(), who(&owner), id(&path)?, Change::Set(new)).await?))
}

pub(super) async fn remove(app: web::Data<App>, owner: Owner, path: Path) -> Result<Reply<RemoveWebhook>, Error> {
    webhook::change(&app.into_inner(), who(&owner), id(&path)?, Change::Remove).await?;
    Ok(Reply::new(()))
}

pub(super) async fn rotate(app: web::Data<App>, owner: Owner, path: Path) -> Result<Reply<RotateWebhook>, Error> {
    Ok(Reply::new(webhook::rotate(&app.into_inner(), who(&owner), id(&path)?).await?))
}

pub(super) async fn test(app: web::Data<App>, owner: Owner, path: Path) -> Result<Reply<TestWebhook>, Error> {
    Ok(Reply::new(webhook::test(&app.into_inner(), who(&owner), id(&path)?).await?))
}

pub(super) async fn deliveries(
    app: web::Data<App>,
    owner: Owner,
    path: Path,
    page: web::Query<After>,
) -> Result<Reply<ListDeliveries>, Error> {
    Ok(Reply::new(webhook::log(&app, who(&owner), id(&path)?, page.after.as_deref()).await?))
}

pub(super) async fn replay(
    app: web::Data<App>,
    owner: Owner,
    path: web::Path<(String, String, String)>,
) -> Result<Reply<ReplayDelivery>, Error> {
    let webhook = path.1.parse().map_err(|_| Error::from(Code::NotFound))?;
    let delivery = path.2.parse().map_err(|_| Error::from(Code::NotFound))?;
    Ok(Reply::new(webhook::replay(&app.into_inner(), who(&owner), webhook, delivery).await?))
}

pub(super) async fn kinds() -> Result<Reply<ListMessageKinds>, Error> {
    Ok(Reply::new(webhook::catalogue()?))
}
