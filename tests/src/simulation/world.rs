//! Where a seed lives: its own copy of a prepared database in memory, a clock, a company, and the core on top, which can die and
//! rise again on the same database. What happens in it is `day`.

use super::company::Company;
use super::wish::OFF;
use crate::coupons::{self, yen_off_from};
use crate::fixture::{self, Town};
use crate::stage::{NOW, PUBLIC_URL, SIGNING_KEY};
use okini_server::clock::{Clock, Ids};
use okini_server::config::Config;
use okini_server::domain::settlement;
use okini_server::server::{self, Parts};
use okini_server::state::App;
use okini_server::store::fee::FeeRate;
use okini_server::store::tenant::Tenant;
use okini_server::store::{consortium, look};
use okini_shared::id::CampaignId;
use okini_shared::rules::coupon::{Claim, Funder, Limits, Shares};
use okini_shared::rules::payment::ProviderName;
use okini_shared::time::HOUR;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A database with the town in it, to be copied.
pub struct Template {
    file: Vec<u8>,
    town: Town,
    campaign: CampaignId,
}

impl Template {
    /// Migrates and fills one database.
    pub async fn prepare() -> Self {
        let folder = folder().join(format!("okini_simulation_{}", Ids::system(Clock::System).token()));
        std::fs::create_dir(&folder).unwrap();
        let (made, copy) = (folder.join("made.db"), folder.join("copy.db"));
        let clock = Clock::manual(NOW);
        let company = Company::new(clock.clone(), StdRng::seed_from_u64(0));
        let app = app(&made, &clock, &company, 0).await;
        let town = fixture::fill(&app).await;
        let mut conn = app.db.read().await.unwrap();
        let consortium = consortium::by_code(&mut conn, "paypay").await.unwrap().unwrap();
        drop(conn);
        for (basis_points, valid_from) in [(198, NOW), (160, NOW.plus(HOUR))] {
            let rate = FeeRate { consortium, provider: ProviderName::Paypay, basis_points, valid_from };
            settlement::add_rate(&app.db, rate, NOW).await.unwrap();
        }
        let mut terms = yen_off_from(NOW, OFF);
        terms.limits = Limits { total: Some(4), per_person: Some(2), ..Limits::default() };
        terms.shares = Shares { shop: 2_500, consortium: 0, programme: 7_500 };
        let campaign = coupons::publish(&app, Tenant::Programme, terms, Claim::Automatic).await;
        coupons::budget(&app, (Funder::Programme, 500), &[campaign], Tenant::Programme).await;
        let mut conn = look::open(&url(&made)).await.unwrap();
        look::copy_into(&mut conn, &copy).await.unwrap();
        app.db.close().await;
        let file = std::fs::read(&copy).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        Self { file, town, campaign }
    }
}

/// Memory, where the system has a folder for it.
fn folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

async fn app(file: &Path, clock: &Clock, company: &Arc<Company>, seed: u64) -> Arc<App> {
    let mut config = Config::defaults().unwrap();
    config.database.url = url(file);
    config.auth.signing_key = SIGNING_KEY.into();
    config.auth.sealing_key = SIGNING_KEY.into();
    let parts = Parts {
        clock: clock.clone(),
        ids: Ids::seeded(clock.clone(), seed),
        providers: vec![company.clone()],
        timer: false,
    };
    Arc::new(server::assemble(config, parts, PUBLIC_URL.into()).await.unwrap())
}

pub struct World {
    folder: PathBuf,
    seed: u64,
    lives: u64,
    pub clock: Clock,
    pub company: Arc<Company>,
    pub town: Town,
    /// A coupon that applies by itself, four times at most, with money for three.
    pub campaign: CampaignId,
    pub app: Arc<App>,
}

impl World {
    pub async fn new(template: &Template, seed: u64) -> Self {
        let folder = folder().join(format!("okini_simulation_{}", Ids::system(Clock::System).token()));
        std::fs::create_dir(&folder).unwrap();
        let file = folder.join("okini.db");
        std::fs::write(&file, &template.file).unwrap();
        let clock = Clock::manual(NOW);
        let company = Company::new(clock.clone(), StdRng::seed_from_u64(seed ^ 0x000c_0a9a));
        let app = app(&file, &clock, &company, seed << 8).await;
        Self { folder, seed, lives: 0, clock, company, town: template.town.clone(), campaign: template.campaign, app }
    }

    /// The process is gone with all it knew; another one starts on the database.
    pub async fn die_and_rise(&mut self) {
        self.lives += 1;
        self.app.db.close().await;
        let file = self.folder.join("okini.db");
        self.app = app(&file, &self.clock, &self.company, (self.seed << 8) + self.lives).await;
    }

    /// How often it died.
    pub fn deaths(&self) -> usize {
        usize::try_from(self.lives).unwrap()
    }

    pub async fn end(self) {
        self.app.db.close().await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
