//! Running a shop: the live board, the steps of an order, what is sold out, the list of orders.

use super::endpoints;
use super::order::Refusal;
use crate::id::{FacilityId, ItemId, OrderId, PaymentId};
use crate::money::Yen;
use crate::rules::order::{OrderState, RefusalReason};
use crate::rules::payment::{PaymentState, ProviderName};
use crate::rules::tax::Place;
use crate::text::Text;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

endpoints! {
    /// The board as it is: open orders and the last finished ones.
    GetBoard = Get "/api/v1/shops/{facility}/board" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: Board, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// The board live: event `board` with the whole board at the beginning and after each reconnection, then `order` with
    /// each changed order, `shop` when the shop opens or closes, and a `beat` at least every ten seconds.
    WatchBoard = Get "/api/v1/shops/{facility}/board/events" {
        status: 200, caller: Shop, pace: Read, content: super::Content::Events,
        request: (), response: BoardEvent, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// Takes an order: the contract stands from now. The diner is told when to expect it.
    AcceptOrder = Post "/api/v1/shops/{facility}/orders/{order}/accept" {
        status: 200, caller: Shop, pace: Write,
        request: Accept, response: BoardOrder, problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn, InvalidValue],
    }
    /// Refuses an order with a reason that the diner reads; the money goes back by itself.
    RefuseOrder = Post "/api/v1/shops/{facility}/orders/{order}/refuse" {
        status: 200, caller: Shop, pace: Write,
        request: Refuse, response: BoardOrder, problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn, InvalidValue],
    }
    /// Moves an accepted order on: cooking, ready, handed over, or back to cooking.
    MoveOrder = Post "/api/v1/shops/{facility}/orders/{order}/move" {
        status: 200, caller: Shop, pace: Write,
        request: Move, response: BoardOrder, problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn, InvalidValue],
    }
    /// Promises an accepted order later (or earlier); the diner is told.
    PromiseOrder = Put "/api/v1/shops/{facility}/orders/{order}/promise" {
        status: 200, caller: Shop, pace: Write,
        request: Promise, response: BoardOrder, problems: [SignInNeeded, Forbidden, NotFound, OrderMovedOn, InvalidValue],
    }
    /// The shop's orders, newest first, by cursor, each with its payments.
    ListOrders = Get "/api/v1/shops/{facility}/orders" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: ShopOrderPage, problems: [SignInNeeded, Forbidden, NotFound, InvalidRequest],
    }
    /// The menu for staff: what can be marked sold out, in menu order.
    ListStock = Get "/api/v1/shops/{facility}/stock" {
        status: 200, caller: Shop, pace: Read,
        request: (), response: Stock, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// Marks an item sold out or on sale again; open phones see it within seconds.
    SetStock = Put "/api/v1/shops/{facility}/stock/{item}" {
        status: 200, caller: Shop, pace: Write,
        request: SetItemStock, response: StockItem, problems: [SignInNeeded, Forbidden, NotFound, InvalidValue],
    }
    /// Changes an item's words or prices; the menu is live at once.
    EditItem = Put "/api/v1/shops/{facility}/items/{item}" {
        status: 200, caller: Shop, pace: Write,
        request: ItemEdit, response: StockItem, problems: [SignInNeeded, Forbidden, NotFound, InvalidValue],
    }
    /// Opens the shop for orders or closes it.
    SetOpen = Put "/api/v1/shops/{facility}/open" {
        status: 200, caller: Shop, pace: Write,
        request: OpenShop, response: ShopState, problems: [SignInNeeded, Forbidden, NotFound],
    }
    /// Gives a seat a new QR token; the old poster then says that it is out of date.
    RotateSeat = Post "/api/v1/shops/{facility}/seats/{label}/rotate" {
        status: 200, caller: Shop, pace: Write,
        request: (), response: SeatCode, problems: [SignInNeeded, Forbidden, NotFound],
    }
}

/// The kitchen's view of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Board {
    pub shop: ShopState,
    /// Submitted to ready, oldest first.
    pub orders: Vec<BoardOrder>,
    /// The last finished ones, newest first.
    pub finished: Vec<BoardOrder>,
    /// The server's time, so that a tablet with a wrong clock shows right ages.
    pub now: Millis,
}

/// Whether a shop takes orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopState {
    pub facility: FacilityId,
    pub name: String,
    pub code: String,
    pub taking_orders: bool,
    /// Closed by itself because an order was not answered in time.
    pub closed_by_silence: bool,
}

