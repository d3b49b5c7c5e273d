//! One seed's day at a shop: which operation runs when, where it stops, who goes away, when the process dies. One operation
//! moves at a time, up to its end or to a call of the company, so that a seed is one schedule.

mod redress;

use super::books::{self, Books};
use super::wish::Wish;
use super::world::{Template, World};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use okini_server::domain::idempotency::Key;
use okini_server::domain::{board, kitchen, order, payment, reconcile, refund, retention, stock};
use okini_server::error::Error;
use okini_server::providers::Provider as _;
use okini_server::{jobs, store};
use okini_shared::api::order::{NewPayment, Payment};
use okini_shared::api::shop::{Accept, Move, Promise, Refuse, SetItemStock};
use okini_shared::id::{AccountId, OrderId, PaymentId};
use okini_shared::problem::Code;
use okini_shared::rules::order::{OrderState, RefusalReason};
use okini_shared::rules::payment::{AccountKey, ProviderName};
use okini_shared::time::{HOUR, MINUTE, SECOND};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;

/// What an operation came to.
enum Outcome {
    Placed(usize, Result<(OrderId, String), Error>),
    Page(usize, usize, Result<Payment, Error>),
    Due(Vec<store::payment::Payment>, Vec<store::refund::Refund>),
    Done(Result<(), Error>),
}

/// An operation that waits at the company, and what lets it go on.
struct Stopped {
    name: String,
    work: BoxFuture<'static, Outcome>,
    go: oneshot::Sender<()>,
}

/// What was done so far, to be told when something broke.
pub type Steps = Arc<Mutex<Vec<String>>>;

struct Day {
    world: World,
    rng: StdRng,
    wishes: Vec<Wish>,
    stopped: Vec<Stopped>,
    books: Books,
    steps: Steps,
}

/// Lives one day, to the end of all it began; gives the states in which everything ended.
pub async fn live(template: &Template, seed: u64, steps: Steps) -> Vec<String> {
    let world = World::new(template, seed).await;
    let books = Books::read(&world.app, world.town.shop.crab.id).await;
    let rng = StdRng::seed_from_u64(seed);
    let mut day = Day { world, rng, wishes: Vec::new(), stopped: Vec::new(), books, steps };
    for _ in 0..day.rng.random_range(20..100) {
        day.step().await;
        day.check().await;
    }
    day.run_out().await;
    let Day { world, books, .. } = day;
    let deaths = std::iter::repeat_n("process died".to_owned(), world.deaths());
    let ends = books.ends().chain(deaths).collect();
    world.end().await;
    ends
}

impl Day {
    fn one_in(&mut self, n: u32) -> bool {
        self.rng.random_ratio(1, n)
    }

    fn tell(&self, step: impl Into<String>) {
        self.steps.lock().unwrap().push(step.into());
    }

    async fn check(&mut self) {
        let books = Books::read(&self.world.app, self.world.town.shop.crab.id).await;
        books.check(&self.books, &self.world.company);
        for told in self.wishes.iter().filter_map(|wish| wish.told.as_ref()) {
            assert!(books.orders.contains_key(&told.id.to_string()), "an acknowledged order is lost: {}", told.id);
        }
        self.books = books;
    }

    async fn step(&mut self) {
        match self.rng.random_range(0..100) {
            0..5 => self.order_anew().await,
            5..7 => self.order_again().await,
            7..17 => self.start_paying().await,
            17..26 => self.pay_on_page(),
            26..36 => self.notify().await,
            36..46 => self.round().await,
            46..48 => self.end_overdue().await,
            48..51 => self.kitchen().await,
            51..62 => self.cook().await,
            62..63 => self.cancel().await,
            63..64 => self.race().await,
            64..84 => self.go_on().await,
            84..87 => self.redress().await,
            87..88 => self.go_away().await,
            88..89 => self.die().await,
            89..95 => self.time_goes_by(),
            95..96 => self.sell_out().await,
            96..99 => self.open_or_close().await,
            _ => {
                let app = Arc::clone(&self.world.app);
                self.begin("forget", async move { Outcome::Done(retention::forget(&app).await.map(drop)) }.boxed())
                    .await;
            }
        }
    }

    /// Starts an operation; one that the caller leaves at once goes on in the server only as far as it was handed over.
    async fn begin(&mut self, name: &str, work: BoxFuture<'static, Outcome>) {
        if self.one_in(16) {
            self.tell(format!("{name}, and the caller goes away"));
            drop(work.now_or_never());
            let app = &self.world.app;
            app.db.write((), |_, ()| Box::pin(async { Ok(()) })).await.unwrap();
            return;
        }
        self.tell(name);
        self.advance(name.to_owned(), work).await;
    }

