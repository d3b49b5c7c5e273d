//! What an operator does with consortia's accounts at payment companies: adding, disabling, giving them to facilities. Only
//! somebody with a shell on the server's machine may: an account's address is one that the server sends requests to.

use super::ProviderSettings;
use crate::auth::digest;
use crate::domain::flow;
use crate::error::Error;
use crate::events::{Actor, Event, record};
use crate::providers::contract;
use crate::state::App;
use crate::store::provider_account::{self, ProviderAccount};
use crate::store::{Tx, consortium, register};
use okini_shared::id::{EventId, FacilityId, ProviderAccountId};
use okini_shared::rules::facility::canonical_code;
use okini_shared::rules::payment::{AccountKey, ProviderName};
use serde_json::json;
use std::sync::Arc;

/// An account that a consortium brings.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The consortium's code.
    pub consortium: String,
    pub provider: ProviderName,
    /// Its address and credentials; the notification secret is made here.
    pub settings: ProviderSettings,
}

/// An account as operators see it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub account: ProviderAccount,
    pub consortium: String,
    /// How many are paid through it.
    pub facilities: i64,
    /// Where its notifications go; nothing when it cannot be opened.
    pub notify_path: Option<String>,
}

fn wrong<T>(why: impl Into<String>) -> Result<T, Error> {
    Err(Error::unexpected(why.into()))
}

/// Adds an account; gives its id and the path that its notifications are to be sent to.
pub async fn add(app: &Arc<App>, mut new: NewAccount) -> Result<(ProviderAccountId, String), Error> {
    check(&new)?;
    let id = ProviderAccountId::from_uuid(app.ids.uuid());
    // Credentials that the company cannot have given are refused here, not when the first diner pays.
    app.maker.make(AccountKey::Stored(id), new.provider, &new.settings)?;
    new.settings.notify_secret = app.ids.secret();
    let path = notify_path(new.provider, &new.settings.notify_secret);
    app.db.write((Arc::clone(app), id, new), |tx, (app, id, new)| Box::pin(add_in(tx, app, *id, new))).await?;
    Ok((id, path))
}

fn notify_path(provider: ProviderName, secret: &str) -> String {
    format!("/hooks/{}/{secret}", provider.name())
}

fn check(new: &NewAccount) -> Result<(), Error> {
    let settings = &new.settings;
    if let Some(why) = contract::refuse_address(&settings.base_url) {
        return wrong(format!("the base URL {why}"));
    }
    let is_host = |host: &str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
    if settings.page_host.is_empty() || !is_host(&settings.page_host) {
        return wrong("the page host is what the diner reads in the browser, like pay.example.jp");
    }
    let needed = match new.provider {
        ProviderName::Paypay => ["api_key", "api_secret"],
        ProviderName::Hosted | ProviderName::Komoju | ProviderName::Stripe => ["api_key", "webhook_secret"],
    };
    let given = [
        ("api_key", &settings.api_key),
        ("api_secret", &settings.api_secret),
        ("webhook_secret", &settings.webhook_secret),
    ];
    if given.iter().any(|(field, secret)| secret.is_empty() == needed.contains(field)) {
        return wrong(format!("{} has {} and no other credentials", new.provider.name(), needed.join(" and ")));
    }
    if given.iter().any(|(_, secret)| !secret.bytes().all(|b| b.is_ascii_graphic())) {
        return wrong("a credential has characters that no company uses");
    }
    Ok(())
}

async fn add_in(tx: &mut Tx<'_>, app: &App, id: ProviderAccountId, new: &NewAccount) -> Result<(), Error> {
    let Some(consortium) = consortium::by_code(tx.conn(), &new.consortium).await? else {
        return wrong(format!("there is no consortium {}", new.consortium));
    };
    let (owner, settings) = (id.to_string(), &new.settings);
    let seal = |field, secret: &str| app.sealer.seal(&app.ids, (&owner, field), secret);
    let maybe = |field, secret: &str| (!secret.is_empty()).then(|| seal(field, secret)).transpose();
    let account = ProviderAccount {
        id,
        consortium,
        provider: new.provider,
        base_url: settings.base_url.clone(),
        page_host: settings.page_host.clone(),
        api_key: seal("api_key", &settings.api_key)?,
        api_secret: maybe("api_secret", &settings.api_secret)?,
        webhook_secret: maybe("webhook_secret", &settings.webhook_secret)?,
        notify_secret: seal("notify_secret", &settings.notify_secret)?,
        notify_digest: digest(&settings.notify_secret),
        created_at: app.clock.now(),
        disabled_at: None,
    };
    Ok(provider_account::insert(tx.conn(), &account).await?)
}

