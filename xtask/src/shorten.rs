//! The names under which a program calls its JavaScript, `__wbg_setAttribute_c3c5d8e7b1d2a6f4` and 140 more: both files have
//! them, nobody reads them, and their random digits cannot be compressed. Here they become `a`, `b`, `c`.
//! Not here: building (`apps`), compressing (`compress`).

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workspace::files_under;

const MODULE: &str = "_";
/// The number of a section of imports, and the kind of an imported function.
const IMPORTS: u8 = 2;
const FUNCTION: u8 = 0;

/// Shortens the imports of the program in `folder` and of the JavaScript beside it.
pub(crate) fn shorten(folder: &Path) -> Result<()> {
    let files = files_under(&[folder.to_owned()])?;
    let wasm = files.iter().find(|file| file.extension() == Some(OsStr::new("wasm"))).context("no program")?;
    let glue = wasm.to_string_lossy().replace("_bg.wasm", ".js");
    let (program, names) = short_imports(&fs::read(wasm)?)?;
    fs::write(wasm, program)?;
    let script = fs::read_to_string(&glue).with_context(|| format!("cannot read {glue}"))?;
    fs::write(&glue, short_glue(script, &names)?)?;
    Ok(())
}

fn short_glue(mut script: String, names: &[String]) -> Result<String> {
    for (index, name) in names.iter().enumerate() {
        let member = format!(" {name}: function");
        if script.matches(&member).count() != 1 {
            bail!("the JavaScript does not define {name} as expected");
        }
        script = script.replace(&member, &format!(" {}: function", short(index)));
    }
    let Some((before, after)) = script.split_once("_bg.js\": import0") else { bail!("the JavaScript has no imports") };
    let (before, _) = before.rsplit_once('"').context("the module has no name")?;
    Ok(format!("{before}\"{MODULE}\": import0{after}"))
}

/// The program with other names, and the names that it had.
fn short_imports(program: &[u8]) -> Result<(Vec<u8>, Vec<String>)> {
    let (head, mut rest) = program.split_at_checked(8).context("not a program")?;
    let (mut out, mut names) = (head.to_vec(), Vec::new());
    while let [kind, sections @ ..] = rest {
        rest = sections;
        let mut content = take_bytes(&mut rest)?;
        let mut new = Vec::new();
        if *kind == IMPORTS {
            let count = take_number(&mut content)?;
            put_number(&mut new, count);
            for index in 0..count {
                take_bytes(&mut content)?;
                names.push(std::str::from_utf8(take_bytes(&mut content)?)?.to_owned());
                put_bytes(&mut new, MODULE.as_bytes());
                put_bytes(&mut new, short(index).as_bytes());
                let [FUNCTION, signature @ ..] = content else { bail!("an import is no function") };
                content = signature;
                new.push(FUNCTION);
                let signature = take_number(&mut content)?;
                put_number(&mut new, signature);
            }
            content = &new;
        }
        out.push(*kind);
        put_bytes(&mut out, content);
    }
    Ok((out, names))
}

/// `a` to `z`, then `aa`.
fn short(index: usize) -> String {
    let letter = char::from(b"abcdefghijklmnopqrstuvwxyz".get(index % 26).copied().unwrap_or(b'_'));
    match index / 26 {
        0 => letter.to_string(),
        before => format!("{}{letter}", short(before - 1)),
    }
}

/// A number as WebAssembly writes it: seven bits a byte, the lowest first (LEB128).
fn take_number(bytes: &mut &[u8]) -> Result<usize> {
    let (mut number, mut shift) = (0, 0);
    while let [byte, rest @ ..] = *bytes {
        *bytes = rest;
        number |= usize::from(byte & 127) << shift;
        if *byte < 128 {
            return Ok(number);
        }
        shift += 7;
        if shift > 28 {
            break;
        }
    }
    bail!("a number does not end")
}

fn take_bytes<'b>(bytes: &mut &'b [u8]) -> Result<&'b [u8]> {
    let length = take_number(bytes)?;
    let (taken, rest) = bytes.split_at_checked(length).context("a part is cut off")?;
    *bytes = rest;
    Ok(taken)
}

fn put_number(out: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = u8::try_from(number & 127).unwrap_or_default();
        number >>= 7;
        out.push(if number == 0 { low } else { low | 128 });
        if number == 0 {
            return;
        }
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_never_twice() {
        let names: Vec<String> = (0..800).map(short).collect();
        assert_eq!((names[0].as_str(), names[25].as_str(), names[26].as_str()), ("a", "z", "aa"));
        assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), 800);
    }

    #[test]
    fn renames_imports_in_both_files_and_leaves_the_rest() {
        let program = b"\0asm\x01\0\0\0\x02\x15\x02\x01m\x04long\x00\x05\x01m\x05other\x00\x81\x01\x0a\x01\x07";
        let (out, names) = short_imports(program).unwrap();
        assert_eq!(out, b"\0asm\x01\0\0\0\x02\x0e\x02\x01_\x01a\x00\x05\x01_\x01b\x00\x81\x01\x0a\x01\x07");
        assert_eq!(names, ["long", "other"]);
        let script = "{ long: function(a) {}, other: function() {} } \"./x_bg.js\": import0,".to_owned();
        let short = "{ a: function(a) {}, b: function() {} } \"_\": import0,";
        assert_eq!(short_glue(script, &names).unwrap(), short);
        assert!(short_glue("{}".to_owned(), &names).is_err());
        assert!(short_imports(&program[..20]).is_err());
    }
}
