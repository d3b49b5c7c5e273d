//! What a shop has on sale, at which price, and the QR codes on its tables.

use super::{flow, menu};
use crate::error::Error;
use crate::events::stream::Wake;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::menu::Item;
use crate::store::{self, Tx};
use okini_shared::api::menu::SoldOut;
use okini_shared::api::shop::{Count, ItemEdit, SeatCode, SetItemStock, Stock, StockItem};
use okini_shared::id::{AccountId, EventId, FacilityId, ItemId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::time::{MINUTE, Millis};
use serde_json::json;
use std::sync::Arc;

/// The dearest dish.
const MAX_PRICE: Yen = Yen::new(100_000);
/// Characters of an item's name in one language.
const MAX_NAME: usize = 60;

/// Items in menu order with what is sold out.
pub async fn list(app: &App, facility: FacilityId) -> Result<Stock, Error> {
    let shop = menu::shop(app, &mut *app.db.read().await?, facility).await?;
    let now = app.clock.now();
    let mut items = Vec::new();
    for category in &shop.rows.categories {
        let of_category = shop.rows.items.iter().filter(|item| item.category == category.id);
        items.extend(of_category.map(|item| stock_item(item, category.name.shop(), now)));
    }
    Ok(Stock { items })
}

fn stock_item(item: &Item, category: &str, now: Millis) -> StockItem {
    let until = item.sold_out.and_then(|sold_out| sold_out.until);
    let sold_out = item.sold_out.is_some() && until.is_none_or(|until| until > now);
    StockItem {
        id: item.id,
        name: item.name.shop().clone(),
        category: category.to_owned(),
        price: item.price,
        takeout_price: item.takeout_price,
        sold_out,
        until: until.filter(|_| sold_out),
        left: item.portions,
    }
}

/// An item of a facility, and who changes it.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub facility: FacilityId,
    pub item: ItemId,
    pub account: AccountId,
}

/// What is changed.
#[derive(Debug, Clone)]
pub enum Change {
    Stock(SetItemStock),
    Edit(ItemEdit),
}

/// Changes an item; phones with the menu open see it at once.
pub async fn change(app: &Arc<App>, target: Target, change: Change) -> Result<StockItem, Error> {
    check(&change)?;
    let argument = (Arc::clone(app), target, change);
    app.db.write(argument, |tx, (app, target, change)| Box::pin(change_in(tx, app, *target, change))).await
}

fn check(change: &Change) -> Result<(), Error> {
    let invalid = |detail: &str, at: &str| Err(Problem::new(Code::InvalidValue).detail(detail).at(at).into());
    let price_fits = |price: &Option<Yen>| price.is_none_or(|yen| (Yen::ZERO..=MAX_PRICE).contains(&yen));
    match change {
        Change::Stock(stock) if stock.minutes.is_some_and(|minutes| !(1..=1440).contains(&minutes)) => {
            invalid("minutes must be 1 to 1440", "/minutes")
        }
        Change::Stock(SetItemStock { count: Some(Count::Left(left)), .. }) if !(0..=9999).contains(left) => {
            invalid("left must be 0 to 9999", "/count/left")
        }
        Change::Stock(SetItemStock { sold_out: None, count: None, .. }) => {
            invalid("say sold_out, count or both", "/sold_out")
        }
        Change::Edit(edit) if !price_fits(&edit.price) => invalid("a price is 0 to 100000 yen", "/price"),
        Change::Edit(edit) if !price_fits(&edit.takeout_price) => {
            invalid("a price is 0 to 100000 yen", "/takeout_price")
        }
        Change::Edit(ItemEdit { name: Some(name), .. })
            if name.iter().any(|(_, text)| text.trim().is_empty() || text.chars().count() > MAX_NAME) =>
        {
            invalid("a name has 1 to 60 characters in each language", "/name")
        }
        _ => Ok(()),
    }
}

/// An item that was there a moment ago.
fn found(rows: u64) -> Result<(), Error> {
    if rows == 1 { Ok(()) } else { Err(Code::NotFound.into()) }
}

