//! Where things are: the checkout, cargo's target folder and the cache of tools; and cargo itself.
//! What is done there belongs to the commands.

use std::env;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;

/// Always named together, so that all released programs share their libraries.
const RELEASED: [&str; 7] = ["--locked", "-p", "okini-server", "-p", "okini-sandbox", "-p", "okini-tests"];

/// The three folders that every command works in.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// Survives builds and is shared between checkouts.
    pub(crate) cache: PathBuf,
}

impl Workspace {
    /// Asks cargo where it is and makes the folders.
    ///
    /// # Errors
    /// When not started by cargo, or a folder cannot be made.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var("CARGO_MANIFEST_DIR").context("start it by `cargo xtask`")?;
        let root = Path::new(&manifest).parent().context("xtask has no parent folder")?.to_owned();
        let mut metadata = Command::new("cargo");
        metadata.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&root);
        let metadata: Value = serde_json::from_str(&process::output(&mut metadata)?)?;
        let target =
            metadata.get("target_directory").and_then(Value::as_str).context("cargo names no target folder")?;
        let found = Self { root, target: PathBuf::from(target), cache: cache_folder()? };
        for folder in [found.state(""), found.cache.join("logs")] {
            fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        Ok(found)
    }

    /// A file of xtask's own about this checkout: stamps, logs.
    pub(crate) fn state(&self, name: &str) -> PathBuf {
        self.target.join("xtask").join(name)
    }

    /// A program that cargo built in the dev profile.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// `cargo ARGUMENTS` at the top of the checkout.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// Builds the server and the sandbox in the dev profile.
    pub(crate) fn build_programs(&self) -> Result<()> {
        process::run(&mut self.cargo(&["build", "--locked", "-p", "okini-server", "-p", "okini-sandbox"]))
    }

    /// Builds the server and the sandbox as they are released.
    pub(crate) fn build_release(&self) -> Result<()> {
        println!("Building the released server and what measures it (about 15 minutes the first time on 2 cores) ...");
        process::run(self.cargo(&["build", "--release", "--bin", "okini", "--bin", "okini-sandbox"]).args(RELEASED))
    }

    /// A released program.
    pub(crate) fn released(&self, name: &str) -> PathBuf {
        self.target.join("release").join(name)
    }

    /// One of the measuring programs of `tests`, to be built and run.
    pub(crate) fn bench(&self, name: &str) -> Command {
        let mut command = self.cargo(&["bench", "--bench", name]);
        command.args(RELEASED);
        command
    }

    /// Writes `docs/openapi.json` as the server describes itself.
    pub(crate) fn write_openapi(&self) -> Result<()> {
        process::run(&mut self.cargo(&["build", "--locked", "-p", "okini-server"]))?;
        let text = process::output(Command::new(self.program("okini")).arg("openapi"))?;
        let path = self.root.join("docs/openapi.json");
        fs::write(&path, text.trim_end().to_owned() + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
        println!("Wrote docs/openapi.json.");
        Ok(())
    }

    /// True when `name` was stamped with exactly this fingerprint.
    pub(crate) fn is_stamped(&self, name: &str, fingerprint: &str) -> bool {
        fs::read_to_string(self.state(name)).is_ok_and(|stamp| stamp == fingerprint)
    }

    pub(crate) fn stamp(&self, name: &str, fingerprint: &str) -> Result<()> {
        fs::write(self.state(name), fingerprint).context("cannot write a stamp")
    }
}

fn cache_folder() -> Result<PathBuf> {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("OKINI_TOOLS")
        .or_else(|| named("XDG_CACHE_HOME").map(|cache| cache.join("okini")))
        .or_else(|| named("HOME").map(|home| home.join(".cache/okini")))
        .context("no place for tools: set OKINI_TOOLS to a folder")
}

/// Holds `path` for as long as the answer lives; waits while another xtask holds it.
pub(crate) fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).with_context(|| format!("cannot open {}", path.display()))?;
    if file.try_lock().is_err() {
        println!("Waiting for another xtask that is at the same work ...");
        file.lock().context("cannot lock")?;
    }
    Ok(file)
}

/// A fingerprint of names and contents of `paths` and everything below them.
pub(crate) fn fingerprint(paths: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files_under(paths)? {
        file.hash(&mut hasher);
        fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The files at and below `paths`, in order; nothing for a path that does not exist.
pub(crate) fn files_under(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut open: Vec<PathBuf> = paths.to_vec();
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path).with_context(|| format!("cannot list {}", path.display()))? {
                open.push(entry?.path());
            }
        } else if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
