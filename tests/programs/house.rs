//! A running okini of a test's own: a data directory, the demo programme, raw requests one connection each.
//! What is done to it is in the tests.

use okini_shared::api::menu::{GetMenu, Menu};
use okini_shared::api::order::{GetOrder, NewOrder, Order};
use okini_shared::api::path;
use okini_shared::problem::Problem;
use okini_tests::client::new_key;
use okini_tests::program::Program;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;

/// Longer than anything takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Nobody is too fast.
const SETTINGS: &str = r"
[server]
workers = 2
[limits]
read_per_minute = 1000000
read_burst = 1000000
write_per_minute = 1000000
claim_per_minute = 1000000
claim_burst = 1000000
write_burst = 1000000
notify_per_minute = 1000000
notify_burst = 1000000
address_per_minute = 1000000
address_burst = 1000000
";

/// A folder that is removed with the value.
pub struct Folder(pub PathBuf);

impl Folder {
    /// An empty one.
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("okini-programs-{}-{}", std::process::id(), new_key()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program: the one that is named, or the one that lies beside this test.
fn program() -> PathBuf {
    let named = std::env::var_os("OKINI_BIN").map(PathBuf::from);
    let beside = || std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("okini");
    let program = named.unwrap_or_else(beside);
    assert!(program.exists(), "{} is not built: run the tests by `cargo xtask test`", program.display());
    program
}

/// `okini VERB` on a data directory, silent.
pub fn okini(verb: &str, data: &Path) -> Command {
    let settings = data.join("okini.toml");
    if !settings.exists() {
        // A disk that is full or read-only has it already.
        std::fs::write(&settings, SETTINGS).unwrap();
    }
    let mut command = Command::new(program());
    command.args(verb.split(' ')).arg("--config").arg(settings).arg("--data").arg(data);
    command.env("RUST_LOG", "error").stderr(Stdio::null()).kill_on_drop(true);
    command
}

/// The program's whole life, for verbs that end by themselves or fail.
pub async fn output(mut command: Command) -> Output {
    command.stderr(Stdio::piped()).stdout(Stdio::piped());
    tokio::time::timeout(PATIENCE, command.output()).await.expect("it ends by itself").unwrap()
}

/// The running server.
pub struct House {
    program: Program,
    data: PathBuf,
    pub address: String,
    pub menu: Menu,
}

/// What came back on a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody listens.
    Refused,
    /// The connection ended without a byte of an answer.
    Nothing,
    /// Part of an answer.
    Broken(Vec<u8>),
    Answer {
        status: u16,
        kind: String,
        body: Vec<u8>,
    },
}

impl House {
    /// Starts the demo programme in a folder.
    pub async fn open(data: &Path) -> Self {
        let mut command = okini("demo", data);
        command.args(["--port", "0"]);
        Self::start(command, data).await
    }

    /// Starts it by a command that is made already.
    pub async fn start(command: Command, data: &Path) -> Self {
        let program = Program::start(command).await.expect("okini starts");
        let address = program.url().strip_prefix("http://").unwrap().to_owned();
        let code = program.ready["facilities"][0]["code"].as_str().unwrap();
        let menu = read_menu(&address, code).await;
        Self { menu, address, program, data: data.to_owned() }
    }

    /// The menu as it is now.
    pub async fn read_menu(&self) -> Menu {
        read_menu(&self.address, &self.menu.facility.code).await
    }

    /// An order of the first dish that can be had without a question.
    pub fn cart(&self) -> NewOrder {
        use okini_shared::api::order::CartLine;
        let plain = |item: &&okini_shared::api::menu::Item| {
            !item.alcohol && item.groups.is_empty() && item.left.is_none() && item.sold_out.is_none()
        };
        let item = self.menu.items().find(plain).unwrap();
        NewOrder {
            facility: self.menu.facility.code.clone(),
            seat: None,
            lines: vec![CartLine {
                item: item.id,
                options: Vec::new(),
                quantity: 1,
                place: okini_shared::rules::tax::Place::EatIn,
                seen: item.price,
            }],
            coupons: Vec::new(),
            expected_total: item.price,
            note: None,
            adult: false,
            lang: okini_shared::text::Lang::Ja,
        }
    }

