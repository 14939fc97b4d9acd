//! The secrets of a test: every password, token, cookie and key that was sent over the network or lies in the store. When a
//! host ends, its log may contain none of them, so each test of the suite also tests the log.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::client::Ask;
use super::reply::Reply;
use super::store;

/// Shorter secrets can occur in a log by chance.
const MIN_CHARS: usize = 8;
/// The members of JSON bodies that are secret.
const MEMBERS: [&str; 8] =
    ["password", "current_password", "new_password", "token", "refresh_token", "ticket", "key", "invitation"];

/// The secrets that one client has sent and received.
#[derive(Clone, Default)]
pub(crate) struct Confidential(Arc<Mutex<BTreeSet<String>>>);

impl Confidential {
    pub(crate) fn sent(&self, ask: &Ask) {
        self.members(ask.json().as_ref());
        // An answer has another member of this name, which is no secret.
        if let Some(code) = ask.json().as_ref().and_then(|json| json["code"].as_str()) {
            self.note(code);
        }
        for (name, value) in ask.headers() {
            match *name {
                "authorization" => self.token(value.split_once(' ').map_or(value.as_str(), |(_, token)| token)),
                "cookie" => self.cookies(value),
                _ => {}
            }
        }
    }

    pub(crate) fn got(&self, reply: &Reply) {
        self.members(serde_json::from_slice(&reply.body).ok().as_ref());
        for (_, value) in reply.headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.cookies(value.split(';').next().unwrap_or_default());
        }
    }

    /// Notes the secrets that a host keeps in its store: private keys, the secrets that refresh tokens are made from, keys of
    /// second factors, and hashes.
    pub(crate) fn stored(&self, state: &Path) {
        for (key, value) in store::rows(state) {
            let Ok(record) = serde_json::from_slice::<Value>(&value) else { continue };
            for secret in
                ["/newest/private_key", "/before/private_key", "/private_key", "/refresh", "/password", "/totp"]
            {
                let text = record.pointer(secret).and_then(Value::as_str).unwrap_or_default();
                let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/".contains(c)));
                words.filter(|word| word.len() >= 20).for_each(|word| self.note(word));
            }
            assert!(key != "latchkey:keys" || record.pointer("/newest/private_key").is_some(), "{key}");
        }
    }

    /// The noted secrets that a text contains.
    pub(crate) fn found_in(&self, text: &str) -> Vec<String> {
        self.lock().iter().filter(|secret| text.contains(secret.as_str())).cloned().collect()
    }

    fn members(&self, json: Option<&Value>) {
        for name in MEMBERS {
            if let Some(text) = json.and_then(|json| json[name].as_str()) {
                match name {
                    "token" | "refresh_token" => self.token(text),
                    "ticket" => {
                        self.note(text);
                        text.rsplit('.').take(1).for_each(|seal| self.note(seal));
                    }
                    _ => self.note(text),
                }
            }
        }
        // What a passkey is asked to sign, and what it has signed.
        for secret in ["/options/challenge", "/credential/response/signature"] {
            json.and_then(|json| json.pointer(secret)?.as_str()).into_iter().for_each(|secret| self.note(secret));
        }
        let codes = json.and_then(|json| json["codes"].as_array()).into_iter().flatten();
        codes.filter_map(Value::as_str).for_each(|code| self.note(code));
    }

    fn cookies(&self, cookies: &str) {
        for (_, value) in cookies.split(';').filter_map(|cookie| cookie.split_once('=')) {
            self.token(value);
        }
    }

    /// Notes the whole token, and its signature alone. Header and claims alone are not secret.
    fn token(&self, token: &str) {
        self.note(token);
        token.split('.').skip(2).for_each(|part| self.note(part));
    }

    fn note(&self, secret: &str) {
        if secret.chars().count() >= MIN_CHARS {
            self.lock().insert(secret.to_owned());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