async fn change_in(tx: &mut Tx<'_>, app: &App, target: Target, change: &Change) -> Result<StockItem, Error> {
    let now = app.clock.now();
    let item = store::menu::item(tx.conn(), target.facility, target.item).await?;
    let mut item = item.ok_or(Code::NotFound)?;
    let kind = match change {
        Change::Stock(stock) => {
            if let Some(sold_out) = stock.sold_out {
                let until = stock.minutes.map(|minutes| now.plus(minutes.saturating_mul(MINUTE)));
                item.sold_out = sold_out.then_some(SoldOut { until });
                found(store::menu::mark_item(tx.conn(), target.facility, item.id, item.sold_out).await?)?;
            }
            if let Some(count) = stock.count {
                item.portions = match count {
                    Count::Left(left) => Some(left),
                    Count::Off => None,
                };
                found(store::menu::count_item(tx.conn(), target.facility, item.id, item.portions).await?)?;
            }
            match stock.sold_out {
                Some(true) => "item.sold_out",
                Some(false) => "item.on_sale",
                None => "item.counted",
            }
        }
        Change::Edit(edit) => {
            if let Some(name) = &edit.name {
                item.name = item.name.with(name);
            }
            item.price = edit.price.unwrap_or(item.price);
            item.takeout_price = edit.takeout_price.or(item.takeout_price);
            found(store::menu::edit_item(tx.conn(), target.facility, &item).await?)?;
            "item.edited"
        }
    };
    flow::menu_changed(tx, target.facility).await?;
    let event = Event {
        kind,
        of: target.facility.into(),
        subject: item.id.to_string(),
        actor: Actor::Staff(target.account),
        payload: json!({
            "price": item.price, "takeout_price": item.takeout_price, "left": item.portions,
            "until": item.sold_out.and_then(|sold_out| sold_out.until),
        }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), now, event).await?;
    let categories = store::menu::load(tx.conn(), target.facility).await?.categories;
    let category = categories.iter().find(|category| category.id == item.category);
    Ok(stock_item(&item, category.map_or("", |category| category.name.shop()), now))
}

/// Gives a seat a new code and retires the old one.
pub async fn rotate_seat(
    app: &Arc<App>,
    facility: FacilityId,
    label: String,
    account: AccountId,
) -> Result<SeatCode, Error> {
    app.db
        .write((Arc::clone(app), facility, label, account), |tx, (app, facility, label, account)| {
            Box::pin(rotate_in(tx, app, *facility, label, *account))
        })
        .await
}

async fn rotate_in(
    tx: &mut Tx<'_>,
    app: &App,
    facility: FacilityId,
    label: &str,
    account: AccountId,
) -> Result<SeatCode, Error> {
    let now = app.clock.now();
    let seat = store::register::seat(tx.conn(), facility, label).await?.ok_or(Code::NotFound)?;
    let code = store::register::facility_code(tx.conn(), facility).await?.ok_or(Code::NotFound)?;
    store::register::retire_seat_code(tx.conn(), seat.id, now).await?;
    let token = new_code(tx, app, facility, Some(seat.id)).await?;
    let event = Event {
        kind: "seat.rotated",
        of: facility.into(),
        subject: seat.id.to_string(),
        actor: Actor::Staff(account),
        payload: json!({ "label": seat.label }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), now, event).await?;
    // What the old code led to may be kept in memory.
    tx.wake(Wake::Menu { facility });
    let url = app.url(&format!("/f/{code}/t/{token}"));
    Ok(SeatCode { label: seat.label, token, url })
}

/// A code that was never used before.
pub async fn new_code(
    tx: &mut Tx<'_>,
    app: &App,
    facility: FacilityId,
    seat: Option<okini_shared::id::SeatId>,
) -> Result<String, Error> {
    for _ in 0..8 {
        let code = app.ids.code();
        if store::register::insert_code(tx.conn(), &code, facility, seat, app.clock.now()).await? {
            return Ok(code);
        }
    }
    Err(Error::unexpected("eight random codes in a row exist already"))
}
