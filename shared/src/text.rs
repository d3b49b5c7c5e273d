//! Words in several languages: which languages there are, a text kept in all of them, a text said in one.
//! The sentences of the screens are the app's (`app/locales`), not here.

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A language of the product, by its BCP 47 tag.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Lang {
    #[default]
    #[serde(rename = "ja")]
    Ja,
    /// やさしい日本語: short sentences, every kanji with its reading.
    #[serde(rename = "ja-simple")]
    EasyJa,
    #[serde(rename = "en")]
    En,
    #[serde(rename = "zh-Hans")]
    ZhHans,
    #[serde(rename = "zh-Hant")]
    ZhHant,
    #[serde(rename = "ko")]
    Ko,
}

impl Lang {
    /// All languages, in the order of a language list.
    pub const ALL: [Self; 6] = [Self::Ja, Self::EasyJa, Self::En, Self::ZhHans, Self::ZhHant, Self::Ko];

    /// The tag as in URLs, JSON and the file names of `app/locales`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::EasyJa => "ja-simple",
            Self::En => "en",
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            Self::Ko => "ko",
        }
    }

    /// The tag for an HTML `lang` attribute: plain Japanese is Japanese to a screen reader.
    pub const fn html(self) -> &'static str {
        match self {
            Self::EasyJa => "ja",
            other => other.tag(),
        }
    }

    /// Its own name, as a language list shows it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Ja => "日本語",
            Self::EasyJa => "やさしい日本語",
            Self::En => "English",
            Self::ZhHans => "简体中文",
            Self::ZhHant => "繁體中文",
            Self::Ko => "한국어",
        }
    }

    /// Where to look when a text lacks this language: near relatives first, the shop's Japanese last.
    const fn next_best(self) -> &'static [Self] {
        match self {
            Self::Ja => &[],
            Self::EasyJa => &[Self::Ja],
            Self::En => &[Self::Ja],
            Self::ZhHans => &[Self::ZhHant, Self::En, Self::Ja],
            Self::ZhHant => &[Self::ZhHans, Self::En, Self::Ja],
            Self::Ko => &[Self::En, Self::Ja],
        }
    }

    /// The best language for an `Accept-Language` header; Japanese when none of ours is named.
    pub fn accept(header: &str) -> Self {
        let mut best = (0_u32, Self::Ja);
        for range in header.split(',').take(20) {
            let mut parts = range.split(';');
            let Some(lang) = parts.next().and_then(Self::from_range) else { continue };
            let weight = parts.find_map(|p| p.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if weight > best.0 {
                best = (weight, lang);
            }
        }
        best.1
    }

    fn from_range(range: &str) -> Option<Self> {
        let lower = range.trim().to_ascii_lowercase();
        let mut parts = lower.split('-');
        match parts.next()? {
            "ja" => Some(if parts.next() == Some("simple") { Self::EasyJa } else { Self::Ja }),
            "en" => Some(Self::En),
            "ko" => Some(Self::Ko),
            "zh" => Some(match parts.next() {
                Some("hant" | "tw" | "hk" | "mo") => Self::ZhHant,
                _ => Self::ZhHans,
            }),
            _ => None,
        }
    }
}

/// `0.8` as 800; anything odd as 0.
fn thousandths(q: &str) -> u32 {
    let q = q.trim();
    let (whole, fraction) = q.split_once('.').unwrap_or((q, ""));
    if whole == "1" {
        return 1000;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits.parse().unwrap_or(0)
}

impl FromStr for Lang {
    type Err = UnknownLang;
    fn from_str(tag: &str) -> Result<Self, UnknownLang> {
        Self::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(tag)).ok_or(UnknownLang)
    }
}

/// A tag that names no language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownLang;

/// A text kept in several languages: names of items, options, facilities. Japanese, the shop's language, is always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Lang, String>", into = "BTreeMap<Lang, String>")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = std::collections::HashMap<String, String>))]
pub struct Text(BTreeMap<Lang, String>);

impl Text {
    /// A text that so far exists in Japanese only.
    pub fn japanese(text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(Lang::Ja, text.into())]))
    }

    /// The text for a reader of `lang`, marked when it had to be said in another language.
    pub fn say(&self, lang: Lang) -> Words {
        if let Some(text) = self.0.get(&lang) {
            return Words { text: text.clone(), lang: None };
        }
        let found = lang.next_best().iter().find_map(|other| Some((*other, self.0.get(other)?)));
        let (other, text) = found.unwrap_or((Lang::Ja, self.shop()));
        let marked = (other.html() != lang.html()).then_some(other);
        Words { text: text.clone(), lang: marked }
    }

    /// The text in the shop's own language, for kitchen, receipts and reports.
    pub fn shop(&self) -> &String {
        static NOTHING: String = String::new();
        self.0.get(&Lang::Ja).unwrap_or(&NOTHING)
    }

    /// This text with the languages of another one put over it.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        let mut merged = self.0.clone();
        merged.extend(other.0.clone());
        Self(merged)
    }

    /// Every language and its text.
    pub fn iter(&self) -> impl Iterator<Item = (Lang, &str)> {
        self.0.iter().map(|(lang, text)| (*lang, text.as_str()))
    }
}

