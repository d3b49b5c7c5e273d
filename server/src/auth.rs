//! Access tokens (EdDSA, RFC 9068 profile, RFC 8725 rules), refresh tokens, password hashes and what a device cookie is
//! stored as. One algorithm, keys only from our own map, every claim required.

use crate::clock::{Clock, Ids, hex};
use crate::error::Error;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm as Argon2Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use okini_shared::id::{AccountId, SessionId};
use okini_shared::problem::Code;
use okini_shared::time::{MINUTE, Millis};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const ISSUER: &str = "okini";
const AUDIENCE: &str = "okini-api";
const TYPE: &str = "at+jwt";

/// What an access token says. What the person may do is looked up, not believed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    pub sub: AccountId,
    pub sid: SessionId,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Who signs in, on which device.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    pub account: AccountId,
    pub session: SessionId,
}

/// The signing key and all keys that are accepted.
pub struct Keys {
    kid: String,
    signing: EncodingKey,
    accepted: Vec<(String, DecodingKey)>,
    device: [u8; 32],
    proof: [u8; 32],
}

impl Keys {
    /// From Ed25519 seeds in 64 hex digits: one to sign with, and perhaps one that is on its way out.
    pub fn new(seed: &str, previous: Option<&str>) -> Result<Self, Error> {
        let (kid, pair, bytes) = key_pair(seed)?;
        let pkcs8 = pair.to_pkcs8v1().map_err(Error::unexpected)?;
        let mut accepted = vec![(kid.clone(), DecodingKey::from_ed_der(pair.public_key().as_ref()))];
        if let Some(previous) = previous {
            let (kid, pair, _) = key_pair(previous)?;
            accepted.push((kid, DecodingKey::from_ed_der(pair.public_key().as_ref())));
        }
        let derived = |purpose: &str| Sha256::new().chain_update(purpose).chain_update(&bytes).finalize().into();
        let (device, proof) = (derived("okini device "), derived("okini proof "));
        Ok(Self { kid, signing: EncodingKey::from_ed_der(pkcs8.as_ref()), accepted, device, proof })
    }

    /// A token good for so many minutes, and when it ends.
    pub fn sign(&self, subject: Subject, now: Millis, minutes: i64) -> Result<(String, Millis), Error> {
        let expires = now.plus(minutes.saturating_mul(MINUTE));
        let seconds = now.get().div_euclid(1_000);
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: subject.account,
            sid: subject.session,
            iat: seconds,
            nbf: seconds,
            exp: expires.get().div_euclid(1_000),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(self.kid.clone());
        let token = jsonwebtoken::encode(&header, &claims, &self.signing).map_err(Error::unexpected)?;
        Ok((token, expires))
    }

    /// The claims of a token of ours that is valid now.
    pub fn verify(&self, token: &str, clock: &Clock) -> Result<Claims, Error> {
        let claims = self.read(token)?;
        let now = clock.now().get().div_euclid(1_000);
        if claims.nbf > now.saturating_add(30) || claims.exp <= now {
            return Err(Code::SignInNeeded.into());
        }
        Ok(claims)
    }

    /// The session of a token of ours, also when the token has run out.
    pub fn session_of(&self, token: &str) -> Result<SessionId, Error> {
        Ok(self.read(token)?.sid)
    }

    fn read(&self, token: &str) -> Result<Claims, Error> {
        let refused = || Error::from(Code::SignInNeeded);
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) {
            return Err(refused());
        }
        let key = self.accepted.iter().find(|(kid, _)| header.kid.as_ref() == Some(kid)).map(|(_, key)| key);
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // Times are checked against our own clock, which tests can move.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let data = jsonwebtoken::decode::<Claims>(token, key.ok_or_else(refused)?, &validation);
        Ok(data.map_err(|_| refused())?.claims)
    }

    /// A byte that only servers with these keys can tell, the same on all of them.
    pub fn chance(&self, of: &str, number: i64) -> u8 {
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.proof) else { return 0 };
        mac.update(of.as_bytes());
        mac.update(&number.to_be_bytes());
        mac.finalize().into_bytes().first().copied().unwrap_or_default()
    }

    /// The device that a phone without a cookie gets for its first request: the same for a retry of the same request from
    /// the same place, so that a lost answer cannot double an order.
    pub fn first_device(&self, parts: &[&str]) -> String {
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.device) else { return String::new() };
        for part in parts {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        hex(&mac.finalize().into_bytes())
    }
}

fn key_pair(seed: &str) -> Result<(String, Ed25519KeyPair, Vec<u8>), Error> {
    let bytes = unhex(seed).filter(|bytes| bytes.len() == 32);
    let bytes = bytes.ok_or_else(|| Error::unexpected("a signing key is 64 hex digits"))?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&bytes).map_err(Error::unexpected)?;
    let kid = digest(&hex(pair.public_key().as_ref())).chars().take(16).collect();
    Ok((kid, pair, bytes))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// SHA-256 in hex: how secrets of high entropy (device cookies, refresh tokens) are stored.
pub fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Argon2id with 19 MiB, two passes, one lane (the OWASP floor).
fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| Error::unexpected(error.to_string()))?;
    Ok(Argon2::new(Argon2Algorithm::Argon2id, Version::V0x13, params))
}

/// A password's hash in PHC form. Slow on purpose: call it off the event loop.
pub fn hash_password(password: &str, ids: &Ids) -> Result<String, Error> {
    let mut salt = [0_u8; 16];
    ids.fill(&mut salt);
    let hash = argon2()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| Error::unexpected(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether the password belongs to the hash. Slow on purpose: call it off the event loop.
pub fn password_matches(password: &str, hash: &str) -> bool {
    let (Ok(argon2), Ok(hash)) = (argon2(), PasswordHash::new(hash)) else { return false };
    argon2.verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject { account: AccountId::from_uuid(1), session: SessionId::from_uuid(2) }
    }

    #[test]
    fn a_token_is_good_until_it_ends() {
        let clock = Clock::manual(Millis::new(1_800_000_000_000));
        let keys = Keys::new(&"1".repeat(64), None).unwrap();
        let (token, _) = keys.sign(subject(), clock.now(), 10).unwrap();
        assert_eq!(keys.verify(&token, &clock).unwrap().sub, AccountId::from_uuid(1));
        clock.advance(10 * MINUTE - 1_000);
        assert!(keys.verify(&token, &clock).is_ok());
        clock.advance(1_000);
        assert!(keys.verify(&token, &clock).is_err());
    }

    #[test]
    fn rotation_keeps_old_tokens_until_the_key_is_dropped() {
        let clock = Clock::manual(Millis::new(1_800_000_000_000));
        let old = Keys::new(&"1".repeat(64), None).unwrap();
        let (token, _) = old.sign(subject(), clock.now(), 10).unwrap();
        assert!(Keys::new(&"2".repeat(64), Some(&"1".repeat(64))).unwrap().verify(&token, &clock).is_ok());
        assert!(Keys::new(&"2".repeat(64), None).unwrap().verify(&token, &clock).is_err());
    }

    #[test]
    fn a_password_matches_only_its_own_hash() {
        let ids = Ids::seeded(Clock::manual(Millis::new(0)), 1);
        let hash = hash_password("a long enough password", &ids).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(password_matches("a long enough password", &hash));
        assert!(!password_matches("another", &hash));
        assert!(!password_matches("a long enough password", "nonsense"));
    }
}
