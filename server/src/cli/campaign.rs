//! The programme's campaigns and all budgets: `okini campaign ...`, `okini budget ...`, one line a thing on stdout. What may be
//! done is `domain::campaign`.

use super::{Place, print_line};
use crate::domain::campaign::{self, Draft};
use crate::error::Error;
use crate::events::Actor;
use crate::state::App;
use crate::store::campaign::{Budget, Campaign, link_budget};
use crate::store::tenant::Tenant;
use crate::store::{self, Tx};
use clap::{Args, Subcommand};
use futures_util::future::BoxFuture;
use okini_shared::api::campaign::Rehearsal;
use okini_shared::id::{BudgetId, CampaignId, FacilityId};
use okini_shared::money::Yen;
use okini_shared::problem::{Code, Problem};
use okini_shared::rules::coupon::{CampaignStep, Funder};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Subcommand)]
pub(super) enum CampaignTask {
    /// Adds a draft from a JSON file: name, summary, claim and terms, as in the API document.
    Add {
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// The newest of the programme's.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Tries a draft on the orders of the last 28 days.
    Rehearse {
        id: CampaignId,
        #[command(flatten)]
        place: Place,
    },
    /// Publishes what was rehearsed; its terms never change again.
    Publish {
        id: CampaignId,
        /// Why its value may be beyond the law's ordinary limits on premiums.
        #[arg(long = "override")]
        reason: Option<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Lets a campaign rest.
    Pause {
        id: CampaignId,
        #[command(flatten)]
        place: Place,
    },
    /// Lets it go on.
    Resume {
        id: CampaignId,
        #[command(flatten)]
        place: Place,
    },
    /// Ends it for good. What is set aside for a bill is honoured.
    End {
        id: CampaignId,
        #[command(flatten)]
        place: Place,
    },
    /// Makes codes that give one coupon each. They are shown this once.
    Codes {
        id: CampaignId,
        #[arg(value_parser = clap::value_parser!(u16).range(1..=10_000))]
        count: u16,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
pub(super) enum BudgetTask {
    /// Adds a budget with money in it.
    Add {
        name: String,
        yen: i64,
        /// Whose share it pays: shop, consortium or programme.
        #[arg(long, value_parser = funder)]
        funder: Funder,
        #[command(flatten)]
        place: Place,
    },
    /// Gives a budget more money.
    Fund {
        id: BudgetId,
        yen: i64,
        #[command(flatten)]
        place: Place,
    },
    /// Has a budget pay its funder's share of a campaign: everywhere, or at one consortium's facilities, or at one facility.
    Link(Link),
    /// Every budget with what is left of it.
    List {
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args)]
pub(super) struct Link {
    budget: BudgetId,
    campaign: CampaignId,
    /// A consortium's code.
    #[arg(long)]
    consortium: Option<String>,
    #[arg(long, conflicts_with = "consortium")]
    facility: Option<FacilityId>,
    #[command(flatten)]
    place: Place,
}

fn funder(name: &str) -> Result<Funder, String> {
    Funder::from_name(name).ok_or_else(|| "shop, consortium or programme".to_owned())
}

/// What is done in one transaction, with the core and an argument.
type Operation<A, T> = for<'t> fn(&'t mut Tx<'_>, &'t (Arc<App>, A)) -> BoxFuture<'t, Result<T, Error>>;

/// Does something with the store and closes it.
async fn within<A, T>(place: &Place, argument: A, operation: Operation<A, T>) -> Result<T, Error>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
{
    let app = place.app().await?;
    let done = app.db.write((Arc::clone(&app), argument), operation).await;
    app.db.close().await;
    done
}

pub(super) async fn run(task: CampaignTask) -> Result<ExitCode, Error> {
    match task {
        CampaignTask::Add { file, place } => {
            let draft: Draft = serde_json::from_str(&std::fs::read_to_string(file).map_err(Error::unexpected)?)?;
            let added = within(&place, draft, |tx, (app, draft)| {
                Box::pin(campaign::add(tx, app, Tenant::Programme, draft.clone(), Actor::System))
            });
            print_campaign(&added.await?)
        }
        CampaignTask::List { place } => {
            let all = within(&place, (), |tx, _| {
                Box::pin(async move { Ok(store::campaign::of_issuer(tx.conn(), Tenant::Programme, 100).await?) })
            });
            all.await?.iter().try_for_each(|one| print_campaign(one).map(drop))?;
            Ok(ExitCode::SUCCESS)
        }
        CampaignTask::Rehearse { id, place } => {
            let tried = within(&place, id, |tx, (app, id)| Box::pin(campaign::rehearse(tx, app, *id, Actor::System)));
            print_rehearsal(&tried.await?)
        }
        CampaignTask::Publish { id, reason, place } => {
            let published = within(&place, (id, reason), |tx, (app, (id, reason))| {
                Box::pin(campaign::publish(tx, app, *id, reason.as_deref(), Actor::System))
            });
            print_campaign(&published.await?)
        }
        CampaignTask::Pause { id, place } => moved(&place, id, CampaignStep::Pause).await,
        CampaignTask::Resume { id, place } => moved(&place, id, CampaignStep::Resume).await,
        CampaignTask::End { id, place } => moved(&place, id, CampaignStep::End).await,
        CampaignTask::Codes { id, count, place } => {
            let codes = within(&place, (id, usize::from(count)), |tx, (app, (id, count))| {
                Box::pin(campaign::make_codes(tx, app, *id, *count, Actor::System))
            });
            codes.await?.iter().try_for_each(|code| print_line(code))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn moved(place: &Place, id: CampaignId, step: CampaignStep) -> Result<ExitCode, Error> {
    let moved = within(place, (id, step), |tx, (app, (id, step))| {
        Box::pin(async move {
            let campaign = store::campaign::by_id(tx.conn(), *id).await?.ok_or(Code::NotFound)?;
            campaign::step(tx, app, campaign, *step, Actor::System).await
        })
    });
    print_campaign(&moved.await?)
}

fn print_campaign(one: &Campaign) -> Result<ExitCode, Error> {
    let name = &one.name.shop();
    print_line(&format!("{} {} {} {name}", one.id, one.state.name(), one.claim.name()))?;
    Ok(ExitCode::SUCCESS)
}

fn print_rehearsal(tried: &Rehearsal) -> Result<ExitCode, Error> {
    for day in &tried.days {
        let (yen, so_far) = (day.discount.get(), day.so_far.get());
        print_line(&format!("{}: {} of {} orders, {yen} yen, {so_far} so far", day.day, day.uses, day.orders))?;
    }
    let end = match tried.money_until {
        Some(day) => format!("the money would be gone on {day}"),
        None => "the money would last to the end".to_owned(),
    };
    print_line(&format!("{} uses, {} yen; {end}", tried.uses, tried.discount.get()))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn budget(task: BudgetTask) -> Result<ExitCode, Error> {
    match task {
        BudgetTask::Add { name, yen, funder, place } => {
            let added = within(&place, (name, money(yen)?, funder), |tx, (app, (name, yen, funder))| {
                Box::pin(campaign::add_budget(tx, app, Tenant::Programme, (*funder, name), *yen))
            });
            print_line(&added.await?.to_string())?;
        }
        BudgetTask::Fund { id, yen, place } => {
            within(&place, (id, money(yen)?), |tx, (app, (id, yen))| Box::pin(campaign::fund(tx, app, *id, *yen)))
                .await?;
        }
        BudgetTask::Link(asked) => link(asked).await?,
        BudgetTask::List { place } => {
            let all = within(&place, (), |tx, _| Box::pin(budgets(tx)));
            for (budget, left) in all.await? {
                print_line(&format!("{} {} {left} yen left {}", budget.id, budget.funder.name(), budget.name))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn money(yen: i64) -> Result<Yen, Error> {
    let refused = || Problem::new(Code::InvalidValue).detail("a budget is given 1 to 1,000,000,000,000 yen");
    (1..=1_000_000_000_000).contains(&yen).then_some(Yen::new(yen)).ok_or_else(|| refused().into())
}

async fn budgets(tx: &mut Tx<'_>) -> Result<Vec<(Budget, i64)>, Error> {
    let mut all = Vec::new();
    for budget in store::campaign::budgets(tx.conn()).await? {
        let left = store::slot::left(tx.conn(), &budget.id.to_string()).await?.unwrap_or_default();
        all.push((budget, left));
    }
    Ok(all)
}

async fn link(asked: Link) -> Result<(), Error> {
    let argument = (asked.budget, asked.campaign, asked.consortium, asked.facility);
    within(&asked.place, argument, |tx, (_, (budget, campaign, consortium, facility))| {
        Box::pin(async move {
            let found = store::campaign::budget(tx.conn(), *budget).await?.ok_or(Code::NotFound)?;
            store::campaign::by_id(tx.conn(), *campaign).await?.ok_or(Code::NotFound)?;
            let at = match (consortium, facility) {
                (Some(code), _) => {
                    let unknown = || Error::unexpected(format!("there is no consortium {code:?}"));
                    store::consortium::by_code(tx.conn(), code).await?.ok_or_else(unknown)?.into()
                }
                (None, Some(id)) => (*id).into(),
                (None, None) => Tenant::Programme,
            };
            Ok(link_budget(tx.conn(), *campaign, (*budget, found.funder), at).await?)
        })
    })
    .await
}
