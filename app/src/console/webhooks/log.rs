//! What was sent to one webhook and what came back, newest first and page by page; sending it again.

use std::sync::Arc;

use leptos::prelude::*;
use okini_shared::api::webhook::{Delivery, DeliveryPage, DeliveryState, Try, Webhook};
use okini_shared::id::{DeliveryId, WebhookId};
use okini_shared::time::{MINUTE, SECOND};

use super::list::{flag, trouble};
use super::{Hooks, button};
use crate::browser::{clock, pause};
use crate::console::list::moment;
use crate::console::texts::{Key, Texts};
use crate::net::task;
use crate::ui::{El, Icon, State, el, together};

/// How far the log has been read.
#[derive(Debug, Clone, Copy)]
struct Reading {
    hooks: Hooks,
    webhook: WebhookId,
    /// Nothing until the first answer.
    deliveries: State<Option<Arc<Vec<Delivery>>>>,
    /// The cursor of the next page; nothing at the end.
    next: State<Option<String>>,
    failed: State<Option<&'static str>>,
    /// Those of which more is shown; they stay open when news of them come.
    opened: State<Vec<DeliveryId>>,
}

impl Reading {
    /// Reads the newest page, and again as long as something is on its way.
    fn read(self) {
        task(async move {
            while self.page(None).await && self.is_moving() {
                pause(1_000).await;
            }
        });
    }

    fn more(self) {
        let cursor = self.next.get_untracked();
        task(async move {
            self.page(cursor).await;
        });
    }

    /// Reads the page after a cursor; says whether that went well.
    async fn page(self, after: Option<String>) -> bool {
        let first = after.is_none();
        let query = after.map(|cursor| format!("?after={}", js_sys::encode_uri_component(&cursor))).unwrap_or_default();
        match self.hooks.deliveries(self.webhook, &query).await {
            Ok(DeliveryPage { deliveries, next }) => {
                // The newest page, read again, says nothing of how far the log was read.
                if !first || self.deliveries.with_untracked(Option::is_none) {
                    self.next.set(next);
                }
                self.merge(deliveries, first);
                self.failed.set(None);
                true
            }
            Err(failure) => {
                self.failed.set(Some(self.hooks.t.failure(&failure)));
                false
            }
        }
    }

    /// What is newly known of a delivery takes the place of what was shown; those that were not shown stand before all, or,
    /// of an older page, after.
    fn merge(self, page: Vec<Delivery>, newest: bool) {
        let before = self.deliveries.get_untracked();
        let mut all = before.as_deref().cloned().unwrap_or_default();
        let mut unseen = Vec::new();
        for delivery in page {
            match all.iter_mut().find(|shown| shown.id == delivery.id) {
                Some(shown) => *shown = delivery,
                None => unseen.push(delivery),
            }
        }
        let all = if newest { [unseen, all].concat() } else { [all, unseen].concat() };
        // Nothing new: what is shown stays as it stands, with the focus.
        if before.as_deref() != Some(&all) {
            self.deliveries.set(Some(Arc::new(all)));
        }
    }

    /// Whether the next try of something is due any moment.
    fn is_moving(self) -> bool {
        let soon = clock::now().plus(10 * SECOND);
        let due = |delivery: &Delivery| delivery.next_at.is_some_and(|at| at < soon && soon.since(at) < MINUTE);
        self.deliveries.with_untracked(|all| all.iter().flat_map(|all| all.iter()).any(due))
    }

    fn replay(self, delivery: DeliveryId) {
        if self.hooks.busy.get_untracked() {
            return;
        }
        self.hooks.busy.set(true);
        task(async move {
            match self.hooks.replay(self.webhook, delivery).await {
                Ok(delivery) => {
                    self.hooks.say(Key::WebhookReplayed);
                    self.merge(vec![delivery], true);
                    self.read();
                }
                Err(failure) => self.failed.set(Some(self.hooks.t.failure(&failure))),
            }
            self.hooks.busy.set(false);
        });
    }

    fn toggle(self, id: DeliveryId) {
        self.opened.update(|opened| match opened.iter().position(|one| *one == id) {
            Some(at) => drop(opened.remove(at)),
            None => opened.push(id),
        });
    }
}

