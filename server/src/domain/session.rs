//! Signing in and out. The refresh token is rotated at each use; one that was replaced and comes again ends the session,
//! because somebody has a copy.

use super::menu;
use crate::auth::{self, Subject, digest};
use crate::error::Error;
use crate::state::App;
use crate::store::tenant::Tenant;
use crate::store::{self, Tx};
use okini_shared::api::session::{Account, Credentials, Place, Session};
use okini_shared::id::SessionId;
use okini_shared::problem::Code;
use okini_shared::time::{DAY, MINUTE};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The answer with the new token may get lost, and two tabs may refresh at the same moment: within this time the token
/// before is not taken for stolen.
const GRACE: i64 = MINUTE;

/// Passwords that are hashed at once: each takes 19 MiB and a processor, so that many guesses must wait, not the shops.
static HASHING: Semaphore = Semaphore::const_new(4);

/// A hash of nothing anybody knows, so that unknown users take as long as wrong passwords.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$b2tpbmlva2luaW9raW5pMQ$Jp3wgb2aPXAUeZpTAZxIPFJW/F8dhA3xm3Gx8GqvBnQ";

/// A session that was begun or continued, and the new refresh token for its cookie.
pub struct Begun {
    pub session: Session,
    pub refresh: String,
}

/// Signs in with user name and password.
pub async fn sign_in(app: &Arc<App>, credentials: Credentials) -> Result<Begun, Error> {
    let found = store::account::by_username(&mut *app.db.read().await?, credentials.user.trim()).await?;
    let hash = found.as_ref().map_or(NOBODY.to_owned(), |account| account.password.clone());
    let place = HASHING.acquire().await.map_err(Error::unexpected)?;
    let matches = tokio::task::spawn_blocking(move || auth::password_matches(&credentials.password, &hash));
    let matches = matches.await.map_err(Error::unexpected)?;
    drop(place);
    let account = found.filter(|account| matches && !account.disabled).ok_or(Code::SignInRefused)?;
    let id = SessionId::from_uuid(app.ids.uuid());
    let refresh = app.ids.secret();
    let argument = (Arc::clone(app), id, account.id, digest(&refresh));
    app.db
        .write(argument, |tx, (app, id, account, hash)| {
            Box::pin(async move {
                let now = app.clock.now();
                let session = store::account::NewSession {
                    id: *id,
                    account: *account,
                    refresh: hash,
                    created_at: now,
                    expires_at: now.plus(app.config.auth.refresh_days.saturating_mul(DAY)),
                };
                Ok(store::account::insert_session(tx.conn(), &session).await?)
            })
        })
        .await?;
    Ok(Begun { session: session(app, id, account).await?, refresh })
}

/// A new access token and refresh token for a refresh token.
pub async fn refresh(app: &Arc<App>, token: &str) -> Result<Begun, Error> {
    let new = app.ids.secret();
    let argument = (Arc::clone(app), digest(token), digest(&new));
    let id = app.db.write(argument, |tx, (app, old, new)| Box::pin(rotate(tx, app, old, new))).await?;
    let id = id.ok_or(Code::SignInNeeded)?;
    let found = store::account::by_session(&mut *app.db.read().await?, id, app.clock.now()).await?;
    Ok(Begun { session: session(app, id, found.ok_or(Code::SignInNeeded)?).await?, refresh: new })
}

/// Rotates; nothing when the token is not good (which must be committed when it ends the session). Rotating comes before
/// looking: of two tabs at the same moment, the second waits for the first here, and finds its token replaced.
async fn rotate(tx: &mut Tx<'_>, app: &App, old: &str, new: &str) -> Result<Option<SessionId>, Error> {
    let now = app.clock.now();
    if let Some(id) = store::account::rotate(tx.conn(), old, new, now).await? {
        return Ok(Some(id));
    }
    let found = store::account::session_by_refresh(tx.conn(), old).await?;
    let Some(session) = found.filter(|session| !session.ended && session.expires_at > now) else { return Ok(None) };
    if now.since(session.rotated_at) <= GRACE {
        let added = store::account::add_sibling(tx.conn(), session.id, old, new).await?;
        return Ok((added == 1).then_some(session.id));
    }
    tracing::warn!(session = %session.id, "a replaced refresh token came again: session ended");
    store::account::end_session(tx.conn(), session.id, now).await?;
    Ok(None)
}

/// Ends the session of a refresh token.
pub async fn sign_out(app: &Arc<App>, token: &str) -> Result<(), Error> {
    app.db
        .write((Arc::clone(app), digest(token)), |tx, (app, hash)| {
            Box::pin(async move {
                if let Some(session) = store::account::session_by_refresh(tx.conn(), hash).await? {
                    store::account::end_session(tx.conn(), session.id, app.clock.now()).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn session(app: &App, id: SessionId, account: store::account::Account) -> Result<Session, Error> {
    let place = place(app, account.of).await?;
    let subject = Subject { account: account.id, session: id };
    let (access_token, expires_at) = app.keys.sign(subject, app.clock.now(), app.config.auth.access_minutes)?;
    Ok(Session {
        access_token,
        expires_at,
        account: Account { id: account.id, user: account.username, role: account.role, place },
    })
}

async fn place(app: &App, of: Tenant) -> Result<Place, Error> {
    let mut conn = app.db.read().await?;
    match of {
        Tenant::Facility(id) => {
            let shop = menu::shop(app, &mut conn, id).await?;
            Ok(Place::Facility { id, name: shop.facility.name.shop().clone(), code: shop.code.clone() })
        }
        Tenant::Consortium(id) => {
            let name = store::consortium::name(&mut conn, id).await?.ok_or(Code::NotFound)?;
            Ok(Place::Consortium { id, name: name.shop().clone() })
        }
        // The programme's officers have no console yet.
        Tenant::Programme => Err(Code::NotFound.into()),
    }
}