impl TryFrom<BTreeMap<Lang, String>> for Text {
    type Error = &'static str;
    fn try_from(map: BTreeMap<Lang, String>) -> Result<Self, Self::Error> {
        match map.get(&Lang::Ja) {
            Some(ja) if !ja.trim().is_empty() => Ok(Self(map)),
            _ => Err("a text needs at least its Japanese form"),
        }
    }
}

impl From<Text> for BTreeMap<Lang, String> {
    fn from(text: Text) -> Self {
        text.0
    }
}

/// A text as said to one reader: a plain string in his language, or text and language when it had to be another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "WordsForm")]
pub struct Words {
    /// What to show.
    pub text: String,
    /// The language of `text` where it is not the reader's; it belongs into the `lang` attribute.
    pub lang: Option<Lang>,
}

#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
enum WordsForm {
    Own(String),
    Other { text: String, lang: Lang },
}

#[derive(Deserialize)]
struct Marked {
    text: String,
    lang: Lang,
}

/// By hand: what serde makes of an untagged enum costs a phone 4 KB of program.
impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;

        impl<'de> Visitor<'de> for Form {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a text with its language")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Words, E> {
                Ok(Words { text: text.to_owned(), lang: None })
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Words, E> {
                Ok(Words { text, lang: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Words, A::Error> {
                let Marked { text, lang } = Marked::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Words { text, lang: Some(lang) })
            }
        }

        deserializer.deserialize_any(Form)
    }
}

impl From<Words> for WordsForm {
    fn from(words: Words) -> Self {
        match words.lang {
            None => Self::Own(words.text),
            Some(lang) => Self::Other { text: words.text, lang },
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Words {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        <WordsForm as utoipa::PartialSchema>::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Words {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        <WordsForm as utoipa::ToSchema>::schemas(schemas);
    }
}

/// `2,696`: digits in groups of three.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// An amount as a reader of `lang` expects it: `2,696円`, `¥2,696`, `2,696日元`. Server and phone must write the same
/// text for the first paint, so this is ours and not the browser's.
pub fn yen(amount: crate::money::Yen, lang: Lang) -> String {
    let number = grouped(amount.get());
    match lang {
        Lang::Ja | Lang::EasyJa => number + "円",
        Lang::En => match number.strip_prefix('−') {
            Some(positive) => format!("−¥{positive}"),
            None => format!("¥{number}"),
        },
        Lang::ZhHans => number + "日元",
        Lang::ZhHant => number + "日圓",
        Lang::Ko => number + "엔",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Yen;

    #[test]
    fn picks_the_readers_language() {
        assert_eq!(Lang::accept("en-US,en;q=0.9,ja;q=0.8"), Lang::En);
        assert_eq!(Lang::accept("fr, zh-TW;q=0.7, ja;q=0.3"), Lang::ZhHant);
        assert_eq!(Lang::accept("zh-CN"), Lang::ZhHans);
        assert_eq!(Lang::accept("de,*;q=0.5"), Lang::Ja);
        assert_eq!(Lang::accept(""), Lang::Ja);
        assert_eq!(Lang::accept("en;q=0, ko;q=0.001"), Lang::Ko);
    }

    #[test]
    fn says_a_text_in_the_nearest_language_and_marks_it() {
        let text: Text = serde_json::from_str(r#"{"ja":"豚玉","en":"Pork"}"#).unwrap();
        assert_eq!(text.say(Lang::En), Words { text: "Pork".into(), lang: None });
        assert_eq!(text.say(Lang::Ko), Words { text: "Pork".into(), lang: Some(Lang::En) });
        assert_eq!(text.say(Lang::EasyJa), Words { text: "豚玉".into(), lang: None });
        assert!(serde_json::from_str::<Text>(r#"{"en":"Pork"}"#).is_err());
        assert_eq!(serde_json::to_string(&text.say(Lang::Ko)).unwrap(), r#"{"text":"Pork","lang":"en"}"#);
        assert_eq!(serde_json::to_string(&text.say(Lang::Ja)).unwrap(), r#""豚玉""#);
    }

    #[test]
    fn writes_amounts() {
        assert_eq!(yen(Yen::new(2696), Lang::Ja), "2,696円");
        assert_eq!(yen(Yen::new(1_234_567), Lang::En), "¥1,234,567");
        assert_eq!(yen(Yen::new(-300), Lang::En), "−¥300");
        assert_eq!(yen(Yen::new(0), Lang::Ko), "0엔");
        assert_eq!(grouped(i64::MIN), "−9,223,372,036,854,775,808");
    }
}
