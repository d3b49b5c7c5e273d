//! Money that staff put right: what waits for somebody, and the dialog that asks for a sum and a reason.
//! Not here: refunds that follow from refusing an order; the server starts them by itself.

use leptos::prelude::*;
use okini_shared::api::consortium::ListAllConcerns;
use okini_shared::api::redress::{
    Concern, ConcernKind, Concerns, ListConcerns, NewRefund, PaymentDecision, PaymentWay, RefundDecision, RefundOrder,
    RefundWay, ResolvePayment, ResolveRefund,
};
use okini_shared::api::session::Role;
use okini_shared::id::{ConsortiumId, FacilityId, OrderId, PaymentId, RefundId};
use okini_shared::money::Yen;
use okini_shared::text::yen;

use super::parts::Dialog;
use super::session::{Phase, Session};
use super::stock::number;
use super::texts::{Key, Texts};
use crate::browser::random_key;
use crate::net::{Failure, task};
use crate::ui::{El, Icon, State, el, live, together};

/// What somebody is deciding about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matter {
    /// Giving back at most so much of what was paid for an order.
    Order(OrderId, Yen),
    Payment(PaymentId, PaymentWay),
    Refund(RefundId, RefundWay),
}

/// Whose matters are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Facility(FacilityId),
    /// All facilities of a consortium.
    Consortium(ConsortiumId),
}

impl Matter {
    /// The names of texts are no part of the program: they are many.
    const fn testid(self) -> &'static str {
        match self {
            Self::Order(..) | Self::Payment(_, PaymentWay::Refund) => "way-RedressRefund",
            Self::Payment(_, PaymentWay::Close) => "way-RedressClose",
            Self::Refund(_, RefundWay::Retry) => "way-RedressRetry",
            Self::Refund(_, RefundWay::ByHand) => "way-RedressByHand",
        }
    }

    const fn title(self) -> Key {
        match self {
            Self::Order(..) | Self::Payment(_, PaymentWay::Refund) => Key::RedressRefund,
            Self::Payment(_, PaymentWay::Close) => Key::RedressClose,
            Self::Refund(_, RefundWay::Retry) => Key::RedressRetry,
            Self::Refund(_, RefundWay::ByHand) => Key::RedressByHand,
        }
    }
}

/// What waits, and what is being decided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Redress {
    t: Texts,
    session: Session,
    whose: Whose,
    /// Nothing until the first answer.
    waiting: RwSignal<Option<Vec<Concern>>>,
    matter: RwSignal<Option<(FacilityId, Matter)>>,
    /// Says what a decision led to.
    say: Callback<String>,
    /// Grows with every decision: lists read again.
    pub(crate) decided: RwSignal<u32>,
}

impl Redress {
    pub(crate) fn begin(t: Texts, session: Session, whose: Whose, say: Callback<String>) -> Self {
        let redress = Self {
            t,
            session,
            whose,
            waiting: RwSignal::default(),
            matter: RwSignal::new(None),
            say,
            decided: RwSignal::new(0),
        };
        Effect::new(move || {
            redress.decided.track();
            redress.read();
        });
        redress
    }

    /// The kitchen moves no money.
    pub(crate) fn may_decide(self) -> bool {
        matches!(self.session.phase(), Phase::In(account) if account.role != Role::Kitchen)
    }

    /// Without an answer the last one stays.
    pub(crate) fn read(self) {
        task(async move {
            let found = match self.whose {
                Whose::Facility(id) => self.session.call::<ListConcerns>(&[&id.to_string()], &(), "").await,
                Whose::Consortium(id) => self.session.call::<ListAllConcerns>(&[&id.to_string()], &(), "").await,
            };
            if let Ok(Concerns { concerns }) = found {
                self.waiting.set(Some(concerns));
            }
        });
    }

    /// Asks for a decision at a facility.
    pub(crate) fn ask(self, facility: FacilityId, matter: Matter) {
        self.matter.set(Some((facility, matter)));
    }

    /// Whether it is known that nothing waits.
    pub(crate) fn is_clear(self) -> bool {
        self.waiting.with(|waiting| waiting.as_ref().is_some_and(Vec::is_empty))
    }

    async fn decide(
        self,
        (facility, matter): (FacilityId, Matter),
        amount: Option<Yen>,
        reason: String,
        key: &str,
    ) -> Result<(), Failure> {
        let (session, facility, key) = (self.session, facility.to_string(), Some(key));
        match matter {
            Matter::Order(id, _) => {
                let new = NewRefund { amount, reason };
                session.call_keyed::<RefundOrder>(&[&facility, &id.to_string()], &new, key).await.map(drop)
            }
            Matter::Payment(id, way) => {
                let decision = PaymentDecision { way, reason };
                session.call_keyed::<ResolvePayment>(&[&facility, &id.to_string()], &decision, key).await.map(drop)
            }
            Matter::Refund(id, way) => {
                let decision = RefundDecision { way, reason };
                session.call_keyed::<ResolveRefund>(&[&facility, &id.to_string()], &decision, key).await.map(drop)
            }
        }
    }
}

/// What waits for somebody, above the list; nothing when nothing does.
pub(crate) fn waiting(redress: Redress) -> AnyView {
    let t = redress.t;
    let list = live(move || {
        let waiting = redress.waiting.get().unwrap_or_default();
        (!waiting.is_empty()).then(|| {
            let title = el("h2").set("id", "redress-title").class("t-18").kid(Icon::Alert.small());
            el("section")
                .class("card stack stack--s")
                .set("aria-labelledby", "redress-title")
                .test("concerns")
                .kid(title.kid(t.say(Key::RedressTitle)))
                .kid(
                    el("ul")
                        .class("stack stack--s")
                        .kid(waiting.iter().map(|concern| one(redress, concern)).collect::<Vec<_>>()),
                )
        })
    });
    let dialog = live(move || redress.matter.get().map(|asked| decision(redress, asked)));
    together![list, dialog]
}

