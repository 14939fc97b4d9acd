//! Request bodies: a JSON object whose members are taken by name, so that one answer reports everything that is wrong.

use std::convert::Infallible;
use std::fmt;
use std::ops::RangeInclusive;

use domain::{CodeError, InputError, MethodArnError, PasswordError, RoleError};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;
use wire::{FieldCode, FieldError};

use super::problem::ApiError;

/// A rule of `domain` that a field breaks, with its code in the API.
pub(crate) trait Rule: fmt::Display {
    fn code(&self) -> FieldCode;
}

/// The members of a body, and what is wrong with those taken so far.
pub(crate) struct Fields {
    members: Vec<(String, Value)>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Reads an object. `serde_json` bounds its depth. A byte order mark before it is skipped (RFC 8259, section 8.1):
    /// editors and shells on Windows write one.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let Members(members) = serde_json::from_slice(body).map_err(|error| {
            ApiError::MalformedJson(match error.classify() {
                Category::Data => "The body is not a JSON object.".to_owned(),
                Category::Eof => "The JSON ends too early.".to_owned(),
                _ => format!("The body is not JSON: line {}, column {}.", error.line(), error.column()),
            })
        })?;
        Ok(Self { members, errors: Vec::new() })
    }

    /// Takes a required string.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        self.required(name, Ok::<_, Infallible>)
    }

    /// Takes a required member, and parses it.
    pub(crate) fn required<T, E: Rule>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        match self.string(name) {
            Member::Absent => self.missing(name),
            Member::Refused => None,
            Member::Value(text) => match parse(text) {
                Ok(value) => Some(value),
                Err(rule) => self.refuse(name, rule.code(), &rule.to_string()),
            },
        }
    }

    /// Takes an optional member, and parses it.
    pub(crate) fn optional<T, E: Rule>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        match self.string(name) {
            Member::Value(text) => match parse(text) {
                Ok(value) => Some(value),
                Err(rule) => self.refuse(name, rule.code(), &rule.to_string()),
            },
            Member::Absent | Member::Refused => None,
        }
    }

    /// Takes an optional whole number within bounds.
    pub(crate) fn optional_number(&mut self, name: &'static str, allowed: RangeInclusive<u64>) -> Option<u64> {
        match self.member(name, "This field is a whole number.", |value| value.is_number().then_some(value)) {
            Member::Value(number) => {
                // 60.0 is an integer too (JSON Schema Validation, section 6.1.1).
                let whole = number.as_f64().filter(|number| number.fract() == 0.0 && *number >= 0.0);
                let number = whole.map(|number| number as u64).filter(|number| allowed.contains(number));
                let detail = || format!("A whole number from {} to {}.", allowed.start(), allowed.end());
                number.or_else(|| self.refuse(name, FieldCode::Invalid, &detail()))
            }
            Member::Absent | Member::Refused => None,
        }
    }

    /// Takes a required object, as it is.
    pub(crate) fn object(&mut self, name: &'static str) -> Option<Value> {
        match self.object_member(name) {
            Member::Absent => self.missing(name),
            Member::Refused => None,
            Member::Value(object) => Some(object),
        }
    }

    /// Takes an optional object, as it is.
    pub(crate) fn optional_object(&mut self, name: &'static str) -> Option<Value> {
        match self.object_member(name) {
            Member::Value(object) => Some(object),
            Member::Absent | Member::Refused => None,
        }
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Refuses the members that nobody took. Returns the values of the required members if nothing is wrong. `taken` is
    /// `None` only if a required member was refused when it was taken.
    pub(crate) fn finish<T>(mut self, taken: Option<T>) -> Result<T, ApiError> {
        self.errors.extend(unknown(std::mem::take(&mut self.members), "This field is unknown."));
        match taken {
            Some(values) if self.errors.is_empty() => Ok(values),
            _ => Err(ApiError::Invalid(self.errors)),
        }
    }

    fn string(&mut self, name: &'static str) -> Member<String> {
        self.member(name, "This field is a string.", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    fn object_member(&mut self, name: &'static str) -> Member<Value> {
        self.member(name, "This field is an object.", |value| value.is_object().then_some(value))
    }

    /// Takes a member of one type; `other_type` is what is said of a value of another one.
    fn member<T>(&mut self, name: &'static str, other_type: &str, typed: impl FnOnce(Value) -> Option<T>) -> Member<T> {
        let mut values = self.members.extract_if(.., |(member, _)| member == name).map(|(_, value)| value);
        let (first, second) = (values.next(), values.next());
        drop(values);
        let refused = match (first, second) {
            (None, _) => return Member::Absent,
            (Some(value), None) => match typed(value) {
                Some(value) => return Member::Value(value),
                None => (FieldCode::WrongType, other_type),
            },
            (Some(_), Some(_)) => (FieldCode::Duplicate, "This field is there more than once."),
        };
        let _: Option<()> = self.refuse(name, refused.0, refused.1);
        Member::Refused
    }

    /// Refuses a required member that is not there.
    pub(crate) fn missing<T>(&mut self, name: &'static str) -> Option<T> {
        self.refuse(name, FieldCode::Missing, "This field is required.")
    }

    /// Refuses a member.
    pub(crate) fn refuse<T>(&mut self, field: &'static str, code: FieldCode, detail: &str) -> Option<T> {
        self.errors.push(FieldError { field: field.to_owned(), code, detail: detail.to_owned() });
        None
    }
}

/// How many characters of a name from the client are repeated in an answer at most.
const MAX_ECHO_CHARS: usize = 64;
/// How many unknown names an answer repeats at most, so that a long request does not cause a long answer.
const MAX_UNKNOWN: usize = 8;

/// Refuses the names that nobody took.
pub(super) fn unknown<T>(left: Vec<(String, T)>, detail: &'static str) -> impl Iterator<Item = FieldError> {
    left.into_iter().take(MAX_UNKNOWN).map(move |(name, _)| {
        let field = name.chars().take(MAX_ECHO_CHARS).collect();
        FieldError { field, code: FieldCode::UnknownField, detail: detail.to_owned() }
    })
}

enum Member<T> {
    Absent,
    Refused,
    Value(T),
}

/// The members of an object in order, duplicates included, which `serde_json::Map` would lose.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

impl Rule for InputError {
    fn code(&self) -> FieldCode {
        self.broken.into()
    }
}

impl Rule for PasswordError {
    fn code(&self) -> FieldCode {
        match self {
            Self::Input(error) => error.code(),
            Self::Common => FieldCode::CommonPassword,
        }
    }
}

impl Rule for CodeError {
    fn code(&self) -> FieldCode {
        FieldCode::Invalid
    }
}

impl Rule for MethodArnError {
    fn code(&self) -> FieldCode {
        FieldCode::Invalid
    }
}

impl Rule for RoleError {
    fn code(&self) -> FieldCode {
        FieldCode::Invalid
    }
}

impl Rule for Infallible {
    fn code(&self) -> FieldCode {
        match *self {}
    }
}
