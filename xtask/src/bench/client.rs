//! A client of the API, which prepares what a load needs.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

pub(super) const MESSAGES: &str = "/api/messages";
pub(super) const PASSWORD: &str = "a bridge of 9 arches";
/// The account that posts and reads.
pub(super) const AUTHOR: &str = "author0";
/// The accounts that log in are others than the one that posts, because an account has 32 sessions at most.
const LOGIN_ACCOUNTS: usize = 8;

/// The accounts that log in.
pub(super) fn login_accounts() -> impl Iterator<Item = String> {
    (0..LOGIN_ACCOUNTS).map(|number| format!("login{number}"))
}

pub(super) struct Client {
    agent: ureq::Agent,
    address: String,
}

/// What came.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) etag: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }
}

impl Client {
    pub(super) fn new(address: &str) -> Self {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        Self { agent, address: address.to_owned() }
    }

    pub(super) fn get(&self, path: &str, headers: &[(&str, String)]) -> Result<Answer> {
        let mut request = self.agent.get(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        answer(request.call()?)
    }

    fn post(&self, path: &str, body: &Value, headers: &[(&str, String)], expected: u16) -> Result<Value> {
        let mut request = self.agent.post(format!("{}{path}", self.address)).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = answer(request.send(body.to_string())?)?;
        let said = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status == expected, "POST {path} at {}: {} {said}", self.address, answer.status);
        answer.json()
    }

    pub(super) fn sign_up(&self, username: &str) -> Result<()> {
        let account = json!({ "username": username, "password": PASSWORD, "name": format!("The {username}") });
        self.post("/api/signup", &account, &[], 201).map(|_| ())
    }

    /// Returns an access token.
    pub(super) fn log_in(&self, username: &str) -> Result<String> {
        token(&self.post("/api/login", &credentials(username), &[], 200)?, "token")
    }

    /// Returns a refresh token.
    pub(super) fn begin_session(&self, username: &str) -> Result<String> {
        let mut body = credentials(username);
        if let Some(body) = body.as_object_mut() {
            body.insert("refresh_token_in".to_owned(), json!("body"));
        }
        token(&self.post("/api/login", &body, &[], 200)?, "refresh_token")
    }

    pub(super) fn post_message(&self, token: &str, text: &str) -> Result<()> {
        let authorization = [("authorization", format!("Bearer {token}"))];
        self.post(MESSAGES, &json!({ "text": text }), &authorization, 201).map(|_| ())
    }

    /// The id of the newest message.
    pub(super) fn newest_id(&self) -> Result<u64> {
        let page = self.get(&format!("{MESSAGES}?limit=1"), &[])?.json()?;
        let id = page.pointer("/messages/0/id").and_then(Value::as_str);
        Ok(id.context("the board has no message")?.parse()?)
    }
}

pub(super) fn credentials(username: &str) -> Value {
    json!({ "username": username, "password": PASSWORD })
}

fn token(body: &Value, member: &str) -> Result<String> {
    body.get(member).and_then(Value::as_str).map(str::to_owned).with_context(|| format!("no {member} in the answer"))
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Result<Answer> {
    let etag = response.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let status = response.status().as_u16();
    Ok(Answer { status, etag, body: response.body_mut().read_to_vec()? })
}
