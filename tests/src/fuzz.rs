//! What must hold for any bytes at the doors where strangers' bytes come in. Each target panics when it does not; the fuzzer
//! (`tests/fuzz`) looks for such bytes, and an ordinary test replays the corpus that is kept.

use crate::database::Engine;
use crate::stage::{NOW, Stage};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use okini_server::auth::Keys;
use okini_server::clock::{Clock, Ids};
use okini_server::config::Config;
use okini_server::domain::order::clean;
use okini_server::providers::checkout::CheckoutSettings;
use okini_server::providers::hosted::Hosted;
use okini_server::providers::http::{Http, Timeouts};
use okini_server::providers::komoju::Komoju;
use okini_server::providers::paypay::{PayPay, PayPaySettings};
use okini_server::providers::stripe::Stripe;
use okini_server::providers::{NotificationError, Provider};
use okini_shared::api::menu::Menu;
use okini_shared::api::order::NewOrder;
use okini_shared::money::Yen;
use okini_shared::rules::cart::{self, CartRefusal, Priced};
use okini_shared::rules::facility::canonical_code;
use sha2::Sha256;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;

/// A name, as of the corpus folder and the fuzzer's program, and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every door.
pub const TARGETS: [Target; 4] =
    [("qr_path", qr_path), ("order", order), ("notification", notification), ("config", config)];

/// The real server in the small town, for all inputs of a process. Its codes are the same in every run.
struct Town {
    runtime: Runtime,
    stage: Stage,
    connection: Option<BufReader<TcpStream>>,
}

static TOWN: Mutex<Option<Town>> = Mutex::new(None);

impl Town {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let stage = runtime.block_on(Stage::new(Engine::Sqlite));
        Self { runtime, stage, connection: None }
    }

    /// Status and the beginning of the body.
    fn get(&mut self, path: &[u8]) -> (u16, String) {
        // One that is kept may have been closed meanwhile: only silence on a new one means anything.
        let kept = self.connection.take().and_then(|connection| get(connection, path).ok());
        let (status, body, connection) = kept.unwrap_or_else(|| get(self.connect(), path).unwrap());
        self.connection = connection;
        (status, String::from_utf8_lossy(body.get(..100).unwrap_or(&body)).into_owned())
    }

    fn connect(&self) -> BufReader<TcpStream> {
        let stream = TcpStream::connect(self.stage.node().base().replace("http://", "")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        BufReader::new(stream)
    }
}

/// Stops what inputs had started. The fuzzer's programs are ended before they come to it.
pub fn close() {
    if let Some(Town { runtime, stage, connection }) = TOWN.lock().unwrap().take() {
        drop(connection);
        runtime.block_on(stage.end());
    }
}

/// A scanned address: whatever the path says, the server answers whole, and never by an error of its own.
pub fn qr_path(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Some(code) = canonical_code(text)
    {
        assert_eq!(canonical_code(&code).as_ref(), Some(&code));
        assert_eq!(canonical_code(&code.to_ascii_lowercase()), Some(code));
    }
    // What would not be a request line is no path.
    if data.first() != Some(&b'/') || data.iter().any(|byte| *byte <= b' ' || *byte == 0x7f) {
        return;
    }
    let mut town = TOWN.lock().unwrap();
    let (status, body) = town.get_or_insert_with(Town::open).get(data);
    assert!((200..500).contains(&status), "{status} for {}: {body}", data.escape_ascii());
}

/// Status and body of an answer, and the connection if it stays open.
type Answer = (u16, Vec<u8>, Option<BufReader<TcpStream>>);

fn get(mut connection: BufReader<TcpStream>, path: &[u8]) -> io::Result<Answer> {
    connection.get_mut().write_all(&[b"GET ", path, b" HTTP/1.1\r\nhost: okini.example\r\n\r\n"].concat())?;
    let status = line(&mut connection)?.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status: u16 = status.ok_or(ErrorKind::UnexpectedEof)?;
    let (mut length, mut stays) = (0, true);
    while let Some((name, value)) = line(&mut connection)?.split_once(": ") {
        match name {
            "content-length" => length = value.parse().unwrap(),
            "connection" => stays = value != "close",
            _ => {}
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    Ok((status, body, stays.then_some(connection)))
}

fn line(connection: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    connection.read_line(&mut line)?;
    Ok(line.trim_end().to_ascii_lowercase())
}

static MENU: LazyLock<Menu> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../app/tests/menu.json")).unwrap());

/// An order's JSON: read, cleaned and priced without a panic, and the price adds up.
pub fn order(data: &[u8]) {
    let Ok(new) = serde_json::from_slice::<NewOrder>(data) else { return };
    let written = serde_json::to_string(&new).unwrap();
    let again: NewOrder = serde_json::from_str(&written).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), written, "one canonical form, for its fingerprint");
    let note = clean(new.note.as_deref().unwrap_or_default());
    assert!(!note.contains(char::is_control) && clean(&note) == note);
    match cart::price(&MENU, &new.lines, NOW) {
        Ok(priced) => adds_up(&priced, &new),
        Err(CartRefusal::Changed(changes)) => {
            assert!(!changes.is_empty() && changes.iter().all(|change| change.line < new.lines.len()));
        }
        Err(CartRefusal::Malformed { line, .. }) => assert!(line.is_none_or(|line| line < new.lines.len())),
    }
}

