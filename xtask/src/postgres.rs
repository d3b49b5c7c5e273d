//! One private PostgreSQL for a test run: in a temporary folder, on a free loopback port, stopped
//! and removed when this value goes away. What the tests do with it belongs to the tests.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::tools::find_on_path;

/// A running cluster.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes and starts one for tests (about 2 seconds): nothing in it outlives the run, so nothing needs to survive a
    /// power cut.
    ///
    /// # Errors
    /// When its programs are missing or it does not start: with the end of its log.
    pub(crate) fn start() -> Result<Self> {
        Self::start_with("-c fsync=off -c synchronous_commit=off -c full_page_writes=off")
    }

    /// Makes and starts one that keeps its word, as in earnest.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub(crate) fn start_durable() -> Result<Self> {
        Self::start_with("")
    }

    fn start_with(settings: &str) -> Result<Self> {
        let programs = programs().context("PostgreSQL is not installed: cargo xtask setup --tests")?;
        let folder = std::env::temp_dir().join(format!("okini-postgres-{}", std::process::id()));
        let cluster = Self { programs, folder, port: free_port()? };
        process::output(as_server("mkdir").args(["-m", "700"]).arg(&cluster.folder))?;
        process::output(
            cluster
                .program("initdb")
                .args(["--auth=trust", "--username=okini", "--encoding=UTF8", "--no-locale", "--no-sync"])
                .arg("-D")
                .arg(cluster.folder.join("data")),
        )?;
        cluster.launch(settings)?;
        Ok(cluster)
    }

    fn launch(&self, settings: &str) -> Result<()> {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{}' -c max_connections=800 \
             -c max_wal_size=2GB {settings}",
            self.port,
            self.folder.display()
        );
        let log = self.folder.join("log");
        let mut start = self.control("start");
        // `-l` gives the server its own stdout; it would hold ours open otherwise.
        start.args(["-w", "-t", "60", "-o", &options, "-l"]).arg(&log);
        if let Err(error) = process::output(&mut start) {
            bail!("PostgreSQL does not start: {error}\n{}", process::tail(&log));
        }
        Ok(())
    }

    /// Its address for the tests.
    pub(crate) fn url(&self) -> String {
        format!("postgres://okini@127.0.0.1:{}/postgres", self.port)
    }

    fn program(&self, name: &str) -> Command {
        as_server(self.programs.join(name))
    }

    /// `pg_ctl`, which finds the server's process id in the data folder.
    fn control(&self, verb: &str) -> Command {
        let mut command = self.program("pg_ctl");
        command.arg(verb).arg("-D").arg(self.folder.join("data"));
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.folder.join("data/postmaster.pid").exists()
            && let Err(error) = process::output(self.control("stop").args(["-m", "immediate", "-w"]))
        {
            eprintln!("could not stop PostgreSQL in {}: {error:#}", self.folder.display());
            return;
        }
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("could not remove {}: {error}", self.folder.display());
        }
    }
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package made.
fn as_server(program: impl AsRef<Path>) -> Command {
    let mut command;
    if nix::unistd::geteuid().is_root() {
        command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program.as_ref());
    } else {
        command = Command::new(program.as_ref());
    }
    // Its users may not enter the folder that we are in.
    command.current_dir("/");
    command
}

fn free_port() -> Result<u16> {
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(probe.local_addr()?.port())
}

/// The folder of the server's programs, which Debian and Homebrew keep off PATH.
pub(crate) fn programs() -> Option<PathBuf> {
    let has_all = |folder: &PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).exists());
    let named = process::output(Command::new("pg_config").arg("--bindir")).map(|line| PathBuf::from(line.trim()));
    let on_path = find_on_path(&["initdb"]).and_then(|program| program.parent().map(Path::to_owned));
    let newest = |folder: &str| {
        let versions = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
        versions.filter(has_all).max_by_key(|folder| version_in(folder))
    };
    let kept =
        || newest("/usr/lib/postgresql").or_else(|| newest("/opt/homebrew/opt")).or_else(|| newest("/usr/local/opt"));
    named.ok().filter(has_all).or_else(|| on_path.filter(has_all)).or_else(kept)
}

/// The number in `.../15/bin` or `.../postgresql@17/bin`.
fn version_in(folder: &Path) -> u32 {
    let digits: String = folder.to_string_lossy().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}