/// The log.
pub(super) fn view(hooks: Hooks, webhook: &Webhook) -> AnyView {
    let t = hooks.t;
    let reading = Reading {
        hooks,
        webhook: webhook.id,
        deliveries: State::new(None),
        next: State::new(None),
        failed: State::new(None),
        opened: State::new(Vec::new()),
    };
    reading.read();
    let back = button("log-back", "btn btn--text hook__back").on("click", move |_| hooks.log.set(None));
    let reload = button("log-reload", "btn btn--line btn--compact").on("click", move |_| reading.read());
    let rows = move || {
        let all = reading.deliveries.get();
        all.iter().flat_map(|all| all.iter()).map(|delivery| row(reading, delivery)).collect::<Vec<_>>()
    };
    together![
        back.kid(Icon::Back.small()).kid(t.say(Key::WebhookBack)),
        el("div")
            .class("staff__h")
            .kid(el("h1").kid(t.say(Key::WebhookLog)))
            .kid(el("p").class("code hook__url").kid(webhook.url.clone()))
            .kid(reload.kid(Icon::Refresh.small()).kid(t.say(Key::ListReload))),
        el("ul").class("stack").live_kid(rows),
        el("div").live_kid(move || end(reading))
    ]
}

/// What stands under the log: more, loading, trouble, or nothing yet.
fn end(reading: Reading) -> El {
    let t = reading.hooks.t;
    let count = reading.deliveries.with(|all| all.as_ref().map(|all| all.len()));
    match (reading.failed.get(), count, reading.next.with(Option::is_some)) {
        (Some(text), ..) => trouble(t, text, move || reading.read()),
        (None, None, _) => el("p").class("quiet").set("role", "status").kid(t.say(Key::ListLoading)),
        (None, Some(0), _) => {
            let empty = el("div").class("card empty").test("log-empty");
            empty.kid(el("h2").kid(t.say(Key::WebhookLogEmpty))).kid(el("p").kid(t.say(Key::WebhookLogEmptyHint)))
        }
        (None, _, true) => {
            let more = button("log-more", "btn btn--line").on("click", move |_| reading.more());
            more.kid(t.say(Key::WebhookMore))
        }
        (None, _, false) => el("p").class("quiet").kid(t.say(Key::ListEnd)),
    }
}

fn row(reading: Reading, delivery: &Delivery) -> El {
    let t = reading.hooks.t;
    let id = delivery.id;
    let (class, icon, words) = match delivery.state {
        DeliveryState::Pending => ("flag flag--wait", Icon::Clock, Key::WebhookPending),
        DeliveryState::Delivered => ("flag flag--ok", Icon::Check, Key::WebhookDelivered),
        DeliveryState::Dead => ("flag flag--bad", Icon::Close, Key::WebhookDead),
    };
    let next = delivery.next_at.map(|at| t.webhook_next_at(&moment(at)));
    let name = el("h2").class("t-18").kid(t.say(Key::message(delivery.kind)));
    let toggle = move |event: web_sys::Event| {
        event.prevent_default();
        reading.toggle(id);
    };
    let summary = el("summary").test("delivery-open").on("click", toggle);
    let details = el("details")
        .live("open", move || reading.opened.with(|opened| opened.contains(&id)))
        .kid(summary.kid(t.webhook_tries(&delivery.tries.len().to_string())))
        .kid(inside(t, delivery));
    let replay = reading.hooks.button("delivery-replay", "btn btn--line btn--compact", Key::WebhookReplay);
    el("li")
        .class("card")
        .test("delivery")
        .set("data-kind", delivery.kind.name())
        .set("data-state", delivery.state.name())
        .kid(
            el("div")
                .class("row row--between row--wrap row--top")
                .kid(name.kid(el("small").class("code").kid(delivery.kind.name())))
                .kid(flag(t, class, icon, words)),
        )
        .kid(el("p").class("t-14 quiet").kid(moment(delivery.created_at)).kid(next.map(|next| format!(" · {next}"))))
        .kid(details)
        .kid(replay.on("click", move |_| reading.replay(id)))
}

/// The message as it was sent, and the answers.
fn inside(t: Texts, delivery: &Delivery) -> El {
    let tries = (1..).zip(&delivery.tries).map(|(n, one)| attempt(t, n, one)).collect::<Vec<_>>();
    el("div")
        .class("stack stack--s hook__more")
        .kid(el("p").class("t-14").kid("webhook-id ").kid(el("span").class("code").kid(delivery.message.to_string())))
        .kid(el("p").class("t-14 quiet").kid(t.say(Key::WebhookSent)))
        .kid(el("p").class("code code--block").test("delivery-body").kid(delivery.body.clone()))
        .kid(el("ol").class("stack stack--s").kid(tries))
}

/// One try: when, what came back, how long it took.
fn attempt(t: Texts, number: i64, one: &Try) -> El {
    let status = one.status.map_or_else(|| t.say(Key::WebhookNoAnswer).to_owned(), |status| format!("HTTP {status}"));
    let answer = one.answer.trim().to_owned();
    let head = t.webhook_try(&number.to_string(), &moment(one.at), &status, &one.took_ms.to_string());
    let answer = (!answer.is_empty()).then(|| el("p").class("code code--block").kid(answer));
    el("li").class("t-14").test("delivery-try").kid(head).kid(answer)
}
