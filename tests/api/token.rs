//! Access tokens that are not ours, or not for this.

use aws_lc_rs::signature::Ed25519KeyPair;
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use okini_shared::problem::Code;
use okini_tests::diner::refusal;
use okini_tests::on_both;
use okini_tests::stage::{SIGNING_KEY, Stage};
use serde_json::{Value, json};

on_both! { forged }

fn key(seed: &str) -> Ed25519KeyPair {
    let bytes: Vec<u8> =
        (0..seed.len()).step_by(2).map(|i| u8::from_str_radix(seed.get(i..i + 2).unwrap(), 16).unwrap()).collect();
    Ed25519KeyPair::from_seed_unchecked(&bytes).unwrap()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn read(token: &str, part: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(part).unwrap()).unwrap()).unwrap()
}

fn changed(value: &Value, name: &str, to: &Value) -> Value {
    let mut value = value.clone();
    if to.is_null() {
        value.as_object_mut().unwrap().remove(name);
    } else {
        value[name] = to.clone();
    }
    value
}

fn signed(header: &Value, claims: &Value, seed: &str) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key(seed).sign(text.as_bytes()));
    format!("{text}.{signature}")
}

/// The public key as the secret of an HMAC: works where the algorithm is taken from the token.
fn with_public_key(header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", part(&changed(header, "alg", &json!("HS256"))), part(claims));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key(SIGNING_KEY).public_key().as_ref()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

async fn forged(stage: &Stage) {
    let owner = stage.owner(stage.shop()).await;
    let token = owner.session.access_token.clone();
    let (header, claims) = (read(&token, 0), read(&token, 1));
    assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some("EdDSA"), Some("at+jwt")));
    let path = owner.path("board");
    let client = stage.client();
    let ask = async |token: &str| {
        client.set_bearer(Some(token));
        client.get(&path).await
    };
    assert_eq!(ask(&signed(&header, &claims, SIGNING_KEY)).await.status, 200, "the test signs as the server does");

    let now = stage.clock.now().get() / 1_000;
    let of = |header: &Value, claims: &Value| signed(header, claims, SIGNING_KEY);
    let claim = |name: &str, to: Value| (format!("{name} {to}"), of(&header, &changed(&claims, name, &to)));
    let head = |name: &str, to: Value| (format!("{name} {to}"), of(&changed(&header, name, &to), &claims));
    let none = format!("{}.{}.", part(&changed(&header, "alg", &json!("none"))), part(&claims));
    let made_up = changed(&claims, "role", &json!("god"));
    let (_, signature) = token.rsplit_once('.').unwrap();
    let cases = vec![
        ("alg none".to_owned(), none.clone()),
        ("alg None".to_owned(), none.replace("none", "None")),
        ("another key".into(), signed(&header, &claims, &"7".repeat(64))),
        ("public key as secret".into(), with_public_key(&header, &claims)),
        ("no signature".into(), token.rsplit_once('.').unwrap().0.to_owned() + "."),
        ("another's claims".into(), format!("{}.{}.{signature}", part(&header), part(&made_up))),
        head("alg", json!("ES256")),
        head("typ", json!("JWT")),
        head("typ", Value::Null),
        head("kid", json!("0000000000000000")),
        head("kid", json!("../../etc/passwd")),
        head("kid", Value::Null),
        claim("iss", json!("somebody")),
        claim("iss", Value::Null),
        claim("aud", json!("another-api")),
        claim("aud", Value::Null),
        claim("exp", json!(now)),
        claim("exp", json!(now - 1)),
        claim("exp", json!("never")),
        claim("exp", Value::Null),
        claim("nbf", json!(now + 3_600)),
        claim("nbf", Value::Null),
        claim("sub", json!("acc_00000000000000000000000000000000")),
        claim("sub", Value::Null),
        claim("sid", json!("ses_00000000000000000000000000000000")),
        claim("sid", Value::Null),
        ("empty".into(), String::new()),
        ("dots".into(), "..".into()),
        ("long".into(), "a.".repeat(3_000)),
    ];
    for (what, token) in cases {
        assert_eq!(refusal(&ask(&token).await), Code::SignInNeeded, "{what}");
    }
    // Whatever else a token says is not believed; the account is looked at.
    assert_eq!(ask(&of(&header, &made_up)).await.status, 200);
    client.set_bearer(None);
    for value in ["", "Bearer", "Basic c2FrdXJhOng=", "bearer"] {
        let answer = client.request("GET", &path).header("authorization", value).send().await;
        assert_eq!(refusal(&answer), Code::SignInNeeded, "{value}");
    }
}
