use std::collections::BTreeSet;
use std::fmt;

use jwt_simple::reexports::ct_codecs::{Base64UrlSafeNoPadding, Decoder};
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The names in the header or in the claims of a token. Both have to be a JSON object in UTF-8 that has each name only once
/// (RFC 7515, section 4; RFC 7519, section 4). Moments have to be whole numbers.
///
/// jwt-simple reads the values, and is less strict: as a header it accepts a JSON array, it accepts duplicates of names that
/// it ignores, fractions of a second, and `null` for an extension that it need not support. Other parsers may read such a
/// token differently.
pub(super) struct Members(BTreeSet<String>);

impl Members {
    /// Reads one of the first two parts of a token.
    pub(super) fn read(part: &str) -> Option<Self> {
        let json = Base64UrlSafeNoPadding::decode_to_vec(part, None).ok()?;
        // serde_json does not check that the texts which it skips are UTF-8.
        std::str::from_utf8(&json).ok()?;
        serde_json::from_slice(&json).ok()
    }

    pub(super) fn contain(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "exp" | "iat" | "nbf" => _ = map.next_value::<u64>()?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
            if !names.insert(name) {
                return Err(A::Error::custom("a name twice"));
            }
        }
        Ok(Members(names))
    }
}
