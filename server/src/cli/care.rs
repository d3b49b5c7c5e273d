//! Looking after a database by hand: `backup`, `restore`, `doctor`, `reconcile`, each with its answer in plain words on
//! stdout. What they do is in `domain::backup`, `domain::doctor` and `domain::compare`.

use super::{Place, print_line};
use crate::clock::Clock;
use crate::domain::backup::{self, Restored, Taken};
use crate::domain::compare::{Comparison, compare};
use crate::domain::doctor::{self, Report};
use crate::error::Error;
use crate::providers::paypay::file;
use crate::store::books::{Books, Sum};
use crate::store::look;
use okini_shared::rules::payment::AccountKey;
use okini_shared::time::Millis;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// A refusal in words on stderr: somebody sits before it, and no log is read.
pub(super) fn plainly(done: Result<ExitCode, Error>) -> Result<ExitCode, Error> {
    let Err(error) = done else { return done };
    writeln!(std::io::stderr(), "{error}").map_err(Error::unexpected)?;
    Ok(ExitCode::FAILURE)
}

pub(super) async fn backup(url: &str, target: &Path) -> Result<ExitCode, Error> {
    let Taken { file, bytes, moment, report } = backup::take(url, target, &Clock::System).await?;
    let at = written(moment);
    print_line(&format!(
        "Backup: {} ({} KB). Everything acknowledged by {at} is in it.",
        file.display(),
        bytes / 1024
    ))?;
    tell(&report)?;
    print_line(
        "Not in it, on purpose: the keys (*.secret in the data directory) and the settings. Keep them apart from backups; \
         without them a restored server makes new ones.",
    )?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(file: &Path, data: &Path) -> Result<ExitCode, Error> {
    let Restored { database, report } = backup::restore(file, data, &Clock::System).await?;
    print_line(&format!("Restored: {}", database.display()))?;
    tell(&report)?;
    print_line(&format!(
        "Keys are not part of a backup. To go on with the old ones, put the old *.secret files into {}; otherwise new ones are \
         made at the start, and the payment companies must be told the new notification addresses; until then the server \
         asks them by itself, only later.",
        data.display()
    ))?;
    Ok(status(&report))
}

pub(super) async fn doctor(place: &Place, json: bool) -> Result<ExitCode, Error> {
    let sealer = place.sealer()?;
    let report = doctor::look_with(sealer.as_ref(), &place.settings()?.database.url, Clock::System.now()).await?;
    if json {
        print_line(&serde_json::to_string(&report)?)?;
    } else {
        tell(&report)?;
        if sealer.is_none() {
            print_line("Not asked: whether sealed secrets can be opened. The sealing key is not there.")?;
        }
    }
    Ok(status(&report))
}

pub(super) async fn reconcile(url: &str, account: AccountKey, path: &Path) -> Result<ExitCode, Error> {
    let bytes = std::fs::read(path).map_err(Error::unexpected)?;
    let transactions = file::read(&bytes).map_err(Error::unexpected)?;
    let mut conn = look::open(url).await?;
    look::stand_still(&mut conn).await?;
    if let Some(trouble) = look::schema(&mut conn).await?.trouble() {
        return Err(Error::unexpected(format!("the database cannot be compared with: {trouble}")));
    }
    let Comparison { transactions, differences } = compare(&mut conn, account, &transactions).await?;
    for difference in &differences {
        print_line(&format!("DIFFERS  {difference}"))?;
    }
    match differences.len() {
        0 => print_line(&format!("Equal: {transactions} transactions, as in our books."))?,
        many => print_line(&format!("{many} differences in {transactions} transactions."))?,
    }
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn status(report: &Report) -> ExitCode {
    if report.sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The report in words.
fn tell(report: &Report) -> Result<(), Error> {
    for finding in &report.findings {
        let more = if finding.more { ", and more" } else { "" };
        print_line(&format!("WRONG ({}): {}:", finding.rule, finding.wrong))?;
        print_line(&format!("  {}{more}", finding.ids.join("\n  ")))?;
        print_line(&format!("  -> {}", finding.advice))?;
    }
    if let Some(books) = &report.books {
        tell_books(books)?;
    }
    if let Some(waiting) = &report.waiting {
        let (payments, refunds, orders) = (waiting.payments, waiting.refunds, waiting.orders);
        let overdue = waiting.overdue_since.map(|at| format!(", the oldest since {}", written(at))).unwrap_or_default();
        print_line(&format!("Waiting: {payments} payments, {refunds} refunds, {orders} orders{overdue}."))?;
    }
    match report.findings.len() {
        0 => print_line(&format!("Sound: {} rules asked, nothing wrong.", report.rules)),
        wrong => print_line(&format!("Not sound: {wrong} of {} rules are broken.", report.rules)),
    }
}

fn tell_books(books: &Books) -> Result<(), Error> {
    let sum = |sum: Sum| format!("{} = {} yen", sum.count, sum.amount.get());
    print_line(&format!(
        "Books: orders {}; bills paid {}; payments {}; refunds {}; facts {}{}.",
        sum(books.orders),
        sum(books.bills_paid),
        sum(books.payments),
        sum(books.refunds),
        books.facts,
        books.last_fact_at.map(|at| format!(", the last at {}", written(at))).unwrap_or_default()
    ))
}

/// A moment as people in Osaka write it, to the millisecond.
fn written(moment: Millis) -> String {
    let at = moment.in_japan();
    let ms = moment.get().rem_euclid(1_000);
    format!("{}-{:02}-{:02} {:02}:{:02}:{:02}.{ms:03} JST", at.year, at.month, at.day, at.hour, at.minute, at.second)
}
