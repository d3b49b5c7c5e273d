//! What every part of the server is given: settings, clock, ids, database, providers. Made once at the start.

use crate::auth::Keys;
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::domain::menu::Menus;
use crate::events::outside::Outside;
use crate::events::stream::Hub;
use crate::providers::contract::Maker;
use crate::providers::registry::Registry;
use crate::seal::Sealer;
use crate::store::Db;
use tokio::sync::Notify;

/// The running server.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub ids: Ids,
    pub db: Db,
    pub hub: Hub,
    /// The accounts at payment companies.
    pub providers: Registry,
    /// Opens stored accounts.
    pub maker: Maker,
    pub menus: Menus,
    pub keys: Keys,
    /// Has the timer look at once for payments to ask about.
    pub hurry: Notify,
    pub sealer: Sealer,
    /// The way to receivers of webhooks.
    pub outside: Outside,
    /// How phones reach the server, without a slash at the end.
    pub public_url: String,
}

impl App {
    /// A page of ours as a whole URL.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Cookies and links are for https only.
    pub fn secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
