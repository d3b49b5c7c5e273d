//! Bad disks: full, read-only. What cannot be stored is refused and nothing that was acknowledged is lost. These need to
//! mount small file systems; where that is not allowed they say so and do nothing.

use crate::house::{self, Folder, House, Outcome};
use okini_shared::api::order::Order;
use okini_shared::problem::Code;
use okini_tests::diner::all;
use okini_tests::stage::block_on;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// A small file system of its own, unmounted with the value.
struct Disk {
    path: PathBuf,
    _folder: Folder,
}

impl Disk {
    /// In memory, for root only.
    fn in_memory(size: &str) -> Option<Self> {
        let folder = Folder::new();
        Self::mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"], folder)
    }

    fn mount(what: &[&str], folder: Folder) -> Option<Self> {
        let path = folder.0.join("disk");
        std::fs::create_dir(&path).unwrap();
        let mounted = Command::new("mount").args(what).arg(&path).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self { path, _folder: folder });
        }
        eprintln!("skipped: this test needs to mount a small file system, which is not allowed here");
        None
    }

    fn remount(&self, how: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.path).status().unwrap();
        assert!(done.success());
    }

    fn fill(&self) -> PathBuf {
        let ballast = self.path.join("ballast");
        let mut file = File::create(&ballast).unwrap();
        for block in [vec![0; 65_536], vec![0; 512]] {
            while file.write_all(&block).is_ok() {}
        }
        ballast
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
    }
}

/// Orders by eight at a time until `enough` were refused; returns those that were taken all the same. Menus and orders
/// can be read all the time.
async fn until_refused(house: &House, enough: usize, known: &Order) -> Vec<Order> {
    let mut taken = Vec::new();
    let mut refused = 0;
    for _ in 0..2_000 {
        for outcome in all((0..8).map(|_| house.order())).await {
            match outcome {
                Outcome::Answer { status: 201, .. } => taken.push(outcome.json(201)),
                other => {
                    assert_eq!(other.refusal().code, Code::StorageUnavailable);
                    refused += 1;
                }
            }
        }
        house.has(known).await;
        assert_eq!(house.read_menu().await, house.menu);
        if refused >= enough {
            return taken;
        }
    }
    panic!("a disk without space takes orders for ever");
}

/// Sound, and with these orders and no others.
pub async fn sound(data: &Path, orders: &[Order]) {
    let doctor = house::output(house::okini("doctor", data)).await;
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
    let database = okini_tests::database::Database::at(&format!("sqlite://{}", data.join("okini.db").display()));
    assert_eq!(database.count("orders").await, i64::try_from(orders.len()).unwrap());
}

#[test]
fn a_full_disk_refuses_and_recovers_by_itself() {
    let Some(disk) = Disk::in_memory("32m") else { return };
    block_on(async {
        let house = House::open(&disk.path).await;
        let known: Order = house.order().await.json(201);
        let ballast = disk.fill();
        let mut orders = until_refused(&house, 40, &known).await;
        orders.push(known);

        std::fs::remove_file(ballast).unwrap();
        let freed = Instant::now();
        let again = async {
            loop {
                if let outcome @ Outcome::Answer { status: 201, .. } = house.order().await {
                    return outcome.json(201);
                }
            }
        };
        orders.push(tokio::time::timeout(house::PATIENCE, again).await.expect("it recovers by itself"));
        println!("writes again {} ms after there was space", freed.elapsed().as_millis());
        for order in &orders {
            house.has(order).await;
        }
        assert!(house.terminate().await.success());
        sound(&disk.path, &orders).await;
    });
}

/// Opens a house, takes an order, ends it, and tries to start on what it left when nothing can be written any more.
fn read_only(end: impl AsyncFnOnce(House)) {
    let Some(disk) = Disk::in_memory("32m") else { return };
    block_on(async {
        let house = House::open(&disk.path).await;
        let known: Order = house.order().await.json(201);
        end(house).await;

        disk.remount("ro");
        let mut serve = house::okini("serve", &disk.path);
        serve.args(["--port", "0"]);
        let refused = house::output(serve).await;
        assert!(!refused.status.success());
        assert!(refused.stdout.is_empty(), "it never says that it is ready");

        disk.remount("rw");
        let house = House::open(&disk.path).await;
        house.has(&known).await;
        assert!(house.terminate().await.success());
        sound(&disk.path, &[known]).await;
    });
}

#[test]
fn a_read_only_disk_stops_the_start_and_harms_nothing() {
    read_only(async |house| {
        let log = house.log();
        assert!(house.terminate().await.success());
        assert!(!log.exists(), "a server that was stopped leaves a whole database, without a log beside it");
    });
}

#[test]
fn a_read_only_disk_stops_the_start_after_a_crash_too() {
    // The log that is left makes the database readable, and so easily taken for a sound one.
    read_only(async |house| {
        let log = house.log();
        house.kill().await;
        assert!(log.exists());
    });
}
