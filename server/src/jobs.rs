//! The timer: asks providers, sends refunds, tells webhooks, ends overdue orders, forgets what is over. Every job can be
//! run again, so that a crash costs nothing but a minute; calls are leased, so that several servers can run it.

use crate::domain::{reconcile, refund, retention};
use crate::error::Error;
use crate::events::{deliver, outbox};
use crate::state::App;
use okini_shared::time::HOUR;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Calls to providers that may be under way at once.
const CALLS: usize = 64;
/// Messages to webhooks that may be on their way at once; apart from the calls, since nobody knows their receivers.
const MESSAGES: usize = 256;
/// Facts made into messages in one transaction.
const FACTS: i64 = 200;
/// Overdue orders ended in one round.
const ORDERS: i64 = 200;

/// Runs the timer until told to stop. A hanging provider delays neither the other calls nor the orders.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let places = Places::default();
    let tick = Duration::from_millis(app.config.jobs.tick_ms.max(10));
    let mut next_prune = app.clock.now();
    while !*stop.borrow() {
        let mut started = JoinSet::new();
        report("calls", start_calls(&app, &places, &mut started).await);
        // They go on by themselves; each holds its permit until it ends.
        started.detach_all();
        report("orders", reconcile::end_overdue_orders(&app, ORDERS).await.map(drop));
        if app.clock.now() >= next_prune {
            let forgot = retention::forget(&app).await;
            // A step at each tick until nothing is left, then every hour.
            if !matches!(forgot, Ok(true)) {
                next_prune = app.clock.now().plus(HOUR);
            }
            report("retention", forgot.map(drop));
        }
        tokio::select! {
            () = tokio::time::sleep(tick) => {}
            _ = stop.changed() => {}
        }
    }
}

/// One round of everything, to the end: for tests with a clock of their own. True when there was something to do.
pub async fn round(app: &Arc<App>) -> Result<bool, Error> {
    let mut started = JoinSet::new();
    start_calls(app, &Places::default(), &mut started).await?;
    let had_calls = !started.is_empty();
    started.join_all().await;
    let ended = reconcile::end_overdue_orders(app, ORDERS).await?;
    let more = retention::forget(app).await?;
    Ok(had_calls || ended > 0 || more)
}

/// Places for what is under way.
struct Places {
    calls: Arc<Semaphore>,
    messages: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        Self { calls: Arc::new(Semaphore::new(CALLS)), messages: Arc::new(Semaphore::new(MESSAGES)) }
    }
}

fn free(places: &Semaphore) -> i64 {
    i64::try_from(places.available_permits()).unwrap_or_default()
}

async fn start_calls(app: &Arc<App>, places: &Places, started: &mut JoinSet<()>) -> Result<(), Error> {
    let calls = &places.calls;
    for payment in reconcile::due(app, free(calls)).await? {
        let (app, id) = (Arc::clone(app), payment.id);
        spawn(started, calls, async move {
            if let Err(error) = reconcile::ask(&app, payment).await {
                tracing::error!(payment = %id, %error, "a payment could not be asked about");
            }
        });
    }
    for refund in refund::due(app, free(calls)).await? {
        let (app, id) = (Arc::clone(app), refund.id);
        spawn(started, calls, async move {
            if let Err(error) = refund::send(&app, refund).await {
                tracing::error!(refund = %id, %error, "a refund could not be worked on");
            }
        });
    }
    start_messages(app, &places.messages, started).await
}

async fn start_messages(app: &Arc<App>, places: &Arc<Semaphore>, started: &mut JoinSet<()>) -> Result<(), Error> {
    outbox::relay(app, FACTS).await?;
    for (webhook, delivery) in deliver::due(app, free(places)).await? {
        let (app, id) = (Arc::clone(app), delivery.id);
        spawn(started, places, async move {
            if let Err(error) = deliver::send(&app, webhook, delivery).await {
                tracing::error!(delivery = %id, %error, "a message could not be sent");
            }
        });
    }
    Ok(())
}

fn spawn(started: &mut JoinSet<()>, calls: &Arc<Semaphore>, work: impl Future<Output = ()> + Send + 'static) {
    let permit = Arc::clone(calls).try_acquire_owned();
    started.spawn(async move {
        work.await;
        drop(permit);
    });
}

fn report(job: &str, result: Result<(), Error>) {
    if let Err(error) = result {
        tracing::error!(job, %error, "a job failed and will be tried again");
    }
}
