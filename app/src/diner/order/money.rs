//! Whose money is where once it was paid: with the shop, or on its way back.
//! Not here: being paid (`paying`), cooking (`steps`).

use leptos::prelude::*;
use okini_shared::api::order::Order;
use okini_shared::rules::order::{OrderState, RefusalReason};
use okini_shared::rules::payment::PaymentState;

use super::Page;
use crate::diner::say;
use crate::diner::texts::Key;
use crate::ui::{Icon, Tone, notice};

/// What became of it, in one line with a sign.
pub(super) fn hero(kind: &'static str, icon: Icon, text: impl Into<String>) -> AnyView {
    let role = if kind == "bad" { "alert" } else { "status" };
    view! {
        <section class="hero-state" data-kind=kind role=role>
            <span class="hero-state__dot">{icon.full()}</span><h1>{text.into()}</h1>
        </section>
    }
    .into_any()
}

/// Paid: number, amount, where and when; and that a screen proves nothing (Q33).
pub(super) fn paid(page: Page, order: &Order) -> AnyView {
    let t = page.t;
    let seat = order.seat.clone().map(|seat| view! { <dt>{t.say(Key::SeatTable)}</dt><dd>{seat}</dd> });
    let paid_at = order.submitted_at.map(say::clock);
    let provider = order.payment.as_ref().map(|payment| t.say(Key::provider(payment.provider)));
    view! {
        {hero("ok", Icon::Check, t.say(Key::PaidTitle))}
        <section class="card">
            <div class="row row--between row--wrap row--top">
                <div><p class="t-14 quiet">{t.say(Key::OrderNumber)}</p><p class="big-no" data-testid="order-number">{order.number.clone()}</p></div>
                <dl class="kv t-14 paid__facts">
                    {seat}
                    <dt>{t.say(Key::PaidAmount)}</dt><dd>{page.yen(order.total)}</dd>
                    <dt>{provider}</dt><dd>{paid_at}</dd>
                </dl>
            </div>
            <p class="t-14 quiet" data-fact="no-proof">{t.say(Key::PaidNoProof)}</p>
        </section>
    }
    .into_any()
}

/// Ended without food: why, and where the money is.
pub(super) fn ended(page: Page, order: &Order) -> AnyView {
    let t = page.t;
    let title = match order.state {
        OrderState::Refused => Key::EndedRefused,
        OrderState::AutoRefused => Key::EndedSilence,
        OrderState::Expired => Key::EndedExpired,
        _ => Key::EndedCancelled,
    };
    let (kind, icon) = if order.state == OrderState::Cancelled { ("wait", Icon::Check) } else { ("bad", Icon::Close) };
    let reason = order.refusal.as_ref().map(|refusal| {
        let words = refusal.text.clone().map(|text| {
            view! { <p class="notice notice--info">{Icon::Info.full()}<span class="grow t-14 notice__quote">{t.ended_words(&text)}</span></p> }
        });
        let reason = (refusal.reason != RefusalReason::Other || refusal.text.is_none())
            .then(|| view! { <dl class="kv"><dt>{t.say(Key::EndedReason)}</dt><dd>{t.say(Key::refusal(refusal.reason))}</dd></dl> });
        view! { <section class="card">{reason}{words}</section> }
    });
    view! { {hero(kind, icon, t.say(title))}{reason}{money_back(page, order)} }.into_any()
}

fn money_back(page: Page, order: &Order) -> AnyView {
    let t = page.t;
    let provider = order.payment.as_ref().map_or("", |payment| t.say(Key::provider(payment.provider)));
    let paid = order.payment.as_ref().filter(|payment| {
        matches!(payment.state, PaymentState::Succeeded | PaymentState::Refunding | PaymentState::Refunded | PaymentState::Stranded)
    });
    match (&order.refund, paid) {
        (Some(refund), _) if refund.done_at.is_some() => {
            let at = refund.done_at.map(say::clock).unwrap_or_default();
            notice(Tone::Ok, Icon::Check, t.refund_done(&page.yen(refund.amount)), t.refund_done_how(provider, &at))
        }
        (Some(refund), _) => {
            notice(Tone::Wait, Icon::Refresh, t.refund_running(&page.yen(refund.amount)), t.refund_running_how(provider))
        }
        (None, Some(payment)) => {
            notice(Tone::Wait, Icon::Refresh, t.refund_running(&page.yen(payment.amount)), t.refund_running_how(provider))
        }
        (None, None) => {
            let (title, more) = t.say_both(Key::RefundNothingPaid);
            notice(Tone::Ok, Icon::Shield, title, more)
        }
    }
}
