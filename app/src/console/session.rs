//! Who is signed in: the access token in memory, renewed in time through the refresh cookie, and calls that carry it.
//! Not here: the sign-in form (`login`), what is called.

use std::cell::{Cell, RefCell};
use std::pin::Pin;

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use okini_shared::api::session::{Account, Credentials, RefreshSession, Role, SignIn, SignOut};
use okini_shared::api::{self, Endpoint, Method};
use okini_shared::problem::Code;
use okini_shared::time::{MINUTE, Millis};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::browser::{clock, pause, storage, window};
use crate::json;
use crate::net::{self, Failure, With, call};

/// A token is good for ten minutes; renewing it earlier leaves room for a slow network.
const RENEW_AFTER: i64 = 8 * MINUTE;

/// Names the lock between the tabs of a browser: they share one refresh cookie, and using an old one ends the session.
const LOCK: &str = "okini-refresh";

/// Remembers that there is a refresh cookie, which scripts cannot see: without one the server is not asked.
const KNOWN: &str = "okini.console.known";

struct Token {
    text: String,
    renew_at: Millis,
}

thread_local! {
    static TOKEN: RefCell<Option<Token>> = const { RefCell::new(None) };
    static RENEWING: Cell<bool> = const { Cell::new(false) };
}

/// The access token, for requests made outside of a `Session`.
pub(crate) fn token() -> Option<String> {
    TOKEN.with_borrow(|token| token.as_ref().map(|token| token.text.clone()))
}

/// What a call brings.
pub(crate) type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

/// A request's body, if it has one.
type Written = Result<Option<String>, Failure>;

/// An operation without a body has the request `()`.
fn written<R: Serialize>(body: &R) -> Written {
    let text = (size_of::<R>() > 0).then(|| serde_json::to_string(body).map_err(|_| Failure::Unreadable));
    text.transpose()
}

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Out {
    /// Not yet, on this device.
    Never,
    /// The sign-in has ended.
    Ended,
    /// Somebody signed out here.
    Left,
}

/// Where the sign-in stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The refresh cookie is being tried.
    Checking,
    /// The server does not answer; it is asked again and again.
    Unreachable,
    Out(Out),
    In(Account),
}

/// The sign-in, shared by all screens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session {
    phase: RwSignal<Phase>,
}

impl Session {
    /// Tries the refresh cookie if there is one, and renews the token in time as long as the current owner lives.
    pub(crate) fn begin() -> Self {
        let known = storage::load::<bool>(KNOWN).is_some();
        let session = Self { phase: RwSignal::new(if known { Phase::Checking } else { Phase::Out(Out::Never) }) };
        net::task(async move {
            if known {
                session.renew().await;
            }
            loop {
                let signed_in = matches!(session.phase.get_untracked(), Phase::In(_));
                pause(if signed_in { 10_000 } else { 3_000 }).await;
                if due() && !matches!(session.phase.get_untracked(), Phase::Out(_)) {
                    session.renew().await;
                }
            }
        });
        session
    }

    /// Where the sign-in stands.
    pub(crate) fn phase(self) -> Phase {
        self.phase.get()
    }

    /// Whether a shop's owner is signed in.
    pub(crate) fn is_owner(self) -> bool {
        matches!(self.phase(), Phase::In(account) if account.role == Role::Owner)
    }

    /// Signs in.
    ///
    /// # Errors
    /// As `SignIn`.
    pub(crate) async fn sign_in(self, credentials: &Credentials) -> Result<(), Failure> {
        self.enter(call::<SignIn>(&[], credentials, With::default()).await?);
        Ok(())
    }

    /// Signs out everywhere; stays signed in when the server cannot be told.
    ///
    /// # Errors
    /// As `SignOut`.
    pub(crate) async fn sign_out(self) -> Result<(), Failure> {
        call::<SignOut>(&[], &(), With::default()).await?;
        self.leave(Out::Left);
        Ok(())
    }

