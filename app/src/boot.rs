//! What the server tells the diner's app with a page, so that the first paint and the app need no request.
//! Not here: how the page is written (`ssr`) or taken over (`mount`).

#[cfg(feature = "ssr")]
use okini_shared::api::coupon::{Transfer, Wallet};
use okini_shared::api::menu::Menu;
use okini_shared::api::order::Order;
#[cfg(feature = "ssr")]
use okini_shared::id::FacilityId;
#[cfg(feature = "ssr")]
use okini_shared::problem::Problem;
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
    /// This phone's orders, `/orders`; the app fetches them.
    History,
    /// Something else than what was asked for.
    Notice { notice: Notice },
    /// This phone's coupons. A plain page with forms: nothing of it is in the phone's program.
    #[cfg(feature = "ssr")]
    Wallet(WalletPage),
}

/// The wallet's page.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletPage {
    pub facility: FacilityId,
    pub wallet: Wallet,
    /// For the next coupon that is got from this page, so that a second tap gets the same one.
    pub key: String,
    /// What came of the form that was sent.
    pub done: Option<Done>,
}

/// What came of a form.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    Got,
    /// The code for the other phone.
    Transfer(Transfer),
    /// Why not.
    Refused(Box<Problem>),
}

/// The place that the QR code belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// As on the table, `7`.
    pub label: String,
    /// As in the path.
    pub token: String,
}

/// Why there is no menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A code that nobody issued.
    CodeUnknown,
    /// A code that was replaced.
    CodeRetired,
    /// The facility is not approved at the moment.
    Suspended,
    /// No such page or order.
    NotFound,
    /// Something went wrong in the server.
    Error,
}
