//! Compressed siblings (`.br`, `.gz`) of built files, so that the server never compresses an asset.
//! Pages that are written on request are the server's to compress.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

use crate::workspace::files_under;

const COMPRESSIBLE: [&str; 8] = ["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Writes both siblings of every compressible file below `folder`.
pub(crate) fn compress_folder(folder: &Path) -> Result<()> {
    for file in files_under(&[folder.to_owned()])? {
        if file.extension().and_then(OsStr::to_str).is_some_and(|kind| COMPRESSIBLE.contains(&kind)) {
            let bytes = fs::read(&file)?;
            write_beside(&file, "br", &brotli(&bytes)?)?;
            write_beside(&file, "gz", &gzip(&bytes)?)?;
        }
    }
    Ok(())
}

fn write_beside(file: &Path, kind: &str, bytes: &[u8]) -> Result<()> {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(kind);
    let path = PathBuf::from(name);
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn brotli(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let best = brotli::enc::BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut out, &best)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
