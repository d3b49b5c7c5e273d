//! An element as text, as the server writes it; and the rest of being a Leptos view.
//! Not here: the browser (`browser`).

use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::no_attrs;
use leptos::tachys::view::{Position, PositionState};

use super::{Attribute, El, Value};

const WITHOUT_END: [&str; 3] = ["img", "input", "meta"];

impl RenderHtml for El {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 32;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        branches: bool,
        _: Vec<AnyAttribute>,
    ) {
        buf.push('<');
        buf.push_str(self.0.tag);
        for (name, attribute) in self.0.attributes {
            let value = match attribute {
                Attribute::Fixed(value) => value,
                Attribute::Live(value) => value(),
            };
            write(buf, name, &value);
        }
        buf.push('>');
        if !WITHOUT_END.contains(&self.0.tag) {
            let mut inner = Position::FirstChild;
            for child in self.0.children {
                child.view().to_html_with_buf(buf, &mut inner, escape, branches, Vec::new());
            }
            buf.push_str("</");
            buf.push_str(self.0.tag);
            buf.push('>');
        }
        *position = Position::NextChild;
    }

    /// The browser builds anew and swaps; it never takes elements over one by one.
    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Self::State {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}

no_attrs!(El);

/// Of the properties, only a box's tick means something before the app runs.
fn write(buf: &mut String, name: &str, value: &Value) {
    let name = match name.strip_prefix('.') {
        Some("checked") => "checked",
        Some(_) => return,
        None => name,
    };
    match value {
        Value::None | Value::Flag(false) => {}
        Value::Flag(true) => {
            buf.push(' ');
            buf.push_str(name);
        }
        Value::Text(text) => {
            buf.push(' ');
            buf.push_str(name);
            buf.push_str("=\"");
            for letter in text.chars() {
                match letter {
                    '&' => buf.push_str("&amp;"),
                    '"' => buf.push_str("&quot;"),
                    '<' => buf.push_str("&lt;"),
                    other => buf.push(other),
                }
            }
            buf.push('"');
        }
    }
}
