//! Placing an order and what its diner can do with it: look, list, take back.

use super::idempotency::Key;
use super::menu::{self, Entry, Shop};
use super::retention::ORDER_ANSWERS;
use super::view::{Reader, Whole};
use super::{coupon, flow};
use crate::error::Error;
use crate::events::{Actor, Event, record};
use crate::state::App;
use crate::store::bill::Bill;
use crate::store::order::{Line, Order};
use crate::store::{self, Conn, Tx};
use okini_shared::api::order::{self as api, CartChange, ChangeKind, NewOrder, OrderPage};
use okini_shared::id::{BillId, EventId, ItemId, LineId, OrderId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::cart::{self, CartRefusal, Priced};
use okini_shared::rules::coupon as coupon_rule;
use okini_shared::rules::facility::FacilityState;
use okini_shared::rules::order::{OrderState, OrderStep};
use okini_shared::text::Lang;
use okini_shared::time::Millis;
use serde_json::json;
use std::sync::Arc;

/// Orders on one page of a list.
pub const PAGE: i64 = 20;
/// A request to place an order, as it came.
#[derive(Clone)]
struct Request {
    app: Arc<App>,
    device: String,
    key: Key,
    new: NewOrder,
    note: Option<String>,
    seat: Option<store::register::Seat>,
}

/// An order ready to be stored, priced on one version of the menu.
struct Draft {
    shop: Arc<Shop>,
    order: Order,
    lines: Vec<Line>,
    /// The same as coupons see them.
    for_coupons: Vec<coupon_rule::Line>,
    /// Items whose portions are counted, and how many are wanted.
    counted: Vec<(usize, ItemId, i64)>,
}

/// Places an order for a device. The price is the server's; a cart that differs from what the diner saw is refused
/// line by line. Paying is the next step.
pub async fn place(app: &Arc<App>, device: &str, key: Key, new: NewOrder) -> Result<api::Order, Error> {
    let again = key.clone();
    match prepare(app, device, key, new).await {
        // The key is looked at in the same transaction.
        Ok(order) => {
            let placed = app.db.write(order, |tx, (request, draft)| Box::pin(place_in(tx, request, draft))).await;
            match placed {
                Err(error) if error.code() == Some(Code::CouponChanged) => {
                    Err(coupon::keep_refused(app, "hold", device, error).await)
                }
                placed => placed,
            }
        }
        // What was ordered before is answered as before, whatever has changed since.
        Err(refused) => match again.answer(&mut *app.db.read().await?, app.clock.now()).await? {
            Some(answer) => Ok(answer),
            None => Err(refused),
        },
    }
}

async fn prepare(app: &Arc<App>, device: &str, key: Key, new: NewOrder) -> Result<(Request, Draft), Error> {
    let note = clean_note(new.note.as_deref())?;
    let Entry { shop, seat } = menu::enter(app, &new.facility, new.seat.as_deref()).await?;
    let seat = seat.map(|seat| seat.row);
    let request = Request { app: Arc::clone(app), device: device.to_owned(), key, new, note, seat };
    let draft = draft(&request, shop)?;
    Ok((request, draft))
}

fn clean_note(note: Option<&str>) -> Result<Option<String>, Error> {
    let note = clean(note.unwrap_or_default());
    if note.chars().count() > cart::MAX_NOTE {
        let problem = Problem::new(Code::InvalidValue).detail("a note has at most 200 characters");
        return Err(problem.at("/note").into());
    }
    Ok(Some(note).filter(|note| !note.is_empty()))
}

/// Somebody's words without what could garble a ticket or a log: control characters (a NUL cannot be stored at all), line
/// separators, and letters that turn the direction of writing.
pub fn clean(words: &str) -> String {
    let odd = |c: char| {
        let turns =
            matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
    };
    words.replace(odd, " ").trim().to_owned()
}

/// Prices a cart and makes an order of it, or says why not.
fn draft(request: &Request, shop: Arc<Shop>) -> Result<Draft, Error> {
    let (app, new) = (&request.app, &request.new);
    if !shop.facility.taking_orders {
        return Err(Code::OrdersClosed.into());
    }
    let now = app.clock.now();
    let menu = shop.menu(new.lang);
    let priced = cart::price(&menu, &new.lines, now).map_err(refuse_cart)?;
    if priced.alcohol && !new.adult {
        return Err(Problem::new(Code::AgeCheckNeeded).at("/adult").into());
    }
    if new.coupons.is_empty() {
        check_total(new, priced.total)?;
    }
    let counted = priced.lines.iter().enumerate().filter(|(_, line)| line.item.left.is_some());
    let counted = counted.map(|(index, line)| (index, line.item.id, line.quantity)).collect();
    let order = Order {
        id: OrderId::from_uuid(app.ids.uuid()),
        facility: shop.facility.id,
        device: request.device.clone(),
        token: app.ids.token(),
        number: None,
        seat: request.seat.as_ref().map(|seat| seat.id),
        seat_label: request.seat.as_ref().map(|seat| seat.label.clone()),
        state: OrderState::AwaitingPayment,
        version: 1,
        lang: new.lang,
        note: request.note.clone(),
        alcohol: priced.alcohol,
        discount: Yen::ZERO,
        total: priced.total,
        taxes: priced.taxes.clone(),
        placed_at: now,
        submitted_at: None,
        answer_by: None,
        accepted_at: None,
        promised_at: None,
        ready_at: None,
        closed_at: None,
        refusal: None,
        due_at: Some(flow::payable_until(app, now)),
    };
    let lines = lines(app, &shop, &priced);
    let for_coupons = priced.lines.iter().map(coupon_rule::Line::from).collect();
    Ok(Draft { shop, order, lines, for_coupons, counted })
}

/// Nobody is charged what he did not see.
fn check_total(new: &NewOrder, total: Yen) -> Result<(), Error> {
    if total == new.expected_total {
        return Ok(());
    }
    let problem = Problem::new(Code::InvalidValue).detail("expected_total is not what is to be paid for the lines");
    Err(problem.at("/expected_total").into())
}

/// The lines as ordered: names in all languages, so that every reader has his own.
fn lines(app: &App, shop: &Shop, priced: &Priced<'_>) -> Vec<Line> {
    let line = |line: &cart::PricedLine<'_>| {
        let item = shop.rows.items.iter().find(|item| item.id == line.item.id)?;
        let options = line.options.iter().filter_map(|chosen| {
            shop.rows.options.iter().find(|option| option.id == chosen.id).map(|option| option.name.clone())
        });
        Some(Line {
            id: LineId::from_uuid(app.ids.uuid()),
            item: item.id,
            name: item.name.clone(),
            options: options.collect(),
            place: line.place,
            quantity: line.quantity,
            unit: line.unit,
            amount: line.amount,
            discount: Yen::ZERO,
            rate: line.rate,
            picture: item.picture.clone(),
            counted: line.item.left.is_some(),
        })
    };
    priced.lines.iter().filter_map(line).collect()
}

