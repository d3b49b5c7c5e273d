//! Reading Stripe's forms, in bodies and in queries: names with brackets, values that are text.

use super::problem::{INVALID, Problem};
use serde_json::{Map, Value};

/// The fields of a request, by their whole name.
pub(super) struct Form(pub(super) Map<String, Value>);

impl Form {
    pub(super) fn read(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), Value::from(&*value))).collect())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A whole number, if there is one.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.text(name).map(|text| text.parse().map_err(|_| INVALID)).transpose()
    }

    /// What is to be sent along instead of only being named.
    pub(super) fn expands(&self, what: &str) -> bool {
        let expanded = self.0.iter().filter(|(name, _)| name.starts_with("expand["));
        expanded.filter_map(|(_, path)| path.as_str()).any(|path| path.starts_with(what))
    }
}

/// The fields `name[...]` under their names in the brackets.
pub(super) fn nested(fields: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let inner = |field: &str| Some(field.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
    fields.iter().filter_map(|(field, value)| Some((inner(field)?, value.clone()))).collect()
}
