//! Who is calling: the address, the phone (device cookie), the person (bearer token), the key of the request, the
//! language. A handler names what it needs as argument types, so a permission cannot be forgotten.

use crate::auth::digest;
use crate::error::Error;
use crate::state::App;
use crate::store;
use crate::store::tenant::Tenant;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, USER_AGENT};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use okini_shared::api::session::Role;
use okini_shared::id::{AccountId, ConsortiumId, FacilityId, SessionId};
use okini_shared::problem::{Code, Problem};
use okini_shared::text::Lang;
use std::future::{Future, Ready, ready};
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::str::FromStr;

/// The device cookie over https; a browser takes it from this very host only.
const DEVICE_SECURE: &str = "__Host-okini";
/// The device cookie of a demo on plain http.
const DEVICE_PLAIN: &str = "okini";
/// The language chosen on a page.
pub const LANGUAGE: &str = "lang";
const YEAR: i64 = 365;

pub(super) fn app(request: &HttpRequest) -> Result<web::Data<App>, Error> {
    request.app_data::<web::Data<App>>().cloned().ok_or_else(|| Error::unexpected("no application"))
}

/// The caller's network: an address, or the /64 of IPv6 that one customer has to himself.
pub fn network(request: &HttpRequest, app: &App) -> String {
    match address(request, app).map(|address| address.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

/// The peer's address, or what a trusted proxy says.
fn address(request: &HttpRequest, app: &App) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let trusted = |ip: &IpAddr| app.config.server.trusted_proxies.contains(ip);
    if !trusted(&peer) {
        return Some(peer);
    }
    // A proxy may add to the header or put a line of its own below it: all lines count, in their order.
    let lines: Vec<&str> =
        request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    // The last address that is not a proxy of ours is the only one that nobody could have invented.
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).filter_map(|hop| hop.trim().parse().ok());
    Some(hops.into_iter().find(|ip| !trusted(ip)).unwrap_or(peer))
}

/// SHA-256 of the device cookie, when there is one of ours.
pub fn device(request: &HttpRequest) -> Option<String> {
    if let Some(known) = request.extensions().get::<Digested>() {
        return known.0.clone();
    }
    let digested = digested(request);
    request.extensions_mut().insert(Digested(digested.clone()));
    digested
}

/// The same within one request, which is asked for it several times.
struct Digested(Option<String>);

fn digested(request: &HttpRequest) -> Option<String> {
    let cookie = sent_cookie(request, (DEVICE_SECURE, DEVICE_PLAIN))?;
    let value = cookie.value();
    (value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit())).then(|| digest(value))
}

/// A cookie of ours that came back. Over https only the `__Host-` name counts: a neighbouring host can plant any other.
pub fn sent_cookie(request: &HttpRequest, name: (&str, &str)) -> Option<Cookie<'static>> {
    let app = app(request).ok()?;
    request.cookie(if app.secure() { name.0 } else { name.1 })
}

/// A cookie of ours: for this host only, never for scripts.
pub fn cookie(app: &App, name: (&'static str, &'static str), value: String, days: i64) -> Cookie<'static> {
    let mut cookie = Cookie::new(if app.secure() { name.0 } else { name.1 }, value);
    cookie.set_path("/");
    cookie.set_secure(app.secure());
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_max_age(Duration::days(days));
    cookie
}

/// A new device's cookie.
pub fn device_cookie(app: &App, secret: String) -> Cookie<'static> {
    cookie(app, (DEVICE_SECURE, DEVICE_PLAIN), secret, YEAR)
}

/// A phone, if it is known.
pub struct Device(pub Option<String>);

impl FromRequest for Device {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(device(request))))
    }
}

/// A request's `Idempotency-Key`, bare or as a quoted string (RFC 8941).
pub struct IdempotencyKey(pub String);

impl FromRequest for IdempotencyKey {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let refused = |detail: &str| Err(Problem::new(Code::IdempotencyKeyNeeded).detail(detail).into());
        ready(match idempotency_key(request) {
            None => refused("send an Idempotency-Key header"),
            Some(key) if key.is_empty() || key.len() > 255 || !key.bytes().all(|b| (0x20..0x7f).contains(&b)) => {
                refused("an Idempotency-Key has 1 to 255 printable ASCII characters")
            }
            Some(key) => Ok(Self(key.to_owned())),
        })
    }
}

/// The key without its quotes.
fn idempotency_key(request: &HttpRequest) -> Option<&str> {
    let text = request.headers().get("idempotency-key")?.to_str().unwrap_or_default().trim();
    Some(text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text))
}

/// A phone that may act: known by its cookie, or just becoming known by this request.
pub struct Phone {
    /// SHA-256 of the cookie.
    pub device: String,
    /// The cookie to set, for a phone that had none.
    pub new: Option<Cookie<'static>>,
}

impl FromRequest for Phone {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(phone(request))
    }
}

fn phone(request: &HttpRequest) -> Result<Phone, Error> {
    if let Some(device) = device(request) {
        return Ok(Phone { device, new: None });
    }
    let app = app(request)?;
    let browser = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Without a key there is no retry to recognise, and strangers behind one network must not become one phone.
    let secret = match idempotency_key(request).filter(|key| !key.is_empty()) {
        Some(key) => app.keys.first_device(&[&network(request, &app), browser, key]),
        None => app.ids.secret(),
    };
    Ok(Phone { device: digest(&secret), new: Some(device_cookie(&app, secret)) })
}

