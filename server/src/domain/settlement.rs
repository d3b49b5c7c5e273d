//! What is left of what came in: sums and lines of a period with the companies' fees. Only looks; what came in is booked by
//! `payment` and `refund`. Also adds rates.
//!
//! Days are calendar days in Japan, as payment companies settle, also where a shop's business day begins later.

use super::view;
use crate::error::Error;
use crate::state::App;
use crate::store;
use crate::store::fee::FeeRate;
use crate::store::settlement::{Group, Line, Within};
use crate::store::tenant::Tenant;
use okini_shared::api::settlement::{Apart, DaySums, ProviderSums, Settlement, SettlementLine, SettlementPage, Sums};
use okini_shared::day::Day;
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::settlement::{Exact, MOST_DAYS, Running, gives_fee_back};
use okini_shared::time::Millis;
use std::collections::BTreeMap;

/// Lines of a page.
const PAGE: i64 = 200;

/// From the first day to the last one, both in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    from: Day,
    to: Day,
}

impl Period {
    /// At least one day, at most a year.
    pub fn new(from: Day, to: Day) -> Result<Self, Error> {
        match to.since(from) {
            0..MOST_DAYS => Ok(Self { from, to }),
            MOST_DAYS.. => Err(Problem::new(Code::InvalidValue).detail("a period has at most 366 days").into()),
            _ => Err(Problem::new(Code::InvalidValue).detail("`to` is before `from`").into()),
        }
    }

    const fn within(self) -> Within {
        (self.from.begins(), self.to.plus(1).begins())
    }

    /// `2026-11-01_2026-11-30`, for names of files.
    pub fn name(self) -> String {
        format!("{}_{}", self.from, self.to)
    }
}

fn too_large() -> Error {
    Error::unexpected("a sum of money does not fit")
}

/// The sums of a period.
pub async fn settle(app: &App, of: Tenant, period: Period) -> Result<Settlement, Error> {
    let mut conn = app.db.read().await?;
    let groups = store::settlement::groups(&mut conn, of, period.within()).await?;
    let apart = store::settlement::apart(&mut conn, of, period.within()).await?;
    let days = days(&groups).ok_or_else(too_large)?;
    let mut providers = BTreeMap::<ProviderName, Sums>::new();
    for day in &days {
        let sums = providers.entry(day.provider).or_default();
        *sums = together(*sums, day.sums).ok_or_else(too_large)?;
    }
    let total = providers.values().try_fold(Sums::default(), |total, sums| together(total, *sums));
    Ok(Settlement {
        from: period.from,
        to: period.to,
        total: total.ok_or_else(too_large)?,
        providers: providers.into_iter().map(|(provider, sums)| ProviderSums { provider, sums }).collect(),
        days,
        apart: apart.into_iter().map(for_staff).collect(),
    })
}

/// Payments and refunds of the same day and company as one; each company's fee runs through its days.
fn days(groups: &[Group]) -> Option<Vec<DaySums>> {
    let mut fees = BTreeMap::<ProviderName, Running>::new();
    let mut days: Vec<DaySums> = Vec::new();
    for group in groups {
        let Group { back, day, provider, count, orders, amount, fee, without_rate } = *group;
        let fee = fees.entry(provider).or_default().step(charged(back, provider, fee)?)?;
        let sums = if back {
            let net = Yen::ZERO.checked_sub(amount)?.checked_sub(fee)?;
            Sums { refunds: count, refunded: amount, fee, net, ..Sums::default() }
        } else {
            let net = amount.checked_sub(fee)?;
            Sums { orders, payments: count, paid: amount, fee, net, without_rate, ..Sums::default() }
        };
        match days.last_mut().filter(|last| (last.day, last.provider) == (day, provider)) {
            Some(last) => last.sums = together(last.sums, sums)?,
            None => days.push(DaySums { day, provider, sums }),
        }
    }
    Some(days)
}

/// What a company keeps of the share: all of a payment's, and less for money that went back if it gives that back.
fn charged(back: bool, provider: ProviderName, share: Exact) -> Option<Exact> {
    match back {
        false => Some(share),
        true if gives_fee_back(provider) => Exact::ZERO.checked_sub(share),
        true => Some(Exact::ZERO),
    }
}

fn together(one: Sums, other: Sums) -> Option<Sums> {
    Some(Sums {
        orders: one.orders.checked_add(other.orders)?,
        payments: one.payments.checked_add(other.payments)?,
        paid: one.paid.checked_add(other.paid)?,
        refunds: one.refunds.checked_add(other.refunds)?,
        refunded: one.refunded.checked_add(other.refunded)?,
        fee: one.fee.checked_add(other.fee)?,
        net: one.net.checked_add(other.net)?,
        without_rate: one.without_rate.checked_add(other.without_rate)?,
    })
}

fn for_staff(apart: store::settlement::Apart) -> Apart {
    Apart {
        kind: apart.kind,
        facility: apart.facility,
        facility_name: apart.facility_name.shop().to_owned(),
        order: apart.order,
        number: apart.number.map(view::called),
        payment: apart.payment,
        provider: apart.provider,
        at: apart.at,
        amount: apart.amount,
        received: apart.received,
        currency: apart.currency,
    }
}

