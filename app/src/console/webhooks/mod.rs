//! Which other systems a shop or a consortium tells what happened: their addresses, what they are told, the log of what was
//! sent. For owners and officers. Not here: what a message says; the server writes it.

mod edit;
mod list;
mod log;
mod sure;

use std::sync::Arc;

use leptos::prelude::*;
use okini_shared::api::consortium::{
    AddConsortiumWebhook, ChangeConsortiumWebhook, ListConsortiumDeliveries, ListConsortiumWebhooks,
    RemoveConsortiumWebhook, ReplayConsortiumDelivery, RotateConsortiumWebhook, TestConsortiumWebhook,
};
use okini_shared::api::webhook::{
    AddWebhook, ChangeWebhook, Delivery, DeliveryPage, ListDeliveries, ListWebhooks, NewWebhook, RemoveWebhook,
    ReplayDelivery, RotateWebhook, TestWebhook, Webhook, WebhookSecret, Webhooks,
};
use okini_shared::api::{Endpoint, path};
use okini_shared::id::{DeliveryId, WebhookId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::parts::Dialog;
use super::redress::Whose;
use super::session::{Answer, Session};
use super::texts::{Key, Texts};
use crate::net::{Failure, detached, task};
use crate::ui::{El, State, el, live, nothing};

/// What is asked in a dialog.
#[derive(Debug, Clone)]
enum Asked {
    Nothing,
    Add,
    Change(Arc<Webhook>),
    Rotate(Arc<Webhook>),
    Remove(Arc<Webhook>),
    /// A new secret, shown this once.
    Secret(String),
}

/// The webhooks and what is being done to them.
#[derive(Debug, Clone, Copy)]
struct Hooks {
    t: Texts,
    session: Session,
    whose: Whose,
    /// Says what an action led to.
    say: Callback<String>,
    /// Nothing until they were read.
    all: State<Option<Arc<Vec<Arc<Webhook>>>>>,
    failed: State<Option<&'static str>>,
    asked: State<Asked>,
    /// Whose log is shown.
    log: State<Option<Arc<Webhook>>>,
    busy: State<bool>,
}

/// What a dialog's button leads to.
#[derive(Debug, Clone)]
enum Wish {
    /// A new one, or an old one with another address or other kinds, which also switches it on again.
    Save(Option<WebhookId>, NewWebhook),
    Rotate(WebhookId),
    Remove(WebhookId),
    Test(Arc<Webhook>),
}

impl Hooks {
    /// Calls the shop's operation or the consortium's twin of it; `rest` follows its own id in the path.
    fn call<Shop, Office>(self, rest: &[&str], body: &Shop::Request, query: &str) -> Answer<Shop::Response>
    where
        Shop: Endpoint,
        Office: Endpoint<Request = Shop::Request, Response = Shop::Response>,
        Shop::Request: Serialize,
        Shop::Response: DeserializeOwned + 'static,
    {
        let url = match self.whose {
            Whose::Facility(id) => path::<Shop>(&[&[id.to_string().as_str()], rest].concat()),
            Whose::Consortium(id) => path::<Office>(&[&[id.to_string().as_str()], rest].concat()),
        };
        self.session.call_at::<Shop>(url + query, body)
    }

    fn deliveries(self, id: WebhookId, query: &str) -> Answer<DeliveryPage> {
        self.call::<ListDeliveries, ListConsortiumDeliveries>(&[&id.to_string()], &(), query)
    }

    fn replay(self, id: WebhookId, delivery: DeliveryId) -> Answer<Delivery> {
        self.call::<ReplayDelivery, ReplayConsortiumDelivery>(&[&id.to_string(), &delivery.to_string()], &(), "")
    }

    async fn load(self) {
        match self.call::<ListWebhooks, ListConsortiumWebhooks>(&[], &(), "").await {
            Ok(Webhooks { webhooks }) => {
                self.failed.set(None);
                self.all.set(Some(Arc::new(webhooks.into_iter().map(Arc::new).collect())));
            }
            Err(failure) => self.complain(&failure),
        }
    }

    fn read(self) {
        task(self.load());
    }

    fn say(self, key: Key) {
        self.say.run(self.t.say(key).to_owned());
    }

    fn ask(self, asked: Asked) {
        self.asked.set(asked);
    }

    /// Does it, once at a time; `wrong` hears why it was not done. Goes on when the dialog is closed: a secret that was
    /// made is shown.
    fn wish(self, wish: Wish, wrong: Box<dyn FnOnce(Failure)>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        detached(async move {
            let done = self.grant(wish).await;
            self.busy.set(false);
            match done {
                Ok(()) => self.load().await,
                Err(failure) => wrong(failure),
            }
        });
    }

    async fn grant(self, wish: Wish) -> Result<(), Failure> {
        let next = match wish {
            Wish::Save(None, new) => {
                let made = self.call::<AddWebhook, AddConsortiumWebhook>(&[], &new, "").await?;
                Asked::Secret(made.secret)
            }
            Wish::Save(Some(id), new) => {
                self.call::<ChangeWebhook, ChangeConsortiumWebhook>(&[&id.to_string()], &new, "").await?;
                self.say(Key::WebhookSaved);
                Asked::Nothing
            }
            Wish::Rotate(id) => {
                let rotated = self.call::<RotateWebhook, RotateConsortiumWebhook>(&[&id.to_string()], &(), "").await;
                let WebhookSecret { secret, .. } = rotated?;
                Asked::Secret(secret)
            }
            Wish::Remove(id) => {
                self.call::<RemoveWebhook, RemoveConsortiumWebhook>(&[&id.to_string()], &(), "").await?;
                self.say(Key::WebhookRemoved);
                Asked::Nothing
            }
            Wish::Test(webhook) => {
                self.call::<TestWebhook, TestConsortiumWebhook>(&[&webhook.id.to_string()], &(), "").await?;
                self.say(Key::WebhookTested);
                self.log.set(Some(webhook));
                Asked::Nothing
            }
        };
        self.asked.set(next);
        Ok(())
    }

    fn complain(self, failure: &Failure) {
        self.failed.set(Some(self.t.failure(failure)));
    }

    /// A button that waits while something is being done.
    fn button(self, test: &'static str, class: &'static str, key: Key) -> El {
        let disabled = move || self.busy.get().then_some("true");
        button(test, class).live("aria-disabled", disabled).kid(self.t.say(key))
    }

    fn dialog(self) -> AnyView {
        match self.asked.get() {
            Asked::Nothing => nothing(),
            Asked::Add => edit::dialog(self, None),
            Asked::Change(webhook) => edit::dialog(self, Some(&webhook)),
            Asked::Rotate(webhook) => sure::dialog(self, &webhook, true),
            Asked::Remove(webhook) => sure::dialog(self, &webhook, false),
            Asked::Secret(secret) => sure::secret(self, secret),
        }
    }

    /// A dialog with what is in it and the buttons below.
    fn frame(self, title: Key, body: El, buttons: El) -> AnyView {
        let t = self.t;
        let close = Callback::new(move |()| self.ask(Asked::Nothing));
        let (body, buttons) = (body.class("dialog__b").into_any(), buttons.class("dialog__f").into_any());
        view! { <Dialog texts=t title=t.say(title) on_close=close>{body}{buttons}</Dialog> }.into_any()
    }
}

fn button(test: &'static str, class: &'static str) -> El {
    el("button").set("type", "button").set("class", class).test(test)
}

/// The screen.
pub(crate) fn screen(t: Texts, session: Session, whose: Whose, say: Callback<String>) -> AnyView {
    let hooks = Hooks {
        t,
        session,
        whose,
        say,
        all: State::new(None),
        failed: State::new(None),
        asked: State::new(Asked::Nothing),
        log: State::new(None),
        busy: State::new(false),
    };
    let body = live(move || match hooks.log.get() {
        Some(webhook) => log::view(hooks, &webhook),
        None => list::view(hooks),
    });
    el("main")
        .class("staff__main staff__main--narrow")
        .set("id", "main")
        .kid(body)
        .live_kid(move || hooks.dialog())
        .into_any()
}
