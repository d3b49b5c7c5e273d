//! The same SQL without a server: the statements of one paid order, in the same transactions and on the same engine, by the
//! store's own functions. On SQLite as many orders share each commit as there are clients, each in its savepoint, on one
//! connection: the largest group that so many clients could ever form. On PostgreSQL each is a transaction on a pool.

use crate::figures::Cell;
use crate::machine::Watch;
use crate::plan::Plan;
use crate::site::Place;
use okini_server::clock::{Clock, Ids};
use okini_server::store::bill::Bill;
use okini_server::store::event::NewEvent;
use okini_server::store::notification::Received;
use okini_server::store::order::{Line, Order};
use okini_server::store::payment::Payment;
use okini_server::store::register::Facility;
use okini_server::store::{self, Conn};
use okini_shared::api::order as api;
use okini_shared::id::{BillId, EventId, FacilityId, LineId, NotificationId, OrderId, PaymentId};
use okini_shared::money::Yen;
use okini_shared::rules::order::OrderState;
use okini_shared::rules::payment::{AccountKey, PaymentState, ProviderName};
use okini_shared::rules::tax::{Place as Taken, Rate};
use okini_shared::time::{DAY, MINUTE, Millis};
use serde_json::{Value, json};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyPool, Executor as _};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const PAYPAY: AccountKey = AccountKey::Settings(ProviderName::Paypay);

/// A database with the demo programme and what is put into it.
pub struct Bare {
    place: Option<Place>,
    pool: AnyPool,
    sqlite: bool,
    till: Arc<Till>,
    /// As many threads as the server has.
    runtime: Option<Runtime>,
}

/// What all orders have in common.
struct Till {
    ids: Ids,
    shops: Vec<Shop>,
    sample: api::Order,
    answer: String,
}

/// A facility and three of its dishes.
struct Shop {
    facility: FacilityId,
    day_starts_at: i64,
    lines: Vec<store::menu::Item>,
    rate: Rate,
}

/// An order under way.
struct Flow {
    shop: usize,
    order: Order,
    payment: Payment,
    keys: [String; 2],
}

/// The transactions of a paid order, in turn.
#[derive(Clone, Copy)]
enum Stage {
    Place,
    Intend,
    Opened,
    Notified,
    Leased,
    Applied,
}

const STAGES: [Stage; 6] = [Stage::Place, Stage::Intend, Stage::Opened, Stage::Notified, Stage::Leased, Stage::Applied];

type Result = std::result::Result<(), sqlx::Error>;

fn now() -> Millis {
    Clock::System.now()
}

impl Till {
    async fn open(conn: &mut Conn, sample: &Value) -> Self {
        let mut shops = Vec::new();
        for (id, _, _) in store::register::first_codes(conn, 32).await.unwrap() {
            let Facility { day_starts_at, .. } = store::register::facility(conn, id).await.unwrap().unwrap();
            let mut rows = store::menu::load(conn, id).await.unwrap();
            rows.items.truncate(3);
            let rate = rows.rates.remove(0);
            shops.push(Shop { facility: id, day_starts_at, lines: rows.items, rate });
        }
        let answer = sample.to_string();
        let sample = serde_json::from_value(sample.clone()).unwrap();
        Self { ids: Ids::system(Clock::System), shops, sample, answer }
    }

    fn flow(&self, index: usize) -> Flow {
        let (shop, ids, sample) = (index % self.shops.len(), &self.ids, &self.sample);
        let facility = self.shops[shop].facility;
        let order = Order {
            id: OrderId::from_uuid(ids.uuid()),
            facility,
            device: ids.secret(),
            token: ids.token(),
            number: None,
            seat: None,
            seat_label: None,
            state: OrderState::AwaitingPayment,
            version: 1,
            lang: okini_shared::text::Lang::Ja,
            note: None,
            alcohol: false,
            discount: Yen::ZERO,
            total: sample.total,
            taxes: sample.taxes.clone(),
            placed_at: now(),
            submitted_at: None,
            answer_by: None,
            accepted_at: None,
            promised_at: None,
            ready_at: None,
            closed_at: None,
            refusal: None,
            due_at: Some(now().plus(MINUTE)),
        };
        let payment = Payment {
            id: PaymentId::from_uuid(ids.uuid()),
            bill: BillId::from_uuid(ids.uuid()),
            order: order.id,
            facility,
            provider: ProviderName::Paypay,
            account: PAYPAY,
            merchant: None,
            amount: sample.total,
            state: PaymentState::Created,
            url: None,
            provider_ref: None,
            provider_payment_id: None,
            expires_at: None,
            created_at: now(),
            settled_at: None,
            ask_at: Some(now().plus(MINUTE)),
            asked_at: None,
            asked: 0,
            remark: None,
            received: None,
            currency: None,
            given_back: Yen::ZERO,
        };
        Flow { shop, order, payment, keys: [ids.token(), ids.token()] }
    }

