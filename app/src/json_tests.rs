//! The phone reads what the server writes.

use std::collections::BTreeMap;

use okini_shared::api::menu::Menu;
use okini_shared::problem::{Code, Problem};
use okini_shared::text::Words;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    One(i64),
    Two { a: bool, b: Option<String> },
}

fn same<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: T) {
    let json = serde_json::to_string(&value).unwrap();
    assert_eq!(from_str::<T>(&json), Ok(value), "{json}");
}

#[test]
fn reads_what_serde_json_writes() {
    same::<Menu>(serde_json::from_str(include_str!("../tests/menu.json")).unwrap());
    same(Problem::new(Code::CartChanged).detail("\"\\\n\t\u{1}</script> 🍜"));
    same(vec![
        Words { text: "豚玉".into(), lang: None },
        Words { text: "x".into(), lang: Some(okini_shared::text::Lang::En) },
    ]);
    same(vec![
        Kind::Plain,
        Kind::One(-7),
        Kind::Two { a: true, b: None },
        Kind::Two { a: false, b: Some(String::new()) },
    ]);
    same(BTreeMap::from([("a".to_owned(), vec![(1_i64, true)]), ("b".to_owned(), vec![])]));
    same(());
}

#[test]
fn reads_escapes_spaces_and_unknown_members() {
    assert_eq!(from_str::<String>("\"\\ud83c\\udf5c\\u003c\\/\""), Ok("🍜</".into()));
    assert_eq!(from_str::<Vec<i64>>(" [ 1 ,\n-2 ] "), Ok(vec![1, -2]));
    let json = r#"{"b":"x","more":{"deep":[1.5e3,{"x":[]},null,"\"]"]},"a":true}"#;
    #[derive(Debug, PartialEq, Deserialize)]
    struct Two {
        a: bool,
        b: String,
    }
    assert_eq!(from_str::<Two>(json), Ok(Two { a: true, b: "x".into() }));
}

#[test]
fn reads_members_in_any_order_and_without_those_that_need_not_be_there() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        x: i64,
        #[serde(default)]
        y: Vec<i64>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        a: Option<Inner>,
        b: i64,
        #[serde(default)]
        c: Option<String>,
        d: Inner,
    }
    let inner = |x, y: &[i64]| Inner { x, y: y.to_vec() };
    for (json, outer) in [
        (
            r#"{"d":{"y":[1],"x":2},"c":"c","b":3,"a":{"x":4}}"#,
            Outer { a: Some(inner(4, &[])), b: 3, c: Some("c".into()), d: inner(2, &[1]) },
        ),
        (r#" { "b" : 3 , "d\"":0, "d" : { "x" : 2 } } "#, Outer { a: None, b: 3, c: None, d: inner(2, &[]) }),
        (
            r#"{"a":null,"b":3,"c":null,"d":{"x":1,"y":[],"z":{}},"b2":1}"#,
            Outer { a: None, b: 3, c: None, d: inner(1, &[]) },
        ),
    ] {
        assert_eq!(from_str::<Outer>(json), Ok(outer), "{json}");
    }
    for json in ["{}", r#"{"b":3}"#, r#"{"b":3,"d":{}}"#, r#"{"b":3,"d":{"x":1,"y":null}}"#, r#"{"b":3,"d":{"x":1}"#] {
        assert_eq!(from_str::<Outer>(json), Err(Unreadable), "{json}");
    }
}

#[test]
fn refuses_everything_else() {
    for json in ["", "[1", "[1,]", "[,1]", "[1 2]", "[1]]", "\"", "\"\\u12\"", "\"\\ud83c\"", "nul", "1.5", "{\"a\"}"] {
        assert_eq!(from_str::<Vec<i64>>(json), Err(Unreadable), "{json}");
        assert_eq!(from_str::<String>(json), Err(Unreadable), "{json}");
    }
    assert_eq!(from_str::<Kind>("\"other\""), Err(Unreadable));
    assert_eq!(from_str::<Kind>("{\"one\":1,\"one\":2}"), Err(Unreadable));
}
