//! The server as a process on a copy of the demo programme, whose shops can all be paid through both companies. What is
//! asked of it belongs to the parts.

use crate::company::Company;
use crate::plan::Plan;
use okini_shared::api::session::{Place, Session, SignIn};
use okini_shared::api::{Endpoint as _, path};
use okini_tests::caller::{Address, Ask, Caller};
use okini_tests::database::Database;
use okini_tests::program::Program;
use serde_json::{Value, json};
use std::fs;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use tokio::process::Command;
use tokio::sync::watch;

/// The secret part of the path of notifications.
pub const HOOK: &str = "a-path-that-nobody-guesses";
const TEMPLATE: &str = "okini_payments_template";

/// What is asked of a real server, but that one address speaks for all phones, and that shops never answer.
const SETTINGS: &str = r#"
[server]
listen = "127.0.0.1:0"
[orders]
answer_seconds = 86400
[limits]
read_per_minute = 100000000
read_burst = 100000000
write_per_minute = 100000000
claim_per_minute = 100000000
claim_burst = 100000000
write_burst = 100000000
guess_per_minute = 100000000
guess_burst = 100000000
notify_per_minute = 100000000
notify_burst = 100000000
address_per_minute = 100000000
address_burst = 100000000
[webhooks]
private_networks = true
"#;

/// The second company of every shop that has but one.
const BOTH: &str = "INSERT INTO facility_provider (facility_id, provider, account, position)
    SELECT facility_id, other, other, 1 FROM (
        SELECT facility_id, CASE MIN(provider) WHEN 'paypay' THEN 'hosted' ELSE 'paypay' END AS other
        FROM facility_provider GROUP BY facility_id HAVING COUNT(*) = 1
    ) AS one";

/// The demo programme, put into a database once.
pub struct Template {
    folder: PathBuf,
    /// The codes of some shops.
    pub codes: Vec<String>,
    logins: Vec<Value>,
}

/// A server, up or down.
pub struct House {
    okini: PathBuf,
    data: PathBuf,
    database: String,
    /// Who plays PayPay, and who the hosted page.
    companies: [Value; 2],
    address: watch::Sender<Address>,
    running: Option<Program>,
    pub caller: Caller,
    logins: Vec<Value>,
}

/// Where a part's database is.
fn database(plan: &Plan, data: &Path, name: &str) -> String {
    match &plan.cluster {
        Some(cluster) => format!("{}/{name}", cluster.rsplit_once('/').unwrap().0),
        None => format!("sqlite://{}", data.join("okini.db").display()),
    }
}

fn command(okini: &Path, verb: &str, data: &Path, database: &str) -> Command {
    let log = OpenOptions::new().create(true).append(true).open(data.join("okini.log")).unwrap();
    let mut command = Command::new(okini);
    command.arg(verb).arg("--config").arg(data.join("okini.toml")).arg("--data").arg(data);
    command.args(["--database", database]).env("RUST_LOG", "warn").stderr(log);
    command
}

impl Template {
    pub async fn make(plan: &Plan) -> Self {
        let folder = plan.folder.join("template");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("okini.toml"), SETTINGS).unwrap();
        if let Some(cluster) = &plan.cluster {
            Database::at(cluster).change(&format!("CREATE DATABASE {TEMPLATE} TEMPLATE template0")).await;
        }
        let database = database(plan, &folder, TEMPLATE);
        let demo = Program::start(command(&plan.okini, "demo", &folder, &database)).await.expect("the demo starts");
        let list = |name: &str| demo.ready[name].as_array().unwrap().clone();
        let (facilities, logins) = (list("facilities"), list("logins"));
        assert!(demo.terminate().await.success());
        Database::at(&database).change(BOTH).await;
        let codes = facilities.iter().take(12).map(|facility| facility["code"].as_str().unwrap().to_owned()).collect();
        Self { folder, codes, logins }
    }

    /// A server on a copy of it; `settings` are more of them.
    pub async fn open(&self, plan: &Plan, name: &str, companies: [&Company; 2], settings: &str) -> House {
        let data = plan.folder.join(name);
        fs::create_dir(&data).unwrap();
        for file in fs::read_dir(&self.folder).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), data.join(file.file_name())).unwrap();
        }
        let name = format!("okini_payments_{name}");
        if let Some(cluster) = &plan.cluster {
            Database::at(cluster).change(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
        }
        let companies = companies.map(|company| company.ready.clone());
        fs::write(data.join("okini.toml"), format!("{SETTINGS}{}{settings}", sections(&companies))).unwrap();
        let (address, at) = watch::channel(None);
        let mut house = House {
            okini: plan.okini.clone(),
            database: database(plan, &data, &name),
            data,
            companies,
            address,
            running: None,
            caller: Caller::new(at),
            logins: self.logins.clone(),
        };
        house.start().await;
        house
    }
}

