//! The command line: what can be asked for, and from which settings. Programs that run (`run`) stay in the foreground, log
//! to stderr and print one JSON line on stdout when they are ready; those that look after a database are in `care`, what
//! payment companies take is in `fee`, what one of them runs in `provider`, what is done about accounts there in `account`, what pays
//! for coupons in `campaign`.

mod account;
mod campaign;
mod care;
mod fee;
mod provider;
mod run;

use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::domain::backup;
use crate::error::Error;
use crate::events::stream::Hub;
use crate::seal::Sealer;
use crate::server::{self, Parts};
use crate::state::App;
use crate::store::Db;
use crate::{http, secrets};
use clap::{Args, Parser, Subcommand};
use okini_shared::rules::payment::AccountKey;
use std::fs::DirBuilder;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Mobile ordering, paying and coupons for a region.
#[derive(Parser)]
#[command(name = "okini", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server.
    Serve(Options),
    /// Runs the server with the demo programme: 107 fictional facilities and logins.
    Demo(Demo),
    /// Brings the database up to date and ends.
    Migrate(Options),
    /// Copies the embedded database into a new file while orders go on. Keys are not copied.
    Backup {
        /// The file to make, or a folder to make it in.
        target: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Makes a data directory of a backup.
    Restore {
        backup: PathBuf,
        /// The directory: new, or empty.
        #[arg(long)]
        data: PathBuf,
    },
    /// Checks a database and says what is wrong; ends with status 1 if anything is. Changes nothing.
    Doctor {
        /// Prints JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Compares PayPay's file of transactions (Shift_JIS, as it was sent) with our books and says what differs; ends with status
    /// 1 if anything does. Changes nothing.
    Reconcile {
        file: PathBuf,
        /// Whose file it is: `paypay` for the account in the settings, or `pva_...`.
        #[arg(long, default_value = "paypay")]
        account: AccountKey,
        #[command(flatten)]
        place: Place,
    },
    /// Consortia's accounts at payment companies.
    Account {
        #[command(subcommand)]
        what: account::Account,
    },
    /// Seals every secret in the database anew under the present auth.sealing_key, after it was changed. May be repeated.
    Reseal {
        #[command(flatten)]
        place: Place,
    },
    /// The programme's coupon campaigns.
    Campaign {
        #[command(subcommand)]
        what: campaign::CampaignTask,
    },
    /// The money that pays for coupons.
    Budget {
        #[command(subcommand)]
        what: campaign::BudgetTask,
    },
    /// What payment companies take of payments.
    Fee {
        #[command(subcommand)]
        what: Fee,
    },
    /// For payment companies: whether their side of our hosted page is as documented.
    Provider {
        #[command(subcommand)]
        what: Provider,
    },
    /// Prints the OpenAPI document.
    Openapi,
}

#[derive(Subcommand)]
enum Fee {
    /// Adds a consortium's rate at a payment company. Rates are never changed: what was paid keeps the one of its moment.
    Set(fee::Set),
}

#[derive(Subcommand)]
enum Provider {
    /// Asks a sandbox what our adapter relies on, and says what is wrong and what to do; ends with status 1 if anything is.
    Check(provider::Check),
}

/// Where a database is.
#[derive(Args)]
struct Place {
    /// A settings file; what is not in it is as in config/default.toml.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Where the database and keys of this server lie.
    #[arg(long, default_value = "okini-data")]
    data: PathBuf,
    /// `postgres://...` or `sqlite:///...` instead of okini.db in the data directory.
    #[arg(long)]
    database: Option<String>,
}

#[derive(Args)]
struct Options {
    #[command(flatten)]
    place: Place,
    /// The port; 0 picks a free one.
    #[arg(long)]
    port: Option<u16>,
    /// The address to listen on.
    #[arg(long)]
    listen: Option<IpAddr>,
    /// How phones reach the server, `https://...`.
    #[arg(long)]
    public_url: Option<String>,
}

#[derive(Args)]
struct Demo {
    #[command(flatten)]
    options: Options,
    /// The sandbox's ready line: which payment companies to use, and with which credentials.
    #[arg(long)]
    sandbox: Option<String>,
}

impl Cli {
    /// Does what was asked, until it is done or told to stop.
    pub async fn run(self) -> Result<ExitCode, Error> {
        match self.command {
            Command::Serve(options) => run::serve(options.config()?).await?,
            Command::Demo(demo) => run::run_demo(demo).await?,
            Command::Migrate(options) => {
                let db = Db::open(&options.config()?.database.url, Hub::default()).await?;
                db.close().await;
            }
            Command::Backup { target, place } => {
                return care::plainly(care::backup(&place.settings()?.database.url, &target).await);
            }
            Command::Restore { backup, data } => return care::plainly(care::restore(&backup, &data).await),
            Command::Doctor { json, place } => {
                return care::plainly(care::doctor(&place, json).await);
            }
            Command::Reconcile { file, account, place } => {
                return care::plainly(care::reconcile(&place.settings()?.database.url, account, &file).await);
            }
            Command::Fee { what: Fee::Set(asked) } => return care::plainly(fee::set(asked).await),
            Command::Campaign { what } => return care::plainly(campaign::run(what).await),
            Command::Budget { what } => return care::plainly(campaign::budget(what).await),
            Command::Account { what } => return care::plainly(account::run(what).await),
            Command::Reseal { place } => return care::plainly(account::reseal(&place).await),
            Command::Provider { what: Provider::Check(asked) } => return care::plainly(provider::run(asked).await),
            Command::Openapi => print_line(&serde_json::to_string_pretty(&http::document())?)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Place {
    /// The settings with what the command line says on top. Makes nothing.
    fn settings(&self) -> Result<Config, Error> {
        let mut config = match &self.config {
            Some(path) => Config::from_file(path),
            None => Config::defaults(),
        }
        .map_err(Error::unexpected)?;
        if let Some(url) = &self.database {
            config.database.url.clone_from(url);
        }
        if config.database.url.is_empty() {
            config.database.url = backup::url_of(&self.data.join("okini.db"))?;
        }
        Ok(config)
    }

    /// What seals and opens, when the key is there.
    fn sealer(&self) -> Result<Option<Sealer>, Error> {
        let mut config = self.settings()?;
        let found = secrets::find_sealing_key(&mut config, &self.data)?;
        let keys = [config.auth.sealing_key.as_str(), config.auth.previous_sealing_key.as_str()];
        found.then(|| Sealer::new(&keys)).transpose()
    }

    /// The core without its door and without a timer, for what is done beside a running server.
    async fn app(&self) -> Result<Arc<App>, Error> {
        let mut config = self.settings()?;
        if !secrets::find_sealing_key(&mut config, &self.data)? {
            return Err(Error::unexpected("no sealing key: set auth.sealing_key, or --data to the server's directory"));
        }
        let clock = Clock::System;
        let ids = Ids::system(clock.clone());
        // Nobody signs in here.
        config.auth.signing_key = ids.secret();
        let public_url = config.server.public_url.trim_end_matches('/').to_owned();
        let parts = Parts { clock, ids, providers: Vec::new(), timer: false };
        Ok(Arc::new(server::assemble(config, parts, public_url).await?))
    }
}

impl Options {
    /// The settings for a server, with the keys that are kept in the data directory.
    fn config(&self) -> Result<Config, Error> {
        let mut config = self.place.settings()?;
        let listen = config.server.listen;
        config.server.listen = SocketAddr::new(self.listen.unwrap_or(listen.ip()), self.port.unwrap_or(listen.port()));
        if let Some(url) = &self.public_url {
            config.server.public_url.clone_from(url);
        }
        // Orders, people and keys lie there: nobody else on the machine may look.
        DirBuilder::new().recursive(true).mode(0o700).create(&self.place.data).map_err(Error::unexpected)?;
        secrets::fill_in(&mut config, &self.place.data)?;
        Ok(config)
    }
}

fn print_line(line: &str) -> Result<(), Error> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Error::unexpected)
}
