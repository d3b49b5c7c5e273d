//! What the machine is and what a process uses of it, from /proc.

use crate::figures::Cell;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};
use std::fs::read_to_string;
use std::time::Duration;

/// Linux counts CPU time of processes in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// CPU time of a process so far.
pub fn cpu(pid: u32) -> Duration {
    let stat = read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name in brackets may hold anything; utime and stime are the 12th and 13th word after it.
    let words: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    let ticks: u32 = [11, 12].iter().map(|at| words[*at].parse::<u32>().unwrap()).sum();
    TICK * ticks
}

/// Its resident memory in MB.
pub fn rss_mb(pid: u32) -> f64 {
    let status = read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kb: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kb * 1_024.0 / 1_000_000.0
}

/// A process while it is under load.
pub struct Watch {
    pid: u32,
    before: Duration,
}

impl Watch {
    pub fn begin(pid: u32) -> Self {
        Self { pid, before: cpu(pid) }
    }

    pub fn end(self, took: Vec<Duration>, time: Duration) -> Cell {
        Cell::of(took, time, cpu(self.pid) - self.before, rss_mb(self.pid))
    }
}

/// Ten thousand boards are ten thousand sockets.
pub fn raise_file_limit() {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
}

/// What somebody who reads the figures wants to know of the machine.
pub fn describe() -> Value {
    let find = |file: &str, name: &str| {
        let text = read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
        line.trim_start_matches([' ', '\t', ':']).trim().to_owned()
    };
    json!({
        "cpu": find("/proc/cpuinfo", "model name"),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory": find("/proc/meminfo", "MemTotal"),
        "kernel": read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim(),
        "load_before": read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next(),
    })
}
