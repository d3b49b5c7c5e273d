//! Campaigns over HTTP: a shop's, for its owner, and a consortium's, for its officers. One set of handlers for both: who calls
//! decides whose they are.

use super::body::Body;
use super::caller::{Officer, Owner};
use super::reply::Reply;
use super::settlements::csv;
use crate::domain::campaign::issue::{self, Issuer};
use crate::error::Error;
use crate::state::App;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, web};
use okini_shared::api::campaign::{
    Campaign, Campaigns, Figures, LedgerCheck, NewCampaign, NewCodes, NewRehearsal, Publication, Rehearsal,
};
use okini_shared::api::{Content, Endpoint};
use okini_shared::id::CampaignId;
use okini_shared::problem::Code;
use okini_shared::rules::coupon::CampaignStep;

type Path = web::Path<(String, String)>;

impl From<Owner> for Issuer {
    fn from(owner: Owner) -> Self {
        Self { of: owner.facility.into(), account: owner.account }
    }
}

impl From<Officer> for Issuer {
    fn from(officer: Officer) -> Self {
        Self { of: officer.consortium.into(), account: officer.account }
    }
}

fn id(path: &Path) -> Result<CampaignId, Error> {
    path.1.parse().map_err(|_| Code::NotFound.into())
}

pub(super) async fn list<E, I>(app: web::Data<App>, issuer: I) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Campaigns>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::list(&app, issuer.into().of).await?))
}

pub(super) async fn add<E, I>(app: web::Data<App>, issuer: I, Body(new): Body<NewCampaign>) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Campaign>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::draft(&app.into_inner(), issuer.into(), new).await?))
}

pub(super) async fn get<E, I>(app: web::Data<App>, issuer: I, path: Path) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Campaign>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::get(&app, issuer.into().of, id(&path)?).await?))
}

pub(super) async fn change<E, I>(
    app: web::Data<App>,
    issuer: I,
    path: Path,
    Body(new): Body<NewCampaign>,
) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Campaign>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::change(&app.into_inner(), issuer.into(), id(&path)?, new).await?))
}

pub(super) async fn replace<E, I>(
    app: web::Data<App>,
    issuer: I,
    path: Path,
    Body(new): Body<NewCampaign>,
) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Campaign>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::replace(&app.into_inner(), issuer.into(), id(&path)?, new).await?))
}

pub(super) async fn rehearse<E, I>(
    app: web::Data<App>,
    issuer: I,
    path: Path,
    Body(with): Body<NewRehearsal>,
) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Rehearsal>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::rehearse(&app.into_inner(), issuer.into(), id(&path)?, with.budget).await?))
}

pub(super) async fn publish<E, I>(
    app: web::Data<App>,
    issuer: I,
    path: Path,
    Body(with): Body<Publication>,
) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Campaign>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::release(&app.into_inner(), issuer.into(), id(&path)?, with.override_reason).await?))
}

pub(super) async fn pause<E, I>(app: web::Data<App>, issuer: I, path: Path) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Campaign>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::advance(&app.into_inner(), issuer.into(), id(&path)?, CampaignStep::Pause).await?))
}

pub(super) async fn resume<E, I>(app: web::Data<App>, issuer: I, path: Path) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Campaign>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::advance(&app.into_inner(), issuer.into(), id(&path)?, CampaignStep::Resume).await?))
}

pub(super) async fn end<E, I>(app: web::Data<App>, issuer: I, path: Path) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Campaign>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::advance(&app.into_inner(), issuer.into(), id(&path)?, CampaignStep::End).await?))
}

/// Codes are letters, digits and dashes that begin with neither: no cell is a formula.
pub(super) async fn codes<E, I>(
    app: web::Data<App>,
    issuer: I,
    path: Path,
    Body(new): Body<NewCodes>,
) -> Result<HttpResponse, Error>
where
    E: Endpoint,
    I: Into<Issuer>,
{
    let Content::Other(kind) = E::CONTENT else { return Err(Error::unexpected("not a file")) };
    let made = issue::codes(&app.into_inner(), issuer.into(), id(&path)?, new.count).await?;
    let rows: Vec<Vec<String>> =
        std::iter::once("クーポンコード".to_owned()).chain(made).map(|cell| vec![cell]).collect();
    // Spreadsheet programs take UTF-8 for what it is by this mark alone.
    let mut file = "\u{feff}".as_bytes().to_vec();
    file.extend(csv(&rows)?);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"coupon-codes.csv\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(file))
}

pub(super) async fn figures<E, I>(app: web::Data<App>, issuer: I, path: Path) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Figures>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::figures(&app, issuer.into().of, id(&path)?).await?))
}

pub(super) async fn check_ledger<E, I>(app: web::Data<App>, issuer: I) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = LedgerCheck>,
    I: Into<Issuer>,
{
    Ok(Reply::new(issue::check_ledger(&app, issuer.into().of).await?))
}
