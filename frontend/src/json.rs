//! JSON, read by the browser's own `JSON.parse`: reading it by `serde_json` would add 14 KB to a first visit.

use std::fmt;

use js_sys::{Array, JSON, Object, Reflect};
use serde::de::value::StringDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use wasm_bindgen::{JsCast, JsValue};

/// Reads a text as JSON of this type; None if it is something else.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Value(JSON::parse(text).ok()?)).ok()
}

/// An object, as JavaScript has it; None if the text is something else.
pub(crate) fn object(text: &str) -> Option<Object> {
    JSON::parse(text).ok()?.dyn_into().ok()
}

/// A member of an object, as JavaScript has it; None if the text is no such object.
pub(crate) fn member(text: &str, name: &str) -> Option<JsValue> {
    let object = object(text)?;
    Reflect::get(&object, &JsValue::from_str(name)).ok().filter(JsValue::is_object)
}

/// What `JSON.parse` has made of a text or of a part of it.
struct Value(JsValue);

/// The text is no JSON of the wanted type. Nobody is told more, so that no message about it is loaded.
#[derive(Debug)]
struct Unfit;

impl fmt::Display for Unfit {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Unfit {}

impl Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl Value {
    /// A whole number that JavaScript has exactly.
    fn whole_number(&self) -> Result<u64, Unfit> {
        let number = self.0.as_f64().filter(|number| (0.0..=js_sys::Number::MAX_SAFE_INTEGER).contains(number));
        number.filter(|number| number.fract() == 0.0).map(|number| number as u64).ok_or(Unfit)
    }

    fn text(&self) -> Result<String, Unfit> {
        self.0.as_string().ok_or(Unfit)
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unfit)?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_u64(self.whole_number()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_u64(self.whole_number()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let items = self.0.dyn_into::<Array>().map_err(|_| Unfit)?;
        visitor.visit_seq(Items(items.to_vec().into_iter()))
    }

    /// Gives the members in the order of the struct, so that the code that would find them by their names is not needed.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        let members = fields.iter().map(|field| Reflect::get(&self.0, &JsValue::from_str(field)).map_err(|_| Unfit));
        visitor.visit_seq(Items(members.collect::<Result<Vec<_>, _>>()?.into_iter()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_enum(StringDeserializer::new(self.text()?))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u32 u128 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct
        map identifier
    }
}

/// The items of an array, or the members of an object.
struct Items(std::vec::IntoIter<JsValue>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Unfit;

    /// A member that is not there is none, so that it gets its default if it has one.
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        let item = self.0.next().filter(|item| !item.is_undefined());
        item.map(|item| seed.deserialize(Value(item))).transpose()
    }
}