fn words(concern: &Concern, t: Texts) -> String {
    let amount = yen(concern.amount, t.lang());
    match concern.kind {
        ConcernKind::Stranded => {
            let received = concern.received.map(|sum| sum.to_string()).unwrap_or_default();
            let received = format!("{received} {}", concern.currency.as_deref().unwrap_or_default());
            t.redress_stranded(&received, &amount)
        }
        ConcernKind::Unknown => t.redress_unknown(&amount),
        ConcernKind::RefundRefused => t.redress_refused(&amount),
    }
}

fn one(redress: Redress, concern: &Concern) -> El {
    let (t, facility) = (redress.t, concern.facility);
    let yen_came = concern.currency.as_deref() == Some("JPY") && concern.received.is_some_and(|sum| sum > 0);
    let ways: Vec<Matter> = match (concern.kind, concern.refund) {
        (ConcernKind::Stranded, _) => {
            let close = Matter::Payment(concern.payment, PaymentWay::Close);
            let refund = yen_came.then_some(Matter::Payment(concern.payment, PaymentWay::Refund));
            refund.into_iter().chain([close]).collect()
        }
        (ConcernKind::RefundRefused, Some(id)) => {
            vec![Matter::Refund(id, RefundWay::Retry), Matter::Refund(id, RefundWay::ByHand)]
        }
        _ => Vec::new(),
    };
    let button = |matter: Matter| {
        button(matter.testid(), "btn btn--line btn--compact")
            .on("click", move |_| redress.ask(facility, matter))
            .kid(t.say(matter.title()))
    };
    let name = matches!(redress.whose, Whose::Consortium(_))
        .then(|| el("p").set("lang", "ja").kid(concern.facility_name.clone()));
    let ways = redress.may_decide().then(|| ways.into_iter().map(button).collect::<Vec<_>>());
    el("li")
        .set("data-kind", concern.kind.name())
        .kid(name)
        .kid(el("b").kid(concern.number.clone()).kid(" ").kid(t.say(Key::provider(concern.provider))))
        .kid(" ")
        .kid(words(concern, t))
        .kid(el("div").class("row row--wrap").kid(ways))
}

fn button(test: &'static str, class: &'static str) -> El {
    el("button").set("type", "button").set("class", class).test(test)
}

fn decision(redress: Redress, asked: (FacilityId, Matter)) -> AnyView {
    let (t, (_, matter)) = (redress.t, asked);
    let (sum, reason) = (State::new(String::new()), State::new(String::new()));
    let (wrong, busy) = (State::new(None), State::new(false));
    // Sent again, it is the same wish.
    let key = StoredValue::new(random_key());
    let close = move || redress.matter.set(None);
    let most = if let Matter::Order(_, left) = matter { Some(left) } else { None };
    let confirm = move |_| {
        let typed = sum.get_untracked();
        let amount = match most {
            Some(most) if !typed.trim().is_empty() => number(&typed, most.get()).filter(|sum| *sum > 0).map(Yen::new),
            _ => None,
        };
        let unreadable = amount.is_none() && !typed.trim().is_empty();
        let words = reason.get_untracked().trim().to_owned();
        if unreadable || words.is_empty() {
            return wrong.set(Some(t.say(Key::RedressWrong)));
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        wrong.set(None);
        task(async move {
            match redress.decide(asked, amount, words, &key.get_value()).await {
                Ok(()) => {
                    redress.say.run(t.say(Key::RedressDone).to_owned());
                    // What is on the screen is read again; this dialog goes away with its task.
                    redress.decided.update(|times| *times += 1);
                    close();
                }
                Err(failure) => {
                    wrong.set(Some(t.failure(&failure)));
                    busy.set(false);
                }
            }
        });
    };
    let amount = most.map(|left| {
        let input = el("input")
            .set("id", "redress-amount")
            .test("redress-amount")
            .set("inputmode", "numeric")
            .set("autocomplete", "off")
            .on("input", move |event| sum.set(event_target_value(&event)));
        let label = el("label").set("for", "redress-amount").kid(t.redress_amount(&yen(left, t.lang())));
        el("div").class("field").kid(label).kid(input)
    });
    let words = el("textarea")
        .set("id", "redress-reason")
        .test("redress-reason")
        .set("maxlength", "200")
        .set("aria-describedby", "redress-wrong")
        .on("input", move |event| reason.set(event_target_value(&event)));
    let label = el("label").set("for", "redress-reason").kid(t.say(Key::RedressReason));
    let said = el("p").class("field__bad").set("role", "alert").set("id", "redress-wrong");
    let body = el("div")
        .class("dialog__b")
        .kid(amount)
        .kid(el("div").class("field").kid(label).kid(words))
        .kid(said.live_kid(move || wrong.get()))
        .into_any();
    let back = button("redress-back", "btn btn--line").on("click", move |_| close()).kid(t.say(Key::RefuseBack));
    let done = button("redress-confirm", "btn btn--danger")
        .live("aria-disabled", move || busy.get().then_some("true"))
        .on("click", confirm)
        .kid(t.say(matter.title()));
    let buttons = el("div").class("dialog__f").kid(back).kid(done).into_any();
    let on_close = Callback::new(move |()| close());
    view! { <Dialog texts=t title=t.say(matter.title()) on_close>{body}{buttons}</Dialog> }.into_any()
}
