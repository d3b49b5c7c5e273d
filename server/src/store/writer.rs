//! SQLite's one writer: queued operations share a commit, each in its own savepoint, and are answered after it.
//! While one commit waits for the disk the next batch gathers by itself; that is the whole group commit.

use super::db::{Conn, Operation, Turn, Tx};
use crate::error::Error;
use crate::events::stream::{Hub, Wake};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use okini_shared::problem::Code;
use sqlx::{Connection as _, Executor as _};
use std::panic::AssertUnwindSafe;
use tokio::sync::{mpsc, oneshot};

/// Operations that may share a commit; also bounds how long the first of them waits.
const BATCH: usize = 128;
/// Operations that may wait; beyond it callers wait for a place.
const WAITING: usize = 4_096;

/// The way to the writer.
#[derive(Clone)]
pub(super) struct Queue(mpsc::Sender<Message>);

enum Message {
    Run(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

/// An operation with its argument, its result and the one who waits for it.
trait Job: Send {
    /// Runs inside a savepoint; false when the savepoint is to be rolled back.
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, bool>;
    /// Tells listeners and answers the caller, who then finds everybody told.
    fn finish(self: Box<Self>, commit: Result<(), Error>, hub: &Hub);
}

struct Pending<A, T, F> {
    argument: A,
    operation: F,
    result: Option<Result<T, Error>>,
    wakes: Vec<Wake>,
    caller: oneshot::Sender<Result<T, Error>>,
}

impl<A, T, F> Job for Pending<A, T, F>
where
    A: Send + Sync,
    T: Send,
    F: Operation<A, T>,
{
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let mut tx = Tx::new(conn, Turn::Alone);
            // A bug in one operation must not end writing for all: its savepoint is rolled back and the writer goes on.
            let result = AssertUnwindSafe((self.operation)(&mut tx, &self.argument)).catch_unwind().await;
            let result = result.unwrap_or_else(|_| Err(Error::unexpected("an operation panicked")));
            let keep = result.is_ok();
            if keep {
                self.wakes = tx.into_wakes();
            }
            self.result = Some(result);
            keep
        })
    }

    fn finish(self: Box<Self>, commit: Result<(), Error>, hub: &Hub) {
        let this = *self;
        let result = match (commit, this.result) {
            (_, Some(Err(error))) => Err(error),
            (Err(error), _) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Ok(()), None) => Err(Code::StorageUnavailable.into()),
        };
        if result.is_ok() {
            hub.send_all(this.wakes);
        }
        // A caller that went away does not undo what is committed.
        let _ = this.caller.send(result);
    }
}

impl Queue {
    pub(super) async fn submit<A, T, F>(&self, argument: A, operation: F) -> Result<T, Error>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: Operation<A, T>,
    {
        let (caller, answer) = oneshot::channel();
        let job = Pending { argument, operation, result: None, wakes: Vec::new(), caller };
        let closed = |_| Error::from(Code::StorageUnavailable);
        self.0.send(Message::Run(Box::new(job))).await.map_err(|_| Error::from(Code::StorageUnavailable))?;
        answer.await.map_err(closed)?
    }

    /// Lets queued operations finish, then ends the writer.
    pub(super) async fn close(&self) {
        let (done, ended) = oneshot::channel();
        if self.0.send(Message::Close(done)).await.is_ok() {
            let _ = ended.await;
        }
    }
}

/// Starts the writer on its own connection.
pub(super) fn start(conn: Conn, hub: Hub) -> Queue {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(work(conn, receiver, hub));
    Queue(sender)
}

async fn work(mut conn: Conn, mut queue: mpsc::Receiver<Message>, hub: Hub) {
    while let Some(message) = queue.recv().await {
        let close = match message {
            Message::Run(job) => batch(&mut conn, job, &mut queue, &hub).await,
            Message::Close(done) => Some(done),
        };
        if let Some(done) = close {
            // Closed to the end, so that the log is folded into the database before the process is gone.
            let _ = conn.close().await;
            let _ = done.send(());
            return;
        }
    }
}

/// Runs one job and all that are waiting by then, commits once, answers all. Returns a request to close, if one came.
async fn batch(
    conn: &mut Conn,
    first: Box<dyn Job>,
    queue: &mut mpsc::Receiver<Message>,
    hub: &Hub,
) -> Option<oneshot::Sender<()>> {
    let mut jobs = Vec::new();
    let mut close = None;
    let mut outcome = conn.execute("BEGIN IMMEDIATE; SAVEPOINT operation").await.map(drop);
    let mut next = Some(first);
    while let Some(mut job) = next.take() {
        if outcome.is_ok() {
            outcome = savepoint(conn, job.as_mut(), jobs.is_empty()).await;
        }
        jobs.push(job);
        if jobs.len() < BATCH {
            match queue.try_recv() {
                Ok(Message::Run(job)) => next = Some(job),
                Ok(Message::Close(done)) => close = Some(done),
                Err(_) => {}
            }
        }
    }
    let committed = match outcome {
        Ok(()) => conn.execute("COMMIT").await.map(drop),
        Err(error) => Err(error),
    };
    if committed.is_err() {
        // Nothing of the batch is kept; every caller is told so and may try again with the same key.
        let _ = conn.execute("ROLLBACK").await;
    }
    let committed = committed.map_err(|error| {
        // Whatever the engine said: not about any one of these operations.
        tracing::error!(%error, "a batch could not be committed");
        Error::from(Code::StorageUnavailable)
    });
    for job in jobs {
        job.finish(committed.clone(), hub);
    }
    close
}

/// The savepoint of the first operation is there already, that of the last one ends with the commit: a statement less each.
async fn savepoint(conn: &mut Conn, job: &mut dyn Job, first: bool) -> Result<(), sqlx::Error> {
    if !first {
        conn.execute("RELEASE operation; SAVEPOINT operation").await?;
    }
    if !job.run(conn).await {
        conn.execute("ROLLBACK TO operation").await?;
    }
    Ok(())
}