fn line(line: Line) -> Option<SettlementLine> {
    let Line { back, amount, provider, .. } = line;
    let (paid, refunded) = if back { (Yen::ZERO, amount) } else { (amount, Yen::ZERO) };
    let share = line.basis_points.map_or(Some(Exact::ZERO), |points| Exact::share(amount, points))?;
    let fee = charged(back, provider, share)?;
    Some(SettlementLine {
        at: line.moved_at,
        facility: line.facility,
        facility_name: line.facility_name.shop().to_owned(),
        order: line.order,
        number: line.number.map(view::called),
        provider,
        payment: line.payment,
        refund: line.id.parse().ok().filter(|_| back),
        provider_payment_id: line.provider_payment_id,
        paid,
        refunded,
        basis_points: line.basis_points,
        fee,
        net: Exact::of(paid.checked_sub(refunded)?)?.checked_sub(fee)?,
    })
}

/// How far the lines of a period have been read. Reads day by day, so that no part of it is ever sorted as a whole.
#[derive(Debug, Clone)]
pub struct Reading {
    of: Tenant,
    at: Millis,
    /// Of those at the moment itself, the last that was read.
    after: String,
    until: Millis,
}

impl Reading {
    /// From the beginning.
    pub fn new(of: Tenant, period: Period) -> Self {
        let (at, until) = period.within();
        Self { of, at, after: String::new(), until }
    }

    /// From a cursor of ours that lies in the period.
    fn from(self, cursor: Option<&str>) -> Result<Self, Error> {
        let Some(cursor) = cursor else { return Ok(self) };
        let read = cursor.split_once('.').and_then(|(at, after)| Some((Millis::new(at.parse().ok()?), after)));
        let (at, after) = read
            .filter(|(at, after)| (self.at..=self.until).contains(at) && after.bytes().all(|b| b.is_ascii_graphic()))
            .ok_or_else(|| Problem::new(Code::InvalidRequest).detail("`after` is not a cursor of ours"))?;
        Ok(Self { at, after: after.to_owned(), ..self })
    }

    /// The cursor of what comes next; nothing at the end.
    fn cursor(&self) -> Option<String> {
        (self.at < self.until).then(|| format!("{}.{}", self.at.get(), self.after))
    }

    /// The next lines, at most so many; none at the end.
    pub async fn next(&mut self, app: &App, limit: i64) -> Result<Vec<SettlementLine>, Error> {
        let mut conn = app.db.read().await?;
        while self.at < self.until {
            let end = Day::of(self.at).plus(1).begins().min(self.until);
            let rows = store::settlement::lines(&mut conn, self.of, (self.at, end), &self.after, limit).await?;
            let full = i64::try_from(rows.len()).is_ok_and(|many| many >= limit);
            (self.at, self.after) = match rows.last().filter(|_| full) {
                Some(last) => (last.moved_at, last.id.clone()),
                None => (end, String::new()),
            };
            if !rows.is_empty() {
                return rows.into_iter().map(|row| line(row).ok_or_else(too_large)).collect();
            }
        }
        Ok(Vec::new())
    }
}

/// A part of the lines.
pub async fn page(app: &App, of: Tenant, period: Period, after: Option<&str>) -> Result<SettlementPage, Error> {
    let mut reading = Reading::new(of, period).from(after)?;
    let mut lines = Vec::new();
    // Days on which little happened share a page.
    loop {
        let room = PAGE.saturating_sub(i64::try_from(lines.len()).unwrap_or(PAGE));
        let more = if room > 0 { reading.next(app, room).await? } else { Vec::new() };
        if more.is_empty() {
            return Ok(SettlementPage { lines, next: reading.cursor() });
        }
        lines.extend(more);
    }
}

/// What is in no sum.
pub async fn apart(app: &App, of: Tenant, period: Period) -> Result<Vec<Apart>, Error> {
    let found = store::settlement::apart(&mut *app.db.read().await?, of, period.within()).await?;
    Ok(found.into_iter().map(for_staff).collect())
}

/// Adds a rate. What was paid already is settled: only the first rate of a consortium at a company may begin in the past.
pub async fn add_rate(db: &store::Db, rate: FeeRate, now: Millis) -> Result<Vec<FeeRate>, Error> {
    if !(0..=10_000).contains(&rate.basis_points) {
        return Err(Problem::new(Code::InvalidValue).detail("basis points are from 0 to 10000").into());
    }
    db.write((rate, now), |tx, (rate, now)| {
        Box::pin(async move {
            let known = store::fee::of(tx.conn(), rate.consortium, rate.provider).await?;
            if !known.is_empty() && rate.valid_from < *now {
                let detail = "a rate is known already, and what was paid by it stays as it was: begin in the future";
                return Err(Problem::new(Code::InvalidValue).detail(detail).into());
            }
            store::fee::insert(tx.conn(), rate, *now).await?;
            Ok(store::fee::of(tx.conn(), rate.consortium, rate.provider).await?)
        })
    })
    .await
}
