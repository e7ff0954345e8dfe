//! One node of the tree as serde sees it.
//!
//! A scalar of the wrong type is reported and a stand-in handed out, so that decoding goes on and finds more.
//! The stand-in never gets out: something was reported, so everything is decoded once more.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::manifest::decode::Decoder;
use crate::manifest::decode::hint;
use crate::manifest::decode::stand_in::StandIn;
use crate::manifest::tree::{
    A_BOOLEAN, A_LIST, A_STRING, A_TABLE, AN_INTEGER, Entry, Node, Table, Value,
};
use crate::nearest;
use crate::problem::Trail;

/// A node, with the way that led to it.
#[derive(Clone, Copy)]
pub(super) struct ValueDeserializer<'d, 't> {
    pub(super) decoder: &'d Decoder<'t>,
    pub(super) node: &'t Node,
    pub(super) trail: &'d Trail<'d>,
}

/// Why decoding of a node ended.
#[derive(Debug)]
pub(super) enum Fault {
    /// A required key is missing; the table it is missing from reports it.
    Missing(&'static str),
    /// The type itself refuses the value.
    Refused(String),
    /// Already reported.
    Reported,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Missing(key) => write!(f, "has no `{key}`"),
            Fault::Refused(message) => f.write_str(message),
            Fault::Reported => f.write_str("is reported"),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Fault {
        Fault::Refused(message.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn de::Expected) -> Fault {
        Fault::Refused(expected.to_string())
    }

    fn missing_field(field: &'static str) -> Fault {
        Fault::Missing(field)
    }
}

impl<'d, 't> ValueDeserializer<'d, 't> {
    fn text(self) -> &'t str {
        self.decoder.text
    }

    fn wrong_type(self, takes: &str, hint: Option<String>) {
        self.decoder.wrong_type(self.node, self.trail, takes, hint);
    }

    /// Reports what a visitor has against the value of this very node.
    fn settle<T>(self, result: Result<T, Fault>) -> Result<T, Fault> {
        result.map_err(|fault| {
            match fault {
                Fault::Refused(takes) => self.wrong_type(&takes, None),
                // Tables report what they miss, and what is reported is settled.
                Fault::Missing(_) | Fault::Reported => {}
            }
            Fault::Reported
        })
    }
}

impl<'t> Deserializer<'t> for ValueDeserializer<'_, 't> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.value {
            Value::Table(_) => self.deserialize_map(visitor),
            Value::List(_) => self.deserialize_seq(visitor),
            Value::String(_) => self.deserialize_str(visitor),
            Value::Boolean(_) => self.deserialize_bool(visitor),
            Value::Integer(_)
            | Value::HugeInteger
            | Value::Float
            | Value::Datetime
            | Value::Null
            | Value::Refused(_) => self.deserialize_i64(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Value::Boolean(boolean) = self.node.value {
            return self.settle(visitor.visit_bool(boolean));
        }
        let hint =
            hint::unquoted(self.node, self.text(), |string| matches!(string, "true" | "false"));
        self.wrong_type(A_BOOLEAN, hint);
        visitor.visit_bool(false)
    }

