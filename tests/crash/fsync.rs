//! The proof that what is acknowledged is on the disk: the server runs under strace, orders come one after another, and
//! between the arrival of each and its 201 the write-ahead log has to be written and synced.

use crate::diner::{Diner, Town};
use crate::server::Server;
use okini_tests::caller::Caller;
use std::path::Path;
use std::sync::Arc;

/// What the trace has to show, besides orders: writes to files, syncs, and both ends of a request.
pub const CALLS: &str = "trace=read,recvfrom,write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync";

/// Where one order is on its way from the wire to the disk and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Arrived,
    Written,
    Synced,
}

/// How many orders were answered, and how many of them before they were on the disk.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub answered: usize,
    pub too_early: usize,
}

/// Reads a trace of `strace -f -yy`. Orders come one at a time, so everything between is about the one at hand.
pub fn read(trace: &str) -> Found {
    let mut found = Found::default();
    let mut stage = Stage::Waiting;
    for line in trace.lines() {
        if line.contains("\"POST /api/v1/orders ") {
            stage = Stage::Arrived;
        } else if stage == Stage::Arrived && line.contains("pwrite64(") && line.contains("-wal>") {
            stage = Stage::Written;
        } else if stage == Stage::Written && is_synced(line) {
            stage = Stage::Synced;
        } else if line.contains("\"HTTP/1.1 201 ") {
            found.answered += 1;
            found.too_early += usize::from(stage != Stage::Synced);
            stage = Stage::Waiting;
        }
    }
    found
}

/// The end of a sync that succeeded; a call that other threads interrupt in the trace ends on a line of its own.
fn is_synced(line: &str) -> bool {
    let whole = (line.contains(" fdatasync(") || line.contains(" fsync(")) && line.contains("-wal>");
    let resumed = line.contains("<... fdatasync resumed>") || line.contains("<... fsync resumed>");
    (whole || resumed) && line.trim_end().ends_with("= 0")
}

/// Orders of the proof.
const ORDERS: usize = 2_000;

/// Places orders one after another under strace and reads the trace.
pub async fn prove(options: &crate::Options, folder: &Path) -> bool {
    let sandbox = okini_sandbox::start(okini_sandbox::Options::default()).await.unwrap();
    let mut server = Server::seed(options, folder.to_owned(), &sandbox).await;
    let campaign = server.promise(crate::diner::OFF).await;
    server.trace();
    server.start().await;
    let caller = Caller::new(server.address());
    let menus = crate::diner::menus(&caller, &server.codes()).await;
    let mut diner = Diner::new(Arc::new(Town::new(caller.clone(), menus, campaign, options.seed)), 0);
    for _ in 0..ORDERS {
        diner.order().await;
    }
    server.terminate().await;
    sandbox.stop().await;
    let found = read(&server.read_trace().await);
    println!(
        "{} orders acknowledged one after another, {} of them before they were synced ({} requests sent again)",
        found.answered,
        found.too_early,
        caller.resent()
    );
    found == Found { answered: ORDERS, too_early: 0 }
}
