//! Wakes between servers on one PostgreSQL: told inside the transaction, delivered by the engine after its commit, to this
//! server as to all others. The only file that needs PostgreSQL's own driver.

use super::Conn;
use crate::error::Error;
use crate::events::stream::{Hub, Wake};
use sqlx::postgres::PgListener;
use std::time::Duration;

const CHANNEL: &str = "okini";
/// Pause before listening again when the engine cannot be reached.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells all servers, once the transaction is committed.
pub(super) async fn notify(conn: &mut Conn, wakes: &[Wake]) -> Result<(), sqlx::Error> {
    for wake in wakes {
        sqlx::query("SELECT 1 FROM (SELECT pg_notify($1, $2)) AS told")
            .bind(CHANNEL)
            .bind(wake.to_string())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Listens until the hub is closed; a broken connection is made again, and everybody told to read anew.
pub(super) async fn start(url: &str, hub: Hub) -> Result<(), Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    tokio::spawn(async move {
        while hub.is_open() {
            match listener.try_recv().await {
                Ok(Some(told)) => hub.send_all(told.payload().parse().into_iter().collect()),
                Ok(None) => hub.send_all(vec![Wake::Everything]),
                Err(error) => {
                    tracing::warn!(%error, "not listening to other servers");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    });
    Ok(())
}
