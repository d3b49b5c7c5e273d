//! Secrets of others that the database keeps: sealed, so that a copy of the database does not give them away, and bound to
//! their owner, so that one cannot be put in another's place.

use crate::clock::Ids;
use crate::error::Error;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// How a sealed text begins: AES-256-GCM, a random nonce of 12 bytes in front.
const SCHEME: &str = "a1";
const NONCE: usize = 12;

/// The key that seals, and all that open.
pub struct Sealer {
    keys: Vec<(String, LessSafeKey)>,
}

impl Sealer {
    /// From secrets of at least 32 characters: the one to seal with, then those that still open.
    ///
    /// # Errors
    /// When one of them is shorter.
    pub fn new(secrets: &[&str]) -> Result<Self, Error> {
        let mut keys = Vec::with_capacity(secrets.len());
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            if secret.len() < 32 {
                return Err(Error::unexpected("auth.sealing_key must have at least 32 characters"));
            }
            let bytes = Sha256::new().chain_update(b"okini seal ").chain_update(secret).finalize();
            let name = crate::clock::hex(bytes.get(..4).unwrap_or_default());
            let key = Sha256::new().chain_update(b"okini seal key ").chain_update(bytes).finalize();
            keys.push((name, LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).map_err(failed)?)));
        }
        if keys.is_empty() { Err(Error::unexpected("auth.sealing_key is missing")) } else { Ok(Self { keys }) }
    }

    /// Seals a secret for its owner.
    pub fn seal(&self, ids: &Ids, owner: &str, secret: &str) -> Result<String, Error> {
        let (name, key) = self.keys.first().ok_or_else(|| Error::unexpected("no sealing key"))?;
        let mut nonce = [0; NONCE];
        ids.fill(&mut nonce);
        let mut sealed = secret.as_bytes().to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(unique, Aad::from(owner.as_bytes()), &mut sealed).map_err(failed)?;
        Ok(format!("{SCHEME}.{name}.{}", STANDARD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens what was sealed for this owner.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<String, Error> {
        let broken = || Error::unexpected("a sealed secret cannot be opened: was auth.sealing_key changed?");
        let (name, text) = sealed
            .strip_prefix(SCHEME)
            .and_then(|rest| rest.strip_prefix('.'))
            .and_then(|rest| rest.split_once('.'))
            .ok_or_else(broken)?;
        let (_, key) = self.keys.iter().find(|(known, _)| known == name).ok_or_else(broken)?;
        let bytes = STANDARD.decode(text).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = key.open_in_place(nonce, Aad::from(owner.as_bytes()), &mut sealed).map_err(|_| broken())?;
        String::from_utf8(opened.to_vec()).map_err(|_| broken())
    }
}

fn failed(_: aws_lc_rs::error::Unspecified) -> Error {
    Error::unexpected("sealing failed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const NEXT: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn opens_only_for_its_owner_and_unchanged() {
        let ids = Ids::system(Clock::System);
        let sealer = Sealer::new(&[KEY, ""]).unwrap();
        let sealed = sealer.seal(&ids, "whk_1", "whsec_1").unwrap();
        assert!(!sealed.contains("whsec"));
        assert_eq!(sealer.open("whk_1", &sealed).unwrap(), "whsec_1");
        assert!(sealer.open("whk_2", &sealed).is_err());
        assert_ne!(sealer.seal(&ids, "whk_1", "whsec_1").unwrap(), sealed);
        let flipped: String = sealed.chars().rev().skip(3).chain("AAA".chars()).collect();
        assert!(sealer.open("whk_1", &flipped).is_err());
    }

    #[test]
    fn an_old_key_still_opens_during_a_rotation() {
        let ids = Ids::system(Clock::System);
        let sealed = Sealer::new(&[KEY]).unwrap().seal(&ids, "a", "b").unwrap();
        assert_eq!(Sealer::new(&[NEXT, KEY]).unwrap().open("a", &sealed).unwrap(), "b");
        assert!(Sealer::new(&[NEXT]).unwrap().open("a", &sealed).is_err());
        assert!(Sealer::new(&[]).is_err() && Sealer::new(&["short"]).is_err());
    }
}
