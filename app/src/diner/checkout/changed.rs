//! The menu changed while the cart was open: what, by name; that nothing was paid; what stays; one button to go on.
//! Not here: finding the changes (`okini_shared::rules::cart`).

use leptos::prelude::*;
use okini_shared::api::order::{CartChange, ChangeKind};

use crate::diner::route::Route;
use crate::diner::state::{Diner, Sum};
use crate::diner::texts::Key;
use crate::ui::{Icon, Tone, notice, said};

pub(super) fn view(d: Diner) -> AnyView {
    let content = move || match d.sum.get() {
        Sum::Changed { changes, rest } => {
            let more = rest.map(|bill| d.yen(bill.total));
            view! {
                <main class="page__main page__main--close" id="menu">
                    {heading(d, &changes)}
                    {nothing_paid(d)}
                    {list(d, &changes)}
                </main>
                {foot(d, changes, more)}
            }
            .into_any()
        }
        _ => ().into_any(),
    };
    content.into_any()
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
    view! {
        <section class="hero-state" data-kind="bad" role="alert">
            <span class="hero-state__dot">{Icon::Close.full()}</span><h2>{text}</h2>
        </section>
    }
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
    let changed = changes.iter().map(|change| changed(d, change)).collect_view();
    let cart = d.cart.get_untracked();
    let kept = cart.lines.iter().enumerate().filter(|(i, _)| !changes.iter().any(|change| change.line == *i));
    let kept = kept
        .map(|(_, line)| {
            let amount = line.seen.checked_mul(line.quantity).map(|amount| d.yen(amount));
            view! {
                <li class="line line--kept">
                    {Icon::Check.small()}<span class="grow">{d.name_of(line.item)}" ×"{line.quantity}</span><b>{amount}</b>
                </li>
            }
        })
        .collect_view();
    view! { <section class="card card--flush"><ul>{changed}{kept}</ul></section> }.into_any()
}

fn changed(d: Diner, change: &CartChange) -> AnyView {
    let t = d.t;
    let picture = d.menu.with(|menu| menu.item(change.item).and_then(|item| item.picture.clone()));
    let picture = picture.map(|path| view! { <img class="line__pic" src=path alt="" width="56" height="56"/> });
    let name = change.name.as_ref().map_or_else(|| t.say(Key::ChangedUnnamed).into_any(), said);
    let word = match change.kind {
        ChangeKind::SoldOut => Key::DishSoldOut,
        ChangeKind::OptionSoldOut => Key::ChangedFlagOption,
        ChangeKind::NotForTakeout => Key::ChangedFlagTakeout,
        ChangeKind::Price => Key::ChangedFlagPrice,
        ChangeKind::Gone => Key::ChangedFlagGone,
    };
    let price = change.now.map(|now| view! { <b class="num t-18">{d.yen(now)}</b> });
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
    view! {
        <li class="line" data-state=state data-testid=format!("cart-change-{kind}")>
            {picture.map_or_else(|| view! { <div class="line__pic"></div> }.into_any(), IntoAny::into_any)}
            <div class="stack stack--xs">
                <div class="line__head">
                    <h3 class="line__name">{name}</h3>
                    <span class="row row--wrap"><s class="num t-18">{d.yen(change.seen)}</s>{price}</span>
                </div>
                <div class="line__foot"><span class=flag>{icon.small()}{t.say(word)}</span></div>
            </div>
        </li>
    }
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
    view! {
        <div class="foot"><div class="foot__in stack stack--s foot__in--stack">
            <button class="btn btn--main btn--solid btn--block" data-testid="continue-cart" on:click=on_click>
                {label}" "<span class="nw">{rest}</span>
            </button>
            <a class="btn btn--text btn--block" href=d.link(Route::Menu) data-back>{t.say(Key::BackToMenu)}</a>
        </div></div>
    }
    .into_any()
}