fn refuse_cart(refusal: CartRefusal) -> Error {
    match refusal {
        CartRefusal::Changed(changes) => changed(changes),
        CartRefusal::Malformed { line, what } => {
            let problem = Problem::new(Code::InvalidValue).detail(what);
            problem.at(line.map_or("/lines".to_owned(), |line| format!("/lines/{line}"))).into()
        }
    }
}

fn changed(changes: Vec<CartChange>) -> Error {
    Problem { changes, ..Problem::new(Code::CartChanged) }.into()
}

async fn place_in(tx: &mut Tx<'_>, request: &Request, draft: &Draft) -> Result<api::Order, Error> {
    if let Some(answer) = request.key.take(tx, request.app.clock.now(), ORDER_ANSWERS).await? {
        return Ok(answer);
    }
    let (state, version) = store::register::standing(tx.conn(), draft.order.facility).await?.ok_or(Code::NotFound)?;
    if state != FacilityState::Approved {
        return Err(Code::FacilitySuspended.into());
    }
    let answer = if version == draft.shop.facility.menu_version {
        store_draft(tx, request, draft).await?
    } else {
        // The menu moved meanwhile, perhaps only because others ordered what is counted: price on what it is now.
        let facility = store::register::facility(tx.conn(), draft.order.facility).await?.ok_or(Code::NotFound)?;
        let shop = menu::read(&request.app, tx.conn(), facility).await?;
        store_draft(tx, request, &self::draft(request, shop)?).await?
    };
    request.key.save(tx, &answer).await?;
    Ok(answer)
}

