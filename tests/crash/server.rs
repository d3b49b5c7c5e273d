//! The real server as a process on a data directory: seeded once, then started, killed and started again.
//! What is asked of it is in `diner.rs`.

use crate::{Options, fsync};
use okini_sandbox::Running as Sandbox;
use okini_server::clock::Clock;
use okini_shared::id::CampaignId;
use okini_shared::time::DAY;
use okini_tests::caller::Address;
use okini_tests::program::Program;
use serde_json::json;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::process::Command;
use tokio::sync::watch;

/// The secret part of the notification path.
const HOOK: &str = "a-path-that-nobody-guesses";

/// What is asked of a real server, but that one address speaks for all phones, and that nothing runs out meanwhile.
/// An attempt whose page was lost in a crash is given up sooner than a person would do.
const SETTINGS: &str = r#"
[server]
listen = "127.0.0.1:0"
[orders]
answer_seconds = 86400
unpaid_seconds = 86400
[payments]
never_made_ms = 3000
[limits]
read_per_minute = 100000000
read_burst = 100000000
write_per_minute = 100000000
claim_per_minute = 100000000
claim_burst = 100000000
write_burst = 100000000
notify_per_minute = 100000000
notify_burst = 100000000
address_per_minute = 100000000
address_burst = 100000000
[jobs]
tick_ms = 50
"#;

/// The server, up or down.
pub struct Server {
    program: PathBuf,
    data: PathBuf,
    database: Option<String>,
    control: String,
    address: watch::Sender<Address>,
    running: Option<Program>,
    /// Where strace writes what the server does.
    trace: Option<PathBuf>,
}

impl Server {
    /// Puts the demo programme into a new database; the server is down afterwards.
    pub async fn seed(options: &Options, data: PathBuf, sandbox: &Sandbox) -> Self {
        let ready = &sandbox.ready;
        let paypay = format!(
            "[paypay]\nbase_url = {}\napi_key = {}\napi_secret = {}\npage_host = {}\nnotify_secret = {}\n",
            json!(ready.paypay.base_url),
            json!(ready.paypay.api_key),
            json!(ready.paypay.api_secret),
            json!(sandbox.address.to_string()),
            json!(HOOK),
        );
        std::fs::write(data.join("okini.toml"), format!("{SETTINGS}{paypay}")).unwrap();
        let (address, _) = watch::channel(None);
        let server = Self {
            program: options.program.clone(),
            data,
            database: options.database.clone(),
            control: ready.control.clone(),
            address,
            running: None,
            trace: None,
        };
        let demo = Program::start(server.command(&["demo"])).await.expect("the demo starts");
        assert!(demo.terminate().await.success());
        server
    }

    /// Publishes a coupon that applies by itself, with money for more than are used here; its campaign's id.
    pub async fn promise(&self, yen: i64) -> CampaignId {
        let draft = json!({
            "name": {"ja": "割引"}, "claim": "automatic",
            "terms": {
                "kind": "multi_shop", "benefit": {"yen_off": {"yen": yen}},
                "conditions": {"starts_at": 0, "ends_at": Clock::System.now().plus(DAY).get()},
                "limits": {"total": 1_000_000}, "stacking": {"group": null, "rank": 0, "most": 1},
                "shares": {"shop": 2_500, "consortium": 0, "programme": 7_500},
            },
        });
        let file = self.data.join("campaign.json").display().to_string();
        std::fs::write(&file, draft.to_string()).unwrap();
        let id = self.first_word(&["campaign", "add", &file]).await;
        for funder in ["programme", "shop"] {
            let budget = self.first_word(&["budget", "add", "crash", "1000000000", "--funder", funder]).await;
            self.first_word(&["budget", "link", &budget, &id]).await;
        }
        self.first_word(&["campaign", "rehearse", &id]).await;
        self.first_word(&["campaign", "publish", &id]).await;
        id.parse().unwrap()
    }

