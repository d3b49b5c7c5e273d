//! Signing in and out. The refresh token travels in a cookie that only these operations read.

use super::body::Body;
use super::caller;
use super::pace::Paced;
use super::reply::Reply;
use crate::domain::session;
use crate::error::Error;
use crate::state::App;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, web};
use okini_shared::api::session::{Credentials, RefreshSession, SignIn, SignOut};
use okini_shared::problem::Code;

const REFRESH: (&str, &str) = ("__Host-okini-staff", "okini-staff");

fn refresh_cookie(app: &App, token: String, days: i64) -> Cookie<'static> {
    let mut cookie = caller::cookie(app, REFRESH, token, days);
    cookie.set_same_site(SameSite::Strict);
    cookie
}

fn refresh_token(request: &HttpRequest) -> Option<String> {
    let cookie = caller::sent_cookie(request, REFRESH)?;
    Some(cookie.value().to_owned())
}

pub(super) async fn sign_in(
    app: web::Data<App>,
    request: HttpRequest,
    Body(credentials): Body<Credentials>,
) -> Result<Reply<SignIn>, Error> {
    Paced::check_account(&request, credentials.user.trim())?;
    let begun = session::sign_in(&app.clone().into_inner(), credentials).await?;
    let cookie = refresh_cookie(&app, begun.refresh, app.config.auth.refresh_days);
    Ok(Reply::new(begun.session).cookie(Some(cookie)))
}

pub(super) async fn refresh(app: web::Data<App>, request: HttpRequest) -> Result<Reply<RefreshSession>, Error> {
    let token = refresh_token(&request).ok_or(Code::SignInNeeded)?;
    let begun = session::refresh(&app.clone().into_inner(), &token).await?;
    let cookie = refresh_cookie(&app, begun.refresh, app.config.auth.refresh_days);
    Ok(Reply::new(begun.session).cookie(Some(cookie)))
}

pub(super) async fn sign_out(app: web::Data<App>, request: HttpRequest) -> Result<Reply<SignOut>, Error> {
    if let Some(token) = refresh_token(&request) {
        session::sign_out(&app.clone().into_inner(), &token).await?;
    }
    Ok(Reply::new(()).cookie(Some(refresh_cookie(&app, String::new(), 0))))
}
