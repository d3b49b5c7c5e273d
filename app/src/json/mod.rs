//! Reading JSON on a phone: what our own server and our own storage wrote, and nothing else. Says only that a text
//! cannot be read, never where; that and whole numbers alone make it a quarter of what `serde_json` costs a phone.
//! Not here: writing JSON (`serde_json`), the text's grammar (`text`).

mod text;

use std::fmt;
use std::slice::Iter;

use serde::de::{self, DeserializeOwned, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use text::Text;

/// A text that is not JSON of the wanted shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not JSON of the wanted shape")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a value.
///
/// # Errors
/// When the text is not JSON of the wanted shape.
pub fn from_str<T: DeserializeOwned>(json: &str) -> Result<T, Unreadable> {
    let mut text = Text::new(json);
    let value = T::deserialize(&mut text)?;
    text.end()?;
    Ok(value)
}

macro_rules! whole_numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            visitor.visit_i64(self.number()?)
        }
    )*};
}

macro_rules! strings {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            visitor.visit_string(self.string()?)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for &mut Text<'_> {
    type Error = Unreadable;

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }
    strings! { deserialize_str deserialize_string deserialize_identifier }
    forward_to_deserialize_any! { i128 u128 f32 f64 char bytes byte_buf }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.peek()? {
            b'{' => self.deserialize_map(visitor),
            b'[' => self.deserialize_seq(visitor),
            b'"' => visitor.visit_string(self.string()?),
            b't' | b'f' => self.deserialize_bool(visitor),
            b'n' => self.deserialize_unit(visitor),
            _ => visitor.visit_i64(self.number()?),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.truth()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.nothing()? { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.word("null")?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.open(b'[')?;
        visitor.visit_seq(Inside(self))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.open(b'[')?;
        let value = visitor.visit_seq(Inside(&mut *self))?;
        self.close(b']')?;
        Ok(value)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.open(b'{')?;
        visitor.visit_map(Inside(self))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.open(b'{')?;
        let start = self.here();
        let value = visitor.visit_seq(Members { text: &mut *self, start, fields: fields.iter() })?;
        self.leave()?;
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let alone = self.peek()? == b'"';
        if alone {
            return visitor.visit_enum(Variant { text: self, alone });
        }
        self.open(b'{')?;
        let value = visitor.visit_enum(Variant { text: &mut *self, alone })?;
        self.close(b'}')?;
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.skip()?;
        visitor.visit_unit()
    }
}

/// Within a list, an object or a variant.
struct Inside<'a, 't>(&'a mut Text<'t>);

impl<'de> SeqAccess<'de> for Inside<'_, '_> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unreadable> {
        if self.0.next(b']')? { seed.deserialize(&mut *self.0).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for Inside<'_, '_> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        if self.0.next(b'}')? { seed.deserialize(&mut *self.0).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unreadable> {
        self.0.colon()?;
        seed.deserialize(&mut *self.0)
    }
}

/// The members of an object, in the order in which its type has them: that is a third of the program that asks each
/// member for its name. Ours are written in this order, but any order is read.
struct Members<'a, 't> {
    text: &'a mut Text<'t>,
    /// Where the first member begins.
    start: usize,
    fields: Iter<'static, &'static str>,
}

impl<'de> SeqAccess<'de> for Members<'_, '_> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unreadable> {
        let there = self.text.find(self.fields.next().ok_or(Unreadable)?, self.start)?;
        match seed.deserialize(&mut *self.text) {
            // An `Option` can be read from nothing; for everything else the type knows what to do.
            Err(_) if !there => {
                self.text.found();
                Ok(None)
            }
            value => value.map(Some),
        }
    }
}

/// A variant: its name alone, or an object of name and content.
struct Variant<'a, 't> {
    text: &'a mut Text<'t>,
    alone: bool,
}

impl<'a, 't> Variant<'a, 't> {
    fn content(self) -> Result<&'a mut Text<'t>, Unreadable> {
        if self.alone { Err(Unreadable) } else { Ok(self.text) }
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Unreadable> {
        let name = seed.deserialize(&mut *self.text)?;
        if !self.alone {
            self.text.colon()?;
        }
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.alone { Ok(()) } else { self.text.word("null") }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Unreadable> {
        de::Deserializer::deserialize_tuple(self.content()?, len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        de::Deserializer::deserialize_struct(self.content()?, "", fields, visitor)
    }
}

#[cfg(test)]
#[path = "../json_tests.rs"]
mod tests;
