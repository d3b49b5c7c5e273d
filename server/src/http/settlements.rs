//! Settlement over HTTP, of a shop for those who may move its money, and of all of a consortium's shops for its officers: sums,
//! lines, and the lines as a file for spreadsheet programs. Who calls decides whose it is.

use super::caller::{Officer, Steward};
use super::reply::Reply;
use crate::domain::settlement::{self, Period, Reading};
use crate::error::Error;
use crate::state::App;
use crate::store::tenant::Tenant;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::stream::{self, Stream};
use okini_shared::api::settlement::{Apart, ApartKind, Settlement, SettlementLine, SettlementPage};
use okini_shared::api::{Content, Endpoint};
use okini_shared::day::Day;
use okini_shared::rules::payment::ProviderName;
use okini_shared::rules::settlement::Exact;
use okini_shared::time::Millis;
use serde::Deserialize;
use std::sync::Arc;

/// Lines that are read and sent at once.
const CHUNK: i64 = 2_000;

/// The shop's books are in Japanese, whatever the console is read in.
const TITLES: [&str; 14] = [
    "日時",
    "種別",
    "施設名",
    "施設ID",
    "注文番号",
    "決済会社",
    "当方の決済番号",
    "当方の返金番号",
    "決済会社の決済番号",
    "支払額",
    "返金額",
    "料率(%)",
    "手数料(税抜)",
    "差引額",
];
const REMARK: &str = "備考";

#[derive(Deserialize)]
pub(super) struct Asked {
    from: Day,
    to: Day,
    after: Option<String>,
}

impl Asked {
    fn period(&self) -> Result<Period, Error> {
        Period::new(self.from, self.to)
    }
}

impl From<Steward> for Tenant {
    fn from(steward: Steward) -> Self {
        steward.facility.into()
    }
}

impl From<Officer> for Tenant {
    fn from(officer: Officer) -> Self {
        officer.consortium.into()
    }
}

pub(super) async fn sums<E, W>(app: web::Data<App>, whose: W, asked: web::Query<Asked>) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = Settlement>,
    W: Into<Tenant>,
{
    Ok(Reply::new(settlement::settle(&app, whose.into(), asked.period()?).await?))
}

pub(super) async fn lines<E, W>(app: web::Data<App>, whose: W, asked: web::Query<Asked>) -> Result<Reply<E>, Error>
where
    E: Endpoint<Response = SettlementPage>,
    W: Into<Tenant>,
{
    Ok(Reply::new(settlement::page(&app, whose.into(), asked.period()?, asked.after.as_deref()).await?))
}

pub(super) async fn file<E, W>(app: web::Data<App>, whose: W, asked: web::Query<Asked>) -> Result<HttpResponse, Error>
where
    E: Endpoint,
    W: Into<Tenant>,
{
    let period = asked.period()?;
    let name = format!("attachment; filename=\"settlement_{}.csv\"", period.name());
    let Content::Other(kind) = E::CONTENT else { return Err(Error::unexpected("not a file")) };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(written(app.into_inner(), whose.into(), period)))
}

/// Where the file is.
enum Part {
    Head,
    Lines,
    End,
}

/// The file in parts: titles, lines, what is in no sum.
fn written(app: Arc<App>, of: Tenant, period: Period) -> impl Stream<Item = Result<Bytes, Error>> {
    let begin = (app, Reading::new(of, period), Part::Head);
    stream::try_unfold(begin, move |(app, mut reading, part)| async move {
        let rows = match part {
            Part::Head => {
                // Spreadsheet programs take UTF-8 for what it is by this mark alone.
                let mut head = "\u{feff}".as_bytes().to_vec();
                head.extend(csv(&[titles()])?);
                return Ok(Some((Bytes::from(head), (app, reading, Part::Lines))));
            }
            Part::Lines => reading.next(&app, CHUNK).await?.iter().map(line).collect::<Vec<_>>(),
            Part::End => return Ok(None),
        };
        if rows.is_empty() {
            let apart: Vec<_> = settlement::apart(&app, of, period).await?.iter().map(apart).collect();
            return Ok(Some((csv(&apart)?.into(), (app, reading, Part::End))));
        }
        Ok(Some((csv(&rows)?.into(), (app, reading, Part::Lines))))
    })
}

type Row = Vec<String>;

fn titles() -> Row {
    TITLES.iter().chain([&REMARK]).map(|title| (*title).to_owned()).collect()
}

/// Rows as spreadsheet programs read them.
pub(super) fn csv(rows: &[Row]) -> Result<Vec<u8>, Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(Error::unexpected)?;
    }
    writer.into_inner().map_err(|error| Error::unexpected(error.to_string()))
}

/// Somebody else's text; a spreadsheet program must not take it for a formula.
fn text(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    format!("{}{text}", if formula { "'" } else { "" })
}

/// `2026-11-23 12:38:04`, in Japan.
fn moment(at: Millis) -> String {
    let time = at.in_japan();
    format!("{} {:02}:{:02}:{:02}", Day::of(at), time.hour, time.minute, time.second)
}

const fn company(name: ProviderName) -> &'static str {
    match name {
        ProviderName::Paypay => "PayPay",
        ProviderName::Hosted => "りそな銀行・ビジコム",
        ProviderName::Komoju => "KOMOJU",
        ProviderName::Stripe => "Stripe",
    }
}

fn line(line: &SettlementLine) -> Row {
    // A percent is a hundred basis points.
    let rate = line.basis_points.and_then(|points| Some(Exact::new(points.checked_mul(100)?).to_string()));
    let unknown = if rate.is_none() { "料率が登録されていません" } else { "" };
    vec![
        moment(line.at),
        if line.refund.is_some() { "返金" } else { "支払い" }.to_owned(),
        text(&line.facility_name),
        line.facility.to_string(),
        line.number.clone().unwrap_or_default(),
        company(line.provider).to_owned(),
        line.payment.to_string(),
        line.refund.map(|id| id.to_string()).unwrap_or_default(),
        text(line.provider_payment_id.as_deref().unwrap_or_default()),
        line.paid.get().to_string(),
        line.refunded.get().to_string(),
        rate.unwrap_or_default(),
        line.fee.to_string(),
        line.net.to_string(),
        unknown.to_owned(),
    ]
}

/// What is in no sum has its amounts in words only, so that no sum of a column has them.
fn apart(apart: &Apart) -> Row {
    let (kind, why) = match apart.kind {
        ApartKind::Stranded => ("確認待ち", "請求と違う金額の支払い"),
        ApartKind::Unknown => ("結果不明", "決済会社が結果を答えていません"),
        ApartKind::Closed => ("処理済み", "請求と違う金額の支払いで、返金しないと決めたもの"),
        ApartKind::ByHand => ("店頭返金", "決済会社を通さない返金"),
    };
    let received = apart.received.map(|sum| format!("、入金 {sum} {}", apart.currency.as_deref().unwrap_or_default()));
    let mut row = vec![String::new(); TITLES.len()];
    let cells = [
        moment(apart.at),
        kind.to_owned(),
        text(&apart.facility_name),
        apart.facility.to_string(),
        apart.number.clone().unwrap_or_default(),
        company(apart.provider).to_owned(),
        apart.payment.to_string(),
    ];
    for (cell, value) in row.iter_mut().zip(cells) {
        *cell = value;
    }
    row.push(format!("合計に含みません: {why}、{}円{}", apart.amount.get(), received.unwrap_or_default()));
    row
}
