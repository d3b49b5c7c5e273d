//! Settings: the commented default is embedded and is the manual; a file changes parts of it. A wrong or
//! unknown setting stops the start.

use okini_shared::rules::payment::ProviderName;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// `config/default.toml`.
pub const DEFAULT: &str = include_str!("../../config/default.toml");

/// All settings. The meaning of each is told in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub auth: Auth,
    pub orders: Orders,
    pub payments: Payments,
    pub limits: Limits,
    pub paypay: ProviderSettings,
    pub hosted: ProviderSettings,
    pub komoju: ProviderSettings,
    pub stripe: ProviderSettings,
    pub http: Http,
    pub webhooks: Webhooks,
    pub jobs: Jobs,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub listen: SocketAddr,
    pub public_url: String,
    pub workers: usize,
    pub drain_seconds: u64,
    pub trusted_proxies: Vec<IpAddr>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: String,
    pub may_lose_writes: bool,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    pub signing_key: String,
    pub previous_signing_key: String,
    pub sealing_key: String,
    pub previous_sealing_key: String,
    pub access_minutes: i64,
    pub refresh_days: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    pub answer_seconds: i64,
    pub unpaid_seconds: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payments {
    pub ask_young_ms: i64,
    pub ask_later_ms: i64,
    pub ask_old_ms: i64,
    pub young_ms: i64,
    pub recent_ms: i64,
    pub late_hours: i64,
    pub never_made_ms: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub read_per_minute: u32,
    pub read_burst: u32,
    pub write_per_minute: u32,
    pub write_burst: u32,
    pub claim_per_minute: u32,
    pub claim_burst: u32,
    pub guess_per_minute: u32,
    pub guess_burst: u32,
    pub notify_per_minute: u32,
    pub notify_burst: u32,
    pub address_per_minute: u32,
    pub address_burst: u32,
}

/// A provider's address and credentials; the fields that a provider does not have stay empty.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    pub base_url: String,
    pub api_key: String,
    #[serde(default)]
    pub api_secret: String,
    #[serde(default)]
    pub webhook_secret: String,
    pub page_host: String,
    pub notify_secret: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    pub read_timeout_seconds: u64,
    pub write_timeout_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    pub timeout_seconds: u64,
    pub private_networks: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jobs {
    pub tick_ms: u64,
}

macro_rules! secretive {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), " { .. }"))
            }
        }
    )*};
}
secretive!(Database Auth ProviderSettings);

impl Config {
    /// The defaults.
    pub fn defaults() -> Result<Self, String> {
        Self::from_layers("")
    }

    /// The defaults with a file's settings on top.
    pub fn from_file(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::from_layers(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The defaults with these settings on top.
    pub fn from_layers(changes: &str) -> Result<Self, String> {
        let mut table: toml::Table = DEFAULT.parse().map_err(|error| format!("default settings: {error}"))?;
        let changes: toml::Table = changes.parse().map_err(|error| format!("{error}"))?;
        merge(&mut table, changes);
        table.try_into().map_err(|error| format!("{error}"))
    }

    /// The settings of one provider.
    pub fn provider(&self, name: ProviderName) -> &ProviderSettings {
        match name {
            ProviderName::Paypay => &self.paypay,
            ProviderName::Hosted => &self.hosted,
            ProviderName::Komoju => &self.komoju,
            ProviderName::Stripe => &self.stripe,
        }
    }

    /// Refuses settings that only tests and demos may have, when a released server can be reached from outside.
    pub fn check_release(&self) -> Result<(), String> {
        if cfg!(debug_assertions) || self.server.listen.ip().is_loopback() {
            return Ok(());
        }
        let mut wrong = Vec::new();
        for name in ProviderName::ALL {
            let provider = self.provider(*name);
            if !provider.api_key.is_empty() && !provider.base_url.starts_with("https://") {
                wrong.push(format!("{}.base_url must be https", name.name()));
            }
        }
        if !self.server.public_url.starts_with("https://") {
            wrong.push("server.public_url must be https".to_owned());
        }
        if self.database.may_lose_writes {
            wrong.push("database.may_lose_writes must be false".to_owned());
        }
        if self.orders.answer_seconds < 60 {
            wrong.push("orders.answer_seconds must be at least 60".to_owned());
        }
        if self.orders.unpaid_seconds < 300 {
            wrong.push("orders.unpaid_seconds must be at least 300".to_owned());
        }
        if self.payments.ask_young_ms < 1_000 {
            wrong.push("payments.ask_young_ms must be at least 1000".to_owned());
        }
        if self.webhooks.private_networks {
            wrong.push("webhooks.private_networks must be false".to_owned());
        }
        if self.limits.guess_per_minute > 60 {
            wrong.push("limits.guess_per_minute must be at most 60".to_owned());
        }
        if wrong.is_empty() { Ok(()) } else { Err(format!("not for a public server: {}", wrong.join("; "))) }
    }
}

fn merge(into: &mut toml::Table, from: toml::Table) {
    for (name, value) in from {
        match (into.get_mut(&name), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(changes)) => merge(inner, changes),
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_default_is_whole() {
        let config = Config::defaults().unwrap();
        assert_eq!(config.orders.answer_seconds, 900);
        assert!(config.paypay.api_key.is_empty());
    }

    #[test]
    fn a_file_changes_parts_and_nothing_unknown() {
        let config = Config::from_layers("[orders]\nanswer_seconds = 60\n").unwrap();
        assert_eq!((config.orders.answer_seconds, config.orders.unpaid_seconds), (60, 1800));
        for wrong in ["[orders]\nanswer = 1\n", "[nothing]\n", "orders = 3", "[orders]\nanswer_seconds = \"x\"\n", "["]
        {
            assert!(Config::from_layers(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn secrets_stay_out_of_logs() {
        let config = Config::from_layers("[paypay]\napi_secret = \"hush\"\n").unwrap();
        assert!(!format!("{config:?}").contains("hush"));
    }
}