/// All accounts, oldest first.
pub async fn list(app: &App) -> Result<Vec<Shown>, Error> {
    let mut conn = app.db.read().await?;
    let mut shown = Vec::new();
    for account in provider_account::all(&mut conn).await? {
        let consortium = consortium::code(&mut conn, account.consortium).await?.unwrap_or_default();
        let facilities = provider_account::facilities(&mut conn, AccountKey::Stored(account.id)).await?;
        let secret = app.sealer.open((&account.id.to_string(), "notify_secret"), &account.notify_secret);
        let notify_path = secret.ok().map(|secret| notify_path(account.provider, &secret));
        let facilities = i64::try_from(facilities.len()).unwrap_or(i64::MAX);
        shown.push(Shown { account, consortium, facilities, notify_path });
    }
    Ok(shown)
}

/// Has no new payments made with an account; what was paid there is still asked about and given back. Gives the number
/// of facilities that were paid through it.
pub async fn disable(app: &Arc<App>, id: ProviderAccountId) -> Result<usize, Error> {
    app.db.write((Arc::clone(app), id), |tx, (app, id)| Box::pin(disable_in(tx, app, *id))).await
}

async fn disable_in(tx: &mut Tx<'_>, app: &App, id: ProviderAccountId) -> Result<usize, Error> {
    if provider_account::by_id(tx.conn(), id).await?.is_none() {
        return wrong(format!("there is no account {id}"));
    }
    provider_account::disable(tx.conn(), id, app.clock.now()).await?;
    let facilities = provider_account::facilities(tx.conn(), AccountKey::Stored(id)).await?;
    for facility in &facilities {
        flow::menu_changed(tx, *facility).await?;
    }
    Ok(facilities.len())
}

/// A facility that is to be paid through an account from now on.
#[derive(Debug, Clone)]
pub struct Given {
    pub key: AccountKey,
    /// The code on the facility's poster.
    pub facility: String,
    /// Its number at the company, where one account serves many facilities.
    pub merchant: Option<String>,
}

/// Gives an account to a facility, in place of the one it has at the same company. Payments keep the account they were
/// made with.
pub async fn give(app: &Arc<App>, given: Given) -> Result<FacilityId, Error> {
    app.db.write((Arc::clone(app), given), |tx, (app, given)| Box::pin(give_in(tx, app, given))).await
}

async fn give_in(tx: &mut Tx<'_>, app: &App, given: &Given) -> Result<FacilityId, Error> {
    let code = canonical_code(&given.facility);
    let found = match &code {
        Some(code) => register::qr_code(tx.conn(), code).await?.filter(|found| found.seat.is_none()),
        None => None,
    };
    let Some(found) = found else { return wrong(format!("there is no facility with the code {}", given.facility)) };
    let facility = found.facility;
    let provider = match given.key {
        AccountKey::Settings(provider) if app.config.provider(provider).api_key.is_empty() => {
            return wrong(format!("the settings have no credentials for {}", provider.name()));
        }
        AccountKey::Settings(provider) => provider,
        AccountKey::Stored(id) => stored_for(tx, id, facility).await?,
    };
    let account = register::Account { provider, key: given.key, merchant: given.merchant.clone() };
    register::give_account(tx.conn(), facility, &account).await?;
    flow::menu_changed(tx, facility).await?;
    let event = Event {
        kind: "facility.account_given",
        of: facility.into(),
        subject: facility.to_string(),
        actor: Actor::System,
        payload: json!({ "provider": provider, "account": given.key.to_string() }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), app.clock.now(), event).await?;
    Ok(facility)
}

/// The company of a stored account that a facility may be paid through: one of its own consortium.
async fn stored_for(tx: &mut Tx<'_>, id: ProviderAccountId, facility: FacilityId) -> Result<ProviderName, Error> {
    let account = match provider_account::by_id(tx.conn(), id).await? {
        None => return wrong(format!("there is no account {id}")),
        Some(account) if account.disabled_at.is_some() => return wrong(format!("the account {id} is disabled")),
        Some(account) => account,
    };
    if register::consortium_of(tx.conn(), facility).await? != Some(account.consortium) {
        return wrong("the account belongs to another consortium than the facility");
    }
    Ok(account.provider)
}
