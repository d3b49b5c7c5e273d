//! Taking an order back until the shop accepts, from the phone that placed it. Asked twice: it cannot be undone.
//! Not here: the money's way back (`money`).

use leptos::prelude::*;
use okini_shared::api::order::{CancelOrder, Order};
use okini_shared::problem::Code;
use okini_shared::rules::order::{OrderState, OrderStep};

use super::Page;
use crate::diner::texts::Key;
use crate::net::{self, Failure, call, detached};
use crate::ui::{Icon, State, Tone, el, live, notice, together};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Not,
    Once,
    Busy,
    Refused(Code),
    NoAnswer,
}

pub(super) fn button(page: Page, order: &Order) -> Option<AnyView> {
    if !order.yours || order.state.after(OrderStep::Cancel).is_none() {
        return None;
    }
    let t = page.t;
    let paid = order.state == OrderState::Submitted;
    let asked = State::new(Asked::Not);
    let token = order.token.clone();
    let cancel = move |_| {
        asked.set(Asked::Busy);
        let token = token.clone();
        detached(async move {
            let query = page.query();
            match call::<CancelOrder>(&[&token], &(), net::With { query: &query, ..net::With::default() }).await {
                Ok(order) => page.take(order),
                Err(Failure::Refused(problem)) => {
                    asked.set(Asked::Refused(problem.code));
                    page.refresh();
                }
                Err(_) => {
                    asked.set(Asked::NoAnswer);
                }
            }
        });
    };
    let body = move || match asked.get() {
        Asked::Once => el("div")
            .class("card")
            .set("role", "group")
            .set("aria-label", t.say(Key::CancelAsk))
            .kid(el("p").class("b").kid(t.say(Key::CancelAsk)))
            .kid(el("p").class("t-14").kid(t.say(if paid { Key::CancelPaid } else { Key::CancelUnpaid })))
            .kid(
                el("div")
                    .class("row row--wrap")
                    .kid(
                        el("button")
                            .class("btn btn--danger grow")
                            .test("cancel-confirm")
                            .on("click", cancel.clone())
                            .kid(t.say(Key::CancelYes)),
                    )
                    .kid(
                        el("button")
                            .class("btn btn--line grow")
                            .on("click", move |_| asked.set(Asked::Not))
                            .kid(t.say(Key::CancelNo)),
                    ),
            )
            .into_any(),
        Asked::Busy => {
            el("button").class("btn btn--block").set("aria-disabled", "true").kid(t.say(Key::PaySending)).into_any()
        }
        Asked::Refused(code) => {
            let (title, more) = t.say_both(Key::problem(code));
            notice(Tone::Bad, Icon::Alert, title, more)
        }
        Asked::Not | Asked::NoAnswer => {
            let failed = (asked.get() == Asked::NoAnswer).then(|| {
                let (title, more) = t.say_both(Key::NoAnswer);
                notice(Tone::Bad, Icon::NoSignal, title, more)
            });
            together![
                failed,
                el("button")
                    .class("btn btn--danger btn--block")
                    .test("cancel-order")
                    .on("click", move |_| asked.set(Asked::Once))
                    .kid(t.say(Key::CancelOrder))
            ]
        }
    };
    Some(live(body))
}
