//! What the documentation says of webhooks is what they are: every kind of message, with its meaning and its members.

use super::read;
use okini_server::domain::webhook::catalogue;
use serde_json::Value;
use std::collections::BTreeSet;

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flat_map(|members| members.keys()).map(String::as_str).collect()
}

#[test]
fn every_kind_is_written_down() {
    let text = read("docs/webhooks.md");
    let schema: Value = serde_json::from_str(&read("docs/webhooks.schema.json")).unwrap();
    let defined = &schema["$defs"];
    let mut abouts = BTreeSet::new();
    let kinds = catalogue().unwrap().kinds;
    for kind in &kinds {
        let (name, example) = (kind.kind.name(), serde_json::to_value(&kind.example).unwrap());
        assert!(text.contains(&format!("| `{name}` | {} |", kind.meaning)), "docs/webhooks.md says nothing of {name}");
        let own = &defined[name];
        assert_eq!(own["description"], kind.meaning, "{name}");
        assert_eq!(own["properties"]["type"]["const"], name);
        assert_eq!(keys(&own["properties"]), keys(&example), "{name}");
        let about = own["properties"]["data"]["$ref"].as_str().unwrap().strip_prefix("#/$defs/").unwrap();
        abouts.insert(about);
        let (data, members) = (&example["data"], &defined[about]["properties"]);
        for needed in defined[about]["required"].as_array().unwrap() {
            assert!(keys(data).contains(needed.as_str().unwrap()), "{name} has {needed}");
        }
        for (member, value) in data.as_object().unwrap() {
            let member = &members[member];
            match member["pattern"].as_str() {
                // `^ord_[0-9a-f]{32}$`
                Some(pattern) => {
                    let (prefix, digits) = value.as_str().unwrap().split_at(4);
                    assert_eq!(pattern, format!("^{prefix}[0-9a-f]{{32}}$"), "{name}");
                    assert!(digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
                }
                None => assert!(member["type"] == "integer" && value.as_i64() >= member["minimum"].as_i64(), "{name}"),
            }
        }
    }
    assert_eq!(schema["oneOf"].as_array().unwrap().len(), kinds.len());
    assert_eq!(keys(defined).len(), kinds.len() + abouts.len(), "nothing is described that is never said");
}