/// An order in the kitchen, in the shop's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardOrder {
    pub id: OrderId,
    /// What is called out, `A-29`.
    pub number: String,
    pub state: OrderState,
    pub version: i64,
    pub seat: Option<String>,
    pub lines: Vec<BoardLine>,
    pub note: Option<String>,
    /// Contains alcohol: check the age at the table.
    pub alcohol: bool,
    pub total: Yen,
    /// Where it was paid; the server's own knowledge, never the phone's.
    pub paid_at_provider: Option<ProviderName>,
    pub submitted_at: Option<Millis>,
    pub answer_by: Option<Millis>,
    pub accepted_at: Option<Millis>,
    pub promised_at: Option<Millis>,
    pub ready_at: Option<Millis>,
    pub closed_at: Option<Millis>,
    pub refusal: Option<Refusal>,
}

/// A line for the kitchen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardLine {
    pub item: ItemId,
    pub quantity: i64,
    pub name: String,
    pub options: Vec<String>,
    pub place: Place,
}

/// What the board's stream says, one of four.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum BoardEvent {
    Board(Board),
    Order(BoardOrder),
    Shop(ShopState),
    /// Nothing new, the line is alive.
    Beat {
        now: Millis,
    },
}

/// Takes an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accept {
    /// Minutes until it is ready, 1 to 180; the facility's usual wait when left out.
    #[serde(default)]
    pub minutes: Option<i64>,
}

/// Refuses an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refuse {
    pub reason: RefusalReason,
    /// At most 200 characters; required with `other`.
    #[serde(default)]
    pub text: Option<String>,
    /// With `sold_out`: items of the order to be marked sold out as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sold_out: Vec<ItemId>,
}

/// Moves an order on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Move {
    /// `preparing`, `ready` or `completed`.
    pub to: OrderState,
}

/// A new expected time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Promise {
    /// Minutes from now, 1 to 180.
    pub minutes: i64,
}

/// A page of a shop's orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopOrderPage {
    pub orders: Vec<ShopOrder>,
    /// Send as `?after=` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// An order with its payments, also before it was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopOrder {
    pub order: BoardOrder,
    pub placed_at: Millis,
    pub payments: Vec<ShopPayment>,
}

/// One attempt to pay, for staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopPayment {
    /// Also the merchant payment id at the provider.
    pub id: PaymentId,
    pub provider: ProviderName,
    pub state: PaymentState,
    pub amount: Yen,
    /// Given back so far, confirmed or on its way.
    pub refunded: Yen,
    pub created_at: Millis,
}

/// What is on sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stock {
    pub items: Vec<StockItem>,
}

/// An item for staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockItem {
    pub id: ItemId,
    pub name: String,
    pub category: String,
    pub price: Yen,
    pub takeout_price: Option<Yen>,
    /// Marked sold out; a counted item without portions is out as well.
    pub sold_out: bool,
    /// When it comes back by itself.
    pub until: Option<Millis>,
    /// Portions left, where the shop counts them.
    pub left: Option<i64>,
}

/// Sold out or on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetItemStock {
    /// Marks it sold out or on sale; the mark stays when this is left out.
    #[serde(default)]
    pub sold_out: Option<bool>,
    /// With `sold_out`: minutes after which it is on sale again by itself, 1 to 1440.
    #[serde(default)]
    pub minutes: Option<i64>,
    /// Counts portions or stops counting; orders go on counting when this is left out.
    #[serde(default)]
    pub count: Option<Count>,
}

/// Whether portions of an item are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Count {
    /// So many are left, 0 to 9999.
    Left(i64),
    /// There are always enough.
    Off,
}

/// New words or prices; what is left out stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemEdit {
    /// New words in the languages that are there; the other languages stay.
    #[serde(default)]
    pub name: Option<Text>,
    /// 0 to 100 000 yen, tax-inclusive.
    #[serde(default)]
    pub price: Option<Yen>,
    /// 0 to 100 000 yen, tax-inclusive.
    #[serde(default)]
    pub takeout_price: Option<Yen>,
}

/// Open or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenShop {
    pub taking_orders: bool,
}

/// A seat's new QR.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatCode {
    pub label: String,
    /// The new token: eight letters and digits.
    pub token: String,
    /// What the QR holds.
    pub url: String,
}
