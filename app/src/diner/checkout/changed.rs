//! The menu changed while the cart was open: what, by name; that nothing was paid; what stays; one button to go on.
//! Not here: finding the changes (`okini_shared::rules::cart`).

use leptos::prelude::*;
use okini_shared::api::order::{CartChange, ChangeKind};

use crate::diner::route::Route;
use crate::diner::state::{Bill, Diner};
use crate::diner::texts::Key;
use crate::ui::{Icon, Tone, el, notice, said, together};

pub(super) fn view(d: Diner, changes: Vec<CartChange>, rest: Option<Bill>) -> AnyView {
    let main = el("main")
        .class("page__main page__main--close")
        .set("id", "menu")
        .kid(heading(d, &changes))
        .kid(nothing_paid(d))
        .kid(list(d, &changes));
    together![main, foot(d, changes, rest.map(|bill| d.yen(bill.total)))]
}

fn heading(d: Diner, changes: &[CartChange]) -> AnyView {
    let t = d.t;
    let text = match changes {
        [one] => {
            let name = name_of(d, one);
            match one.kind {
                ChangeKind::SoldOut => t.changed_sold_out(&name),
                ChangeKind::OptionSoldOut => t.changed_option(&name),
                ChangeKind::NotForTakeout => t.changed_takeout(&name),
                ChangeKind::Price => t.changed_price(&name),
                ChangeKind::Gone => t.changed_gone(&name),
            }
        }
        several => t.changed_several(&several.len().to_string()),
    };
    el("section")
        .class("hero-state")
        .set("data-kind", "bad")
        .set("role", "alert")
        .kid(el("span").class("hero-state__dot").kid(Icon::Close.full()))
        .kid(el("h2").kid(text))
        .into_any()
}

fn name_of(d: Diner, change: &CartChange) -> String {
    change.name.as_ref().map_or_else(|| d.t.say(Key::ChangedUnnamed).to_owned(), |name| name.text.clone())
}

fn nothing_paid(d: Diner) -> AnyView {
    let (title, more) = d.t.say_both(Key::ChangedNothingPaid);
    notice(Tone::Ok, Icon::Shield, title, more)
}

/// Changed lines first, then those that stay.
fn list(d: Diner, changes: &[CartChange]) -> AnyView {
    let changed = changes.iter().map(|change| changed(d, change)).collect::<Vec<_>>();
    let cart = d.cart.get_untracked();
    let kept = cart.lines.iter().enumerate().filter(|(i, _)| !changes.iter().any(|change| change.line == *i));
    let kept = kept
        .map(|(_, line)| {
            let amount = line.seen.checked_mul(line.quantity).map(|amount| d.yen(amount));
            el("li")
                .class("line line--kept")
                .kid(Icon::Check.small())
                .kid(el("span").class("grow").kid(d.name_of(line.item)).kid(" ×").kid(line.quantity))
                .kid(el("b").kid(amount))
        })
        .collect::<Vec<_>>();
    el("section").class("card card--flush").kid(el("ul").kid(changed).kid(kept)).into_any()
}

fn changed(d: Diner, change: &CartChange) -> AnyView {
    let t = d.t;
    let picture = d.menu.with(|menu| menu.item(change.item).and_then(|item| item.picture.clone()));
    let picture = picture.map(|path| {
        el("img").class("line__pic").set("src", path).set("alt", "").set("width", "56").set("height", "56")
    });
    let name = change.name.as_ref().map_or_else(|| t.say(Key::ChangedUnnamed).into_any(), said);
    let word = match change.kind {
        ChangeKind::SoldOut => Key::DishSoldOut,
        ChangeKind::OptionSoldOut => Key::ChangedFlagOption,
        ChangeKind::NotForTakeout => Key::ChangedFlagTakeout,
        ChangeKind::Price => Key::ChangedFlagPrice,
        ChangeKind::Gone => Key::ChangedFlagGone,
    };
    let price = change.now.map(|now| el("b").class("num t-18").kid(d.yen(now)));
    let (state, flag, icon) = if change.kind == ChangeKind::Price {
        ("price", "flag flag--wait", Icon::Refresh)
    } else {
        ("sold-out", "flag flag--bad", Icon::Close)
    };
    let kind = match change.kind {
        ChangeKind::SoldOut => "sold_out",
        ChangeKind::OptionSoldOut => "option_sold_out",
        ChangeKind::NotForTakeout => "not_for_takeout",
        ChangeKind::Price => "price",
        ChangeKind::Gone => "gone",
    };
    el("li")
        .class("line")
        .set("data-state", state)
        .test(format!("cart-change-{kind}"))
        .kid(picture.unwrap_or_else(|| el("div").class("line__pic")))
        .kid(
            el("div")
                .class("stack stack--xs")
                .kid(el("div").class("line__head").kid(el("h3").class("line__name").kid(name)).kid(
                    el("span").class("row row--wrap").kid(el("s").class("num t-18").kid(d.yen(change.seen))).kid(price),
                ))
                .kid(
                    el("div").class("line__foot").kid(el("span").set("class", flag).kid(icon.small()).kid(t.say(word))),
                ),
        )
        .into_any()
}

fn foot(d: Diner, changes: Vec<CartChange>, rest: Option<String>) -> AnyView {
    let t = d.t;
    let nothing_left = rest.is_none();
    let label = match changes.as_slice() {
        _ if nothing_left => t.say(Key::ChangedClear).to_owned(),
        [CartChange { kind: ChangeKind::Price, .. }] => t.say(Key::ChangedGoPrice).to_owned(),
        [one] => t.changed_go_without(&name_of(d, one)),
        _ => t.say(Key::ChangedGo).to_owned(),
    };
    let on_click = move |_| {
        d.cart.update(|cart| cart.accept(&changes));
        d.refused.set(Vec::new());
        if nothing_left {
            d.back_to_menu();
        }
    };
    el("div")
        .class("foot")
        .kid(
            el("div")
                .class("foot__in stack stack--s foot__in--stack")
                .kid(
                    el("button")
                        .class("btn btn--main btn--solid btn--block")
                        .test("continue-cart")
                        .on("click", on_click)
                        .kid(label)
                        .kid(" ")
                        .kid(el("span").class("nw").kid(rest)),
                )
                .kid(
                    el("a")
                        .class("btn btn--text btn--block")
                        .set("href", d.link(Route::Menu))
                        .set("data-back", true)
                        .kid(t.say(Key::BackToMenu)),
                ),
        )
        .into_any()
}
