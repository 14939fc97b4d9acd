//! The board: that its newest page is always what the records say, and what its requests cost.

mod cost;
mod interleavings;
mod model;
mod pages;
mod writer;

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};
use service::platform::{Authorization, Effect, Statement, UncheckedPrincipal};

use crate::world::{Data, World};

const LEASE_MILLIS: u64 = 120_000;
const NEWEST: &str = "latchkey:messages:newest";

/// An instance that believes everybody: the token is the username.
fn world(data: &Data) -> World {
    let mut world = World::over(data.clone());
    world.authorizer = Some(Box::new(|authorization, _| {
        let username = authorization.strip_prefix("Bearer ").unwrap().to_owned();
        let allow = |action: &str, resource: String| Statement {
            effect: Effect::Allow,
            actions: vec![action.to_owned()],
            resources: vec![resource],
        };
        let own = format!("arn:latchkey:messages:::latchkey/test/{username}/*");
        let statements = vec![allow("execute-api:Invoke", "*".to_owned()), allow("messages:Delete", own)];
        let principal = UncheckedPrincipal { name: username.to_uppercase(), username, session: "0".repeat(32) };
        Ok(Authorization { principal, version: "2012-10-17".to_owned(), statements })
    }));
    world
}

type Values = BTreeMap<String, Vec<u8>>;

fn counter(values: &Values) -> u64 {
    values.get("latchkey:messages").map_or(0, |bytes| u64::from_le_bytes(bytes.as_slice().try_into().unwrap()))
}

fn record(values: &Values, key: &str) -> Value {
    values.get(key).map_or(Value::Null, |bytes| serde_json::from_slice(bytes).unwrap())
}

/// The newest page, as the records say it.
fn said(values: &Values) -> Value {
    let mut messages = Vec::new();
    for position in (1..=counter(values)).rev() {
        let message = record(values, &format!("latchkey:message:{position}"));
        if message["text"].is_null() {
            continue;
        }
        let author = message["author"].as_str().unwrap();
        let is_deleted = !record(values, &format!("latchkey:user:{author}"))["deleted_at_ms"].is_null();
        let author = match is_deleted {
            true => json!({"username": null, "name": "deleted user"}),
            false => json!({"username": author, "name": message["name"]}),
        };
        let time = UNIX_EPOCH + Duration::from_millis(message["created_at_ms"].as_u64().unwrap());
        let time = humantime::format_rfc3339_millis(time).to_string();
        let id = position.to_string();
        messages.push(json!({"id": id, "author": author, "text": message["text"], "created_at": time}));
    }
    let next = messages.get(20).map(|_| format!("m{}", messages[19]["id"].as_str().unwrap()));
    messages.truncate(20);
    json!({"messages": messages, "next": next})
}

/// The stored page, with the position that it is of, unless it says that it is not complete.
fn stored(value: &[u8]) -> Option<(u64, Value)> {
    let (head, body) = value.split_at(value.iter().position(|byte| *byte == b'\n').unwrap());
    let head: Value = serde_json::from_slice(head).unwrap();
    if !head["open"].is_null() {
        return None;
    }
    assert_eq!(head["digest"], domain::digest(&body[1..]));
    Some((head["to"].as_u64().unwrap(), serde_json::from_slice(&body[1..]).unwrap()))
}

/// Whether the stored page would be served now.
fn is_current(values: &Values) -> bool {
    values.get(NEWEST).and_then(|page| stored(page)).is_some_and(|(to, _)| to == counter(values))
}
