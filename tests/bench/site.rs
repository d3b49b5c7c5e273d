//! The released server on a database of its own, as a process of its own, with limits that do not bind.

use crate::client::{Answer, Line, get};
use crate::company::Company;
use crate::plan::Plan;
use okini_tests::program::Program;
use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// The secret part of the notification path.
pub const HOOK: &str = "bench";

/// A database and the settings of the server on it.
pub struct Place {
    folder: PathBuf,
    okini: PathBuf,
    pub database: String,
    pub company: Arc<Company>,
}

/// A running server.
pub struct Site {
    program: Program,
    pub address: SocketAddr,
    pub pid: u32,
    pub company: Arc<Company>,
    /// From the start of the process to its ready line.
    pub cold_start: Duration,
}

impl Place {
    /// An empty one on `engine`.
    pub async fn make(plan: &Plan, engine: &str, name: &str) -> Self {
        sqlx::any::install_default_drivers();
        let folder = plan.folder.join("data").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let database = match engine {
            "sqlite" => format!("sqlite://{}/okini.db", folder.display()),
            _ => postgres_database(&plan.postgres, name).await,
        };
        let company = Company::open();
        std::fs::write(folder.join("okini.toml"), settings(company.address)).unwrap();
        Self { folder, okini: plan.okini.clone(), database, company }
    }

    /// Starts the server with the demo programme.
    pub async fn demo(&self) -> Site {
        self.start("demo").await
    }

    /// Starts the server on what is there.
    pub async fn start(&self, command: &str) -> Site {
        let log = File::create(self.folder.join(format!("{command}.log"))).unwrap();
        let mut program = Command::new(&self.okini);
        program.arg(command).arg("--config").arg(self.folder.join("okini.toml")).arg("--data").arg(&self.folder);
        program.args(["--database", &self.database]).stderr(Stdio::from(log));
        let begun = Instant::now();
        let program = Program::start(program).await.unwrap_or_else(|| panic!("see {}", self.folder.display()));
        let cold_start = begun.elapsed();
        let address = program.url().trim_start_matches("http://").parse().unwrap();
        let pid = program.pid();
        Site { program, address, pid, company: Arc::clone(&self.company), cold_start }
    }

    /// Its own connection to the database.
    pub async fn connect(&self) -> AnyConnection {
        AnyConnection::connect(&self.database).await.unwrap()
    }

    /// Runs one of okini's commands on this database and gives what it printed.
    pub async fn okini(&self, arguments: &[&str]) -> String {
        let mut program = Command::new(&self.okini);
        program.args(arguments).arg("--config").arg(self.folder.join("okini.toml")).arg("--data").arg(&self.folder);
        let out = program.args(["--database", &self.database]).output().await.unwrap();
        assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    /// Writes a file and gives its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Forgets everything.
    pub fn remove(self) {
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

async fn postgres_database(cluster: &str, name: &str) -> String {
    let mut conn = AnyConnection::connect(cluster).await.unwrap();
    for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name} TEMPLATE template0")] {
        conn.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    format!("{}/{name}", cluster.rsplit_once('/').unwrap().0)
}

/// Nobody is too fast, nobody answers orders, PayPay is played by the bench.
fn settings(company: SocketAddr) -> String {
    let paces = ["read", "write", "claim", "guess", "notify", "address"];
    let limits = paces.map(|pace| format!("{pace}_per_minute = 100000000\n{pace}_burst = 100000000\n")).concat();
    format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[orders]\nanswer_seconds = 86400\n[limits]\n{limits}[paypay]\n\
         base_url = \"http://{company}\"\napi_key = \"k\"\napi_secret = \"s\"\npage_host = \"{company}\"\n\
         notify_secret = \"{HOOK}\"\n"
    )
}

impl Site {
    /// A kept connection to it.
    pub async fn line(&self) -> Line {
        Line::open(self.address).await
    }

    /// Reads JSON from it.
    pub async fn json(&self, path: &str) -> Value {
        let mut line = self.line().await;
        json(&line.ask(&get(path, "")).await.well())
    }

    /// Codes of the facilities that take PayPay, as many as wanted.
    pub async fn codes(&self, most: usize) -> Vec<String> {
        let mut codes = Vec::new();
        for facility in self.program.ready["facilities"].as_array().unwrap() {
            let code = facility["code"].as_str().unwrap();
            let menu = self.json(&format!("/api/v1/facilities/{code}/menu")).await;
            if menu["facility"]["providers"][0]["provider"] == "paypay" && codes.len() < most {
                codes.push(code.to_owned());
            }
        }
        codes
    }

    /// User and password of the owner of one of the demo's first shops.
    pub fn owner(&self, shop: usize) -> (String, String) {
        let owners = self.program.ready["logins"].as_array().unwrap().iter().filter(|login| login["role"] == "owner");
        let login = owners.collect::<Vec<_>>()[shop];
        let text = |name: &str| login[name].as_str().unwrap().to_owned();
        (text("user"), text("password"))
    }

    /// Ends it as SIGTERM does.
    pub async fn stop(self) {
        self.program.terminate().await;
    }
}

pub fn json(answer: &Answer<'_>) -> Value {
    serde_json::from_slice(answer.body).unwrap()
}