    /// The first word that a command prints.
    async fn first_word(&self, arguments: &[&str]) -> String {
        let out = self.command(arguments).output().await.unwrap();
        assert!(out.status.success(), "{arguments:?}: see the log");
        String::from_utf8(out.stdout).unwrap().split_whitespace().next().unwrap_or_default().to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let log = OpenOptions::new().create(true).append(true).open(self.data.join("okini.log")).unwrap();
        let mut command = match &self.trace {
            Some(trace) => strace(trace, &self.program),
            None => Command::new(&self.program),
        };
        command.args(arguments).arg("--config").arg(self.data.join("okini.toml")).arg("--data").arg(&self.data);
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command.env("RUST_LOG", "warn").stderr(log);
        command
    }

    /// Where it is, and where it will be.
    pub fn address(&self) -> watch::Receiver<Address> {
        self.address.subscribe()
    }

    /// The codes of some facilities, as its last ready line names them.
    pub fn codes(&self) -> Vec<String> {
        let facilities = self.running.as_ref().unwrap().ready["facilities"].as_array().unwrap();
        facilities.iter().take(12).map(|facility| facility["code"].as_str().unwrap().to_owned()).collect()
    }

    /// From the next start on it runs under strace, with its timer at rest so that only orders write.
    pub fn trace(&mut self) {
        let settings = self.data.join("okini.toml");
        let text = std::fs::read_to_string(&settings).unwrap().replace("tick_ms = 50", "tick_ms = 86400000");
        std::fs::write(settings, text).unwrap();
        self.trace = Some(self.data.join("trace"));
    }

    /// The whole trace, once the server has ended.
    pub async fn read_trace(&self) -> String {
        loop {
            let trace = std::fs::read_to_string(self.trace.as_ref().unwrap()).unwrap();
            if trace.trim_end().ends_with("+++ exited with 0 +++") {
                return trace;
            }
            // strace writes on for a moment after the program that it watches.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Starts it and lets callers know; how long it took until it was ready.
    pub async fn start(&mut self) -> Duration {
        let begun = Instant::now();
        let running = Program::start(self.command(&["serve"])).await.expect("the server starts again");
        let took = begun.elapsed();
        let url = running.url().to_owned();
        self.running = Some(running);
        self.tell_company(&url).await;
        self.address.send_replace(Some(url));
        took
    }

    #[expect(clippy::disallowed_methods, reason = "the harness speaks to its payment company")]
    async fn tell_company(&self, url: &str) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let urls = json!({ "paypay": format!("{url}/hooks/paypay/{HOOK}") });
        let told = http.post(format!("{}/notify-urls", self.control)).json(&urls).send().await.unwrap();
        assert!(told.status().is_success());
    }

    /// SIGKILL, then callers learn that it is gone.
    pub async fn kill(&mut self) {
        self.running.take().unwrap().kill().await;
        self.address.send_replace(None);
    }

    /// Starts it and kills it on the way up, ready or not.
    pub async fn kill_while_starting(&mut self, after: Duration) {
        let mut child =
            self.command(&["serve"]).stdout(std::process::Stdio::null()).kill_on_drop(true).spawn().unwrap();
        tokio::time::sleep(after).await;
        child.kill().await.unwrap();
    }

    /// SIGTERM: it has to end well.
    pub async fn terminate(&mut self) {
        self.address.send_replace(None);
        assert!(self.running.take().unwrap().terminate().await.success(), "SIGTERM ends it well");
    }

    /// The doctor's words about the database; it has to be sound.
    pub async fn examine(&self) -> String {
        let said = self.command(&["doctor"]).output().await.unwrap();
        let words = String::from_utf8(said.stdout).unwrap();
        assert!(said.status.success(), "the database is not sound:\n{words}");
        words
    }

    /// The database, as tests look into it.
    pub fn database_url(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite://{}", self.data.join("okini.db").display()))
    }
}

/// The program under strace, which stays in the background so that the process is the program's own.
fn strace(trace: &Path, program: &Path) -> Command {
    let mut command = Command::new("strace");
    command.args(["-D", "-f", "-y", "-s", "40", "-e", fsync::CALLS, "-e", "signal=none", "-o"]).arg(trace).arg(program);
    command
}
