//! Wakes between servers on one PostgreSQL. Told after the commit, many together, on a connection of their own: a
//! notification inside a transaction would make all commits wait for each other. The only file that needs PostgreSQL's own driver.

use crate::clock::{Clock, Ids};
use crate::error::Error;
use crate::events::stream::{Hub, Wake};
use sqlx::postgres::{PgConnection, PgListener};
use sqlx::{Connection as _, Executor as _};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const CHANNEL: &str = "okini";
/// Wakes in one notification; PostgreSQL takes 8000 bytes.
const TOGETHER: usize = 64;
/// Pause before trying again when the engine cannot be reached.
const PAUSE: Duration = Duration::from_secs(1);

/// The way to the other servers.
#[derive(Clone)]
pub(super) struct Teller(UnboundedSender<Wake>);

impl Teller {
    /// Tells all other servers, soon.
    pub(super) fn tell(&self, wakes: &[Wake]) {
        for wake in wakes {
            // Nobody takes them only when the server ends.
            let _ = self.0.send(*wake);
        }
    }
}

/// Listens until the hub is closed, and tells. A broken connection is made again, and everybody told to read anew; so is
/// everybody when a server starts, since its last words may have been lost when it ended.
pub(super) async fn start(url: &str, hub: Hub) -> Result<Teller, Error> {
    let me = Ids::system(Clock::System).token();
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    let (sender, wakes) = unbounded_channel();
    let teller = Teller(sender);
    teller.tell(&[Wake::Everything]);
    tokio::spawn(tell(url.to_owned(), me.clone(), wakes));
    tokio::spawn(async move {
        while hub.is_open() {
            match listener.try_recv().await {
                Ok(Some(told)) => match told.payload().split_once('\n') {
                    Some((who, _)) if who == me => {}
                    Some((_, wakes)) => hub.send_all(wakes.lines().filter_map(|wake| wake.parse().ok()).collect()),
                    None => {}
                },
                Ok(None) => hub.send_all(vec![Wake::Everything]),
                Err(error) => {
                    tracing::warn!(%error, "not listening to other servers");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    });
    Ok(teller)
}

async fn tell(url: String, me: String, mut wakes: UnboundedReceiver<Wake>) {
    let mut conn = None;
    while let Some(first) = wakes.recv().await {
        let mut payload = format!("{me}\n{first}");
        for _ in 1..TOGETHER {
            let Ok(next) = wakes.try_recv() else { break };
            payload = format!("{payload}\n{next}");
        }
        while let Err(error) = send(&mut conn, &url, &payload).await {
            tracing::warn!(%error, "not telling other servers");
            conn = None;
            // Who knows what of it arrived.
            payload = format!("{me}\n{}", Wake::Everything);
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn send(conn: &mut Option<PgConnection>, url: &str, payload: &str) -> Result<(), sqlx::Error> {
    let conn = match conn {
        Some(conn) => conn,
        None => conn.insert(PgConnection::connect(url).await?),
    };
    conn.execute(sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(payload)).await?;
    Ok(())
}