    /// Lets an operation go on to its end or to the company.
    async fn advance(&mut self, name: String, mut work: BoxFuture<'static, Outcome>) {
        let company = Arc::clone(&self.world.company);
        let outcome = tokio::select! {
            biased;
            outcome = &mut work => outcome,
            go = company.stopped() => {
                self.stopped.push(Stopped { name, work, go });
                return;
            }
        };
        self.hear(outcome).await;
    }

    async fn hear(&mut self, outcome: Outcome) {
        let now = self.world.clock.now();
        let error = match outcome {
            Outcome::Placed(wish, Ok((id, token))) => return self.wishes[wish].hear(id, token, now),
            Outcome::Page(wish, at, Ok(payment)) => return self.wishes[wish].hear_page(at, &payment),
            Outcome::Due(payments, refunds) => return self.work(payments, refunds).await,
            Outcome::Done(Ok(())) => return,
            Outcome::Placed(_, Err(error)) | Outcome::Page(_, _, Err(error)) | Outcome::Done(Err(error)) => error,
        };
        let meant = error.code().is_some_and(|code| code != Code::StorageUnavailable);
        assert!(meant && !error.is_collision(), "nobody meant this to happen: {error}");
        self.tell(format!("  refused: {error}"));
    }

    fn place(&self, at: usize) -> BoxFuture<'static, Outcome> {
        let (app, wish) = (Arc::clone(&self.world.app), &self.wishes[at]);
        let key = Key::new(format!("device:{}", wish.device), wish.key.clone(), &wish.new).unwrap();
        let (device, new) = (wish.device.clone(), wish.new.clone());
        async move {
            let placed = order::place(&app, &device, key, new).await;
            Outcome::Placed(at, placed.map(|order| (order.id, order.token)))
        }
        .boxed()
    }

    /// A new cart; sometimes the finger taps twice.
    async fn order_anew(&mut self) {
        let at = self.wishes.len();
        self.wishes.push(Wish::new(at, &self.world, &mut self.rng));
        if self.one_in(4) {
            self.tell(format!("order {at}, tapped twice"));
            for outcome in join_all([self.place(at), self.place(at)]).await {
                self.hear(outcome).await;
            }
        } else {
            self.begin(&format!("order {at}"), self.place(at)).await;
        }
    }

    async fn order_again(&mut self) {
        if let Some(at) = self.any_wish() {
            self.begin(&format!("order {at} again"), self.place(at)).await;
        }
    }

    fn any_wish(&mut self) -> Option<usize> {
        (!self.wishes.is_empty()).then(|| self.rng.random_range(0..self.wishes.len()))
    }

    /// An order that some diner knows of: which wish, its id, its token.
    fn any_order(&mut self) -> Option<(usize, OrderId, String)> {
        let known = self.wishes.iter().enumerate();
        let known: Vec<_> = known.filter_map(|(at, wish)| Some((at, wish.told.clone()?))).collect();
        known.choose(&mut self.rng).map(|(at, told)| (*at, told.id, told.token.clone()))
    }

    /// A new attempt to pay, or an earlier request once more.
    async fn start_paying(&mut self) {
        let Some((at, _, token)) = self.any_order() else { return };
        let again = self.one_in(3);
        let wish = &mut self.wishes[at];
        let which = wish.request(&token, again.then_some(&mut self.rng));
        let new = NewPayment { provider: PROVIDER };
        let key = Key::new(format!("order:{token}"), format!("pay-{which}"), &new).unwrap();
        let app = Arc::clone(&self.world.app);
        let work = async move { Outcome::Page(at, which, payment::start(&app, &token, key, new).await) };
        self.begin(&format!("pay {at}, request {which}"), work.boxed()).await;
    }

    /// A page that some diner was shown.
    fn any_page(&mut self) -> Option<PaymentId> {
        let pages = self.wishes.iter().flat_map(|wish| wish.requests.iter().filter_map(|request| request.page));
        let pages: Vec<_> = pages.collect();
        pages.choose(&mut self.rng).copied()
    }

    fn pay_on_page(&mut self) {
        if let Some(page) = self.any_page() {
            let standing = self.world.company.pay(page);
            self.tell(format!("at the company: {page} is {standing:?}"));
        }
    }

    /// A notification, true or not, once or twice.
    async fn notify(&mut self) {
        let page = self.any_page();
        let body = match page.filter(|_| !self.one_in(5)) {
            Some(page) => format!("about {page}"),
            None if self.one_in(2) => format!("about {}", crate::fixture::NO_PAYMENT),
            None => "forged".into(),
        };
        let times = if self.one_in(3) { 2 } else { 1 };
        for _ in 0..times {
            let Ok(hint) = self.world.company.parse_notification(&|_| None, body.as_bytes()) else { return };
            let (app, body) = (Arc::clone(&self.world.app), body.clone());
            let name = format!("notification {body}");
            let work =
                async move { Outcome::Done(reconcile::notified(&app, (PROVIDER, ACCOUNT), hint.payment, body).await) };
            self.begin(&name, work.boxed()).await;
        }
    }

    /// The timer takes what is due; each call is an operation of its own.
    async fn round(&mut self) {
        let app = Arc::clone(&self.world.app);
        let work = async move {
            let free = vec![(ACCOUNT, 9)];
            match (reconcile::due(&app, free.clone()).await, refund::due(&app, free).await) {
                (Ok(payments), Ok(refunds)) => {
                    Outcome::Due(payments, refunds.into_iter().map(|(_, refund)| refund).collect())
                }
                (Err(error), _) | (_, Err(error)) => Outcome::Done(Err(error)),
            }
        };
        self.begin("round", work.boxed()).await;
    }

    async fn work(&mut self, payments: Vec<store::payment::Payment>, refunds: Vec<store::refund::Refund>) {
        for payment in payments {
            let (app, name) = (Arc::clone(&self.world.app), format!("ask {}", payment.id));
            let work = async move { Outcome::Done(reconcile::ask(&app, payment).await) }.boxed();
            self.tell(name.as_str());
            Box::pin(self.advance(name, work)).await;
        }
        for refund in refunds {
            let (app, name) = (Arc::clone(&self.world.app), format!("give back {}", refund.id));
            let work = async move { Outcome::Done(refund::send(&app, refund).await) }.boxed();
            self.tell(name.as_str());
            Box::pin(self.advance(name, work)).await;
        }
    }

    async fn end_overdue(&mut self) {
        let app = Arc::clone(&self.world.app);
        let work = async move { Outcome::Done(reconcile::end_overdue_orders(&app, 9).await.map(drop)) };
        self.begin("end overdue orders", work.boxed()).await;
    }

    fn act(&self, order: OrderId, act: kitchen::Act) -> BoxFuture<'static, Outcome> {
        let app = Arc::clone(&self.world.app);
        let target = kitchen::Target { facility: self.world.town.shop.id, order, account: STAFF };
        async move { Outcome::Done(kitchen::act(&app, target, act).await.map(drop)) }.boxed()
    }

    fn refuse(&mut self) -> kitchen::Act {
        let reason = *RefusalReason::ALL.choose(&mut self.rng).unwrap();
        let sold_out = if self.one_in(2) { vec![self.world.town.shop.noodles.id] } else { Vec::new() };
        kitchen::Act::Refuse(Refuse { reason, text: Some("すみません".into()), sold_out })
    }

    /// What a kitchen does all day: the next step of an order that waits for one.
    async fn cook(&mut self) {
        let next = |(at, wish): (usize, &Wish)| {
            let id = wish.told.as_ref()?.id;
            let act = match self.books.orders.get(&id.to_string())?.state {
                OrderState::Submitted => kitchen::Act::Accept(Accept { minutes: Some(15) }),
                OrderState::Accepted => kitchen::Act::Move(Move { to: OrderState::Preparing }),
                OrderState::Preparing => kitchen::Act::Move(Move { to: OrderState::Ready }),
                OrderState::Ready => kitchen::Act::Move(Move { to: OrderState::Completed }),
                _ => return None,
            };
            Some((at, id, act))
        };
        let mut waiting: Vec<_> = self.wishes.iter().enumerate().filter_map(next).collect();
        if waiting.is_empty() {
            return;
        }
        let (at, id, act) = waiting.swap_remove(self.rng.random_range(0..waiting.len()));
        self.begin(&format!("{act:?} order {at}, as it should be"), self.act(id, act)).await;
    }

    /// Somebody presses anything.
    async fn kitchen(&mut self) {
        let Some((at, id, _)) = self.any_order() else { return };
        let act = match self.rng.random_range(0..9) {
            0..4 => kitchen::Act::Accept(Accept { minutes: None }),
            4 => self.refuse(),
            5 => kitchen::Act::Promise(Promise { minutes: 20 }),
            6 => kitchen::Act::Move(Move { to: OrderState::Preparing }),
            7 => kitchen::Act::Move(Move { to: OrderState::Ready }),
            _ => kitchen::Act::Move(Move { to: OrderState::Completed }),
        };
        self.begin(&format!("{act:?} order {at}"), self.act(id, act)).await;
    }

    fn cancel_work(&self, at: usize, token: String) -> BoxFuture<'static, Outcome> {
        let (app, device) = (Arc::clone(&self.world.app), self.wishes[at].device.clone());
        async move { Outcome::Done(order::cancel(&app, &token, &device).await.map(drop)) }.boxed()
    }

    async fn cancel(&mut self) {
        if let Some((at, _, token)) = self.any_order() {
            self.begin(&format!("cancel order {at}"), self.cancel_work(at, token)).await;
        }
    }

    /// Diner and shop decide at the same moment: their transactions share a commit, in any order.
    async fn race(&mut self) {
        let Some((at, id, token)) = self.any_order() else { return };
        let mut works =
            vec![self.cancel_work(at, token), self.act(id, kitchen::Act::Accept(Accept { minutes: Some(10) }))];
        let refuse = self.refuse();
        works.push(self.act(id, refuse));
        let first = self.rng.random_range(0..works.len());
        works.rotate_left(first);
        self.tell(format!("race for order {at}, {first} first"));
        for outcome in join_all(works).await {
            self.hear(outcome).await;
        }
    }

    fn any_stopped(&mut self) -> Option<Stopped> {
        let many = self.stopped.len();
        (many > 0).then(|| self.stopped.swap_remove(self.rng.random_range(0..many)))
    }

    async fn go_on(&mut self) {
        if let Some(Stopped { name, work, go }) = self.any_stopped() {
            self.tell(format!("on with: {name}"));
            let _ = go.send(());
            self.advance(name, work).await;
        }
    }

    async fn go_away(&mut self) {
        if let Some(Stopped { name, .. }) = self.any_stopped() {
            self.tell(format!("given up: {name}"));
        }
    }

    /// The process dies with all that is under way.
    async fn die(&mut self) {
        self.tell("the process dies");
        self.stopped.clear();
        self.world.die_and_rise().await;
    }

    fn time_goes_by(&mut self) {
        let ms = match self.rng.random_range(0..24) {
            0..12 => self.rng.random_range(0..5 * SECOND),
            12..20 => self.rng.random_range(0..3 * MINUTE),
            20..22 => self.rng.random_range(5 * MINUTE..40 * MINUTE),
            22 => -self.rng.random_range(0..2 * MINUTE),
            // A call never takes a day.
            _ if self.stopped.is_empty() => 26 * HOUR,
            _ => 0,
        };
        self.tell(format!("{ms} ms go by"));
        self.world.clock.advance(ms);
    }

    async fn sell_out(&mut self) {
        let shop = &self.world.town.shop;
        let target = stock::Target { facility: shop.id, item: shop.noodles.id, account: STAFF };
        let sold_out = self.one_in(2);
        let change = stock::Change::Stock(SetItemStock { sold_out: Some(sold_out), minutes: None, count: None });
        let app = Arc::clone(&self.world.app);
        let work = async move { Outcome::Done(stock::change(&app, target, change).await.map(drop)) };
        self.begin(&format!("noodles sold out: {sold_out}"), work.boxed()).await;
    }

    async fn open_or_close(&mut self) {
        let (app, shop, open) = (Arc::clone(&self.world.app), self.world.town.shop.id, !self.one_in(4));
        let work = async move { Outcome::Done(board::set_open(&app, shop, STAFF, open).await.map(drop)) };
        self.begin(&format!("open: {open}"), work.boxed()).await;
    }

    /// The company comes to reason, calls end or died, time runs out: then nothing may be left.
    async fn run_out(&mut self) {
        self.tell("everything runs out");
        self.world.company.come_to_reason();
        if self.one_in(2) {
            self.die().await;
        }
        while !self.stopped.is_empty() {
            self.go_on().await;
        }
        self.check().await;
        for ms in [20 * MINUTE, 40 * MINUTE, 2 * HOUR, 30 * HOUR, 2 * HOUR] {
            self.world.clock.advance(ms);
            let mut rounds = 0;
            while jobs::round(&self.world.app).await.unwrap() {
                rounds += 1;
                assert!(rounds < 200, "the timer never comes to rest");
            }
            self.check().await;
        }
        books::at_rest(&self.world.app).await;
        self.books.check_end(&self.world.company);
        books::settled(&self.world.app, &self.world.town, &self.world.company).await;
    }
}

/// The company that the shop has an account at.
const PROVIDER: ProviderName = ProviderName::Paypay;
const ACCOUNT: AccountKey = AccountKey::Settings(PROVIDER);
/// Whoever acts for the shop.
const STAFF: AccountId = AccountId::from_uuid(0x019a_ab00_0000_7000_8000_0000_dead_0004);
