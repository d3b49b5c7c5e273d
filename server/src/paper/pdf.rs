//! Papers as PDF: each a page as wide as a till's roll and as long as it needs to be. Words and figures come from `paper`.

#![expect(clippy::float_arithmetic, reason = "a PDF measures in fractions of points")]

use super::{Row, Sheet, Style};
use crate::error::Error;
use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use std::sync::LazyLock;
use ttf_parser::Face;

/// Noto Sans JP (SIL Open Font License, `fonts/OFL.txt`): has the rare characters of names. Stays in the file until it is needed.
static FONT: &[u8] = include_bytes!("../../fonts/NotoSansJP-Regular.ttf");
/// What stands for a character that the font lacks, as printers have always done.
const MISSING: char = '〓';
/// 80 mm.
const WIDTH: f32 = 226.8;
const MARGIN: f32 = 14.0;
const GAP: f32 = 8.0;
/// How large the Japanese beside another language is, and how far from it.
const BESIDE: f32 = 0.8;
const BETWEEN: f32 = 4.0;
/// What must not stand at the beginning of a line.
const CLINGING: &str = "、。，．・：；）」』】〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々!?,.:;)]％%円";

/// The font as a PDF takes it, and as widths are read from it.
struct Type {
    font: Font,
    face: Face<'static>,
}

static TYPE: LazyLock<Option<Type>> =
    LazyLock::new(|| Some(Type { font: Font::new(FONT.into(), 0)?, face: Face::parse(FONT, 0).ok()? }));

impl Type {
    /// The text in characters that there are. Which of its forms a character is to have is not looked at.
    fn known(&self, text: &str) -> String {
        let form = |c: char| matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{200d}');
        let known = |c| if self.face.glyph_index(c).is_some() { c } else { MISSING };
        text.chars().filter(|c| !form(*c)).map(known).collect()
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let advance = |c| self.face.glyph_index(c).and_then(|glyph| self.face.glyph_hor_advance(glyph));
        let units: f32 = text.chars().filter_map(advance).map(f32::from).sum();
        units / f32::from(self.face.units_per_em()) * size
    }

    /// The text in lines that are at most so wide.
    fn lines(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        // A word that is longer than a line is broken anywhere.
        let pieces = words(text).into_iter().flat_map(|word| match self.width(&word, size) > width {
            true => word.chars().map(String::from).collect(),
            false => vec![word],
        });
        let mut lines = vec![String::new()];
        for word in pieces {
            let Some(line) = lines.last_mut() else { break };
            let fits = line.is_empty() || self.width(&format!("{line}{}", word.trim_end()), size) <= width;
            if fits || word.starts_with(|c| CLINGING.contains(c)) {
                line.push_str(&word);
            } else {
                lines.push(word);
            }
        }
        lines
    }
}

/// What must not stand at the end of one.
const OPENING: &str = "「『（【〔([";

/// What a line is broken between: Latin words with the space behind them, and each Japanese character with the bracket
/// that opens before it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for c in text.chars() {
        let joins = |word: &&mut String| {
            let latin = c.is_ascii() && word.ends_with(|last: char| last.is_ascii() && last != ' ');
            latin || word.ends_with(|last| OPENING.contains(last))
        };
        match words.last_mut().filter(joins) {
            Some(word) => word.push(c),
            None => words.push(c.to_string()),
        }
    }
    words
}

/// How a run of text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ink {
    Plain,
    Bold,
    /// The Japanese beside another language.
    Grey,
}

/// Where a run of text stands.
struct Run {
    text: String,
    x: f32,
    y: f32,
    size: f32,
    ink: Ink,
}

/// How rows of a style are set.
struct Look {
    size: f32,
    leading: f32,
    indent: f32,
    ink: Ink,
}

/// Nothing for what is no text.
const fn look(style: Style) -> Option<Look> {
    let (size, leading, indent, ink) = match style {
        Style::Title => (14.0, 22.0, 0.0, Ink::Bold),
        Style::Total => (12.0, 18.0, 0.0, Ink::Bold),
        Style::Plain => (9.0, 13.5, 0.0, Ink::Plain),
        Style::Centre => (8.0, 12.0, 0.0, Ink::Plain),
        Style::Detail => (7.5, 11.5, 8.0, Ink::Plain),
        Style::Rule => return None,
    };
    Some(Look { size, leading, indent, ink })
}

/// What is on a page, and how long it is.
#[derive(Default)]
struct Layout {
    runs: Vec<Run>,
    rules: Vec<f32>,
    y: f32,
}