fn adds_up(priced: &Priced<'_>, new: &NewOrder) {
    assert_eq!(priced.lines.len(), new.lines.len());
    for (line, seen) in priced.lines.iter().zip(&new.lines) {
        assert_eq!((line.unit, line.quantity, line.place), (seen.seen, seen.quantity, seen.place));
        assert_eq!(line.unit.checked_mul(line.quantity), Some(line.amount));
        assert_eq!(line.options.len(), seen.options.len());
    }
    let total = Yen::checked_sum(priced.lines.iter().map(|line| line.amount));
    assert_eq!(total, Some(priced.total));
    assert!((Yen::ZERO..=Yen::ORDER_LIMIT).contains(&priced.total));
    assert_eq!(Yen::checked_sum(priced.taxes.iter().map(|sum| sum.total)), Some(priced.total));
    assert!(priced.taxes.iter().all(|sum| (Yen::ZERO..=sum.total).contains(&sum.tax)));
}

const WEBHOOK_KEY: &[u8] = b"a key that only the two know";
const TIMEOUTS: Timeouts = Timeouts { moving: Duration::from_secs(1), asking: Duration::from_secs(1) };

static PAYPAY: LazyLock<PayPay> = LazyLock::new(|| {
    let settings = PayPaySettings {
        base_url: "https://paypay.test".into(),
        api_key: "key".into(),
        api_secret: "secret".into(),
        page_host: "paypay.test".into(),
        timeouts: TIMEOUTS,
    };
    let clock = Clock::manual(NOW);
    PayPay::new(settings, Http::new().unwrap(), clock.clone(), Ids::seeded(clock, 1))
});

static HOSTED: LazyLock<Hosted> =
    LazyLock::new(|| Hosted::new(checkout(), Http::new().unwrap(), Clock::manual(NOW)).unwrap());
static KOMOJU: LazyLock<Komoju> =
    LazyLock::new(|| Komoju::new(checkout(), Http::new().unwrap(), Clock::manual(NOW)).unwrap());
static STRIPE: LazyLock<Stripe> =
    LazyLock::new(|| Stripe::new(checkout(), Http::new().unwrap(), Clock::manual(NOW)).unwrap());

fn checkout() -> CheckoutSettings {
    CheckoutSettings {
        base_url: "https://checkout.test".into(),
        api_key: "key".into(),
        webhook_secret: format!("whsec_{}", STANDARD.encode(WEBHOOK_KEY)),
        page_host: "checkout.test".into(),
        timeouts: TIMEOUTS,
    }
}

/// A notification: well signed it is read without a panic, with any other signature it is forged.
pub fn notification(data: &[u8]) {
    let hint = PAYPAY.parse_notification(&|_| None, data);
    assert_ne!(hint, Err(NotificationError::Forged), "PayPay signs nothing");
    let stamp = NOW.get().div_euclid(1_000).to_string();
    let secret = checkout().webhook_secret;
    let hex = |begin: &str| -> String {
        mac(secret.as_bytes(), begin, data).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let standard = format!("v1,{}", STANDARD.encode(mac(WEBHOOK_KEY, &format!("msg_1.{stamp}."), data)));
    let komoju = hex("");
    let stripe = format!("t={stamp},v1={}", hex(&format!("{stamp}.")));
    let signed = |name: &str| match name {
        "webhook-id" => Some("msg_1"),
        "webhook-timestamp" => Some(stamp.as_str()),
        "webhook-signature" => Some(standard.as_str()),
        "x-komoju-signature" => Some(komoju.as_str()),
        "stripe-signature" => Some(stripe.as_str()),
        _ => None,
    };
    let signing: [&dyn Provider; 3] = [&*HOSTED, &*KOMOJU, &*STRIPE];
    for provider in signing {
        assert_ne!(provider.parse_notification(&signed, data), Err(NotificationError::Forged));
    }
    // The first lines as headers of the rest: nobody guesses a signature.
    let mut parts = data.splitn(4, |byte| *byte == b'\n');
    let mut header = || parts.next().and_then(|part| std::str::from_utf8(part).ok());
    let (id, stamp, signature) = (header(), header(), header());
    let guessed = |name: &str| match name {
        "webhook-id" => id,
        "webhook-timestamp" => stamp,
        "webhook-signature" | "x-komoju-signature" | "stripe-signature" => signature,
        _ => None,
    };
    let body = parts.next().unwrap_or_default();
    for provider in signing {
        assert_eq!(provider.parse_notification(&guessed, body), Err(NotificationError::Forged));
    }
}

fn mac(key: &[u8], begin: &str, data: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(begin.as_bytes());
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}

/// A settings file: read or refused with a reason; what is read can be checked, and its keys be made or refused.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Config::from_layers(text) {
        Err(reason) => assert!(!reason.is_empty()),
        Ok(config) => {
            let _ = config.check_release();
            let previous = Some(config.auth.previous_signing_key.as_str()).filter(|key| !key.is_empty());
            let _ = Keys::new(&config.auth.signing_key, previous);
            assert!(format!("{config:?}").contains("Auth { .. }"), "secrets stay out of logs");
        }
    }
}
