//! Turns `locales/<app>/<language>.json` into one typed table per app.
//! Here: what a locale must hold, and the generated code. Not here: how texts are shown (`src/l10n.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::{Debug, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

use okini_shared::api::menu::Allergen;
use okini_shared::api::webhook::MessageKind;
use okini_shared::problem::Code;
use okini_shared::rules::order::{OrderState, RefusalReason};
use okini_shared::rules::payment::ProviderName;
use okini_shared::text::Lang;

type Texts = BTreeMap<String, String>;
type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=locales");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for app in ["diner", "console"] {
        let locales = read(&Path::new("locales").join(app))?;
        for (lang, texts) in &locales {
            check(app, *lang, texts, locales.get(&Lang::Ja).unwrap_or(texts))?;
        }
        fs::write(out.join(format!("{app}_texts.rs")), generate(&locales)?)?;
    }
    Ok(())
}

fn read(folder: &Path) -> Result<BTreeMap<Lang, Texts>> {
    let mut locales = BTreeMap::new();
    for lang in Lang::ALL {
        let file = folder.join(format!("{}.json", lang.tag()));
        if file.exists() {
            let texts = serde_json::from_str(&fs::read_to_string(&file)?)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            locales.insert(lang, texts);
        }
    }
    if locales.contains_key(&Lang::Ja) { Ok(locales) } else { Err(format!("{}: no ja.json", folder.display()).into()) }
}

/// Fails when a language lacks a key of the Japanese texts, has one too many, or other placeholders.
fn check(app: &str, lang: Lang, texts: &Texts, model: &Texts) -> Result<()> {
    let file = format!("locales/{app}/{}.json", lang.tag());
    for (key, text) in model {
        let Some(own) = texts.get(key).filter(|own| !own.trim().is_empty()) else {
            return Err(format!("{file} lacks the key \"{key}\"").into());
        };
        let (want, have) = (placeholders(text), placeholders(own));
        if want.iter().collect::<BTreeSet<_>>() != have.iter().collect::<BTreeSet<_>>() {
            return Err(format!("{file}: \"{key}\" must hold the placeholders {want:?}, not {have:?}").into());
        }
    }
    match texts.keys().find(|key| !model.contains_key(*key)) {
        Some(extra) => Err(format!("{file} has the key \"{extra}\" that ja.json has not").into()),
        None => Ok(()),
    }
}

