//! The shape of the word at the till. Its colour is the style's, by `data-shape`.

use okini_shared::rules::proof::Shape;

use super::{El, el};

/// The shape, drawn in white.
pub fn shape(shape: Shape) -> El {
    let path = match shape {
        Shape::Star => "M24 4l6 13 14 2-10 10 2 15-12-7-12 7 2-15L4 19l14-2z",
        Shape::Circle => "M6 24a18 18 0 1 0 36 0a18 18 0 1 0-36 0",
        Shape::Square => "M7 7h34v34H7z",
        Shape::Triangle => "M24 5l20 36H4z",
    };
    el("svg")
        .set("class", "proof__shape")
        .set("viewBox", "0 0 48 48")
        .set("aria-hidden", "true")
        .kid(el("path").set("d", path))
}
