//! The programs that cargo and npm install for this project alone, each version in a folder of its
//! own in the cache. What the system's package manager installs is in `packages`.

use std::borrow::Cow;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::{Workspace, lock};

/// A program that `cargo install` builds from source.
pub(crate) struct CargoTool {
    package: &'static str,
    version: Cow<'static, str>,
    program: &'static str,
    options: &'static [&'static str],
    usually: &'static str,
}

pub(crate) const TRUNK: CargoTool = CargoTool {
    package: "trunk",
    version: Cow::Borrowed("0.21.14"),
    program: "trunk",
    options: &["--locked", "--no-default-features", "--features", "rustls"],
    usually: "3 to 10 minutes",
};

pub(crate) const TYPOS: CargoTool = CargoTool {
    package: "typos-cli",
    version: Cow::Borrowed("1.52.0"),
    program: "typos",
    options: &["--locked"],
    usually: "2 minutes",
};

pub(crate) const DENY: CargoTool = CargoTool {
    package: "cargo-deny",
    version: Cow::Borrowed("0.20.2"),
    program: "cargo-deny",
    options: &["--locked"],
    usually: "2 minutes",
};

pub(crate) const MACHETE: CargoTool = CargoTool {
    package: "cargo-machete",
    version: Cow::Borrowed("0.9.2"),
    program: "cargo-machete",
    options: &["--locked"],
    usually: "1 minute",
};

/// The wasm-bindgen program of exactly the version that the apps are linked with.
pub(crate) fn wasm_bindgen(workspace: &Workspace) -> Result<CargoTool> {
    let text = fs::read_to_string(workspace.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let version = locked_version(&text, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")?;
    Ok(CargoTool {
        package: "wasm-bindgen-cli",
        version: Cow::Owned(version.to_owned()),
        program: "wasm-bindgen",
        // Not `--locked`: 0.2.130 was published with a lock file that names a withdrawn version.
        options: &[],
        usually: "1 to 3 minutes",
    })
}

fn locked_version<'a>(lock_file: &'a str, package: &str) -> Option<&'a str> {
    let (_, rest) = lock_file.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    rest.split_once('"').map(|(version, _)| version)
}

impl CargoTool {
    fn folder(&self, workspace: &Workspace) -> PathBuf {
        workspace.cache.join(format!("tools/{}-{}", self.package, self.version))
    }

    /// A call of the installed program, at the top of the checkout.
    pub(crate) fn command(&self, workspace: &Workspace) -> Command {
        let mut command = Command::new(self.folder(workspace).join("bin").join(self.program));
        command.current_dir(&workspace.root);
        command
    }

    /// Installs it if it is not there.
    pub(crate) fn ensure(&self, workspace: &Workspace) -> Result<()> {
        let folder = self.folder(workspace);
        // cargo puts the program there last, so its presence is enough.
        let program = folder.join("bin").join(self.program);
        if program.exists() {
            return Ok(());
        }
        let _one_at_a_time = lock(&workspace.cache.join("setup.lock"))?;
        if program.exists() {
            return Ok(());
        }
        println!("Building {} {} from source, once (usually {}) ...", self.package, self.version, self.usually);
        // Unoptimised: it builds in half the time and is fast enough.
        let mut command = workspace.cargo(&["install", "--debug", self.package, "--version", &self.version]);
        command.args(self.options).arg("--root").arg(&folder);
        command.env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR");
        process::run_logged(self.package, &workspace.cache.join(format!("logs/{}.log", self.package)), &mut command)
    }
}

/// The version of npm's `binaryen`, whose `wasm-opt` shrinks the apps.
const BINARYEN: &str = "132.0.0";

fn binaryen(workspace: &Workspace) -> PathBuf {
    workspace.cache.join(format!("tools/binaryen-{BINARYEN}"))
}

/// Installs `wasm-opt` if it is not there.
pub(crate) fn ensure_wasm_opt(workspace: &Workspace) -> Result<()> {
    let folder = binaryen(workspace);
    // npm writes this list last.
    let installed = folder.join("node_modules/.package-lock.json");
    if installed.exists() {
        return Ok(());
    }
    let _one_at_a_time = lock(&workspace.cache.join("setup.lock"))?;
    println!("Fetching wasm-opt (binaryen {BINARYEN}) by npm, once (usually 10 to 30 seconds) ...");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut command = Command::new("npm");
    command.args(["install", "--no-audit", "--no-fund", "--no-save", &format!("binaryen@{BINARYEN}"), "--prefix"]);
    command.arg(&folder).current_dir(&folder);
    process::run_logged("binaryen", &workspace.cache.join("logs/binaryen.log"), &mut command)
}

/// PATH with the cache's wasm-bindgen and wasm-opt before all others.
pub(crate) fn path_with_build_tools(workspace: &Workspace) -> Result<OsString> {
    let own = [wasm_bindgen(workspace)?.folder(workspace).join("bin"), binaryen(workspace).join("node_modules/.bin")];
    let path = env::var_os("PATH").unwrap_or_default();
    let all = own.into_iter().chain(env::split_paths(&path));
    env::join_paths(all).context("a folder in PATH has a separator in its name")
}

/// The first of these programs that is found on PATH.
pub(crate) fn find_on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names.iter().find_map(|name| env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_of_exactly_the_named_package() {
        let text = "name = \"wasm-bindgen-macro\"\nversion = \"1\"\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(text, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(text, "wasm"), None);
    }
}
