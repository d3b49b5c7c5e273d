//! What the system's package manager installs: its name there and how to call it.
//! When it is needed is decided in `setup`.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;
use crate::tools::find_on_path;
use crate::workspace::Workspace;

/// Something that a command needs from the system.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Package {
    Node,
    Postgres,
    Chromium,
    JapaneseFont,
    Strace,
    Python,
    Poppler,
}

impl Package {
    fn what_for(self) -> &'static str {
        match self {
            Self::Node => "Node.js and npm (they shrink the apps and drive the browser)",
            Self::Postgres => "PostgreSQL (the tests start a private one of their own)",
            Self::Chromium => "Chromium (for the browser journeys)",
            Self::JapaneseFont => "a Japanese font (for the browser journeys)",
            Self::Strace => "strace (the tests play bad disks with it)",
            Self::Poppler => "poppler (the tests read receipts back with it)",
            Self::Python => "Python with venv (a payment company's own library runs in it)",
        }
    }

    fn names(self, manager: &str) -> &'static [&'static str] {
        match (self, manager) {
            (Self::Node, "brew") => &["node"],
            (Self::Node, _) => &["nodejs", "npm"],
            (Self::Postgres, "dnf") => &["postgresql-server"],
            (Self::Postgres, "brew") => &["postgresql@17"],
            (Self::Postgres, _) => &["postgresql"],
            (Self::Strace, _) => &["strace"],
            (Self::Poppler, "pacman" | "brew") => &["poppler"],
            (Self::Poppler, _) => &["poppler-utils"],
            (Self::Python, "apt-get") => &["python3", "python3-venv"],
            (Self::Python, "brew" | "pacman") => &["python"],
            (Self::Python, _) => &["python3"],
            (Self::Chromium, _) => &["chromium"],
            (Self::JapaneseFont, "dnf") => &["fontconfig", "google-noto-sans-cjk-fonts"],
            (Self::JapaneseFont, "pacman") => &["fontconfig", "noto-fonts-cjk"],
            (Self::JapaneseFont, "brew") => &["fontconfig", "font-noto-sans-cjk-jp"],
            (Self::JapaneseFont, _) => &["fontconfig", "fonts-noto-cjk"],
        }
    }
}

/// How to ask each package manager, without questions in between.
const MANAGERS: [(&str, &[&str]); 4] = [
    ("apt-get", &["install", "--yes", "--no-install-recommends"]),
    ("dnf", &["install", "--assumeyes"]),
    ("pacman", &["-S", "--needed", "--noconfirm"]),
    ("brew", &["install"]),
];

/// Installs `packages` by the system's package manager.
///
/// # Errors
/// When there is none, it may not be used or it fails: with the command to run by hand.
pub(crate) fn install(workspace: &Workspace, packages: &[Package]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let wanted: Vec<&str> = packages.iter().map(|package| package.what_for()).collect();
    let wanted = wanted.join(", ");
    let Some((manager, words)) = MANAGERS.into_iter().find(|(manager, _)| find_on_path(&[manager]).is_some()) else {
        bail!("missing: {wanted}. There is no apt-get, dnf, pacman or brew here: please install by hand.");
    };
    let names: Vec<&str> = packages.iter().flat_map(|package| package.names(manager)).copied().collect();
    println!("Installing by {manager}, once (usually 1 to 3 minutes): {wanted} ...");
    let log = workspace.cache.join(format!("logs/{manager}.log"));
    let root = nix::unistd::geteuid().is_root();
    let sudo = !root && manager != "brew";
    let by_hand = format!("{}{manager} {} {}", if sudo { "sudo " } else { "" }, words.join(" "), names.join(" "));
    if sudo && !process::succeeds(Command::new("sudo").args(["-n", "true"])) {
        bail!("missing: {wanted}. Installing needs your password; please run this and then start again:\n  {by_hand}");
    }
    if manager == "apt-get" {
        // Old lists name packages that are gone. If they cannot be renewed the old ones may still do.
        let _ = process::run_logged("package lists", &log, call(manager, sudo).arg("update"));
    }
    process::run_logged("packages", &log, call(manager, sudo).args(words).args(&names)).map_err(|error| {
        error.context(format!("could not install {wanted}; please run this by hand and then start again:\n  {by_hand}"))
    })
}

fn call(manager: &str, sudo: bool) -> Command {
    let mut command = Command::new(if sudo { "sudo" } else { "env" });
    if sudo {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", manager]);
    command
}
