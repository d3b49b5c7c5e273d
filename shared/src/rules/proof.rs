//! The word at the till: what a shop's board and its paid diners see at the same moment, new every half minute, so that a
//! recorded screen is seen to be old. Never a proof by itself: staff look at the order on their own screen (Q33).
//! Not here: the secret that chooses the word (the server's).

use super::named;
use crate::time::{Millis, SECOND};

named! {
    /// The shape beside the word; each has a colour of its own.
    Shape {
        Star "star",
        Circle "circle",
        Square "square",
        Triangle "triangle",
    }
}

/// How long a word is shown.
const WINDOW: i64 = 30 * SECOND;

/// Words that everybody in Osaka reads aloud, with their spelling in Latin letters. Two lists, taken in turns, so that no word
/// follows itself; each has 16, so that four bits choose without favour.
const WORDS: [[(&str, &str); 16]; 2] = [
    [
        ("みかん", "mikan"),
        ("すみれ", "sumire"),
        ("みなと", "minato"),
        ("つばめ", "tsubame"),
        ("いなほ", "inaho"),
        ("こうめ", "koume"),
        ("しらさぎ", "shirasagi"),
        ("たいこ", "taiko"),
        ("ねこやなぎ", "nekoyanagi"),
        ("はしら", "hashira"),
        ("ひょうたん", "hyoutan"),
        ("もみじ", "momiji"),
        ("ゆきだるま", "yukidaruma"),
        ("わたあめ", "wataame"),
        ("かざぐるま", "kazaguruma"),
        ("さくら", "sakura"),
    ],
    [
        ("まつば", "matsuba"),
        ("あさがお", "asagao"),
        ("うちわ", "uchiwa"),
        ("えんとつ", "entotsu"),
        ("おりづる", "orizuru"),
        ("きんぎょ", "kingyo"),
        ("くじら", "kujira"),
        ("けやき", "keyaki"),
        ("すずむし", "suzumushi"),
        ("せんべい", "senbei"),
        ("ちょうちん", "chouchin"),
        ("とうだい", "toudai"),
        ("なのはな", "nanohana"),
        ("ほたる", "hotaru"),
        ("むぎわら", "mugiwara"),
        ("らっこ", "rakko"),
    ],
];

/// The number of the half minute that `now` is in, and its end.
pub fn window(now: Millis) -> (i64, Millis) {
    let number = now.get().div_euclid(WINDOW);
    (number, Millis::new(number.saturating_add(1).saturating_mul(WINDOW)))
}

/// The word, its spelling and the shape that a byte of chance chooses for a window.
pub fn word(window: i64, chance: u8) -> (&'static str, &'static str, Shape) {
    let [even, odd] = &WORDS;
    let words = if window % 2 == 0 { even } else { odd };
    let (word, latin) = words.get(usize::from(chance & 15)).copied().unwrap_or_default();
    let shape = Shape::ALL.get(usize::from(chance >> 4 & 3)).copied().unwrap_or(Shape::Star);
    (word, latin, shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_window_is_half_a_minute_and_words_never_follow_themselves() {
        let (number, end) = window(Millis::new(1_800_000_029_999));
        assert_eq!(end, Millis::new(1_800_000_030_000));
        assert_eq!(window(end), (number + 1, Millis::new(1_800_000_060_000)));
        for chance in 0..=u8::MAX {
            assert!((0..=u8::MAX).all(|next| word(number, chance).0 != word(number + 1, next).0));
        }
    }

    #[test]
    fn all_words_and_shapes_come_equally_often() {
        let all: Vec<_> = (0..=u8::MAX).map(|chance| word(0, chance)).collect();
        let different: HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), 64);
        assert!(different.iter().all(|one| all.iter().filter(|other| other == one).count() == 4));
    }
}