    async fn stage(&self, stage: Stage, conn: &mut Conn, flow: &mut Flow) -> Result {
        match stage {
            Stage::Place => self.place(conn, flow).await,
            Stage::Intend => self.intend(conn, flow).await,
            Stage::Opened => self.opened(conn, flow).await,
            Stage::Notified => self.notified(conn, flow).await,
            Stage::Leased => store::payment::lease(conn, PAYPAY, (now(), now().plus(MINUTE)), 1).await.map(drop),
            Stage::Applied => self.applied(conn, flow).await,
        }
    }

    async fn take(&self, conn: &mut Conn, flow: &Flow, owner: &str, key: usize) -> Result {
        let key = &flow.keys[key];
        store::idempotency::take(conn, (owner, key), &flow.order.device, now(), now().plus(DAY)).await?;
        Ok(())
    }

    async fn fact(&self, conn: &mut Conn, flow: &Flow, kind: &str, payload: Value) -> Result {
        let event = NewEvent {
            id: EventId::from_uuid(self.ids.uuid()),
            kind,
            of: flow.order.facility.into(),
            subject: flow.order.id.to_string(),
            actor: "system".to_owned(),
            payload: payload.to_string(),
            created_at: now(),
        };
        store::event::insert(conn, &event).await
    }

    async fn place(&self, conn: &mut Conn, flow: &Flow) -> Result {
        let (shop, order) = (&self.shops[flow.shop], &flow.order);
        let owner = format!("device:{}", order.device);
        self.take(conn, flow, &owner, 0).await?;
        store::register::standing(conn, shop.facility).await?;
        store::order::insert(conn, order).await?;
        for (position, item) in (0..).zip(&shop.lines) {
            let line = Line {
                id: LineId::from_uuid(self.ids.uuid()),
                item: item.id,
                name: item.name.clone(),
                options: Vec::new(),
                place: Taken::EatIn,
                quantity: 1,
                unit: item.price,
                amount: item.price,
                discount: Yen::ZERO,
                rate: shop.rate,
                picture: item.picture.clone(),
                counted: false,
            };
            store::order::insert_line(conn, order, &line, position).await?;
        }
        let bill = Bill {
            id: flow.payment.bill,
            order: order.id,
            facility: order.facility,
            amount: order.total,
            paid_by: None,
            open: true,
        };
        store::bill::insert(conn, &bill, now()).await?;
        let payload = json!({"total": order.total, "adult": false, "places": ["eat_in", "eat_in", "eat_in"]});
        self.fact(conn, flow, "order.placed", payload).await?;
        store::idempotency::answer(conn, &owner, &flow.keys[0], &self.answer).await
    }

    async fn intend(&self, conn: &mut Conn, flow: &Flow) -> Result {
        let owner = format!("order:{}", flow.order.token);
        store::order::by_token(conn, &flow.order.token).await?;
        self.take(conn, flow, &owner, 1).await?;
        store::bill::of_order(conn, flow.order.id).await?;
        store::payment::of_order(conn, flow.order.id).await?;
        store::register::accounts(conn, flow.order.facility).await?;
        store::payment::insert(conn, &flow.payment).await?;
        store::register::name(conn, flow.order.facility).await?;
        store::idempotency::answer(conn, &owner, &flow.keys[1], &flow.payment.id.to_string()).await
    }

    async fn opened(&self, conn: &mut Conn, flow: &mut Flow) -> Result {
        let payment = &mut flow.payment;
        store::payment::by_id(conn, payment.id).await?;
        payment.state = PaymentState::Redirected;
        payment.url = Some(format!("https://qr-stg.paypay.ne.jp/{}", payment.id));
        payment.provider_ref = Some(payment.id.to_string());
        payment.expires_at = Some(now().plus(5 * MINUTE));
        store::payment::update(conn, payment, PaymentState::Created).await?;
        self.paid_fact(conn, flow, "payment.redirected").await
    }

    async fn paid_fact(&self, conn: &mut Conn, flow: &Flow, kind: &str) -> Result {
        let payload = json!({"order": flow.order.id, "amount": flow.order.total, "remark": null});
        self.fact(conn, flow, kind, payload).await
    }

    async fn notified(&self, conn: &mut Conn, flow: &Flow) -> Result {
        let received = Received {
            id: NotificationId::from_uuid(self.ids.uuid()),
            provider: ProviderName::Paypay,
            payment: Some(flow.payment.id),
            body: "x".repeat(280),
            received_at: now(),
        };
        store::notification::insert(conn, &received).await?;
        store::payment::ask_soon(conn, PAYPAY, flow.payment.id, received.received_at).await?;
        Ok(())
    }

