//! Sealing everything anew under the present key, after the sealing key was changed. What is sealed where is told by
//! `store::sealed`.

use crate::error::Error;
use crate::state::App;
use crate::store::sealed::{self, Sealed};
use std::sync::Arc;

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Secrets that are under the present key now and were not before.
    pub resealed: usize,
    /// Secrets that were under it already.
    pub present: usize,
    /// Places of secrets that none of the keys opens.
    pub broken: Vec<String>,
}

/// Seals what another key sealed anew, each secret in a transaction of its own: cut off, it goes on where it was.
pub async fn all(app: &Arc<App>) -> Result<Resealed, Error> {
    let mut done = Resealed::default();
    for place in sealed::FIELDS {
        let mut after = String::new();
        loop {
            let page = sealed::page(&mut *app.db.read().await?, place, &after).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.id);
            for one in page {
                reseal(app, one, &mut done).await?;
            }
        }
    }
    Ok(done)
}

async fn reseal(app: &Arc<App>, one: Sealed, done: &mut Resealed) -> Result<(), Error> {
    let place = (one.id.as_str(), one.field);
    let Ok(secret) = app.sealer.open(place, &one.text) else {
        done.broken.push(format!("{}/{}", one.id, one.field));
        return Ok(());
    };
    if app.sealer.is_present(&one.text) {
        done.present += 1;
        return Ok(());
    }
    let text = app.sealer.seal(&app.ids, place, &secret)?;
    let replaced = app.db.write((one, text), |tx, (one, text)| {
        Box::pin(async move { Ok(sealed::replace(tx.conn(), one, text).await?) })
    });
    // Somebody who changed it meanwhile sealed it himself.
    done.resealed += usize::from(replaced.await? == 1);
    Ok(())
}