impl Layout {
    fn row(&mut self, r#type: &Type, row: &Row) {
        let Some(Look { size, leading, indent, ink }) = look(row.style) else {
            self.rules.push(self.y + 9.0);
            self.y += 11.0;
            return;
        };
        let centred = matches!(row.style, Style::Title | Style::Centre);
        let figure = r#type.known(&row.figure);
        let figure_width = r#type.width(&figure, size);
        let room = WIDTH - 2.0 * MARGIN - indent;
        let left = if figure.is_empty() { room } else { room - figure_width - GAP };
        // Beside the first line of the words.
        if !figure.is_empty() {
            let (x, y) = (WIDTH - MARGIN - figure_width, self.y + leading);
            self.runs.push(Run { text: figure, x, y, size, ink });
        }
        let start = |width: f32| if centred { (WIDTH - width) / 2.0 } else { MARGIN + indent };
        let text = r#type.known(&row.text);
        let ja = row.ja.as_deref().map(|ja| r#type.known(ja)).unwrap_or_default();
        let (beside, width) = (size * BESIDE, r#type.width(&text, size));
        let together = width + BETWEEN + r#type.width(&ja, beside);
        if !ja.is_empty() && together <= left {
            self.y += leading;
            let (x, y) = (start(together), self.y);
            self.runs.push(Run { text, x, y, size, ink });
            self.runs.push(Run { text: ja, x: x + width + BETWEEN, y, size: beside, ink: Ink::Grey });
            return;
        }
        // The two languages below each other.
        for (said, size, leading, ink) in [(&text, size, leading, ink), (&ja, beside, leading * BESIDE, Ink::Grey)] {
            for text in r#type.lines(said, size, left).into_iter().filter(|line| !line.is_empty()) {
                self.y += leading;
                let x = start(r#type.width(&text, size));
                self.runs.push(Run { text, x, y: self.y, size, ink });
            }
        }
    }

    fn paint(&self, r#type: &Type, surface: &mut Surface<'_>) {
        for run in &self.runs {
            let lightness = if run.ink == Ink::Grey { 80 } else { 0 };
            let paint = || luma::Color::new(lightness).into();
            // One font, a little stronger: the bold one would be another five megabytes.
            let stroke = || Stroke { paint: paint(), width: run.size * 0.03, ..Stroke::default() };
            surface.set_fill(Some(Fill { paint: paint(), ..Fill::default() }));
            surface.set_stroke((run.ink == Ink::Bold).then(stroke));
            let at = Point::from_xy(run.x, run.y);
            surface.draw_text(at, r#type.font.clone(), run.size, &run.text, false, TextDirection::LeftToRight);
        }
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke {
            width: 0.6,
            dash: Some(StrokeDash { array: vec![2.0, 2.0], offset: 0.0 }),
            ..Stroke::default()
        }));
        for y in &self.rules {
            let mut path = PathBuilder::new();
            path.move_to(MARGIN, *y);
            path.line_to(WIDTH - MARGIN, *y);
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

/// The papers as one document. Takes some milliseconds of work: call it off the event loop.
pub fn render(sheets: &[Sheet]) -> Result<Vec<u8>, Error> {
    let r#type = TYPE.as_ref().ok_or_else(|| Error::unexpected("the font of receipts cannot be read"))?;
    let mut document = Document::new();
    if let Some(first) = sheets.first() {
        let metadata = Metadata::new().title(first.title.clone()).language(first.lang.html().to_owned());
        document.set_metadata(metadata.creator("Okini".to_owned()));
    }
    for sheet in sheets {
        let mut layout = Layout { y: MARGIN, ..Layout::default() };
        for row in &sheet.rows {
            layout.row(r#type, row);
        }
        let size = PageSettings::from_wh(WIDTH, layout.y + 2.0 * MARGIN);
        let mut page = document.start_page_with(size.ok_or_else(|| Error::unexpected("a page without a size"))?);
        let mut surface = page.surface();
        layout.paint(r#type, &mut surface);
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| Error::unexpected(format!("{error:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, ja: Option<&str>, figure: &str) -> Row {
        Row { style: Style::Plain, text: text.into(), ja: ja.map(str::to_owned), figure: figure.into() }
    }

    #[test]
    fn nothing_leaves_the_paper_or_runs_into_a_figure() {
        let r#type = TYPE.as_ref().unwrap();
        let long = "とても長い名前の特製海鮮お好み焼き（いか・えび・たこ入り）、広島風ではありません。";
        let rows = [
            plain(long, None, "123,456円"),
            plain(&"x".repeat(200), Some(long), "¥1,234,567"),
            plain("Grilled squid with butter and soy sauce, served on a hot plate", Some(long), "¥1,234,567"),
            Row { style: Style::Title, ..plain(long, Some(&"界".repeat(60)), "") },
        ];
        for row in rows {
            let mut layout = Layout::default();
            layout.row(r#type, &row);
            // One character may cling to the end of a line.
            let slack = look(row.style).unwrap().size;
            let figure = layout.runs.iter().find(|run| run.text == row.figure).map(|run| (run.x, run.y));
            assert_eq!(figure.is_some(), !row.figure.is_empty());
            for run in layout.runs.iter().filter(|run| run.text != row.figure) {
                let end = run.x + r#type.width(&run.text, run.size);
                assert!(run.x >= MARGIN - slack && end <= WIDTH - MARGIN + slack, "{}", run.text);
                assert!(figure.is_none_or(|(x, y)| y != run.y || end < x + GAP), "{}", run.text);
            }
            let written: String = layout.runs.iter().map(|run| run.text.as_str()).collect();
            let whole = format!("{}{}{}", row.figure, row.text, row.ja.unwrap_or_default());
            assert_eq!(written.replace(' ', ""), whole.replace(' ', ""));
        }
    }

    #[test]
    fn characters_that_the_font_lacks() {
        let r#type = TYPE.as_ref().unwrap();
        assert_eq!(r#type.known("𠮷野家 葛\u{e0100}城 髙﨑"), "𠮷野家 葛城 髙﨑");
        assert_eq!(r#type.known("한 🍜"), "〓 〓");
    }
}
