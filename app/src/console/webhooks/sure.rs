//! The questions before a secret is replaced or a webhook removed, and a new secret, shown once.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use okini_shared::api::webhook::Webhook;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{Asked, Hooks, Wish, button};
use crate::browser::window;
use crate::console::texts::Key;
use crate::net::task;
use crate::ui::{State, el};

/// Replacing the secret, or removing the webhook.
pub(super) fn dialog(hooks: Hooks, webhook: &Webhook, rotate: bool) -> AnyView {
    let t = hooks.t;
    let wrong = State::new(None);
    let id = webhook.id;
    let (title, lead, wish) = match rotate {
        true => (Key::WebhookRotate, Key::WebhookRotateLead, Wish::Rotate(id)),
        false => (Key::WebhookRemove, Key::WebhookRemoveLead, Wish::Remove(id)),
    };
    let confirm = move |_| hooks.wish(wish.clone(), Box::new(move |failure| wrong.set(Some(t.failure(&failure)))));
    let body = el("div")
        .kid(el("p").class("code hook__url").kid(webhook.url.clone()))
        .kid(el("p").kid(t.say(lead)))
        .kid(el("p").class("field__bad").set("role", "alert").live_kid(move || wrong.get()));
    let keep = button("webhook-keep", "btn btn--line").on("click", move |_| hooks.ask(Asked::Nothing));
    let sure = hooks.button("webhook-sure", "btn btn--danger", title).on("click", confirm);
    hooks.frame(title, body, el("div").kid(keep.kid(t.say(Key::WebhookKeep))).kid(sure))
}

/// A new secret.
pub(super) fn secret(hooks: Hooks, secret: String) -> AnyView {
    let t = hooks.t;
    let said = State::new(None);
    let text = el("p").class("code code--block").test("webhook-secret").kid(secret.clone());
    let copying = move |_| {
        let secret = secret.clone();
        task(async move {
            let copied = copy(&secret).await;
            said.set(Some(t.say(if copied { Key::WebhookCopied } else { Key::WebhookNotCopied })));
        });
    };
    let body = el("div")
        .kid(el("p").kid(t.say(Key::WebhookSecretLead)))
        .kid(text)
        .kid(el("p").class("t-14").set("role", "status").live_kid(move || said.get()));
    let copy = button("webhook-copy", "btn btn--line").on("click", copying).kid(t.say(Key::WebhookCopy));
    let kept = button("webhook-kept", "btn btn--solid").on("click", move |_| hooks.ask(Asked::Nothing));
    hooks.frame(Key::WebhookSecretTitle, body, el("div").kid(copy).kid(kept.kid(t.say(Key::WebhookKept))))
}

/// Puts a text on the clipboard, where the browser has one (in a secure context) and lets us.
async fn copy(text: &str) -> bool {
    let begun = || -> Option<Promise> {
        let clipboard = Reflect::get(&window().navigator(), &JsValue::from_str("clipboard")).ok()?;
        let write: Function = Reflect::get(&clipboard, &JsValue::from_str("writeText")).ok()?.dyn_into().ok()?;
        write.call1(&clipboard, &JsValue::from_str(text)).ok()?.dyn_into().ok()
    };
    match begun() {
        Some(promise) => JsFuture::from(promise).await.is_ok(),
        None => false,
    }
}
