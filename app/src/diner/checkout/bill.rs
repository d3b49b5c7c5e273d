//! What the cart costs, with totals and tax per rate; a word to the kitchen; the age check.
//! Not here: the rules (`okini_shared::rules`).

use leptos::prelude::*;
use okini_shared::rules::cart::MAX_NOTE;
use okini_shared::rules::tax::{RateKind, TaxSum};

use crate::diner::say;
use crate::diner::state::{Bill, Diner, Sum};
use crate::diner::texts::Key;
use crate::ui::Icon;

/// The good bill, while there is one.
pub(super) fn current(d: Diner) -> Option<Bill> {
    match d.sum.get() {
        Sum::Good(bill) => Some(bill),
        _ => None,
    }
}

/// The sum card.
pub(super) fn sums(d: Diner) -> AnyView {
    (move || {
        current(d).map(|bill| {
            let t = d.t;
            view! {
                <section class="card">
                    <h2>{t.say(Key::BillTitle)}</h2>
                    <dl class="kv">
                        <dt>{t.say(Key::BillPieces)}</dt><dd data-fact="quantity">{t.bill_pieces_n(&bill.pieces.to_string())}</dd>
                        <dt class="kv__total">{t.say(Key::BillTotal)}</dt>
                        <dd class="kv__total" data-fact="price">{d.yen(bill.total)}</dd>
                        {bill.taxes.iter().map(|sum| tax(d, sum)).collect_view()}
                    </dl>
                </section>
            }
        })
    })
    .into_any()
}

fn tax(d: Diner, sum: &TaxSum) -> AnyView {
    let (rate, total) = (say::percent(sum.basis_points), d.yen(sum.total));
    let (head, below) = match sum.kind {
        RateKind::Standard => (d.t.bill_rate(&rate, &total), Key::BillTax),
        RateKind::Reduced => (d.t.bill_rate_reduced(&rate, &total), Key::BillTaxReduced),
    };
    view! { <dt>{head}<small>{d.t.say(below)}</small></dt><dd>{d.yen(sum.tax)}</dd> }.into_any()
}

/// A word to the kitchen.
pub(super) fn note(d: Diner) -> AnyView {
    view! {
        <label class="card field">
            <span class="b">{d.t.say(Key::NoteLabel)}" "<span class="t-14 quiet">{d.t.say(Key::Optional)}</span></span>
            <textarea rows="2" maxlength=MAX_NOTE.to_string() data-testid="note" prop:value=move || d.cart.with(|cart| cart.note.clone())
                on:input=move |event| d.cart.update(|cart| cart.note = event_target_value(&event))></textarea>
        </label>
    }
    .into_any()
}

/// The age check, only when there is alcohol (Q35).
pub(super) fn adult(d: Diner) -> AnyView {
    let t = d.t;
    let asked = Memo::new(move |_| current(d).is_some_and(|bill| bill.alcohol));
    (move || {
        asked.get().then(|| view! {
            <div class="stack stack--s">
                <label class="choice card choice--card">
                    <input type="checkbox" id="adult" data-testid="adult" aria-describedby="adult-error" prop:checked=move || d.cart.with(|cart| cart.adult)
                        on:change=move |event| d.cart.update(|cart| cart.adult = event_target_checked(&event))/>
                    <span class="choice__t b">{t.say(Key::AdultYes)}<small>{t.say(Key::AdultHow)}</small></span>
                </label>
                <p id="adult-error" class="t-14 row row--top is-bad" role="alert">{move || super::pay::adult_error(d).then(|| view! {
                    {Icon::Alert.small()}<span>{t.say(Key::AdultMissing)}</span>
                })}</p>
            </div>
        })
    })
    .into_any()
}
