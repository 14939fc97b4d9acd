use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version that every record begins with. A record of another version can't be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version<const NUMBER: u8>;

pub(crate) type V1 = Version<1>;
pub(crate) type V2 = Version<2>;
pub(crate) type V3 = Version<3>;
pub(crate) const V1: V1 = Version;
pub(crate) const V2: V2 = Version;
pub(crate) const V3: V3 = Version;

impl<const NUMBER: u8> Serialize for Version<NUMBER> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(NUMBER)
    }
}

impl<'de, const NUMBER: u8> Deserialize<'de> for Version<NUMBER> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            number if number == NUMBER => Ok(Self),
            _ => Err(D::Error::custom("another version")),
        }
    }
}
