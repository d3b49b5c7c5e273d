//! What others rely on: the API document, the settings, the words for every problem.

mod corpus;
mod messages;

use okini_server::config::{Config, DEFAULT};
use okini_server::http::document;
use okini_shared::problem::Code;
use okini_tests::database::Engine;
use okini_tests::stage::{Stage, block_on};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| unreachable!("{}: {error}", path.display()))
}

#[test]
fn api_document_is_written_down() {
    let written: Value = serde_json::from_str(&read("docs/openapi.json")).unwrap();
    let now = serde_json::to_value(document()).unwrap();
    let differs = |pointer: &str| {
        let names = |value: &Value| value.pointer(pointer).and_then(Value::as_object).cloned().unwrap_or_default();
        let (before, after) = (names(&written), names(&now));
        let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        all.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect::<Vec<_>>()
    };
    assert!(
        written == now,
        "the API is not what docs/openapi.json says (paths {:?}, schemas {:?}); if that is meant: cargo xtask openapi",
        differs("/paths"),
        differs("/components/schemas")
    );
}

#[test]
fn every_problem_has_words() {
    for lang in ["ja", "en"] {
        let words: BTreeMap<String, String> =
            serde_json::from_str(&read(&format!("app/locales/diner/{lang}.json"))).unwrap();
        let missing: Vec<_> = Code::ALL
            .iter()
            .map(|code| format!("problem.{}", code.name()))
            .filter(|key| words.get(key).is_none_or(|said| said.trim().is_empty()))
            .collect();
        assert!(missing.is_empty(), "{lang} lacks {missing:?}");
        let known = |key: &str| Code::from_name(key).is_some();
        let strange: Vec<_> =
            words.keys().filter_map(|key| key.strip_prefix("problem.")).filter(|key| !known(key)).collect();
        assert!(strange.is_empty(), "{lang} has words for {strange:?}, which nobody says");
    }
}

#[test]
fn both_languages_have_the_same_words() {
    for app in ["diner", "console"] {
        let keys = |lang: &str| {
            let words: BTreeMap<String, Value> =
                serde_json::from_str(&read(&format!("app/locales/{app}/{lang}.json"))).unwrap();
            words.into_keys().collect::<BTreeSet<_>>()
        };
        assert_eq!(keys("ja"), keys("en"), "{app}");
    }
}

#[test]
fn default_settings_are_whole() {
    assert_eq!(DEFAULT, read("config/default.toml"));
    let config = Config::defaults().unwrap();
    config.check_release().unwrap();
    assert!(config.paypay.api_key.is_empty() && config.hosted.api_key.is_empty(), "no payment company by default");
}

/// Every operation of the document is answered by something of ours: never by "no such path".
#[test]
fn every_operation_is_routed() {
    block_on(async {
        let stage = Stage::new(Engine::Sqlite).await;
        let document = serde_json::to_value(document()).unwrap();
        let unknown = stage.client().get("/api/v1/there-is-no-such-path").await.text();
        let mut operations = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for method in item.as_object().unwrap().keys() {
                operations += 1;
                let real: Vec<&str> =
                    path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
                // A verb that is not declared is refused by the path itself, which therefore exists.
                let answer = stage.client().request("PATCH", &real.join("/")).send().await;
                assert_eq!(answer.status, 405, "{path}");
                let answer = stage.client().request(&method.to_uppercase(), &real.join("/")).send().await;
                assert_ne!(answer.status, 405, "{method} {path}");
                let nothing = answer.status == 404 && answer.text() == unknown;
                let by_id = path.contains('{');
                assert!(!nothing || by_id, "{method} {path}");
            }
        }
        assert!(operations >= 30, "{operations}");
        stage.end().await;
    });
}

/// What an operation says it answers with is written for each: a success, and a problem for every refusal.
#[test]
fn every_operation_is_described() {
    let document = serde_json::to_value(document()).unwrap();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let what = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{what}: its name is taken");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{what}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{what}");
            assert!(responses.contains_key("429"), "{what}");
            for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
                assert!(response["content"]["application/problem+json"].is_object(), "{what} {status}");
            }
        }
    }
    // Everything that is referred to is there.
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}
