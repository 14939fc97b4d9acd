//! Items of the table, as DynamoDB writes them in JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The key of an item.
pub(crate) fn key(key: &str) -> Value {
    json!({ "k": { "S": key } })
}

/// An item with a value.
pub(crate) fn with_value(key: &str, value: &[u8]) -> Value {
    json!({ "k": { "S": key }, "v": binary(value) })
}

pub(crate) fn binary(value: &[u8]) -> Value {
    json!({ "B": STANDARD.encode(value) })
}

/// The key of an item that was read.
pub(crate) fn key_of(item: &Value) -> Option<&str> {
    item.get("k")?.get("S")?.as_str()
}

/// The value of an item that was read. That of a counter is its digits.
pub(crate) fn value_of(item: &Value) -> Option<Vec<u8>> {
    if let Some(digits) = item.get("n") {
        return Some(digits.get("N")?.as_str()?.as_bytes().to_vec());
    }
    STANDARD.decode(item.get("v")?.get("B")?.as_str()?).ok()
}

/// The number of a counter whose value reads as these bytes, if there can be one.
pub(crate) fn number(bytes: &[u8]) -> Option<i64> {
    let number: i64 = str::from_utf8(bytes).ok()?.parse().ok()?;
    (number.to_string().as_bytes() == bytes).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_a_value_or_a_number() {
        let item = with_value("a", &[0, 255]);
        assert_eq!(item, json!({ "k": { "S": "a" }, "v": { "B": "AP8=" } }));
        assert_eq!((key_of(&item), value_of(&item)), (Some("a"), Some(vec![0, 255])));
        let counter = json!({ "k": { "S": "a" }, "n": { "N": "-12" } });
        assert_eq!(value_of(&counter), Some(b"-12".to_vec()));
        for other in [json!({}), json!({ "v": { "S": "x" } }), json!({ "v": { "B": "!" } }), json!({ "n": 1 })] {
            assert_eq!(value_of(&other), None, "{other}");
        }
    }

    #[test]
    fn only_digits_as_a_counter_has_them_are_a_number() {
        assert_eq!(number(b"-12"), Some(-12));
        for other in [&b"012"[..], b"+1", b"-0", b"", b"1 ", b"9223372036854775808", b"\xff"] {
            assert_eq!(number(other), None, "{other:?}");
        }
    }
}
