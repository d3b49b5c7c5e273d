//! The webhooks, each with its state and what can be done to it. Not here: the dialogs (`edit`, `sure`).

use std::sync::Arc;

use leptos::prelude::*;
use okini_shared::api::webhook::{DisabledBy, MOST, NewWebhook, Webhook};

use super::{Asked, Hooks, Wish, button};
use crate::console::list::moment;
use crate::console::texts::{Key, Texts};
use crate::ui::{El, Icon, el, together};

const SMALL: &str = "btn btn--line btn--compact";

/// The list, or why there is none.
pub(super) fn view(hooks: Hooks) -> AnyView {
    let t = hooks.t;
    hooks.read();
    let head = el("div").class("staff__h").kid(el("h1").kid(t.say(Key::WebhookTitle)));
    let body = move || match (hooks.failed.get(), hooks.all.get()) {
        (Some(text), _) => trouble(t, text, move || hooks.read()),
        (None, None) => el("p").class("quiet").set("role", "status").kid(t.say(Key::ListLoading)),
        (None, Some(all)) if all.is_empty() => {
            let empty = el("div").class("card empty").test("webhooks-empty");
            let text = empty.kid(el("h2").kid(t.say(Key::WebhookEmpty))).kid(el("p").kid(t.say(Key::WebhookEmptyHint)));
            text.kid(add(hooks))
        }
        (None, Some(all)) => {
            let cards: Vec<El> = all.iter().map(|webhook| card(hooks, webhook)).collect();
            let more = (all.len() < MOST).then(|| add(hooks));
            el("div").class("stack").kid(el("ul").class("stack").kid(cards)).kid(more)
        }
    };
    together![
        head.kid(el("p").kid(t.say(Key::WebhookLead))),
        // Of one kind each time, so that another view takes its place.
        el("div").live_kid(move || body().into_any())
    ]
}

/// What went wrong, and a button that tries again.
pub(super) fn trouble(t: Texts, text: &'static str, again: impl Fn() + 'static) -> El {
    let retry = button("retry", SMALL).on("click", move |_| again()).kid(t.say(Key::Retry));
    el("p").class("notice notice--bad").set("role", "alert").kid(el("span").class("grow").kid(text)).kid(retry)
}

fn add(hooks: Hooks) -> El {
    let add = button("webhook-add", "btn btn--solid").on("click", move |_| hooks.ask(Asked::Add));
    add.kid(Icon::Plus.small()).kid(hooks.t.say(Key::WebhookAdd))
}

fn card(hooks: Hooks, webhook: &Arc<Webhook>) -> El {
    let t = hooks.t;
    let (state, flag, why) = standing(t, webhook);
    let words: Vec<&str> = webhook.kinds.iter().map(|kind| t.say(Key::message(*kind))).collect();
    let told = if words.is_empty() { t.say(Key::WebhookAll).to_owned() } else { words.join(t.say(Key::WebhookComma)) };
    let asking = |test: &'static str, class: &'static str, key: Key, ask: fn(Arc<Webhook>) -> Asked| {
        let webhook = Arc::clone(webhook);
        button(test, class).on("click", move |_| hooks.ask(ask(Arc::clone(&webhook)))).kid(t.say(key))
    };
    // The same address and kinds once more: that is what switches one on.
    let doing = |test: &'static str, class: &'static str, key: Key, wish: fn(&Arc<Webhook>) -> Wish| {
        let webhook = Arc::clone(webhook);
        let run = move |_| hooks.wish(wish(&webhook), Box::new(move |failure| hooks.complain(&failure)));
        hooks.button(test, class, key).on("click", run)
    };
    let again = |webhook: &Arc<Webhook>| {
        Wish::Save(Some(webhook.id), NewWebhook { url: webhook.url.clone(), kinds: webhook.kinds.clone() })
    };
    let first = match webhook.disabled {
        Some(_) => doing("webhook-on", "btn btn--solid btn--compact", Key::WebhookOn, again),
        None => doing("webhook-test", SMALL, Key::WebhookTest, |webhook| Wish::Test(Arc::clone(webhook))),
    };
    let shown = Arc::clone(webhook);
    let log = button("webhook-log", SMALL).on("click", move |_| hooks.log.set(Some(Arc::clone(&shown))));
    let buttons = el("div")
        .class("row row--wrap")
        .kid(first)
        .kid(log.kid(t.say(Key::WebhookLog)))
        .kid(asking("webhook-change", SMALL, Key::WebhookChange, Asked::Change))
        .kid(asking("webhook-rotate", SMALL, Key::WebhookRotate, Asked::Rotate))
        .kid(asking("webhook-remove", "btn btn--danger btn--compact", Key::WebhookRemove, Asked::Remove));
    let url = el("h2").class("code hook__url").kid(webhook.url.clone());
    el("li")
        .class("card")
        .test(format!("webhook-{}", webhook.id))
        .set("data-state", state)
        .kid(el("div").class("row row--between row--wrap row--top").kid(url).kid(flag))
        .kid(why.map(|why| el("p").class("t-14").kid(why)))
        .kid(el("p").class("t-14").kid(el("span").class("quiet").kid(t.say(Key::WebhookTold))).kid(" ").kid(told))
        .kid(buttons)
}

/// The state by name, as a flag, and what is to be known about it.
fn standing(t: Texts, webhook: &Webhook) -> (&'static str, El, Option<String>) {
    let (state, class, icon, words, why) = match (webhook.disabled, webhook.failing_since) {
        (Some(off), _) => {
            let at = moment(off.at);
            let why = match off.by {
                DisabledBy::Gone => t.webhook_off_gone(&at),
                DisabledBy::Failing => t.webhook_off_failing(&at),
            };
            ("off", "flag flag--bad", Icon::Close, Key::WebhookIsOff, Some(why))
        }
        (None, Some(since)) => {
            let why = t.webhook_failing_since(&moment(since));
            ("failing", "flag flag--wait", Icon::Alert, Key::WebhookIsFailing, Some(why))
        }
        (None, None) => ("on", "flag flag--ok", Icon::Check, Key::WebhookIsOn, None),
    };
    (state, flag(t, class, icon, words), why)
}

/// A state as a word with an icon.
pub(super) fn flag(t: Texts, class: &'static str, icon: Icon, words: Key) -> El {
    el("span").set("class", class).kid(icon.small()).kid(t.say(words))
}
