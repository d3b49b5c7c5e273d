//! A disk that is slow or fails while it syncs, played by strace on the running server. Where that may not be attached the
//! tests say so and do nothing.

use crate::house::{Folder, House, Outcome};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use okini_shared::api::order::Order;
use okini_shared::problem::Code;
use okini_tests::diner::all;
use okini_tests::stage::block_on;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// What strace does to every sync of the server, until it is taken off.
struct Trouble(Child);

impl Trouble {
    /// `how` is strace's: `error=EIO`, `delay_exit=200000`. What was synced is written to `log`.
    async fn begin(house: &House, how: &str, log: &Path) -> Option<Self> {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-e", "trace=fsync,fdatasync", "-e"]).arg(format!("inject=fsync,fdatasync:{how}"));
        strace.arg("-o").arg(log).arg("-p").arg(house.pid().to_string());
        let mut strace = strace.stderr(Stdio::piped()).kill_on_drop(true).spawn().ok()?;
        let mut says = BufReader::new(strace.stderr.take()?).lines();
        while let Ok(Some(line)) = says.next_line().await {
            if line.contains("attached") {
                // It goes on to speak of threads; nobody listens, and it must not stop for that.
                tokio::spawn(async move { while let Ok(Some(_)) = says.next_line().await {} });
                return Some(Self(strace));
            }
        }
        eprintln!("skipped: this test needs strace to attach to a process, which cannot be done here");
        None
    }

    async fn end(mut self) {
        kill(Pid::from_raw(self.0.id().unwrap().try_into().unwrap()), Signal::SIGTERM).unwrap();
        self.0.wait().await.unwrap();
    }
}

#[test]
fn a_disk_that_fails_to_sync_refuses_and_recovers_by_itself() {
    block_on(async {
        let folder = Folder::new();
        let house = House::open(&folder.0).await;
        let known: Order = house.order().await.json(201);
        let Some(trouble) = Trouble::begin(&house, "error=EIO", &folder.0.join("syncs")).await else { return };
        for outcome in all((0..24).map(|_| house.order())).await {
            assert_eq!(outcome.refusal().code, Code::StorageUnavailable);
        }
        house.has(&known).await;
        assert_eq!(house.read_menu().await, house.menu);

        trouble.end().await;
        let next: Order = house.order().await.json(201);
        house.has(&next).await;
        assert!(house.terminate().await.success());
        crate::disk::sound(&folder.0, &[known, next]).await;
    });
}

#[test]
fn orders_share_the_syncs_of_a_slow_disk() {
    const ORDERS: usize = 64;
    block_on(async {
        let folder = Folder::new();
        let house = House::open(&folder.0).await;
        let log = folder.0.join("syncs");
        let Some(trouble) = Trouble::begin(&house, "delay_exit=200000", &log).await else { return };
        let (taken, menu) = tokio::join!(all((0..ORDERS).map(|_| house.order())), house.read_menu());
        assert_eq!(menu, house.menu);
        let orders: Vec<Order> = taken.iter().map(|outcome: &Outcome| outcome.json(201)).collect();
        trouble.end().await;
        for order in &orders {
            house.has(order).await;
        }
        let syncs = std::fs::read_to_string(&log).unwrap().lines().filter(|line| line.contains("sync(")).count();
        assert!((1..ORDERS / 2).contains(&syncs), "{syncs} syncs for {ORDERS} orders that came together");
        assert!(house.terminate().await.success());
        crate::disk::sound(&folder.0, &orders).await;
    });
}
