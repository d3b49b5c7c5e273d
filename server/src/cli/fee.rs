//! What payment companies take: `okini fee set`, with the rates that are known afterwards in plain words on stdout. What a
//! rate may be is in `domain::settlement`.

use super::{Place, print_line};
use crate::clock::Clock;
use crate::domain::settlement;
use crate::error::Error;
use crate::events::stream::Hub;
use crate::store::fee::FeeRate;
use crate::store::{Db, consortium, look};
use clap::Args;
use okini_shared::day::Day;
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::settlement::Exact;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Set {
    /// The consortium's code.
    #[arg(long)]
    consortium: String,
    /// The payment company: paypay, hosted, komoju or stripe.
    #[arg(long, value_parser = provider)]
    provider: ProviderName,
    /// The fee without tax, in hundredths of a percent: 198 is 1.98 %.
    #[arg(long)]
    basis_points: i64,
    /// The first day in Japan on which it applies, as 2026-12-01; from now on if left out.
    #[arg(long)]
    from: Option<Day>,
    #[command(flatten)]
    place: Place,
}

fn provider(name: &str) -> Result<ProviderName, String> {
    ProviderName::from_name(name).ok_or_else(|| "not a payment company that we know".to_owned())
}

pub(super) async fn set(asked: Set) -> Result<ExitCode, Error> {
    let url = asked.place.settings()?.database.url;
    let mut conn = look::open(&url).await?;
    if let Some(trouble) = look::schema(&mut conn).await?.trouble() {
        return Err(Error::unexpected(format!("the database cannot be changed: {trouble}")));
    }
    let unknown = || Error::unexpected(format!("there is no consortium {:?}", asked.consortium));
    let consortium = consortium::by_code(&mut conn, &asked.consortium).await?.ok_or_else(unknown)?;
    drop(conn);
    let now = Clock::System.now();
    let valid_from = asked.from.map_or(now, Day::begins);
    let rate = FeeRate { consortium, provider: asked.provider, basis_points: asked.basis_points, valid_from };
    let db = Db::open(&url, Hub::default()).await?;
    let added = settlement::add_rate(&db, rate, now).await;
    db.close().await;
    for rate in added? {
        let percent = Exact::new(rate.basis_points.saturating_mul(100));
        let at = rate.valid_from.in_japan();
        print_line(&format!("{} from {} {}: {percent} %", rate.provider.name(), Day::of(rate.valid_from), at.clock()))?;
    }
    Ok(ExitCode::SUCCESS)
}