/// The language for an answer: `?lang=`, else the cookie, else what the browser prefers.
pub struct Reads(pub Lang);

impl FromRequest for Reads {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(language(request))))
    }
}

/// The language named in the query, if it is one of ours.
pub fn asked_language(request: &HttpRequest) -> Option<Lang> {
    let query = request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    query.parse().ok()
}

/// The language of a reader.
pub fn language(request: &HttpRequest) -> Lang {
    let cookie = || request.cookie(LANGUAGE)?.value().parse().ok();
    let accepted = || {
        let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        header.map(Lang::accept).unwrap_or_default()
    };
    asked_language(request).or_else(cookie).unwrap_or_else(accepted)
}

/// Somebody of the facility in the path who runs orders: owner or kitchen.
pub struct Staff {
    pub account: AccountId,
    pub facility: FacilityId,
    pub session: SessionId,
}

/// Somebody of the facility in the path who runs the shop: its owner.
pub struct Owner {
    pub account: AccountId,
    pub facility: FacilityId,
}

/// Somebody who may move the money of the facility in the path: its owner, or an officer of the consortium that registered it.
pub struct Steward {
    pub account: AccountId,
    pub facility: FacilityId,
}

/// Somebody who may see the orders of the facility in the path: its staff and its consortium's officers.
pub struct Viewer {
    pub facility: FacilityId,
}

/// An officer of the consortium in the path.
pub struct Officer {
    pub account: AccountId,
    pub consortium: ConsortiumId,
}

/// Implements the extractor of a permission by the function that gives it.
macro_rules! permissions {
    ($($name:ident $give:ident;)*) => {$(
        impl FromRequest for $name {
            type Error = Error;
            type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move { $give(&request).await })
            }
        }
    )*};
}
permissions! { Staff staff; Owner owner; Steward steward; Viewer viewer; Officer officer; }

async fn staff(request: &HttpRequest) -> Result<Staff, Error> {
    let (Person { account, session, .. }, facility) = at_facility(request, &[Role::Owner, Role::Kitchen]).await?;
    Ok(Staff { account, facility, session })
}

async fn owner(request: &HttpRequest) -> Result<Owner, Error> {
    let (Person { account, .. }, facility) = at_facility(request, &[Role::Owner]).await?;
    Ok(Owner { account, facility })
}

async fn steward(request: &HttpRequest) -> Result<Steward, Error> {
    let (Person { account, .. }, facility) = at_facility(request, &[Role::Owner, Role::Officer]).await?;
    Ok(Steward { account, facility })
}

async fn viewer(request: &HttpRequest) -> Result<Viewer, Error> {
    let (_, facility) = at_facility(request, Role::ALL).await?;
    Ok(Viewer { facility })
}

async fn officer(request: &HttpRequest) -> Result<Officer, Error> {
    let person = signed_in(request).await?;
    match (person.of, in_path(request, "consortium")) {
        (Tenant::Consortium(own), Some(asked)) if own == asked => {
            Ok(Officer { account: person.account, consortium: own })
        }
        _ => Err(Code::NotFound.into()),
    }
}

/// Somebody who is signed in: what may be done now counts, not what a token once said.
struct Person {
    account: AccountId,
    session: SessionId,
    role: Role,
    of: Tenant,
}

/// Checks the token and that its session goes on.
async fn signed_in(request: &HttpRequest) -> Result<Person, Error> {
    let app = app(request)?;
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Code::SignInNeeded)?;
    let claims = app.keys.verify(token, &app.clock)?;
    let found = store::account::by_session(&mut *app.db.read().await?, claims.sid, app.clock.now()).await?;
    let account = found.filter(|account| account.id == claims.sub).ok_or(Code::SignInNeeded)?;
    Ok(Person { account: account.id, session: claims.sid, role: account.role, of: account.of })
}

/// Somebody with one of these roles at the facility in the path: its own people, or those of its consortium. A facility of
/// others looks the same as one that does not exist.
async fn at_facility(request: &HttpRequest, roles: &[Role]) -> Result<(Person, FacilityId), Error> {
    let person = signed_in(request).await?;
    let facility = in_path(request, "facility").ok_or(Code::NotFound)?;
    let theirs = match person.of {
        Tenant::Facility(own) => own == facility,
        Tenant::Programme => false,
        Tenant::Consortium(own) => {
            let app = app(request)?;
            store::register::consortium_of(&mut *app.db.read().await?, facility).await? == Some(own)
        }
    };
    match (theirs, roles.contains(&person.role)) {
        (false, _) => Err(Code::NotFound.into()),
        (true, false) => Err(Code::Forbidden.into()),
        (true, true) => Ok((person, facility)),
    }
}

fn in_path<T: FromStr>(request: &HttpRequest, name: &str) -> Option<T> {
    request.match_info().get(name)?.parse().ok()
}

/// The session of a token that we signed, whatever became of the session since.
pub fn signed_session(request: &HttpRequest, app: &App) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let session = app.keys.session_of(header.strip_prefix("Bearer ")?).ok()?;
    Some(session.to_string())
}

/// Whether a session still goes on with the same facility: open streams ask now and then. The token may run out meanwhile;
/// the session must not.
pub async fn still_signed_in(app: &App, session: SessionId, facility: FacilityId) -> Result<bool, Error> {
    let account = store::account::by_session(&mut *app.db.read().await?, session, app.clock.now()).await?;
    Ok(account.is_some_and(|account| account.of == Tenant::Facility(facility)))
}