    /// Places an order with a new key.
    pub async fn order(&self) -> Outcome {
        post_order(&self.address, &new_key(), &self.cart()).await
    }

    /// Places an order on a connection that was made before.
    pub async fn order_on(&self, connection: TcpStream) -> Outcome {
        let body = serde_json::to_string(&self.cart()).unwrap();
        exchange(connection, &to_post(&self.address, "/api/v1/orders", &new_key(), &body)).await
    }

    /// An order is there as it was acknowledged.
    pub async fn has(&self, order: &Order) {
        let there: Order = get(&self.address, &path::<GetOrder>(&[&order.token])).await.json(200);
        assert_eq!(Order { yours: order.yours, ..there }, *order);
    }

    /// SQLite's write-ahead log.
    pub fn log(&self) -> PathBuf {
        self.data.join("okini.db-wal")
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.program.pid()
    }

    /// SIGKILL.
    pub async fn kill(self) {
        self.program.kill().await;
    }

    /// SIGTERM, and how it ended.
    pub async fn terminate(self) -> ExitStatus {
        tokio::time::timeout(PATIENCE, self.program.terminate()).await.expect("it ends")
    }
}

impl Outcome {
    /// The body of an answer that has to be this one.
    pub fn json<T: DeserializeOwned>(&self, expected: u16) -> T {
        match self {
            Self::Answer { status, body, .. } if *status == expected => serde_json::from_slice(body).unwrap(),
            other => panic!("not {expected}: {other:?}"),
        }
    }

    /// The problem of a refusal, which is a whole problem document.
    pub fn refusal(&self) -> Problem {
        let Self::Answer { status, kind, body } = self else { panic!("not an answer: {self:?}") };
        assert_eq!(kind, "application/problem+json", "{status}");
        let problem: Problem = serde_json::from_slice(body).unwrap();
        assert_eq!(problem.status, *status);
        problem
    }
}

async fn read_menu(address: &str, code: &str) -> Menu {
    get(address, &path::<GetMenu>(&[code])).await.json(200)
}

/// A GET on a connection of its own.
pub async fn get(address: &str, path: &str) -> Outcome {
    send(address, &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")).await
}

/// Places an order on a connection of its own.
pub async fn post_order(address: &str, key: &str, new: &NewOrder) -> Outcome {
    send(address, &to_post(address, "/api/v1/orders", key, &serde_json::to_string(new).unwrap())).await
}

fn to_post(address: &str, path: &str, key: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nidempotency-key: {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

async fn send(address: &str, request: &str) -> Outcome {
    match TcpStream::connect(address).await {
        Ok(connection) => exchange(connection, request).await,
        Err(_) => Outcome::Refused,
    }
}

async fn exchange(mut connection: TcpStream, request: &str) -> Outcome {
    let exchange = async {
        let mut answer = Vec::new();
        // Whether it could be written and read to the end shows in what was read.
        let _ = connection.write_all(request.as_bytes()).await;
        let _ = connection.read_to_end(&mut answer).await;
        read(answer)
    };
    tokio::time::timeout(PATIENCE, exchange).await.expect("an answer, or an end of the connection")
}

/// Reads an answer with a length.
fn read(answer: Vec<u8>) -> Outcome {
    if answer.is_empty() {
        return Outcome::Nothing;
    }
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return Outcome::Broken(answer) };
    let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase();
    let header =
        |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
    let body = answer[end + 4..].to_vec();
    if header("content-length:") != Some(body.len().to_string()) {
        return Outcome::Broken(answer);
    }
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Outcome::Answer { status, kind: header("content-type:").unwrap_or_default(), body }
}
