//! Open boards: each a stream of a signed-in tablet of one facility. Orders are paid one after the other, and each has to
//! reach every board; counted from the moment before the payment company tells of the payment.

use crate::client::{get, post};
use crate::figures::percentile;
use crate::machine::rss_mb;
use crate::orders::{carts, diners};
use crate::plan::Plan;
use crate::site::{Place, Site, json};
use okini_shared::api::session::{self, Session};
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt as _;
use tokio::task::LocalSet;

/// Orders while the boards are open.
const ORDERS: usize = 20;
/// Between them.
const PAUSE: Duration = Duration::from_millis(500);
/// How long the last one may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);
/// Open boards, in turn.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// Boards that open at the same moment.
const AT_ONCE: usize = 100;

/// What one number of boards gave.
pub struct Boards {
    pub boards: usize,
    pub connected: usize,
    pub expected: usize,
    pub delivered: usize,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub rss_mb: f64,
    /// Until all were open.
    pub opened_s: f64,
    pub cpu_s: f64,
}

/// What the boards have seen.
#[derive(Default)]
struct Seen {
    connected: usize,
    paid_at: HashMap<String, Instant>,
    took: Vec<Duration>,
}

pub async fn measure(plan: &Plan) -> Vec<Boards> {
    let place = Place::make(plan, "sqlite", "boards").await;
    let mut results = Vec::new();
    let site = place.demo().await;
    for (index, size) in SIZES.into_iter().enumerate() {
        results.push(LocalSet::new().run_until(open(&site, index, size)).await);
    }
    site.stop().await;
    place.remove();
    results
}

async fn open(site: &Site, shop: usize, size: usize) -> Boards {
    let session = sign_in(site, shop).await;
    let session::Place::Facility { id: facility, code, .. } = session.account.place else {
        panic!("an owner has a shop")
    };
    let headers = format!("authorization: Bearer {}\r\n", session.access_token);
    let request = get(&format!("/api/v1/shops/{facility}/board/events"), &headers);
    let (seen, begun, cpu) = (Rc::new(RefCell::new(Seen::default())), Instant::now(), crate::machine::cpu(site.pid));
    let mut streams = Vec::new();
    while streams.len() < size {
        for _ in 0..AT_ONCE.min(size - streams.len()) {
            let stream = site.line().await.begin(&request).await;
            streams.push(tokio::task::spawn_local(watch(stream, Rc::clone(&seen))));
        }
        until(|| seen.borrow().connected == streams.len()).await;
    }
    let opened_s = begun.elapsed().as_secs_f64();
    let mut diner = diners(site, &carts(site, &[code]).await, 1).await.remove(0);
    for _ in 0..ORDERS {
        let next = Instant::now() + PAUSE;
        let placed = diner.order().await;
        seen.borrow_mut().paid_at.insert(placed.id, Instant::now());
        diner.pay(&placed.payment).await;
        tokio::time::sleep_until(next.into()).await;
    }
    until(|| seen.borrow().took.len() == size * ORDERS).await;
    let (rss_mb, cpu_s) = (rss_mb(site.pid), (crate::machine::cpu(site.pid) - cpu).as_secs_f64());
    for stream in &streams {
        stream.abort();
    }
    let mut seen = seen.borrow_mut();
    seen.took.sort_unstable();
    Boards {
        boards: size,
        connected: seen.connected,
        expected: size * ORDERS,
        delivered: seen.took.len(),
        p50_ms: percentile(&seen.took, 0.5),
        p99_ms: percentile(&seen.took, 0.99),
        rss_mb,
        opened_s,
        cpu_s,
    }
}

async fn sign_in(site: &Site, shop: usize) -> Session {
    let (user, password) = site.owner(shop);
    let body = json!({"user": user, "password": password}).to_string();
    let session = json(&site.line().await.ask(&post("/api/v1/session", "", &body)).await.well());
    serde_json::from_value(session).unwrap()
}

/// Waits until it is so, or patience is at its end.
async fn until(so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() && begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// One board: counts itself when its first frame is there, and each paid order once.
async fn watch(mut stream: tokio::net::TcpStream, seen: Rc<RefCell<Seen>>) {
    let (mut bytes, mut mine, mut open) = (Vec::new(), Vec::new(), false);
    while stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {
        let now = Instant::now();
        while let Some(end) = bytes.windows(2).position(|two| two == b"\n\n") {
            let frame: Vec<u8> = bytes.drain(..end + 2).collect();
            let frame = String::from_utf8_lossy(&frame);
            let mut seen = seen.borrow_mut();
            if !open && frame.contains("event: board") {
                open = true;
                seen.connected += 1;
            }
            let id = frame.split_once("event: order").and_then(|(_, data)| data.split("\"id\":\"").nth(1)?.get(..36));
            if let Some(id) = id
                && let Some(paid_at) = seen.paid_at.get(id).copied()
                && !mine.iter().any(|other| other == id)
            {
                mine.push(id.to_owned());
                seen.took.push(now - paid_at);
            }
        }
    }
    if open {
        seen.borrow_mut().connected -= 1;
    }
}
