//! Taking an order back until the shop accepts, from the phone that placed it. Asked twice: it cannot be undone.
//! Not here: the money's way back (`money`).

use leptos::prelude::*;
use okini_shared::api::order::{CancelOrder, Order};
use okini_shared::problem::Code;
use okini_shared::rules::order::{OrderState, OrderStep};

use super::Page;
use crate::browser::element;
use crate::diner::texts::Key;
use crate::net::{self, Failure, call, detached};
use crate::ui::{El, Icon, State, Tone, el, follow, live, notice, together};

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
    let paid = order.state == OrderState::Submitted;
    let asking = Asking { page, token: StoredValue::new(order.token.clone()), asked: State::new(Asked::Not) };
    // The question takes the focus, and so comes into view.
    follow(move || {
        if asking.asked.get() == Asked::Once
            && let Some(keep) = element(KEEP)
        {
            drop(keep.focus());
        }
    });
    Some(live(move || asking.view(paid)))
}

/// The way from the first tap to the server's answer.
#[derive(Debug, Clone, Copy)]
struct Asking {
    page: Page,
    token: StoredValue<String>,
    asked: State<Asked>,
}

/// The harmless answer to the question.
const KEEP: &str = "keep";

impl Asking {
    /// The second tap. Not a task of this view: the answer counts even when the order has just changed.
    fn cancel(self) {
        self.asked.set(Asked::Busy);
        let token = self.token.get_value();
        detached(async move {
            let query = self.page.query();
            match call::<CancelOrder>(&[&token], &(), net::With { query: &query, ..net::With::default() }).await {
                Ok(order) => self.page.take(order),
                Err(Failure::Refused(problem)) => {
                    self.asked.set(Asked::Refused(problem.code));
                    self.page.refresh();
                }
                Err(_) => self.asked.set(Asked::NoAnswer),
            }
        });
    }

    fn view(self, paid: bool) -> AnyView {
        let t = self.page.t;
        let say = |icon, key| {
            let (title, more) = t.say_both(key);
            notice(Tone::Bad, icon, title, more)
        };
        let ask = || {
            let button = el("button").class("btn btn--danger btn--block").test("cancel-order");
            button.on("click", move |_| self.asked.set(Asked::Once)).kid(t.say(Key::CancelOrder))
        };
        match self.asked.get() {
            Asked::Not => ask().into_any(),
            Asked::Once => self.question(paid).into_any(),
            Asked::Busy => {
                el("button").class("btn btn--block").set("aria-disabled", "true").kid(t.say(Key::PaySending)).into_any()
            }
            Asked::Refused(code) => say(Icon::Alert, Key::problem(code)),
            Asked::NoAnswer => together![say(Icon::NoSignal, Key::NoAnswer), ask()],
        }
    }

    fn question(self, paid: bool) -> El {
        let t = self.page.t;
        let yes = el("button").class("btn btn--danger grow").test("cancel-confirm").on("click", move |_| self.cancel());
        let no =
            el("button").class("btn btn--line grow").set("id", KEEP).on("click", move |_| self.asked.set(Asked::Not));
        let buttons =
            el("div").class("row row--wrap").kid(yes.kid(t.say(Key::CancelYes))).kid(no.kid(t.say(Key::CancelNo)));
        el("div")
            .class("card")
            .set("role", "group")
            .set("aria-label", t.say(Key::CancelAsk))
            .kid(el("p").class("b").kid(t.say(Key::CancelAsk)))
            .kid(el("p").class("t-14").kid(t.say(if paid { Key::CancelPaid } else { Key::CancelUnpaid })))
            .kid(buttons)
    }
}
