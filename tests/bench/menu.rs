//! Reading menus: the page that a scanned code opens, and the menu as the app reads it again, precompressed, in turn with
//! the least that serves the same bytes.

use crate::client::{Client, Line, drive, get};
use crate::figures::{Cell, Pair};
use crate::minimal;
use crate::plan::{CLIENTS, Plan};
use crate::site::{Place, Site};
use std::net::SocketAddr;
use std::sync::Arc;

/// Facilities that are asked for in turn.
const SHOPS: usize = 32;

/// What was measured: the page and the menu alone.
pub struct Menus {
    pub page: Vec<Pair>,
    pub api: Vec<Pair>,
    pub page_bytes: usize,
    pub api_bytes: usize,
}

/// Somebody who opens menus.
pub struct Reader {
    line: Line,
    requests: Arc<Vec<(String, Vec<u8>)>>,
    next: usize,
}

impl Client for Reader {
    async fn operation(&mut self) {
        self.next = (self.next + 1) % self.requests.len();
        self.line.ask(&self.requests[self.next].1).await.well();
    }
}

/// `count` readers, each beginning somewhere else.
pub async fn readers(address: SocketAddr, requests: &Arc<Vec<(String, Vec<u8>)>>, count: usize) -> Vec<Reader> {
    let mut readers = Vec::new();
    for next in 0..count {
        readers.push(Reader { line: Line::open(address).await, requests: Arc::clone(requests), next });
    }
    readers
}

/// A phone that was here before and takes brotli.
pub fn request(path: String) -> (String, Vec<u8>) {
    let device = "5".repeat(64);
    let headers = format!("accept-encoding: gzip, deflate, br\r\naccept-language: ja\r\ncookie: okini={device}\r\n");
    let request = get(&path, &headers);
    (path, request)
}

pub async fn measure(plan: &Plan) -> Menus {
    let place = Place::make(plan, "sqlite", "menu").await;
    let site = place.demo().await;
    let codes = site.codes(SHOPS).await;
    let page = codes.iter().map(|code| request(format!("/f/{code}"))).collect();
    let api = codes.iter().map(|code| request(format!("/api/v1/facilities/{code}/menu"))).collect();
    let (page, page_bytes) = compare(plan, &site, Arc::new(page)).await;
    let (api, api_bytes) = compare(plan, &site, Arc::new(api)).await;
    site.stop().await;
    place.remove();
    Menus { page, api, page_bytes, api_bytes }
}

async fn compare(plan: &Plan, site: &Site, requests: Arc<Vec<(String, Vec<u8>)>>) -> (Vec<Pair>, usize) {
    let mut line = site.line().await;
    let minimal = minimal::start(plan, &mut line, &requests).await;
    let bytes = line.ask(&requests[0].1).await.body.len();
    let other = minimal.url().trim_start_matches("http://").parse().unwrap();
    let mut pairs = Vec::new();
    for clients in CLIENTS {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..plan.rounds() {
            ours.push(drive(readers(site.address, &requests, clients).await, plan.time(), site.pid).await);
            bare.push(drive(readers(other, &requests, clients).await, plan.time(), minimal.pid()).await);
        }
        pairs.push(Pair { clients, ours: Cell::median(&ours), bare: Cell::median(&bare) });
    }
    minimal.kill().await;
    (pairs, bytes)
}
