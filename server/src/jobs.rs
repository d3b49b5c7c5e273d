//! The timer: reads accounts, asks providers, sends refunds, tells webhooks, ends overdue orders, forgets what is over. Every job can be
//! run again, so that a crash costs nothing but a minute; calls are leased, so that several servers can run it.

use crate::domain::{account, reconcile, refund, retention};
use crate::error::Error;
use crate::events::{deliver, outbox};
use crate::state::App;
use okini_shared::rules::payment::AccountKey;
use okini_shared::time::HOUR;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

/// Questions about one account's payments that may be under way at once, and its refunds: each has its own places, so that a
/// company that hangs stops neither the others nor its own refunds.
const QUESTIONS: usize = 64;
const REFUNDS: usize = 16;
/// Messages to webhooks that may be on their way at once; apart from the calls, since nobody knows their receivers.
const MESSAGES: usize = 256;
/// Facts made into messages in one transaction.
const FACTS: i64 = 200;
/// Overdue orders ended in one round.
const ORDERS: i64 = 200;

/// Runs the timer until told to stop. What panics in it ends a round, not the timer.
pub async fn run(app: Arc<App>, stop: watch::Receiver<bool>) {
    while let Err(error) = tokio::spawn(rounds(Arc::clone(&app), stop.clone())).await {
        tracing::error!(%error, "the timer broke and begins again");
    }
}

/// Round after round. A hanging company delays neither the other calls nor the orders. A notification makes it ask at once.
async fn rounds(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut places = Places::default();
    let mut ticks = tokio::time::interval(Duration::from_millis(app.config.jobs.tick_ms.max(10)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick comes at once; a timer that broke waits for the next.
    ticks.reset();
    let mut next_prune = app.clock.now();
    while !*stop.borrow() {
        let mut started = JoinSet::new();
        tokio::select! {
            () = app.hurry.notified() => {
                report("questions", start_questions(&app, &places, &mut started).await);
                started.detach_all();
                continue;
            }
            _ = ticks.tick() => {}
            _ = stop.changed() => continue,
        }
        for (job, result) in start_all(&app, &mut places, &mut started).await {
            report(job, result);
        }
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
    }
}

/// One round of everything, to the end: for tests with a clock of their own. True when there was something to do.
pub async fn round(app: &Arc<App>) -> Result<bool, Error> {
    let mut started = JoinSet::new();
    for (_, result) in start_all(app, &mut Places::default(), &mut started).await {
        result?;
    }
    let had_calls = !started.is_empty();
    started.join_all().await;
    let ended = reconcile::end_overdue_orders(app, ORDERS).await?;
    let more = retention::forget(app).await?;
    Ok(had_calls || ended > 0 || more)
}

/// Places for what is under way.
struct Places {
    questions: AccountPlaces,
    refunds: AccountPlaces,
    messages: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            questions: AccountPlaces { each: QUESTIONS, taken: BTreeMap::new() },
            refunds: AccountPlaces { each: REFUNDS, taken: BTreeMap::new() },
            messages: Arc::new(Semaphore::new(MESSAGES)),
        }
    }
}

/// As many for each account.
struct AccountPlaces {
    each: usize,
    taken: BTreeMap<AccountKey, Arc<Semaphore>>,
}

impl AccountPlaces {
    /// Every account of now has its own.
    fn grow(&mut self, accounts: &[AccountKey]) {
        for account in accounts {
            self.taken.entry(*account).or_insert_with(|| Arc::new(Semaphore::new(self.each)));
        }
    }

    fn free(&self) -> Vec<(AccountKey, i64)> {
        self.taken.iter().map(|(account, places)| (*account, free(places))).collect()
    }
}

fn free(places: &Semaphore) -> i64 {
    i64::try_from(places.available_permits()).unwrap_or_default()
}

/// Starts what is due; a job that fails does not keep the others from starting.
async fn start_all(
    app: &Arc<App>,
    places: &mut Places,
    started: &mut JoinSet<()>,
) -> Vec<(&'static str, Result<(), Error>)> {
    let accounts = account::refresh(app).await;
    let keys = app.providers.keys();
    places.questions.grow(&keys);
    places.refunds.grow(&keys);
    start_probes(app, &keys, started);
    vec![
        ("accounts", accounts),
        ("questions", start_questions(app, places, started).await),
        ("refunds", start_refunds(app, places, started).await),
        ("messages", start_messages(app, &places.messages, started).await),
    ]
}

/// A company that is down is tried now and then: questions may have ended, since nobody is sent there.
fn start_probes(app: &Arc<App>, keys: &[AccountKey], started: &mut JoinSet<()>) {
    for provider in keys.iter().filter_map(|key| app.providers.get(*key)) {
        if provider.health().is_some_and(|health| health.is_to_be_probed(app.clock.now())) {
            let app = Arc::clone(app);
            started.spawn(async move { reconcile::probe(&app, &*provider).await });
        }
    }
}

async fn start_questions(app: &Arc<App>, places: &Places, started: &mut JoinSet<()>) -> Result<(), Error> {
    for payment in reconcile::due(app, places.questions.free()).await? {
        let Some(questions) = places.questions.taken.get(&payment.account).map(Arc::clone) else { continue };
        let (app, id, permits) = (Arc::clone(app), payment.id, Arc::clone(&questions));
        spawn(started, &permits, async move {
            if let Err(error) = reconcile::ask(&app, payment).await {
                tracing::error!(payment = %id, %error, "a payment could not be asked about");
            }
            // Others may wait for this place.
            if questions.available_permits() == 0 {
                app.hurry.notify_one();
            }
        });
    }
    Ok(())
}

async fn start_refunds(app: &Arc<App>, places: &Places, started: &mut JoinSet<()>) -> Result<(), Error> {
    for (account, refund) in refund::due(app, places.refunds.free()).await? {
        let Some(refunds) = places.refunds.taken.get(&account) else { continue };
        let (app, id) = (Arc::clone(app), refund.id);
        spawn(started, refunds, async move {
            if let Err(error) = refund::send(&app, refund).await {
                tracing::error!(refund = %id, %error, "a refund could not be worked on");
            }
        });
    }
    Ok(())
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