async fn store_draft(tx: &mut Tx<'_>, request: &Request, draft: &Draft) -> Result<api::Order, Error> {
    let (app, now) = (&request.app, request.app.clock.now());
    take_portions(tx, request, draft).await?;
    let (mut order, mut lines) = (draft.order.clone(), draft.lines.clone());
    let applied = match request.new.coupons.as_slice() {
        [] => None,
        _ => Some(take_off(tx, request, draft, (&mut order, &mut lines)).await?),
    };
    store::order::insert(tx.conn(), &order).await?;
    for (position, line) in (0..).zip(&lines) {
        store::order::insert_line(tx.conn(), &order, line, position).await?;
    }
    let bill = Bill {
        id: BillId::from_uuid(app.ids.uuid()),
        order: order.id,
        facility: order.facility,
        amount: order.total,
        paid_by: None,
        open: true,
    };
    store::bill::insert(tx.conn(), &bill, now).await?;
    let event = Event {
        kind: "order.placed",
        of: order.facility.into(),
        subject: order.id.to_string(),
        actor: Actor::Diner,
        // What the diner declared decides the tax rate of each line, so it is kept with the fact.
        payload: json!({
            "total": order.total,
            "discount": order.discount,
            "adult": request.new.adult,
            "places": lines.iter().map(|line| line.place).collect::<Vec<_>>(),
        }),
    };
    record(tx, EventId::from_uuid(app.ids.uuid()), now, event).await?;
    let mut coupons = Vec::new();
    if let Some(applied) = &applied {
        coupons = coupon::hold::set_aside(app, tx, &order, applied, &draft.shop.facility).await?;
    }
    if order.total == Yen::ZERO {
        // Its coupons pay all of it.
        if store::bill::pay(tx.conn(), bill.id, None, now).await? == 0 {
            return Err(Error::Overtaken);
        }
        flow::step(app, tx, &mut order, OrderStep::Pay, Actor::Diner).await?;
        coupons = store::hold::named(tx.conn(), order.id).await?;
    }
    let reader = Reader { lang: order.lang, device: Some(&request.device), now };
    let whole = Whole { order, lines, coupons, payments: Vec::new(), refunds: Vec::new() };
    Ok(whole.for_diner(&draft.shop, reader))
}

/// Takes the chosen coupons off the order and its lines.
async fn take_off(
    tx: &mut Tx<'_>,
    request: &Request,
    draft: &Draft,
    (order, lines): (&mut Order, &mut [Line]),
) -> Result<coupon::hold::Applied, Error> {
    let asked = coupon::hold::Asked {
        device: &request.device,
        facility: &draft.shop.facility,
        lines: &draft.for_coupons,
        chosen: &request.new.coupons,
    };
    let applied = coupon::hold::apply(&request.app, tx, &asked).await?;
    check_total(&request.new, applied.total)?;
    order.discount = applied.discount;
    order.total = applied.total;
    order.taxes.clone_from(&applied.taxes);
    for (line, part) in lines.iter_mut().zip(&applied.parts) {
        line.discount = *part;
    }
    Ok(applied)
}

/// The last portion is sold once: each line takes its portions by a conditional update or the order is refused by name.
async fn take_portions(tx: &mut Tx<'_>, request: &Request, draft: &Draft) -> Result<(), Error> {
    let mut changes = Vec::new();
    for (line, item, quantity) in &draft.counted {
        if !store::menu::take_portions(tx.conn(), draft.order.facility, *item, *quantity).await? {
            let menu = draft.shop.menu(request.new.lang);
            let seen = request.new.lines.get(*line).map(|line| line.seen).unwrap_or_default();
            let name = menu.item(*item).map(|item| item.name.clone());
            changes.push(CartChange { line: *line, item: *item, kind: ChangeKind::SoldOut, name, seen, now: None });
        }
    }
    if !changes.is_empty() {
        return Err(changed(changes));
    }
    if !draft.counted.is_empty() {
        flow::menu_changed(tx, draft.order.facility).await?;
    }
    Ok(())
}

