//! The buttons of a card: the next steps of an order in its state.
//! Not here: what a step does (`actions`).

use leptos::prelude::*;
use okini_shared::id::OrderId;
use okini_shared::rules::order::OrderState;

use super::actions::Step;
use super::{Kitchen, Open};
use crate::console::texts::Key;
use crate::ui::Icon;

/// How long a dish may take, in minutes, for the shop to choose from.
const MINUTES: [i64; 6] = [5, 10, 15, 20, 30, 45];

/// The buttons for `state`.
#[component]
pub(crate) fn Steps(kitchen: Kitchen, id: OrderId, state: OrderState) -> impl IntoView {
    let (ready, done) = (Step::Move(OrderState::Ready), Step::Move(OrderState::Completed));
    let cooking = Step::Move(OrderState::Preparing);
    match state {
        OrderState::Submitted => view! { <Answer kitchen id/> }.into_any(),
        OrderState::Accepted => view! {
            <div class="order__f">
                <StepButton kitchen id step=cooking main=true class=Some("btn btn--solid btn--wide") name="prepare" words=Key::OrderPrepare/>
                <StepButton kitchen id step=ready name="finish" words=Key::OrderFinish/>
                <StepButton kitchen id step=Step::FiveMore name="more" words=Key::OrderFiveMore/>
            </div>
        }
        .into_any(),
        OrderState::Preparing => view! {
            <div class="order__f">
                <StepButton kitchen id step=ready main=true name="finish" words=Key::OrderFinish/>
                <StepButton kitchen id step=Step::FiveMore name="more" words=Key::OrderFiveMore/>
            </div>
        }
        .into_any(),
        OrderState::Ready => view! {
            <div class="order__f">
                <StepButton kitchen id step=done main=true name="handover" words=Key::OrderHandOver/>
                <StepButton kitchen id step=cooking name="reopen" words=Key::OrderReopen/>
            </div>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// Accept for the usual time, accept with a time, refuse.
#[component]
fn Answer(kitchen: Kitchen, id: OrderId) -> impl IntoView {
    let t = kitchen.live.t;
    let asking = RwSignal::new(false);
    let choice = move |minutes: i64| {
        let go = move |_| take(kitchen, id, Step::Accept(Some(minutes)));
        view! {
            <button type="button" class="btn btn--solid" data-testid=format!("accept-{id}-{minutes}") on:click=go>
                {t.order_minutes(&minutes.to_string())}
            </button>
        }
    };
    view! {
        <Show when=move || asking.get()>
            <div class="order__ask" role="group" aria-label=t.say(Key::OrderAcceptAsk)>
                <p>{t.say(Key::OrderAcceptAsk)}</p>
                <div>{MINUTES.map(choice)}</div>
            </div>
        </Show>
        <div class="order__f">
            <StepButton kitchen id step=Step::Accept(None) main=true name="accept" words=Key::OrderAccept/>
            <button type="button" class="btn btn--line btn--icon" data-testid=format!("accept-in-{id}")
                aria-label=t.say(Key::OrderAcceptIn) title=t.say(Key::OrderAcceptIn)
                aria-expanded=move || if asking.get() { "true" } else { "false" }
                on:click=move |_| asking.update(|on| *on = !*on)>{Icon::Clock.small()}</button>
            <button type="button" class="btn btn--danger" data-testid=format!("refuse-{id}")
                aria-disabled=move || is_busy(kitchen, id)
                on:click=move |_| if is_busy(kitchen, id).is_none() { kitchen.open.set(Open::Refuse(id)) }>
                {t.say(Key::OrderRefuse)}
            </button>
        </div>
    }
}

/// A button that takes a step; it says so while the step is on its way.
#[component]
fn StepButton(
    kitchen: Kitchen,
    id: OrderId,
    step: Step,
    name: &'static str,
    words: Key,
    /// The step that usually comes next.
    #[prop(optional)]
    main: bool,
    #[prop(optional_no_strip)] class: Option<&'static str>,
) -> impl IntoView {
    let t = kitchen.live.t;
    let busy = move || is_busy(kitchen, id);
    let class = class.unwrap_or(if main { "btn btn--solid" } else { "btn btn--line" });
    view! {
        <button type="button" class=class data-testid=format!("{name}-{id}")
            aria-disabled=busy on:click=move |_| take(kitchen, id, step.clone())>
            {main.then(|| Icon::Check.small())}
            {move || t.say(if main && busy().is_some() { Key::OrderBusy } else { words })}
        </button>
    }
}

fn is_busy(kitchen: Kitchen, id: OrderId) -> Option<&'static str> {
    kitchen.live.busy.with(|busy| busy.contains(&id)).then_some("true")
}

fn take(kitchen: Kitchen, id: OrderId, step: Step) {
    if kitchen.typing.get_untracked() {
        kitchen.follow.set(Some(id));
    }
    kitchen.live.act(id, step);
}
