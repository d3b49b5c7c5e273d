//! `okini account`: consortia's accounts at payment companies, by hand. Credentials come on stdin, so that neither the
//! list of processes nor the shell's history has them.

use super::{Place, print_line};
use crate::config::ProviderSettings;
use crate::domain::account::change::{self, Given, NewAccount, Shown};
use crate::domain::reseal::{self, Resealed};
use crate::error::Error;
use crate::state::App;
use clap::Subcommand;
use okini_shared::id::ProviderAccountId;
use okini_shared::rules::payment::{AccountKey, ProviderName};
use std::process::ExitCode;

#[derive(Subcommand)]
pub(super) enum Account {
    /// Adds an account. Its credentials are read from stdin, a line each: `api_key=...`, `api_secret=...` (paypay),
    /// `webhook_secret=...` (the others). Prints where the company is to send its notifications.
    Add {
        /// The code of the consortium whose account it is.
        #[arg(long)]
        consortium: String,
        /// paypay, hosted, komoju or stripe.
        #[arg(long, value_parser = provider)]
        provider: ProviderName,
        /// Where the company's API begins, https. This server sends requests there.
        #[arg(long)]
        base_url: String,
        /// The host that diners are told they will see.
        #[arg(long)]
        page_host: String,
        #[command(flatten)]
        place: Place,
    },
    /// Lists them.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Has no new payments made with an account. What was paid there is still asked about and given back.
    Disable {
        id: ProviderAccountId,
        #[command(flatten)]
        place: Place,
    },
    /// Has a facility paid through an account from now on, in place of the one it has at that company.
    Give {
        /// `pva_...`, or a company's name for the account in the settings.
        account: AccountKey,
        /// The code on the facility's poster.
        #[arg(long)]
        facility: String,
        /// The facility's number at the company, where one account serves many.
        #[arg(long)]
        merchant: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

fn provider(name: &str) -> Result<ProviderName, &'static str> {
    ProviderName::from_name(name).ok_or("paypay, hosted, komoju or stripe")
}

pub(super) async fn run(asked: Account) -> Result<ExitCode, Error> {
    match asked {
        Account::Add { consortium, provider, base_url, page_host, place } => {
            let empty = ProviderSettings {
                base_url,
                page_host,
                api_key: String::new(),
                api_secret: String::new(),
                webhook_secret: String::new(),
                notify_secret: String::new(),
            };
            let text = std::io::read_to_string(std::io::stdin()).map_err(Error::unexpected)?;
            let settings = with_credentials(empty, &text)?;
            let app = place.app().await?;
            let (id, path) = change::add(&app, NewAccount { consortium, provider, settings }).await?;
            print_line(&format!("Added: {id}"))?;
            print_line(&format!("Notifications of the company go to {}", address(&app, &path)))?;
            print_line("Give it to a facility by: okini account give")?;
            app.db.close().await;
        }
        Account::List { place } => {
            let app = place.app().await?;
            for shown in change::list(&app).await? {
                tell(&app, &shown)?;
            }
            app.db.close().await;
        }
        Account::Disable { id, place } => {
            let app = place.app().await?;
            let facilities = change::disable(&app, id).await?;
            print_line(&format!("Disabled: {id}. {facilities} facilities were paid through it."))?;
            app.db.close().await;
        }
        Account::Give { account, facility, merchant, place } => {
            let app = place.app().await?;
            let id = change::give(&app, Given { key: account, facility, merchant }).await?;
            print_line(&format!("Given: {id} is paid through {account} from now on."))?;
            app.db.close().await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `okini reseal`.
pub(super) async fn reseal(place: &Place) -> Result<ExitCode, Error> {
    let app = place.app().await?;
    let Resealed { resealed, present, broken } = reseal::all(&app).await?;
    app.db.close().await;
    print_line(&format!("Sealed anew: {resealed} secrets; {present} were under the present key already."))?;
    for place in &broken {
        print_line(&format!("WRONG  {place} cannot be opened by any of the keys"))?;
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Lines of `name=secret`, each name once.
fn with_credentials(mut settings: ProviderSettings, text: &str) -> Result<ProviderSettings, Error> {
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        // The line itself is a secret: it is not repeated in the words.
        let wrong =
            || Error::unexpected("stdin has lines of api_key=..., api_secret=... or webhook_secret=..., each once");
        let (name, secret) = line.split_once('=').ok_or_else(wrong)?;
        let place = match name.trim() {
            "api_key" => &mut settings.api_key,
            "api_secret" => &mut settings.api_secret,
            "webhook_secret" => &mut settings.webhook_secret,
            _ => return Err(wrong()),
        };
        if !place.is_empty() {
            return Err(wrong());
        }
        secret.trim().clone_into(place);
    }
    Ok(settings)
}

fn address(app: &App, path: &str) -> String {
    if app.public_url.is_empty() { format!("{path} at this server's public address") } else { app.url(path) }
}

fn tell(app: &App, shown: &Shown) -> Result<(), Error> {
    let account = &shown.account;
    let disabled = if account.disabled_at.is_some() { ", disabled" } else { "" };
    print_line(&format!(
        "{}  {} of {}, {} facilities{disabled}",
        account.id,
        account.provider.name(),
        shown.consortium,
        shown.facilities
    ))?;
    print_line(&format!("  {} (diners see {})", account.base_url, account.page_host))?;
    match &shown.notify_path {
        Some(path) => print_line(&format!("  notifications: {}", address(app, path))),
        None => print_line("  WRONG: it cannot be opened; was auth.sealing_key changed?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ProviderSettings, Error> {
        let none = String::new;
        let (base_url, page_host, notify_secret) = (none(), none(), none());
        let (api_key, api_secret, webhook_secret) = (none(), none(), none());
        let empty = ProviderSettings { base_url, page_host, api_key, api_secret, webhook_secret, notify_secret };
        with_credentials(empty, text)
    }

    #[test]
    fn credentials_are_lines() {
        let settings = read("api_key = k=1 \n\nwebhook_secret=whsec_x==\n").unwrap();
        assert_eq!((settings.api_key.as_str(), settings.webhook_secret.as_str()), ("k=1", "whsec_x=="));
        for text in ["hush", "api_key=hush\napi_key=hush", "key=hush"] {
            assert!(!read(text).unwrap_err().to_string().contains("hush"));
        }
    }
}
