//! What staff do to an order, to the shop and back: the call, and what is said afterwards at which place.
//! Not here: the buttons, the state machine (`okini_shared::rules::order`).

use okini_shared::api::shop::{
    Accept, AcceptOrder, BoardOrder, GetBoard, Move, MoveOrder, OpenShop, Promise, PromiseOrder, Refuse, RefuseOrder,
    SetOpen,
};
use okini_shared::id::OrderId;
use okini_shared::problem::Code;
use okini_shared::rules::order::OrderState;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::live::{Live, Undo};
use super::super::parts::clock;
use super::super::texts::Key;
use super::late::five_more;
use crate::browser::clock as time;
use crate::net::Failure;

/// A step of an order that one button takes.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Takes it, for the shop's usual time or for so many minutes.
    Accept(Option<i64>),
    Refuse(Refuse),
    Move(OrderState),
    FiveMore,
}

impl Live {
    /// Takes a step of an order. A second tap while the first is on its way does nothing.
    pub(crate) fn act(self, id: OrderId, step: Step) {
        if self.busy.with_untracked(|busy| busy.contains(&id)) {
            return;
        }
        self.busy.update(|busy| {
            busy.insert(id);
        });
        self.trouble.update(|trouble| drop(trouble.remove(&id)));
        // Not a task of the card: the card may move to another lane before the answer is here.
        spawn_local(async move {
            let answer = self.send(id, &step).await;
            self.busy.update(|busy| {
                busy.remove(&id);
            });
            match answer {
                Ok(order) => {
                    self.say_done(&order, &step);
                    self.take_order(order);
                }
                Err(Failure::Refused(problem)) if problem.code == Code::OrderMovedOn => self.moved_on(id).await,
                Err(failure) => self.note(id, self.t.failure(&failure).to_owned()),
            }
        });
    }

    async fn send(self, id: OrderId, step: &Step) -> Result<BoardOrder, Failure> {
        let (facility, order) = (self.facility.to_string(), id.to_string());
        let path = [facility.as_str(), order.as_str()];
        match step {
            Step::Accept(minutes) => self.session.call::<AcceptOrder>(&path, &Accept { minutes: *minutes }, "").await,
            Step::Refuse(refuse) => self.session.call::<RefuseOrder>(&path, refuse, "").await,
            Step::Move(to) => self.session.call::<MoveOrder>(&path, &Move { to: *to }, "").await,
            Step::FiveMore => {
                let promised = self.known(id).and_then(|order| order.promised_at);
                let minutes = five_more(promised, time::now());
                self.session.call::<PromiseOrder>(&path, &Promise { minutes }, "").await
            }
        }
    }

    fn say_done(self, order: &BoardOrder, step: &Step) {
        let (t, number) = (self.t, order.number.as_str());
        match step {
            Step::Accept(_) => self.say(
                order
                    .promised_at
                    .map_or_else(|| t.order_said_accepted(number), |by| t.order_said_accepted_by(number, &clock(by))),
                None,
            ),
            Step::Refuse(_) => self.say(t.order_said_refused(number), None),
            Step::FiveMore => {
                if let Some(by) = order.promised_at {
                    self.say(t.order_said_promise(number, &clock(by)), None);
                }
            }
            Step::Move(OrderState::Ready) => self.say(t.order_said_ready(number), Some(Undo::Reopen(order.id))),
            Step::Move(OrderState::Completed) => self.say(t.order_said_done(number), None),
            Step::Move(_) => {}
        }
    }

    /// The order was changed by somebody else: shows it as it is, and says so on its card, or below when it has none.
    async fn moved_on(self, id: OrderId) {
        let known = self.known(id);
        let fresh = self.session.call::<GetBoard>(&[&self.facility.to_string()], &(), "").await;
        let Ok(board) = fresh else {
            self.note(id, self.t.say(Key::problem(Code::OrderMovedOn)).to_owned());
            return;
        };
        let number = known.map(|order| order.number).unwrap_or_default();
        self.take_board(&board);
        match self.known(id).map(|order| order.state) {
            Some(state) if state.on_board() => self.note(id, self.t.order_moved_on(self.t.say(Key::state(state)))),
            Some(state) => {
                self.complain(self.t.order_gone(&number, self.t.say(Key::state(state))));
            }
            None => self.complain(self.t.say(Key::problem(Code::OrderMovedOn)).to_owned()),
        }
    }

    /// The order as it is known; nothing also when its shop is no longer shown.
    fn known(self, id: OrderId) -> Option<BoardOrder> {
        self.orders.try_with_untracked(|orders| orders.get(id).cloned()).flatten()
    }

    fn note(self, id: OrderId, text: String) {
        self.trouble.update(|trouble| drop(trouble.insert(id, text)));
    }

    /// Opens the shop for orders or closes it.
    ///
    /// # Errors
    /// What to tell; when all went well that is said below, with the way back.
    pub(crate) async fn set_open(self, open: bool) -> Result<(), String> {
        let body = OpenShop { taking_orders: open };
        let answer = self.session.call::<SetOpen>(&[&self.facility.to_string()], &body, "").await;
        let shop = answer.map_err(|failure| self.t.failure(&failure).to_owned())?;
        self.shop.set(Some(shop));
        let said = if open { Key::ShopSaidOpen } else { Key::ShopSaidClosed };
        self.say(self.t.say(said).to_owned(), (!open).then_some(Undo::Shop(true)));
        Ok(())
    }

    /// Takes the last action back.
    pub(crate) fn undo(self, undo: Undo) {
        self.said.set(None);
        match undo {
            Undo::Reopen(id) => self.act(id, Step::Move(OrderState::Preparing)),
            Undo::Shop(open) => spawn_local(async move {
                if let Err(text) = self.set_open(open).await {
                    self.complain(text);
                }
            }),
            Undo::Stock(item, was) => spawn_local(async move {
                match self.set_stock(item, was).await {
                    Ok(item) => self.say(self.t.stock_said_back(&item.name), None),
                    Err(text) => self.complain(text),
                }
            }),
        }
    }
}