/// The settings about the companies.
fn sections([paypay, hosted]: &[Value; 2]) -> String {
    let (paypay, hosted) = (&paypay["paypay"], &hosted["hosted"]);
    format!(
        "[paypay]\nbase_url = {}\napi_key = {}\napi_secret = {}\npage_host = \"paypay.test\"\nnotify_secret = \"{HOOK}\"\n\
         [hosted]\nbase_url = {}\napi_key = {}\nwebhook_secret = {}\npage_host = \"hosted.test\"\n\
         notify_secret = \"{HOOK}\"\n",
        paypay["base_url"],
        paypay["api_key"],
        paypay["api_secret"],
        hosted["base_url"],
        hosted["api_key"],
        hosted["webhook_secret"],
    )
}

impl House {
    /// Starts it and lets callers and companies know.
    pub async fn start(&mut self) {
        let running = Program::start(command(&self.okini, "serve", &self.data, &self.database)).await;
        let running = running.unwrap_or_else(|| panic!("it does not start: {}", self.data.display()));
        let url = running.url().to_owned();
        self.running = Some(running);
        for ready in &self.companies {
            let hook = |name: &str| format!("{url}/hooks/{name}/{HOOK}");
            let hooks = json!({"paypay": hook("paypay"), "hosted": hook("hosted")}).to_string();
            let (_, control) = watch::channel(Some(ready["control"].as_str().unwrap().to_owned()));
            let ask = Ask { method: reqwest::Method::POST, body: Some(&hooks), ..Ask::get("/notify-urls") };
            assert_eq!(Caller::new(control).ask(ask).await.status, 204);
        }
        self.address.send_replace(Some(url));
    }

    /// SIGKILL, then callers learn that it is gone.
    pub async fn kill(&mut self) {
        self.running.take().unwrap().kill().await;
        self.address.send_replace(None);
    }

    /// SIGTERM, and the doctor's word on what is left: nothing where all is sound.
    pub async fn close(mut self) -> Option<String> {
        self.address.send_replace(None);
        assert!(self.running.take().unwrap().terminate().await.success(), "SIGTERM ends it well");
        let said = command(&self.okini, "doctor", &self.data, &self.database).output().await.unwrap();
        (!said.status.success()).then(|| String::from_utf8_lossy(&said.stdout).into_owned())
    }

    /// Its database, to look into behind its back.
    pub fn database(&self) -> Database {
        Database::at(&self.database)
    }

    /// Signs in the first owner, or each officer: tokens, and who they are.
    pub async fn sign_in(&self, role: &str) -> Vec<(String, Place)> {
        let mut signed_in = Vec::new();
        for login in self.logins.iter().filter(|login| login["role"] == role) {
            let credentials = json!({"user": login["user"], "password": login["password"]}).to_string();
            let path = path::<SignIn>(&[]);
            let session: Session =
                self.caller.ask(Ask::post(&path, "sign-in", &credentials)).await.expect(SignIn::STATUS);
            signed_in.push((format!("Bearer {}", session.access_token), session.account.place));
        }
        signed_in
    }
}