/// The names in braces, in order of first appearance.
fn placeholders(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for part in text.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

fn generate(locales: &BTreeMap<Lang, Texts>) -> Result<String> {
    let ja = locales.get(&Lang::Ja).ok_or("no Japanese")?;
    let mut code = String::new();
    enumeration(&mut code, ja)?;
    tables(&mut code, locales)?;
    sentences(&mut code, ja)?;
    writeln!(code, "impl Key {{")?;
    family(&mut code, ja, "problem", "problem::Code", (Code::ALL, |value| value.name()))?;
    family(&mut code, ja, "allergen", "api::menu::Allergen", (Allergen::ALL, |value| value.key()))?;
    family(&mut code, ja, "state", "rules::order::OrderState", (OrderState::ALL, |value| value.name()))?;
    family(&mut code, ja, "refusal", "rules::order::RefusalReason", (RefusalReason::ALL, |value| value.name()))?;
    family(&mut code, ja, "provider", "rules::payment::ProviderName", (ProviderName::ALL, |value| value.name()))?;
    family(&mut code, ja, "message", "api::webhook::MessageKind", (MessageKind::ALL, |value| value.name()))?;
    writeln!(code, "}}")?;
    Ok(code)
}

fn enumeration(code: &mut String, ja: &Texts) -> Result<()> {
    writeln!(code, "/// Every text of the app.\n#[derive(Debug, Clone, Copy, PartialEq, Eq)]\npub enum Key {{")?;
    for (key, text) in ja {
        writeln!(code, "    /// {}\n    {},", text.replace('\n', " "), variant(key))?;
    }
    writeln!(code, "}}\nimpl crate::l10n::Key for Key {{\n    fn index(self) -> usize {{")?;
    writeln!(code, "        #[expect(clippy::as_conversions, reason = \"the number of a unit variant\")]")?;
    writeln!(code, "        {{ self as usize }}\n    }}\n}}")?;
    let names: Vec<&String> = ja.keys().collect();
    writeln!(code, "/// The names of the keys, in their order.\npub const NAMES: [&str; {}] = {names:?};", ja.len())?;
    Ok(())
}

fn tables(code: &mut String, locales: &BTreeMap<Lang, Texts>) -> Result<()> {
    let langs: Vec<String> = locales.keys().map(|lang| format!("okini_shared::text::Lang::{lang:?}")).collect();
    writeln!(
        code,
        "/// The languages the app speaks.\npub const LANGS: &[okini_shared::text::Lang] = &[{}];",
        langs.join(", ")
    )?;
    for (lang, texts) in locales {
        let list: Vec<&String> = texts.values().collect();
        let json = serde_json::to_string(&list)?.replace('<', "\\u003c");
        let name = format!("{lang:?}").to_uppercase();
        writeln!(
            code,
            "static {name}: crate::l10n::Texts = crate::l10n::Texts::new(okini_shared::text::Lang::{lang:?}, &{list:?});\nstatic \
             {name}_JSON: &str = {json:?};"
        )?;
    }
    let arms = |suffix: &str, borrow: &str| {
        let mut arms = String::new();
        for lang in locales.keys().filter(|lang| **lang != Lang::Ja) {
            let name = format!("{lang:?}").to_uppercase();
            arms += &format!("okini_shared::text::Lang::{lang:?} => {borrow}{name}{suffix}, ");
        }
        arms + &format!("_ => {borrow}JA{suffix}")
    };
    writeln!(
        code,
        "/// The texts in one of `LANGS`; Japanese for any other.\npub fn texts(lang: okini_shared::text::Lang) -> \
         crate::l10n::L10n<Key> {{ crate::l10n::L10n::new(match lang {{ {} }}) }}",
        arms("", "&")
    )?;
    writeln!(
        code,
        "/// The same as a JSON array in key order, safe inside a script element.\npub fn json(lang: \
         okini_shared::text::Lang) -> &'static str {{ match lang {{ {} }} }}",
        arms("_JSON", "")
    )?;
    Ok(())
}

/// A text with placeholders becomes a method, so that a forgotten value does not compile.
fn sentences(code: &mut String, ja: &Texts) -> Result<()> {
    writeln!(code, "impl crate::l10n::L10n<Key> {{")?;
    for (key, text) in ja {
        let names = placeholders(text);
        if names.is_empty() {
            continue;
        }
        let parameters: Vec<String> = names.iter().map(|name| format!("{name}: &str")).collect();
        let values: Vec<String> = names.iter().map(|name| format!("({name:?}, {name})")).collect();
        writeln!(
            code,
            "    /// {}\n    pub fn {}(self, {}) -> String {{ crate::l10n::fill(self.say(Key::{}), &[{}]) }}",
            text.replace('\n', " "),
            key.replace(['.', '-'], "_"),
            parameters.join(", "),
            variant(key),
            values.join(", ")
        )?;
    }
    writeln!(code, "}}")?;
    Ok(())
}

/// A function from the values of a type to their keys. As soon as the locale has any, every value needs one, or the
/// family needs `<prefix>.other` for those that its readers need not tell apart.
fn family<T: Debug>(
    code: &mut String,
    ja: &Texts,
    prefix: &str,
    path: &str,
    (all, name): (&[T], fn(&T) -> &'static str),
) -> Result<()> {
    if !ja.keys().any(|key| key.starts_with(&format!("{prefix}."))) {
        return Ok(());
    }
    writeln!(
        code,
        "    /// The text `{prefix}.*` of a value.\n    pub const fn {prefix}(of: okini_shared::{path}) -> Self {{ match of {{"
    )?;
    let other = format!("{prefix}.other");
    for value in all {
        let own = format!("{prefix}.{}", name(value));
        let key = [&own, &other].into_iter().find(|key| ja.contains_key(*key));
        let key = key.ok_or_else(|| format!("ja.json lacks the key \"{own}\""))?;
        writeln!(code, "        okini_shared::{path}::{value:?} => Self::{},", variant(key))?;
    }
    writeln!(code, "    }} }}")?;
    Ok(())
}

/// `cart.seat-label` as `CartSeatLabel`.
fn variant(key: &str) -> String {
    let mut out = String::new();
    for word in key.split(['.', '-', '_']) {
        let mut letters = word.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.extend(letters);
    }
    out
}
