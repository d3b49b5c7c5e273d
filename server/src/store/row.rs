//! Reading columns: only texts and integers come out of the database, everything else is made from them here.

use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::fmt;
use std::str::FromStr;

/// A stored value that cannot be what its column says: the database was changed from outside, or a bug.
#[derive(Debug)]
pub struct Corrupt {
    column: &'static str,
}

impl Corrupt {
    /// Names the column.
    pub const fn new(column: &'static str) -> Self {
        Self { column }
    }
}

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the stored value of column {} cannot be read", self.column)
    }
}

impl std::error::Error for Corrupt {}

/// Whether a text from outside can be in a row at all: PostgreSQL refuses even to look for one with a NUL.
pub(super) fn storable(text: &str) -> bool {
    !text.contains('\0')
}

fn corrupt(column: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(Corrupt::new(column)))
}

/// Columns by name and meaning.
pub trait RowExt {
    fn text(&self, column: &'static str) -> Result<String, sqlx::Error>;
    fn text_or_null(&self, column: &'static str) -> Result<Option<String>, sqlx::Error>;
    fn int(&self, column: &'static str) -> Result<i64, sqlx::Error>;
    fn int_or_null(&self, column: &'static str) -> Result<Option<i64>, sqlx::Error>;

    /// 0 or 1.
    fn flag(&self, column: &'static str) -> Result<bool, sqlx::Error> {
        Ok(self.int(column)? != 0)
    }

    /// A text that reads as a `T`: ids.
    fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, sqlx::Error> {
        self.text(column)?.parse().map_err(|_| corrupt(column))
    }

    /// The same, where there may be nothing.
    fn parsed_or_null<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, sqlx::Error> {
        self.text_or_null(column)?.map(|text| text.parse().map_err(|_| corrupt(column))).transpose()
    }

    /// A text that names a value: states.
    fn named<T>(&self, column: &'static str, by_name: fn(&str) -> Option<T>) -> Result<T, sqlx::Error> {
        by_name(&self.text(column)?).ok_or_else(|| corrupt(column))
    }

    /// A JSON text.
    fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, sqlx::Error> {
        serde_json::from_str(&self.text(column)?).map_err(|_| corrupt(column))
    }

    /// A JSON text, where there may be nothing.
    fn json_or_null<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, sqlx::Error> {
        self.text_or_null(column)?.map(|text| serde_json::from_str(&text).map_err(|_| corrupt(column))).transpose()
    }
}

impl RowExt for AnyRow {
    fn text(&self, column: &'static str) -> Result<String, sqlx::Error> {
        self.try_get(column)
    }

    fn text_or_null(&self, column: &'static str) -> Result<Option<String>, sqlx::Error> {
        self.try_get(column)
    }

    fn int(&self, column: &'static str) -> Result<i64, sqlx::Error> {
        self.try_get(column)
    }

    fn int_or_null(&self, column: &'static str) -> Result<Option<i64>, sqlx::Error> {
        self.try_get(column)
    }
}
