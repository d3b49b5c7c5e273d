//! What the server tells the diner's app with a page, so that the first paint and the app need no request.
//! Not here: how the page is written (`ssr`) or taken over (`mount`), pages without a program (`diner::plain`).

use okini_shared::api::menu::Menu;
use okini_shared::api::order::Order;
use okini_shared::text::Lang;
use okini_shared::time::Millis;
use serde::{Deserialize, Serialize};

/// Everything a page begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// The language of the page: one that `ssr::language` gave.
    pub lang: Lang,
    /// Where the facility's menu lives: `/f/CODE` or `/f/CODE/t/TOKEN`, without a slash at the end. For an order its
    /// facility's; empty where no facility is known.
    pub base: String,
    /// The path of this request, `/f/CODE/cart` for example: which screen is shown.
    pub path: String,
    pub page: Page,
    /// The server's time.
    pub now: Millis,
    /// Changes with every build of the app: old files in the phone's cache are then thrown away.
    pub asset_version: String,
}

/// What the page is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// A facility's menu, with everything below its base.
    Menu { menu: Menu, seat: Option<Seat> },
    /// One order, `/o/{token}`.
    Order { order: Order },
}

/// The place that the QR code belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// As on the table, `7`.
    pub label: String,
    /// As in the path.
    pub token: String,
}
