//! Refusing an order: one of three reasons, the dishes that are sold out, words to the guest.
//! Not here: the refund; the server starts it by itself.

use std::collections::BTreeSet;

use leptos::prelude::*;
use okini_shared::api::shop::Refuse;
use okini_shared::id::{ItemId, OrderId};
use okini_shared::rules::order::RefusalReason;

use super::actions::Step;
use super::{Kitchen, Open};
use crate::browser::element;
use crate::console::parts::Dialog;
use crate::console::stock::dishes_of;
use crate::console::texts::{Key, Texts};
use crate::net::task;

/// The longest text to the guest, in characters.
const LIMIT: usize = 200;

/// What has been chosen so far.
#[derive(Clone, Copy)]
struct Draft {
    reason: RwSignal<Option<RefusalReason>>,
    items: RwSignal<BTreeSet<ItemId>>,
    text: RwSignal<String>,
    wrong: RwSignal<Option<Key>>,
}

impl Draft {
    /// The refusal, or what is missing and the id of the field to mend.
    fn check(self) -> Result<Refuse, (Key, &'static str)> {
        let reason = self.reason.get_untracked().ok_or((Key::RefuseReasonMissing, "refuse-sold_out"))?;
        let text = Some(self.text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        if reason == RefusalReason::Other && text.is_none() {
            return Err((Key::RefuseTextMissing, "refuse-text"));
        }
        let sold_out = if reason == RefusalReason::SoldOut { self.items.get_untracked() } else { BTreeSet::new() };
        Ok(Refuse { reason, text, sold_out: sold_out.into_iter().collect() })
    }
}

/// The dialog.
#[component]
pub(crate) fn RefuseDialog(kitchen: Kitchen, id: OrderId) -> impl IntoView {
    let live = kitchen.live;
    let t = live.t;
    let draft = Draft {
        reason: RwSignal::new(None),
        items: RwSignal::default(),
        text: RwSignal::default(),
        wrong: RwSignal::new(None),
    };
    let number =
        live.orders.with_untracked(|orders| orders.get(id).map(|order| order.number.clone())).unwrap_or_default();
    let close = move || kitchen.open.set(Open::Nothing);
    // Without the list of dishes none can be marked here; refusing works all the same.
    task(async move { drop(live.load_stock().await) });
    let confirm = move |_| match draft.check() {
        Ok(refuse) => {
            live.act(id, Step::Refuse(refuse));
            close();
        }
        Err((wrong, field)) => {
            draft.wrong.set(Some(wrong));
            if let Some(field) = element(field) {
                drop(field.focus());
            }
        }
    };
    view! {
        <Dialog texts=t title=t.refuse_title(&number) on_close=Callback::new(move |()| close())>
            <div class="dialog__b">
                <p>{t.say(Key::RefuseLead)}</p>
                <Reasons texts=t draft/>
                <Show when=move || draft.reason.get() == Some(RefusalReason::SoldOut)><Dishes kitchen id draft/></Show>
                <Show when=move || draft.reason.get().is_some()><Words texts=t draft/></Show>
                <p class="field__bad" role="alert" id="refuse-wrong">{move || draft.wrong.get().map(|wrong| t.say(wrong))}</p>
            </div>
            <div class="dialog__f">
                <button type="button" class="btn btn--line" on:click=move |_| close()>{t.say(Key::RefuseBack)}</button>
                <button type="button" class="btn btn--danger" data-testid="refuse-confirm" on:click=confirm>
                    {t.say(Key::RefuseConfirm)}
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn Reasons(texts: Texts, draft: Draft) -> impl IntoView {
    let t = texts;
    let choice = move |reason: RefusalReason| {
        let hint = match reason {
            RefusalReason::SoldOut => Key::RefuseSoldOutHint,
            RefusalReason::TooBusy => Key::RefuseTooBusyHint,
            RefusalReason::Other => Key::RefuseOtherHint,
        };
        let choose = move |_| {
            draft.reason.set(Some(reason));
            draft.wrong.set(None);
        };
        view! {
            <label class="choice">
                <input type="radio" name="reason" id=format!("refuse-{}", reason.name())
                    data-testid=format!("refuse-reason-{}", reason.name()) on:change=choose/>
                <span class="choice__t"><b>{t.say(Key::refusal(reason))}</b><small>{t.say(hint)}</small></span>
            </label>
        }
    };
    view! {
        <fieldset class="opts">
            <legend class="opts__h">{t.say(Key::RefuseReason)}</legend>
            <div class="opts__list">{RefusalReason::ALL.iter().copied().map(choice).collect_view()}</div>
        </fieldset>
    }
}

/// The order's dishes that can be marked sold out as well.
#[component]
fn Dishes(kitchen: Kitchen, id: OrderId, draft: Draft) -> impl IntoView {
    let live = kitchen.live;
    let t = live.t;
    let dishes = Memo::new(move |_| {
        let lines = live.orders.with(|orders| orders.get(id).map(|order| order.lines.clone())).unwrap_or_default();
        live.stock.with(|stock| {
            dishes_of(&lines, stock.as_deref().unwrap_or_default()).into_iter().cloned().collect::<Vec<_>>()
        })
    });
    let choice = move |item: okini_shared::api::shop::StockItem| {
        let id = item.id;
        let change = move |_| {
            draft.items.update(|items| {
                if !items.remove(&id) {
                    items.insert(id);
                }
            });
        };
        view! {
            <label class="choice">
                <input type="checkbox" data-testid=format!("refuse-item-{id}") on:change=change
                    prop:checked=move || draft.items.with(|items| items.contains(&id))/>
                <span class="choice__t" lang="ja">{item.name}</span>
            </label>
        }
    };
    view! {
        <fieldset class="opts">
            <legend class="opts__h">{t.say(Key::RefuseItems)}</legend>
            <Show when=move || dishes.with(Vec::is_empty)><p class="t-14 quiet">{t.say(Key::RefuseItemsNone)}</p></Show>
            <Show when=move || dishes.with(|dishes| !dishes.is_empty())>
                <p class="t-14 quiet">{t.say(Key::RefuseItemsHint)}</p>
                <div class="opts__list">{move || dishes.get().into_iter().map(choice).collect_view()}</div>
            </Show>
        </fieldset>
    }
}

#[component]
fn Words(texts: Texts, draft: Draft) -> impl IntoView {
    let t = texts;
    let needed = move || draft.reason.get() == Some(RefusalReason::Other);
    let left = move || LIMIT.saturating_sub(draft.text.with(|text| text.chars().count())).to_string();
    view! {
        <div class="field">
            <label for="refuse-text">{move || t.say(if needed() { Key::RefuseText } else { Key::RefuseTextOptional })}</label>
            <textarea id="refuse-text" maxlength=LIMIT.to_string() data-testid="refuse-text" aria-describedby="refuse-left refuse-wrong"
                aria-required=move || needed().then_some("true")
                aria-invalid=move || (draft.wrong.get() == Some(Key::RefuseTextMissing)).then_some("true")
                prop:value=move || draft.text.get()
                on:input=move |event| { draft.text.set(event_target_value(&event)); draft.wrong.set(None); }></textarea>
            <small id="refuse-left">{move || t.refuse_text_hint(&left())}</small>
        </div>
    }
}
