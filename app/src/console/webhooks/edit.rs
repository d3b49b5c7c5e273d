//! The dialog for a webhook's address and what it is told, a new one's or an old one's.
//! Not here: its secret (`sure`).

use leptos::prelude::*;
use okini_shared::api::webhook::{About, MessageKind, NewWebhook, Webhook};
use okini_shared::problem::Code;

use super::{Asked, Hooks, Wish, button};
use crate::browser::element;
use crate::console::texts::{Key, Texts};
use crate::net::Failure;
use crate::ui::{El, State, el};

/// The groups of kinds and what heads them.
const GROUPS: [(About, Key); 5] = [
    (About::Order, Key::WebhookAboutOrder),
    (About::Payment, Key::WebhookAboutPayment),
    (About::Refund, Key::WebhookAboutRefund),
    (About::Facility, Key::WebhookAboutFacility),
    (About::Webhook, Key::WebhookAboutWebhook),
];

/// What has been typed and chosen so far.
#[derive(Debug, Clone, Copy)]
struct Draft {
    url: State<String>,
    everything: State<bool>,
    kinds: State<Vec<MessageKind>>,
    wrong: State<Option<&'static str>>,
}

impl Draft {
    fn of(old: Option<&Webhook>) -> Self {
        let kinds = old.map(|old| old.kinds.clone()).unwrap_or_default();
        Self {
            url: State::new(old.map(|old| old.url.clone()).unwrap_or_default()),
            everything: State::new(kinds.is_empty()),
            kinds: State::new(kinds),
            wrong: State::new(None),
        }
    }

    /// The webhook as it is wished, or what is missing and the id of the field to mend.
    fn check(self) -> Result<NewWebhook, (Key, &'static str)> {
        let (url, everything) = (self.url.get_untracked().trim().to_owned(), self.everything.get_untracked());
        let kinds = if everything { Vec::new() } else { self.kinds.get_untracked() };
        match (url.is_empty(), everything || !kinds.is_empty()) {
            (true, _) => Err((Key::WebhookWrongUrl, "webhook-url")),
            (false, false) => Err((Key::WebhookWrongKinds, "webhook-chosen")),
            (false, true) => Ok(NewWebhook { url, kinds }),
        }
    }

    fn refused(self, t: Texts, failure: &Failure) {
        match failure {
            Failure::Refused(problem) if problem.code == Code::InvalidValue => {
                self.mend(t, Key::WebhookWrongUrl, "webhook-url");
            }
            failure => self.wrong.set(Some(t.failure(failure))),
        }
    }

    fn mend(self, t: Texts, key: Key, field: &str) {
        self.wrong.set(Some(t.say(key)));
        if let Some(field) = element(field) {
            drop(field.focus());
        }
    }
}

/// The dialog.
pub(super) fn dialog(hooks: Hooks, old: Option<&Webhook>) -> AnyView {
    let t = hooks.t;
    let draft = Draft::of(old);
    let id = old.map(|old| old.id);
    let save = move |_| match draft.check() {
        Ok(new) => hooks.wish(Wish::Save(id, new), Box::new(move |failure| draft.refused(t, &failure))),
        Err((key, field)) => draft.mend(t, key, field),
    };
    let url = el("input")
        .set("id", "webhook-url")
        .test("webhook-url")
        .set("type", "url")
        .set("autocomplete", "off")
        .set("maxlength", "500")
        .set("placeholder", "https://")
        .set("aria-describedby", "webhook-hint webhook-wrong")
        .set(".value", draft.url.get_untracked())
        .on("input", move |event| draft.url.set(event_target_value(&event)));
    let field = el("div")
        .class("field")
        .kid(el("label").set("for", "webhook-url").kid(t.say(Key::WebhookUrl)))
        .kid(url)
        .kid(el("small").set("id", "webhook-hint").kid(t.say(Key::WebhookUrlHint)));
    let wrong = el("p").class("field__bad").set("role", "alert").set("id", "webhook-wrong");
    let body = el("div")
        .kid(field)
        .kid(wrong.live_kid(move || draft.wrong.get()))
        .kid(extent(t, draft))
        .live_kid(move || (!draft.everything.get()).then(|| Vec::from(GROUPS.map(|group| kinds(t, draft, group)))));
    let title = if id.is_some() { Key::WebhookChange } else { Key::WebhookAdd };
    let back = button("webhook-back", "btn btn--line").on("click", move |_| hooks.ask(Asked::Nothing));
    let save = hooks.button("webhook-save", "btn btn--solid", title).on("click", save);
    hooks.frame(title, body, el("div").kid(back.kid(t.say(Key::EditCancel))).kid(save))
}

fn choices(head: &'static str, choices: Vec<El>) -> El {
    let list = el("div").class("opts__list").kid(choices);
    el("fieldset").class("opts").kid(el("legend").class("opts__h").kid(head)).kid(list)
}

/// Everything, or what is chosen below.
fn extent(t: Texts, draft: Draft) -> El {
    let either = |everything: bool, id: &'static str, key: Key| {
        let input = el("input").set("type", "radio").set("name", "webhook-kinds").set("id", id).test(id);
        let input = input
            .live(".checked", move || draft.everything.get() == everything)
            .on("change", move |_| draft.everything.set(everything));
        el("label").class("choice").kid(input).kid(el("span").class("choice__t").kid(t.say(key)))
    };
    let both = vec![
        either(true, "webhook-everything", Key::WebhookEverything),
        either(false, "webhook-chosen", Key::WebhookChosen),
    ];
    choices(t.say(Key::WebhookKinds), both)
}

/// The kinds about one thing. Tests are sent on request only, so nobody chooses them.
fn kinds(t: Texts, draft: Draft, (about, head): (About, Key)) -> El {
    let kinds = MessageKind::ALL.iter().copied();
    let kinds = kinds.filter(|kind| kind.about() == about && *kind != MessageKind::WebhookTest);
    let choice = |kind: MessageKind| {
        let name = kind.name();
        let change = move |_| {
            draft.kinds.update(|kinds| match kinds.iter().position(|one| *one == kind) {
                Some(at) => drop(kinds.remove(at)),
                None => kinds.push(kind),
            });
        };
        let input = el("input").set("type", "checkbox").test(format!("kind-{name}"));
        let input =
            input.set(".checked", draft.kinds.with_untracked(|kinds| kinds.contains(&kind))).on("change", change);
        let text = el("span").class("choice__t").kid(t.say(Key::message(kind)));
        el("label").class("choice").kid(input).kid(text.kid(el("small").class("code").kid(name)))
    };
    choices(t.say(head), kinds.map(choice).collect())
}
