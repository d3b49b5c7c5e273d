//! Secrets that nobody configured are made once and kept in the data directory, readable by its owner only.

use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::error::Error;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Fills in what the settings leave empty.
pub fn fill_in(config: &mut Config, data: &Path) -> Result<(), Error> {
    for (name, secret) in [
        ("signing-key", &mut config.auth.signing_key),
        ("sealing-key", &mut config.auth.sealing_key),
        ("paypay-notify", &mut config.paypay.notify_secret),
        ("hosted-notify", &mut config.hosted.notify_secret),
        ("komoju-notify", &mut config.komoju.notify_secret),
        ("stripe-notify", &mut config.stripe.notify_secret),
    ] {
        if secret.is_empty() {
            *secret = kept(&data.join(format!("{name}.secret")))?;
        }
    }
    Ok(())
}

/// Takes the sealing key from the data directory where the settings have none, and makes none: what a new key seals the
/// server could not open. False when there is none.
pub fn find_sealing_key(config: &mut Config, data: &Path) -> Result<bool, Error> {
    let key = &mut config.auth.sealing_key;
    if key.is_empty() {
        match std::fs::read_to_string(data.join("sealing-key.secret")) {
            Ok(text) => text.trim().clone_into(key),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::unexpected(error)),
        }
    }
    Ok(!key.is_empty())
}

fn kept(path: &Path) -> Result<String, Error> {
    match std::fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::unexpected(error)),
        // Nothing yet, or a start that was cut off at this point left it empty.
        _ => {
            let secret = Ids::system(Clock::System).secret();
            keep(path, &secret).map_err(Error::unexpected)?;
            Ok(secret)
        }
    }
}

/// Under its name there is either nothing or the whole of it, whenever the power fails.
fn keep(path: &Path, secret: &str) -> std::io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    std::fs::rename(&draft, path)
}
