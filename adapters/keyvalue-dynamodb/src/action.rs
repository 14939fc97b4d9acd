//! The actions of DynamoDB that the adapter uses, and their parameters.

use serde_json::{Value, json};

use crate::item;

/// An action with its parameters.
pub(crate) struct Call {
    /// Its name, as policies of IAM have it.
    pub(crate) action: &'static str,
    pub(crate) parameters: Value,
}

impl Call {
    /// Reads an item, and what was written last: another read may return what was there before.
    pub(crate) fn get(table: &str, key: &str) -> Self {
        let parameters = json!({ "TableName": table, "Key": item::key(key), "ConsistentRead": true });
        Self { action: "GetItem", parameters }
    }

    pub(crate) fn put(table: &str, key: &str, value: &[u8]) -> Self {
        let parameters = json!({ "TableName": table, "Item": item::with_value(key, value) });
        Self { action: "PutItem", parameters }
    }

    pub(crate) fn delete(table: &str, key: &str) -> Self {
        let parameters = json!({ "TableName": table, "Key": item::key(key) });
        Self { action: "DeleteItem", parameters }
    }

    /// Adds to a counter, unless a value is there.
    pub(crate) fn add(table: &str, key: &str, delta: i64) -> Self {
        let parameters = json!({
            "TableName": table,
            "Key": item::key(key),
            "UpdateExpression": "ADD n :delta",
            "ConditionExpression": "attribute_not_exists(v)",
            "ExpressionAttributeValues": { ":delta": { "N": delta.to_string() } },
            "ReturnValues": "UPDATED_NEW",
        });
        Self { action: "UpdateItem", parameters }
    }

    /// Writes a value if the present one is as expected. A counter is as expected when its digits are.
    pub(crate) fn replace(table: &str, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Self {
        let mut parameters = json!({ "TableName": table, "Item": item::with_value(key, value) });
        let (condition, values) = match expected {
            None => ("attribute_not_exists(k)", None),
            Some(bytes) => match item::number(bytes) {
                None => ("v = :value", Some(json!({ ":value": item::binary(bytes) }))),
                Some(number) => {
                    let values = json!({ ":value": item::binary(bytes), ":number": { "N": number.to_string() } });
                    ("v = :value OR n = :number", Some(values))
                }
            },
        };
        if let Value::Object(members) = &mut parameters {
            members.insert("ConditionExpression".to_owned(), condition.into());
            members.extend(values.map(|values| ("ExpressionAttributeValues".to_owned(), values)));
        }
        Self { action: "PutItem", parameters }
    }

    pub(crate) fn batch_get(table: &str, keys: &[Value]) -> Self {
        let of_table = json!({ "Keys": keys, "ConsistentRead": true });
        Self { action: "BatchGetItem", parameters: json!({ "RequestItems": { table: of_table } }) }
    }

    pub(crate) fn batch_write(table: &str, requests: &[Value]) -> Self {
        Self { action: "BatchWriteItem", parameters: json!({ "RequestItems": { table: requests } }) }
    }
}

/// One of the requests of a batch: to write an item.
pub(crate) fn put_request(key: &str, value: &[u8]) -> Value {
    json!({ "PutRequest": { "Item": item::with_value(key, value) } })
}

/// One of the requests of a batch: to remove an item.
pub(crate) fn delete_request(key: &str) -> Value {
    json!({ "DeleteRequest": { "Key": item::key(key) } })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// One call of each kind.
    fn calls() -> [Call; 8] {
        [
            Call::get("t", "a"),
            Call::put("t", "a", b"x"),
            Call::delete("t", "a"),
            Call::add("t", "a", 1),
            Call::replace("t", "a", None, b"x"),
            Call::replace("t", "a", Some(b"x"), b"y"),
            Call::batch_get("t", &[item::key("a")]),
            Call::batch_write("t", &[put_request("a", b"x"), delete_request("b")]),
        ]
    }

    #[test]
    fn every_read_is_consistent() {
        let text = |call: &Call| call.parameters.to_string();
        for call in calls() {
            let reads = ["GetItem", "BatchGetItem"].contains(&call.action);
            assert_eq!(text(&call).contains(r#""ConsistentRead":true"#), reads, "{}", text(&call));
        }
    }

    #[test]
    fn the_policy_allows_what_is_used_and_nothing_else() {
        let policy: Value = serde_json::from_str(include_str!("../../../deploy/dynamodb/policy.json")).unwrap();
        let [statement] = &policy["Statement"].as_array().unwrap()[..] else { panic!("one statement is enough") };
        let allowed: BTreeSet<_> =
            statement["Action"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let used: Vec<_> = calls().iter().map(|call| format!("dynamodb:{}", call.action)).collect();
        assert_eq!(allowed, used.iter().map(String::as_str).collect());
        assert_eq!(statement["Effect"], "Allow");
        assert!(statement["Resource"].as_str().unwrap().ends_with(":table/latchkey"), "and on the one table");
    }
}
