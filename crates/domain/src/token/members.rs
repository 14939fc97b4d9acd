use std::collections::BTreeSet;
use std::fmt;

use jwt_simple::reexports::ct_codecs::{Base64UrlSafeNoPadding, Decoder};
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The names in the header or the claims of a token, which have to be a JSON object in UTF-8 with each name once (RFC 7515,
/// section 4; RFC 7519, section 4). Moments have to be whole numbers.
///
/// jwt-simple reads the values, and is less strict: it takes a JSON array for a header, of names that it ignores any number,
/// a fraction of a second, and `null` for an extension that nobody demands. Other parsers of a token like that may read
/// something else in it.
pub(super) struct Members(BTreeSet<String>);

impl Members {
    /// Reads one of the first two parts of a token.
    pub(super) fn read(part: &str) -> Option<Self> {
        let json = Base64UrlSafeNoPadding::decode_to_vec(part, None).ok()?;
        // What it skips it does not check for that.
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