    fn deserialize_i64<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Value::Integer(integer) = self.node.value {
            return self.settle(visitor.visit_i64(integer));
        }
        let hint = hint::unquoted(self.node, self.text(), |string| string.parse::<i64>().is_ok());
        self.wrong_type(AN_INTEGER, hint);
        visitor.visit_i64(0)
    }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Value::String(string) = &self.node.value {
            return self.settle(visitor.visit_borrowed_str(string.get(self.text())));
        }
        self.wrong_type(A_STRING, hint::quoted(self.node, self.text()));
        visitor.visit_borrowed_str("")
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::List(items) = &self.node.value else {
            self.wrong_type(A_LIST, hint::as_list(self.node, self.trail, self.text()));
            return Err(Fault::Reported);
        };
        let is_sound = items.iter().all(|item| !self.decoder.is_pruned(item));
        let list = self.settle(visitor.visit_seq(Items { list: self, items, next: 0 }));
        // Once all its problems are known, a list goes as a whole:
        // without one of its items, the indices of the others would lie.
        if list.is_ok() && !is_sound {
            self.decoder.prune(self.node, self.trail);
        }
        list
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Value::Table(table) = &self.node.value else {
            self.wrong_type(A_TABLE, hint::as_table(self.node, self.trail, self.text()));
            return Err(Fault::Reported);
        };
        self.settle(visitor.visit_map(Entries::new(self, table, Vec::new())))
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let Value::Table(table) = &self.node.value else {
            self.wrong_type(A_TABLE, hint::as_table(self.node, self.trail, self.text()));
            return Err(Fault::Reported);
        };
        self.decoder.report_unknown_keys(table, fields, self.trail);
        let absent = self.decoder.absent_keys(self.node);
        let is_whole = absent.is_empty();
        let decoded = visitor.visit_map(Entries::new(self, table, absent));
        if let Err(Fault::Missing(key)) = decoded {
            self.decoder.report_missing_key(self.node, table, key, fields, self.trail);
        } else if !is_whole {
            // All the keys that it lacks are known by now, and without them it is of no use.
            self.decoder.prune(self.node, self.trail);
        }
        self.settle(decoded)
    }

    /// Takes one of several words, or one of several shapes when the variants are named after shapes.
    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if [A_TABLE, A_LIST].iter().any(|it| variants.contains(it)) {
            let shape = self.node.shape();
            if !variants.contains(&shape) {
                let hint = hint::as_table(self.node, self.trail, self.text())
                    .or_else(|| hint::quoted(self.node, self.text()));
                self.wrong_type(&variants.join(" or "), hint);
                return Err(Fault::Reported);
            }
            return self.settle(visitor.visit_enum(Shaped { shape, content: self }));
        }
        let stand_in = variants.first().copied().unwrap_or_default();
        let word = if let Value::String(string) = &self.node.value {
            string.get(self.text())
        } else {
            self.wrong_type(A_STRING, Some(nearest::list(variants, "values")));
            stand_in
        };
        if variants.contains(&word) {
            return self.settle(visitor.visit_enum(word_deserializer(word)));
        }
        self.decoder.unknown_value(self.node, self.trail, word, variants);
        visitor.visit_enum(word_deserializer(stand_in))
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_u16<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u64<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_i64(visitor)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>>
        i8 i16 i32 i128 u8 u128 f32 f64 char bytes byte_buf
        unit unit_struct tuple tuple_struct identifier
    }
}

/// The entries of a table that are not left out, and stand-ins for those that should be there.
struct Entries<'d, 't> {
    table: ValueDeserializer<'d, 't>,
    entries: std::slice::Iter<'t, Entry>,
    current: Option<&'t Entry>,
    absent: Vec<&'static str>,
}

impl<'d, 't> Entries<'d, 't> {
    fn new(
        table: ValueDeserializer<'d, 't>,
        entries: &'t Table,
        absent: Vec<&'static str>,
    ) -> Entries<'d, 't> {
        Entries { table, entries: entries.entries().iter(), current: None, absent }
    }
}

impl<'t> MapAccess<'t> for Entries<'_, 't> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'t>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let decoder = self.table.decoder;
        self.current = self.entries.find(|entry| !decoder.is_pruned(&entry.node));
        let key = match self.current {
            Some(entry) => Some(entry.key.get(decoder.text)),
            None => self.absent.pop(),
        };
        key.map(|key| seed.deserialize(word_deserializer(key))).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let decoder = self.table.decoder;
        let Some(entry) = self.current else { return seed.deserialize(StandIn) };
        let trail = self.table.trail.key(entry.key.get(decoder.text));
        seed.deserialize(ValueDeserializer { decoder, node: &entry.node, trail: &trail })
    }
}

/// The items of a list that are not left out.
struct Items<'d, 't> {
    list: ValueDeserializer<'d, 't>,
    items: &'t [Node],
    next: usize,
}

impl<'t> SeqAccess<'t> for Items<'_, 't> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'t>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let decoder = self.list.decoder;
        while let Some(node) = self.items.get(self.next) {
            let trail = self.list.trail.index(self.next);
            self.next += 1;
            if !decoder.is_pruned(node) {
                let item = ValueDeserializer { decoder, node, trail: &trail };
                return seed.deserialize(item).map(Some);
            }
        }
        Ok(None)
    }
}

/// A value as the variant that is named after its shape.
struct Shaped<'d, 't> {
    shape: &'static str,
    content: ValueDeserializer<'d, 't>,
}

impl<'d, 't> EnumAccess<'t> for Shaped<'d, 't> {
    type Error = Fault;
    type Variant = ValueDeserializer<'d, 't>;

    fn variant_seed<V: DeserializeSeed<'t>>(
        self,
        seed: V,
    ) -> Result<(V::Value, ValueDeserializer<'d, 't>), Fault> {
        Ok((seed.deserialize(word_deserializer(self.shape))?, self.content))
    }
}

impl<'t> VariantAccess<'t> for ValueDeserializer<'_, 't> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'t>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'t>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_struct("", fields, visitor)
    }
}

pub(super) fn word_deserializer(word: &str) -> StrDeserializer<'_, Fault> {
    word.into_deserializer()
}
