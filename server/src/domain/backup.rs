//! Copying the embedded database out while it is in use, and making a server's data directory of such a copy. The copy is
//! looked at by the doctor before anybody trusts it. Keys are never copied: they do not belong where backups lie.

use super::doctor::{self, Report};
use crate::clock::Clock;
use crate::error::Error;
use crate::events::stream::Hub;
use crate::store::Db;
use crate::store::look::{self, Schema};
use okini_shared::time::Millis;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A backup that was made.
pub struct Taken {
    pub file: PathBuf,
    pub bytes: u64,
    /// Everything that was acknowledged by then is in it.
    pub moment: Millis,
    /// What the doctor says about it.
    pub report: Report,
}

/// Copies the database at `url` into a new file; into a folder under a name made of the time. Orders go on meanwhile.
pub async fn take(url: &str, target: &Path, clock: &Clock) -> Result<Taken, Error> {
    if !look::is_sqlite(url) {
        return Err(Error::unexpected(pg_dump(url)));
    }
    let moment = clock.now();
    let file = if target.is_dir() { target.join(name_at(moment)) } else { target.to_owned() };
    let part = Part::beside(&file)?;
    let mut conn = look::open(url).await?;
    look::copy_into(&mut conn, &part.0).await?;
    let report = sound_file(&part.0, moment).await?;
    let bytes = fs::metadata(&part.0).map_err(Error::unexpected)?.len();
    part.become_file(&file)?;
    Ok(Taken { file, bytes, moment, report })
}

/// A data directory that was made.
pub struct Restored {
    pub database: PathBuf,
    /// What the doctor says about it.
    pub report: Report,
}

/// Makes a data directory, which must be new or empty, of a backup.
pub async fn restore(backup: &Path, data: &Path, clock: &Clock) -> Result<Restored, Error> {
    let now = clock.now();
    let before = sound_file(backup, now).await?;
    let mut conn = look::open(&url_of(backup)?).await?;
    match look::schema(&mut conn).await? {
        Schema::Current | Schema::Older => {}
        wrong => return Err(refused(backup, wrong.trouble().unwrap_or_default())),
    }
    let empty = fs::read_dir(data).map_or(Ok(true), |mut entries| entries.next().transpose().map(|e| e.is_none()));
    if !empty.map_err(Error::unexpected)? {
        return Err(refused(data, "it is not empty; a backup is restored into a new directory"));
    }
    DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(Error::unexpected)?;
    let database = data.join("okini.db");
    sync_parent(data).map_err(Error::unexpected)?;
    let part = Part::beside(&database)?;
    look::copy_into(&mut conn, &part.0).await?;
    part.become_file(&database)?;
    let url = url_of(&database)?;
    // Brings an older backup up to date, and has the engine write as the server will.
    Db::open(&url, Hub::default()).await?.close().await;
    let report = doctor::look(&url, now).await?;
    if before.books.is_some() && before.books != report.books {
        return Err(refused(&database, "its books are not those of the backup"));
    }
    Ok(Restored { database, report })
}

/// The doctor's report on a file that is whole; one that is not is refused.
async fn sound_file(file: &Path, now: Millis) -> Result<Report, Error> {
    if !file.is_file() {
        return Err(refused(file, "there is no such file"));
    }
    let report = doctor::look(&url_of(file)?, now).await?;
    match report.damage() {
        Some(damage) => Err(refused(file, damage)),
        None => Ok(report),
    }
}

/// How the engine is told a file's name.
pub fn url_of(file: &Path) -> Result<String, Error> {
    let path = std::path::absolute(file).map_err(Error::unexpected)?;
    Ok(format!("sqlite://{}", path.display().to_string().replace('%', "%25").replace('?', "%3F")))
}

fn name_at(moment: Millis) -> String {
    let at = moment.in_japan();
    format!("okini-{}{:02}{:02}-{:02}{:02}{:02}.db", at.year, at.month, at.day, at.hour, at.minute, at.second)
}

fn refused(file: &Path, why: &str) -> Error {
    Error::unexpected(format!("{}: {why}", file.display()))
}

/// PostgreSQL's own tool does it better: what to call.
fn pg_dump(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    // The password is read from PGPASSWORD or ~/.pgpass.
    let address = match rest.split_once('@') {
        Some((who, place)) => format!("{}@{place}", who.split(':').next().unwrap_or_default()),
        None => rest.to_owned(),
    };
    format!(
        "okini copies its embedded database only. For PostgreSQL use its own tools, while the server runs:\n\n  \
         pg_dump --format=custom --file=okini.dump {scheme}://{address}\n\nand into a new, empty database:\n\n  \
         pg_restore --no-owner --exit-on-error --dbname={scheme}://HOST/NEW okini.dump\n  \
         okini doctor --database {scheme}://HOST/NEW\n"
    )
}

/// A file that is being written, next to where it will be; removed unless it becomes that.
struct Part(PathBuf);

impl Part {
    /// Makes it, readable by its owner only.
    fn beside(file: &Path) -> Result<Self, Error> {
        let name = file.file_name().ok_or_else(|| refused(file, "this is not the name of a file"))?;
        if file.exists() {
            return Err(refused(file, "it exists already and is not overwritten"));
        }
        let part = file.with_file_name(format!(".{}.{}.part", name.display(), std::process::id()));
        new_file(&part).map_err(|error| refused(&part, &error.to_string()))?;
        Ok(Self(part))
    }

    /// Gives it its name once the disk has it.
    fn become_file(self, file: &Path) -> Result<(), Error> {
        let done = || {
            File::open(&self.0)?.sync_all()?;
            // Takes the name first: renaming alone would overwrite what came up meanwhile.
            new_file(file)?;
            fs::rename(&self.0, file)?;
            sync_parent(file)
        };
        done().map_err(|error: io::Error| refused(file, &error.to_string()))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Gone already when it got its name.
        let _ = fs::remove_file(&self.0);
    }
}

/// A name is on the disk when its folder is.
fn sync_parent(path: &Path) -> io::Result<()> {
    let path = std::path::absolute(path)?;
    File::open(path.parent().unwrap_or(&path))?.sync_all()
}

fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
