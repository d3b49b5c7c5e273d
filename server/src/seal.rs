//! Secrets of others that the database keeps: sealed, so that a copy of the database does not give them away, and bound to
//! their place in it, so that one cannot be put in another's.

use crate::clock::Ids;
use crate::error::Error;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// How a sealed text begins: XChaCha20-Poly1305, a random nonce of 24 bytes in front.
const SCHEME: &str = "x1.";
const NONCE: usize = 24;

/// Where a secret is kept: the id of the row that owns it, and the column.
pub type Place<'p> = (&'p str, &'p str);

/// The key that seals, and all that open.
pub struct Sealer {
    keys: Vec<(String, XChaCha20Poly1305)>,
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
            keys.push((name, XChaCha20Poly1305::new(&key)));
        }
        if keys.is_empty() { Err(Error::unexpected("auth.sealing_key is missing")) } else { Ok(Self { keys }) }
    }

    /// Seals a secret for its place.
    pub fn seal(&self, ids: &Ids, place: Place<'_>, secret: &str) -> Result<String, Error> {
        let (name, key) = self.keys.first().ok_or_else(|| Error::unexpected("no sealing key"))?;
        let mut nonce = [0; NONCE];
        ids.fill(&mut nonce);
        let (msg, aad) = (secret.as_bytes(), bound_to(place));
        let sealed = key
            .encrypt(&XNonce::from(nonce), Payload { msg, aad: aad.as_bytes() })
            .map_err(|_| Error::unexpected("sealing failed"))?;
        Ok(format!("{SCHEME}{name}.{}", STANDARD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<String, Error> {
        let broken = || Error::unexpected("a sealed secret cannot be opened: was auth.sealing_key changed?");
        let (name, text) = parts(sealed).ok_or_else(broken)?;
        let (_, key) = self.keys.iter().find(|(known, _)| known == name).ok_or_else(broken)?;
        let bytes = STANDARD.decode(text).map_err(|_| broken())?;
        let (nonce, msg) = bytes.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let aad = bound_to(place);
        let opened = key.decrypt(&XNonce::from(*nonce), Payload { msg, aad: aad.as_bytes() });
        String::from_utf8(opened.map_err(|_| broken())?).map_err(|_| broken())
    }

    /// Whether it was sealed with the key that seals now.
    pub fn is_present(&self, sealed: &str) -> bool {
        let present = self.keys.first().map(|(name, _)| name.as_str());
        present.is_some() && parts(sealed).map(|(name, _)| name) == present
    }
}

/// The key's name and what it sealed; nothing where a text is not sealed at all.
pub fn parts(sealed: &str) -> Option<(&str, &str)> {
    sealed.strip_prefix(SCHEME)?.split_once('.')
}

/// `pva_.../api_key`: neither part has a slash in it.
fn bound_to((owner, field): Place<'_>) -> String {
    format!("{owner}/{field}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const NEXT: &str = "fedcba9876543210fedcba9876543210";

    #[test]
    fn opens_only_in_its_place_and_unchanged() {
        let ids = Ids::system(Clock::System);
        let sealer = Sealer::new(&[KEY, ""]).unwrap();
        let sealed = sealer.seal(&ids, ("whk_1", "secret"), "whsec_1").unwrap();
        assert!(!sealed.contains("whsec"));
        assert_eq!(sealer.open(("whk_1", "secret"), &sealed).unwrap(), "whsec_1");
        assert!(sealer.open(("whk_2", "secret"), &sealed).is_err());
        assert!(sealer.open(("whk_1", "previous_secret"), &sealed).is_err());
        assert_ne!(sealer.seal(&ids, ("whk_1", "secret"), "whsec_1").unwrap(), sealed);
        let flipped: String = sealed.chars().rev().skip(3).chain("AAA".chars()).collect();
        for broken in [flipped.as_str(), "", "whsec_1", "x1.", "x1.00000000.AAAA"] {
            assert!(sealer.open(("whk_1", "secret"), broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn an_old_key_still_opens_during_a_rotation() {
        let (ids, place) = (Ids::system(Clock::System), ("a", "b"));
        let sealed = Sealer::new(&[KEY]).unwrap().seal(&ids, place, "c").unwrap();
        let both = Sealer::new(&[NEXT, KEY]).unwrap();
        assert_eq!(both.open(place, &sealed).unwrap(), "c");
        assert!(!both.is_present(&sealed) && both.is_present(&both.seal(&ids, place, "c").unwrap()));
        assert!(Sealer::new(&[NEXT]).unwrap().open(place, &sealed).is_err());
        assert!(Sealer::new(&[]).is_err() && Sealer::new(&["short"]).is_err());
    }

    /// The vector of the scheme's draft, appendix A.3.1 of draft-irtf-cfrg-xchacha.
    #[test]
    fn is_the_scheme_it_says() {
        let key: Vec<u8> = (0x80..=0x9f).collect();
        let cipher = XChaCha20Poly1305::new_from_slice(&key).unwrap();
        let nonce: [u8; NONCE] = std::array::from_fn(|i| 0x40 + u8::try_from(i).unwrap());
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let msg = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg, aad: &aad }).unwrap();
        assert_eq!(crate::clock::hex(&sealed[..8]), "bd6d179d3e83d43b");
        assert_eq!(crate::clock::hex(&sealed[sealed.len() - 16..]), "c0875924c1c7987947deafd8780acf49");
    }
}
