//! What a consortium's officers see of all its facilities. What they do at one of them is the shop's own (`redress`).

use crate::error::Error;
use crate::state::App;
use crate::store;
use okini_shared::api::consortium::{AccountEntry, Accounts, FacilityEntry, FacilityPage};
use okini_shared::id::{ConsortiumId, FacilityId};
use okini_shared::problem::{Code, Problem};

/// Facilities on a page.
const PAGE: i64 = 100;

/// The facilities that a consortium registered, the latest first.
pub async fn facilities(app: &App, consortium: ConsortiumId, after: Option<&str>) -> Result<FacilityPage, Error> {
    let before = match after {
        None => FacilityId::from_uuid(u128::MAX),
        Some(text) => {
            text.parse().map_err(|_| Problem::new(Code::InvalidRequest).detail("`after` is not a cursor of ours"))?
        }
    };
    let rows = store::consortium::facilities(&mut *app.db.read().await?, consortium, before, PAGE).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n == PAGE);
    let next = rows.last().filter(|_| full).map(|last| last.facility.id.to_string());
    let entry = |row: store::consortium::Listed| FacilityEntry {
        id: row.facility.id,
        code: row.code.unwrap_or_default(),
        name: row.facility.name.shop().clone(),
        municipality: row.facility.municipality,
        state: row.facility.state,
        taking_orders: row.facility.taking_orders,
        closed_by_silence: row.facility.closed_by_silence,
        concerns: row.concerns,
    };
    Ok(FacilityPage { facilities: rows.into_iter().map(entry).collect(), next })
}

/// The accounts that its facilities are paid through, as this process knows them.
pub async fn accounts(app: &App, consortium: ConsortiumId) -> Result<Accounts, Error> {
    let used = store::provider_account::used_by(&mut *app.db.read().await?, consortium).await?;
    let entry = |used: store::provider_account::Used| AccountEntry {
        account: used.key.to_string(),
        provider: used.provider,
        open: app.providers.is_open(used.key),
        up: app.providers.is_up(used.key),
        facilities: used.facilities,
        unknown: used.unknown,
    };
    Ok(Accounts { accounts: used.into_iter().map(entry).collect() })
}
