//! What officers ask about all facilities of their consortium, over HTTP.

use super::caller::Officer;
use super::orders::After;
use super::reply::Reply;
use crate::domain::{consortium, redress};
use crate::error::Error;
use crate::state::App;
use actix_web::web;
use okini_shared::api::consortium::{ListAccounts, ListAllConcerns, ListFacilities};

pub(super) async fn facilities(
    app: web::Data<App>,
    officer: Officer,
    page: web::Query<After>,
) -> Result<Reply<ListFacilities>, Error> {
    Ok(Reply::new(consortium::facilities(&app, officer.consortium, page.after.as_deref()).await?))
}

pub(super) async fn concerns(app: web::Data<App>, officer: Officer) -> Result<Reply<ListAllConcerns>, Error> {
    Ok(Reply::new(redress::concerns(&app, officer.consortium.into()).await?))
}

pub(super) async fn accounts(app: web::Data<App>, officer: Officer) -> Result<Reply<ListAccounts>, Error> {
    Ok(Reply::new(consortium::accounts(&app, officer.consortium).await?))
}
