//! The timer: asks providers, sends refunds, ends overdue orders, forgets what is over. Every job is re-runnable and
//! leased, so that several servers can run it and a crash costs nothing but a minute.

use crate::domain::{reconcile, refund, retention};
use crate::error::Error;
use crate::state::App;
use okini_shared::time::HOUR;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Calls to providers that may be under way at once.
const CALLS: usize = 64;
/// Overdue orders ended in one round.
const ORDERS: i64 = 200;

/// Runs the timer until told to stop. A hanging provider delays neither the other calls nor the orders.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let calls = Arc::new(Semaphore::new(CALLS));
    let tick = Duration::from_millis(app.config.jobs.tick_ms.max(10));
    let mut next_prune = app.clock.now();
    while !*stop.borrow() {
        let mut started = JoinSet::new();
        report("calls", start_calls(&app, &calls, &mut started).await);
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
    let calls = Arc::new(Semaphore::new(CALLS));
    let mut started = JoinSet::new();
    start_calls(app, &calls, &mut started).await?;
    let had_calls = !started.is_empty();
    started.join_all().await;
    let ended = reconcile::end_overdue_orders(app, ORDERS).await?;
    let more = retention::forget(app).await?;
    Ok(had_calls || ended > 0 || more)
}

async fn start_calls(app: &Arc<App>, calls: &Arc<Semaphore>, started: &mut JoinSet<()>) -> Result<(), Error> {
    let free = |calls: &Semaphore| i64::try_from(calls.available_permits()).unwrap_or_default();
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
