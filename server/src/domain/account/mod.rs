//! Accounts at payment companies: reading the stored ones into memory, and whose a notification is. Who may pay through
//! which is decided where payments are made; what operators do with them is in `change`.

pub mod change;

use crate::auth::digest;
use crate::config::ProviderSettings;
use crate::error::Error;
use crate::providers::contract;
use crate::providers::registry::Account;
use crate::state::App;
use crate::store;
use crate::store::provider_account::ProviderAccount;
use okini_shared::rules::payment::{AccountKey, ProviderName};

/// Reads the stored accounts anew when there are others than before. One that cannot be opened keeps no other from being
/// used.
pub async fn refresh(app: &App) -> Result<(), Error> {
    let mut conn = app.db.read().await?;
    let version = store::provider_account::version(&mut conn).await?;
    if version == app.providers.version() {
        return Ok(());
    }
    let mut accounts = Vec::new();
    for stored in store::provider_account::all(&mut conn).await? {
        match open(app, &stored) {
            Ok(account) => accounts.push((AccountKey::Stored(stored.id), account)),
            Err(error) => tracing::error!(account = %stored.id, %error, "an account cannot be used"),
        }
    }
    app.providers.read(version, accounts);
    Ok(())
}

fn open(app: &App, stored: &ProviderAccount) -> Result<Account, Error> {
    if let Some(why) = contract::refuse_address(&stored.base_url) {
        return Err(Error::unexpected(format!("its base URL {why}")));
    }
    let provider = app.maker.make(AccountKey::Stored(stored.id), stored.provider, &credentials(app, stored)?)?;
    Ok(Account { provider, open: stored.disabled_at.is_none(), notify_digest: Some(stored.notify_digest.clone()) })
}

/// What a stored account signs in with.
fn credentials(app: &App, stored: &ProviderAccount) -> Result<ProviderSettings, Error> {
    let id = stored.id.to_string();
    let opened = |field, sealed: &str| app.sealer.open((&id, field), sealed);
    let maybe = |field, sealed: Option<&String>| sealed.map_or(Ok(String::new()), |sealed| opened(field, sealed));
    Ok(ProviderSettings {
        base_url: stored.base_url.clone(),
        page_host: stored.page_host.clone(),
        api_key: opened("api_key", &stored.api_key)?,
        api_secret: maybe("api_secret", stored.api_secret.as_ref())?,
        webhook_secret: maybe("webhook_secret", stored.webhook_secret.as_ref())?,
        notify_secret: opened("notify_secret", &stored.notify_secret)?,
    })
}

/// The account whose notifications come to a path with this secret. Tells nobody by the time how much of it was right.
pub fn notified(app: &App, name: ProviderName, secret: &str) -> Option<AccountKey> {
    let settings = app.config.provider(name).notify_secret.as_bytes();
    let is_settings = aws_lc_rs::constant_time::verify_slices_are_equal(settings, secret.as_bytes()).is_ok();
    if is_settings && !settings.is_empty() {
        return Some(AccountKey::Settings(name));
    }
    app.providers.notified(name, &digest(secret))
}