    /// Calls an operation as the person signed in; renews the token when it has ended.
    ///
    /// # Errors
    /// As the operation. When the sign-in has ended, the form is shown again.
    pub(crate) fn call<E: Endpoint>(self, path: &[&str], body: &E::Request, query: &str) -> Answer<E::Response>
    where
        E::Request: Serialize,
        E::Response: DeserializeOwned + 'static,
    {
        let mut url = api::path::<E>(path);
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
        }
        self.call_at::<E>(url, body)
    }

    /// The same at a path that is filled in already, with its query.
    ///
    /// # Errors
    /// As `call`.
    pub(crate) fn call_at<E: Endpoint>(self, url: String, body: &E::Request) -> Answer<E::Response>
    where
        E::Request: Serialize,
        E::Response: DeserializeOwned + 'static,
    {
        self.send(E::METHOD, url, written(body), None)
    }

    /// The same with a key, for what must not happen twice.
    ///
    /// # Errors
    /// As `call`.
    pub(crate) fn call_keyed<E: Endpoint>(
        self,
        path: &[&str],
        body: &E::Request,
        key: Option<&str>,
    ) -> Answer<E::Response>
    where
        E::Request: Serialize,
        E::Response: DeserializeOwned + 'static,
    {
        self.send(E::METHOD, api::path::<E>(path), written(body), key.map(str::to_owned))
    }

    /// The text of an operation that does not answer with JSON, at a path that is filled in already.
    ///
    /// # Errors
    /// As `call`.
    pub(crate) fn text<E: Endpoint>(self, url: String) -> Answer<String> {
        Box::pin(self.exchange(E::METHOD, url, Ok(None), None))
    }

    /// Without the operation's types but for the answer's: compiled once for all operations that answer alike.
    #[inline(never)]
    fn send<T: DeserializeOwned + 'static>(
        self,
        method: Method,
        url: String,
        body: Written,
        key: Option<String>,
    ) -> Answer<T> {
        let sent: Answer<String> = Box::pin(self.exchange(method, url, body, key));
        Box::pin(async move {
            let text = sent.await?;
            json::from_str(if text.is_empty() { "null" } else { &text }).map_err(|_| Failure::Unreadable)
        })
    }

    async fn exchange(
        self,
        method: Method,
        url: String,
        body: Written,
        key: Option<String>,
    ) -> Result<String, Failure> {
        let body = body?;
        if due() {
            self.renew().await;
        }
        let mut renewed = false;
        loop {
            let used = token();
            let with = With { key: key.as_deref(), token: used.as_deref(), query: "" };
            let answer = net::exchange(method, &url, body.clone(), with).await;
            let ended = matches!(&answer, Err(Failure::Refused(problem)) if problem.code == Code::SignInNeeded);
            if !ended || renewed || !self.renew_after(used).await {
                return answer;
            }
            renewed = true;
        }
    }

    /// A new token after the server refused `used`; says whether there is one.
    pub(crate) async fn renew_after(self, used: Option<String>) -> bool {
        TOKEN.with_borrow_mut(|token| {
            if token.as_ref().map(|token| &token.text) == used.as_ref() {
                *token = None;
            }
        });
        self.renew().await
    }

    /// A new token through the refresh cookie, unless the present one is fresh; says whether there is one. The request
    /// goes on when its screen goes away: a cookie whose successor is lost would end the session.
    async fn renew(self) -> bool {
        if due() && !RENEWING.replace(true) {
            leptos::task::spawn_local(async move {
                one_tab_at_a_time(move || future_to_promise(self.refresh())).await;
                RENEWING.set(false);
            });
        }
        while RENEWING.get() {
            pause(50).await;
        }
        !due()
    }

    async fn refresh(self) -> Result<JsValue, JsValue> {
        match call::<RefreshSession>(&[], &(), With::default()).await {
            Ok(session) => self.enter(session),
            Err(Failure::Refused(problem)) if problem.status == 401 => {
                let was_in = matches!(self.phase.get_untracked(), Phase::In(_));
                self.leave(if was_in { Out::Ended } else { Out::Never });
            }
            Err(_) if self.phase.get_untracked() == Phase::Checking => self.phase.set(Phase::Unreachable),
            Err(_) => {}
        }
        Ok(JsValue::UNDEFINED)
    }

    fn enter(self, session: api::session::Session) {
        let renew_at = clock::now().plus(RENEW_AFTER);
        TOKEN.set(Some(Token { text: session.access_token, renew_at }));
        storage::save(KNOWN, &true);
        // The same person again: nothing to redraw.
        let entered = Phase::In(session.account);
        if self.phase.get_untracked() != entered {
            self.phase.set(entered);
        }
    }

    fn leave(self, why: Out) {
        TOKEN.set(None);
        storage::forget(KNOWN);
        self.phase.set(Phase::Out(why));
    }
}

/// Whether the token is to be renewed.
fn due() -> bool {
    TOKEN.with_borrow(|token| token.as_ref().is_none_or(|token| clock::now() >= token.renew_at))
}

/// Runs `work` under a lock between tabs, where the browser has one (in a secure context).
async fn one_tab_at_a_time(work: impl FnOnce() -> Promise + 'static) {
    let done = match locks() {
        Some((locks, request)) => {
            let callback = Closure::once_into_js(move |_lock: JsValue| work());
            request
                .call2(&locks, &JsValue::from_str(LOCK), &callback)
                .map_or_else(|_| Promise::resolve(&locks), Promise::from)
        }
        None => work(),
    };
    // The work itself says how it went.
    drop(JsFuture::from(done).await);
}

/// `navigator.locks` and its `request`; web-sys has them as unstable only.
fn locks() -> Option<(JsValue, Function)> {
    let locks = Reflect::get(&window().navigator(), &JsValue::from_str("locks")).ok()?;
    let request = Reflect::get(&locks, &JsValue::from_str("request")).ok()?;
    Some((locks, request.dyn_into().ok()?))
}
