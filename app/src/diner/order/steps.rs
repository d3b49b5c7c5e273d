//! How far the kitchen is, live. Not here: money (`money`).

use leptos::prelude::*;
use okini_shared::api::order::Order;
use okini_shared::rules::order::OrderState;

use super::Page;
use crate::diner::say;
use crate::diner::texts::Key;
use crate::ui::{Icon, el};

pub(super) fn card(page: Page, order: &Order) -> AnyView {
    let t = page.t;
    let promised = order.promised_at.filter(|_| matches!(order.state, OrderState::Accepted | OrderState::Preparing));
    let flag = match (order.state, promised, order.answer_by) {
        (_, Some(at), _) => Some(t.time_about(&say::clock(at))),
        (OrderState::Submitted, None, Some(by)) => Some(t.step_answer_by(&say::clock(by))),
        _ => None,
    };
    let flag =
        flag.map(|text| el("span").class("flag flag--warm t-14").test("promise").kid(Icon::Clock.small()).kid(text));
    let hint = match order.state {
        OrderState::Submitted => Some(Key::StepSubmittedHint),
        OrderState::Ready => Some(Key::StepReadyHint),
        _ => None,
    };
    let steps = [
        (Key::StepReceived, Icon::Check, order.accepted_at.map(say::clock)),
        (Key::StepCooking, Icon::Fire, None),
        (Key::StepReady, Icon::Bell, order.ready_at.map(say::clock)),
    ];
    let steps = steps
        .into_iter()
        .enumerate()
        .map(|(i, (label, icon, at))| step(page, progress(order.state, i), label, icon, at));
    el("section")
        .class("card")
        .set("aria-live", "polite")
        .kid(
            el("div")
                .class("row row--between row--wrap")
                .kid(el("h2").class("t-18").kid(t.say(Key::state(order.state))))
                .kid(flag),
        )
        .kid(el("ol").class("track").kid(steps.collect::<Vec<_>>()))
        .kid(hint.map(|hint| el("p").class("t-14 quiet").kid(t.say(hint))))
        .into_any()
}

/// Whether a step is behind us, now, or to come.
fn progress(state: OrderState, step: usize) -> &'static str {
    let done = match state {
        OrderState::Accepted => 1,
        OrderState::Preparing => 1,
        OrderState::Ready => 2,
        OrderState::Completed => 3,
        _ => 0,
    };
    if step < done {
        "done"
    } else if step == done && state != OrderState::Accepted {
        "now"
    } else {
        "next"
    }
}

fn step(page: Page, state: &'static str, label: Key, icon: Icon, at: Option<String>) -> AnyView {
    let when = at.unwrap_or_else(|| {
        page.t
            .say(match state {
                "done" => Key::StepDone,
                "now" => Key::StepNow,
                _ => Key::StepNext,
            })
            .to_owned()
    });
    let icon = if state == "done" { Icon::Check } else { icon };
    el("li")
        .class("track__step")
        .set("data-state", state)
        .set("aria-current", (state == "now").then_some("step"))
        .kid(el("span").class("track__dot").kid(icon.small()))
        .kid(el("b").kid(page.t.say(label)))
        .kid(when)
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_the_order() {
        let all = |state| [0, 1, 2].map(|step| progress(state, step));
        assert_eq!(all(OrderState::Submitted), ["now", "next", "next"]);
        assert_eq!(all(OrderState::Accepted), ["done", "next", "next"]);
        assert_eq!(all(OrderState::Preparing), ["done", "now", "next"]);
        assert_eq!(all(OrderState::Ready), ["done", "done", "now"]);
        assert_eq!(all(OrderState::Completed), ["done", "done", "done"]);
    }
}
