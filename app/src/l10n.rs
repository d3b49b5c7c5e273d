//! Texts of the screens in the active language: how they are held and said.
//! Not here: the texts (`locales`), the generated tables (each app's `texts`), names of dishes (`okini_shared::text`).

use std::marker::PhantomData;

use okini_shared::text::Lang;

/// The key of a text: its place in every language's list.
pub trait Key: Copy {
    /// The place in the list.
    fn index(self) -> usize;
}

/// All texts of one app in one language.
#[derive(Debug)]
pub struct Texts {
    lang: Lang,
    list: &'static [&'static str],
}

impl Texts {
    /// Texts in the order of the keys.
    pub const fn new(lang: Lang, list: &'static [&'static str]) -> Self {
        Self { lang, list }
    }

    #[inline(never)]
    fn at(&self, index: usize) -> &'static str {
        self.list.get(index).copied().unwrap_or_default()
    }
}

/// The texts of one app in one language, at hand everywhere: they live as long as the program or the page.
#[derive(Debug)]
pub struct L10n<K> {
    texts: &'static Texts,
    key: PhantomData<fn(K)>,
}

impl<K> Clone for L10n<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for L10n<K> {}

impl<K: Key> L10n<K> {
    /// These texts.
    pub const fn new(texts: &'static Texts) -> Self {
        Self { texts, key: PhantomData }
    }

    /// The texts that came with the page. Kept for as long as the page is: a language switch loads a new one.
    pub fn from_page(lang: Lang, list: Vec<String>) -> Self {
        let list: Vec<&'static str> = list.into_iter().map(|text| &*text.leak()).collect();
        Self::new(Box::leak(Box::new(Texts::new(lang, list.leak()))))
    }

    /// The language of the texts.
    pub const fn lang(self) -> Lang {
        self.texts.lang
    }

    /// The text of a key; one with placeholders has a method of its own.
    pub fn say(self, key: K) -> &'static str {
        self.texts.at(key.index())
    }

    /// A text of two lines: what happened, and what to do next.
    pub fn say_both(self, key: K) -> (&'static str, &'static str) {
        let text = self.say(key);
        text.split_once('\n').unwrap_or((text, ""))
    }
}

/// Puts values into the places that their names hold in braces.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        out.push_str(values.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_places_in_any_order() {
        assert_eq!(fill("{b} and {a}, {b}!", &[("a", "1"), ("b", "{a}")]), "{a} and 1, {a}!");
        assert_eq!(fill("nothing", &[("a", "1")]), "nothing");
    }
}