    async fn applied(&self, conn: &mut Conn, flow: &mut Flow) -> Result {
        let (payment, order) = (&mut flow.payment, &mut flow.order);
        store::payment::by_id(conn, payment.id).await?;
        payment.state = PaymentState::Succeeded;
        payment.settled_at = Some(now());
        payment.ask_at = None;
        store::payment::update(conn, payment, PaymentState::Redirected).await?;
        store::order::by_id(conn, order.id).await?;
        store::bill::pay(conn, payment.bill, Some(payment.id), now()).await?;
        store::register::day_starts_at(conn, order.facility).await?;
        let day = now().business_day(self.shops[flow.shop].day_starts_at);
        order.number = Some(store::order::next_number(conn, order.facility, day).await?);
        order.state = OrderState::Submitted;
        order.submitted_at = Some(now());
        order.due_at = Some(now().plus(MINUTE));
        store::order::update(conn, order).await?;
        self.paid_fact(conn, flow, "payment.succeeded").await?;
        self.fact(conn, flow, "order.submitted", json!({"version": 2, "total": flow.order.total})).await
    }

    /// The diner looks once.
    async fn look(&self, conn: &mut Conn, flow: &Flow) -> Result {
        store::order::by_token(conn, &flow.order.token).await?;
        store::order::lines(conn, flow.order.id).await?;
        store::payment::of_order(conn, flow.order.id).await?;
        store::refund::of_order(conn, flow.order.id).await?;
        Ok(())
    }
}

impl Bare {
    /// A second database with the demo programme.
    pub async fn prepare(plan: &Plan, engine: &str, sample: &Value) -> Self {
        let place = Place::make(plan, engine, "bare").await;
        place.demo().await.stop().await;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (sqlite, url, sample) = (engine == "sqlite", place.database.clone(), sample.clone());
        let opening = runtime.spawn(async move {
            let pool = AnyPoolOptions::new().max_connections(if sqlite { 1 } else { 24 });
            let pool = pool.connect_with(AnyConnectOptions::from_str(&url).unwrap()).await.unwrap();
            let mut conn = pool.acquire().await.unwrap();
            if sqlite {
                let durable = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
                conn.execute(durable).await.unwrap();
            }
            let till = Till::open(&mut conn, &sample).await;
            drop(conn);
            (pool, till)
        });
        let (pool, till) = opening.await.unwrap();
        Self { place: Some(place), pool, sqlite, till: Arc::new(till), runtime: Some(runtime) }
    }

    /// So many at once, for a while.
    pub async fn run(&self, clients: usize, time: Duration) -> Cell {
        let (pool, till, begun) = (self.pool.clone(), Arc::clone(&self.till), Instant::now());
        let watch = Watch::begin(std::process::id());
        let runtime = self.runtime.as_ref().unwrap();
        let working: Vec<_> = if self.sqlite {
            vec![runtime.spawn(async move { groups(&pool, &till, clients, begun, time).await.unwrap() })]
        } else {
            let one = |index| singles(pool.clone(), Arc::clone(&till), index, begun, time);
            (0..clients).map(|index| runtime.spawn(one(index))).collect()
        };
        let mut took = Vec::new();
        for worker in working {
            took.append(&mut worker.await.unwrap());
        }
        watch.end(took, begun.elapsed())
    }

    pub fn remove(mut self) {
        let runtime = self.runtime.take().unwrap();
        runtime.shutdown_background();
        self.place.take().unwrap().remove();
    }
}

/// One connection; a group of orders shares each commit.
async fn groups(
    pool: &AnyPool,
    till: &Till,
    size: usize,
    begun: Instant,
    time: Duration,
) -> std::result::Result<Vec<Duration>, sqlx::Error> {
    let mut conn = pool.acquire().await?;
    let mut took = Vec::new();
    while begun.elapsed() < time {
        let started = Instant::now();
        let mut flows: Vec<Flow> = (0..size).map(|index| till.flow(took.len() + index)).collect();
        for stage in STAGES {
            conn.execute("BEGIN IMMEDIATE; SAVEPOINT operation").await?;
            for (index, flow) in flows.iter_mut().enumerate() {
                if index > 0 {
                    conn.execute("RELEASE operation; SAVEPOINT operation").await?;
                }
                till.stage(stage, &mut conn, flow).await?;
            }
            conn.execute("COMMIT").await?;
        }
        for flow in &flows {
            till.look(&mut conn, flow).await?;
        }
        took.extend(vec![started.elapsed(); size]);
    }
    Ok(took)
}

/// One order after the other, each stage a transaction on the pool.
async fn singles(pool: AnyPool, till: Arc<Till>, first: usize, begun: Instant, time: Duration) -> Vec<Duration> {
    let mut took = Vec::new();
    while begun.elapsed() < time {
        let started = Instant::now();
        let mut flow = till.flow(first + took.len());
        for stage in STAGES {
            let mut transaction = pool.begin().await.unwrap();
            till.stage(stage, &mut transaction, &mut flow).await.unwrap();
            transaction.commit().await.unwrap();
        }
        let mut conn = pool.acquire().await.unwrap();
        till.look(&mut conn, &flow).await.unwrap();
        took.push(started.elapsed());
    }
    took
}