/// Everything stored about an order.
pub async fn whole(conn: &mut Conn, order: Order) -> Result<Whole, Error> {
    let lines = store::order::lines(conn, order.id).await?;
    let payments = store::payment::of_order(conn, order.id).await?;
    let refunds = store::refund::of_order(conn, order.id).await?;
    let coupons = match order.discount {
        Yen::ZERO => Vec::new(),
        _ => store::hold::named(conn, order.id).await?,
    };
    Ok(Whole { order, lines, coupons, payments, refunds })
}

/// An order by the token of its page.
pub async fn by_token(app: &App, token: &str, device: Option<&str>, lang: Option<Lang>) -> Result<api::Order, Error> {
    let mut conn = app.db.read().await?;
    let order = store::order::by_token(&mut conn, token).await?.ok_or(Code::NotFound)?;
    let shop = menu::shop(app, &mut conn, order.facility).await?;
    let reader = Reader { lang: lang.unwrap_or(order.lang), device, now: app.clock.now() };
    Ok(whole(&mut conn, order).await?.for_diner(&shop, reader))
}

/// A device's orders, newest first.
pub async fn mine(app: &App, device: &str, lang: Lang, after: Option<&str>) -> Result<OrderPage, Error> {
    let mut conn = app.db.read().await?;
    let rows = store::order::page_of_device(&mut conn, device, cursor(after)?, PAGE).await?;
    let next = next_cursor(&rows);
    let reader = Reader { lang, device: Some(device), now: app.clock.now() };
    let mut orders = Vec::with_capacity(rows.len());
    for order in rows {
        let shop = menu::shop(app, &mut conn, order.facility).await?;
        orders.push(whole(&mut conn, order).await?.for_diner(&shop, reader));
    }
    Ok(OrderPage { orders, next })
}

/// A page position as it travels: the time and id of the last order seen.
pub fn cursor(after: Option<&str>) -> Result<store::order::Before, Error> {
    let Some(text) = after else {
        return Ok((Millis::new(i64::MAX), OrderId::from_uuid(u128::MAX)));
    };
    let parts = text.split_once('.').and_then(|(time, id)| Some((time.parse().ok()?, id.parse().ok()?)));
    let (time, id) =
        parts.ok_or_else(|| Problem::new(Code::InvalidRequest).detail("`after` is not a cursor of ours"))?;
    Ok((Millis::new(time), id))
}

/// Where the next page begins, when there may be one.
pub fn next_cursor(rows: &[Order]) -> Option<String> {
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == PAGE);
    let last = rows.last().filter(|_| full)?;
    Some(format!("{}.{}", last.placed_at.get(), last.id))
}

/// Takes an order back for the device that placed it. Exactly one of this and the shop's acceptance wins.
pub async fn cancel(app: &Arc<App>, token: &str, device: &str) -> Result<api::Order, Error> {
    let argument = (Arc::clone(app), token.to_owned(), device.to_owned());
    app.db.write(argument, |tx, (app, token, device)| Box::pin(cancel_in(tx, app, token, device))).await?;
    by_token(app, token, Some(device), None).await
}

async fn cancel_in(tx: &mut Tx<'_>, app: &App, token: &str, device: &str) -> Result<(), Error> {
    let order = store::order::by_token(tx.conn(), token).await?.filter(|order| order.device == device);
    let mut order = order.ok_or(Code::NotFound)?;
    // Tapped twice, or the first answer was lost.
    if order.state == OrderState::Cancelled {
        return Ok(());
    }
    flow::step(app, tx, &mut order, OrderStep::Cancel, Actor::Diner).await
}
