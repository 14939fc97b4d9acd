use bytes::Bytes;
use futures::executor::block_on;
use http::{Request, Response};
use serde_json::Value;

use super::World;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// An answer, with its request for the message of a failing test.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response<Bytes>,
    asked: String,
}

/// A request in one line: method, address, headers and the start of its body.
fn line(request: &Request<Bytes>) -> String {
    let body = request.body().get(..300).unwrap_or(request.body());
    let headers = request.headers();
    format!("{} {} {headers:?} {}", request.method(), request.uri(), String::from_utf8_lossy(body))
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(self.response.body()).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.response.body()).unwrap_or_else(|error| panic!("{error}\n{}", self.said()))
    }

    #[track_caller]
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The access token and the refresh token of the body.
    pub(crate) fn tokens(&self) -> (String, String) {
        let json = self.json();
        let text = |member: &str| json[member].as_str().expect(member).to_owned();
        (text("token"), text("refresh_token"))
    }

    /// The field errors as `field:code`.
    #[track_caller]
    pub(crate) fn errors(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|e| format!("{}:{}", e["field"].as_str().unwrap(), e["code"].as_str().unwrap())).collect()
    }

    /// Request and answer, for the message of a failing test.
    pub(crate) fn said(&self) -> String {
        format!("asked: {}\n came: {} {}", self.asked, self.status(), String::from_utf8_lossy(self.response.body()))
    }

    /// Adds the name of a table row, or anything else that the request does not show, to the message of a failing test.
    pub(crate) fn of(self, row: &str) -> Self {
        Self { asked: format!("{row}: {}", self.asked), ..self }
    }

    /// Expects a refusal with these field errors and no others, each as `field:code`.
    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16, code: &str, errors: &[&str]) {
        let mut came = self.errors();
        let mut expected: Vec<_> = errors.iter().map(|error| (*error).to_owned()).collect();
        came.sort_unstable();
        expected.sort_unstable();
        assert_eq!((self.status(), self.code().as_str(), came), (status, code, expected), "{}", self.said());
    }

    /// The same for a body that is valid JSON and breaks a rule.
    #[track_caller]
    pub(crate) fn is_invalid(&self, errors: &[&str]) {
        self.is_refused(422, "validation_failed", errors);
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).map(|value| value.to_str().unwrap())
    }
}

/// A request without a token.
pub(crate) fn anon(method: &str, uri: &str, body: &str) -> Request<Bytes> {
    let request = Request::builder().method(method).uri(uri);
    let request = if body.is_empty() { request } else { request.header("content-type", "application/json") };
    request.body(Bytes::from(body.to_owned())).unwrap()
}

/// A request with a token.
pub(crate) fn bearer(token: &str, method: &str, uri: &str, body: &str) -> Request<Bytes> {
    let mut request = anon(method, uri, body);
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

impl World {
    /// Sends a request to the component that `spin.toml` routes it to.
    pub(crate) async fn send_async(&self, request: Request<Bytes>) -> Answer {
        let asked = line(&request);
        let response = match request.uri().path() {
            "/api/signup" => service::signup::handle(self, request).await,
            "/api/login" | "/api/login/code" => service::login::handle(self, request).await,
            path if path.starts_with("/.well-known/") => service::login::handle(self, request).await,
            "/api/session/refresh" => service::session::handle(self, request).await,
            "/api/logout" | "/api/recovery" => service::account::handle(self, request).await,
            path if path.starts_with("/api/login/passkey") || path.starts_with("/api/account/passkeys") => {
                service::passkeys::handle(self, request).await
            }
            path if path.starts_with("/api/sessions") || path.starts_with("/api/account") => {
                service::account::handle(self, request).await
            }
            path if path.ends_with("/report")
                || path.starts_with("/api/moderation/")
                || path.starts_with("/api/admin/") =>
            {
                service::moderation::handle(self, request).await
            }
            path if path.starts_with("/api/messages") => service::messages::handle(self, request).await,
            "/api/authorizer" => service::authorizer::handle(self, request).await,
            _ => service::openapi::handle(self, request).await,
        };
        Answer { response, asked }
    }

    pub(crate) fn send(&self, request: Request<Bytes>) -> Answer {
        block_on(self.send_async(request))
    }

    pub(crate) fn post(&self, uri: &str, body: &str) -> Answer {
        self.send(anon("POST", uri, body))
    }

    pub(crate) fn get(&self, uri: &str) -> Answer {
        self.send(anon("GET", uri, ""))
    }

    pub(crate) fn sign_up(&self, username: &str) -> Answer {
        self.post("/api/signup", &signup_body(username))
    }

    pub(crate) fn log_in(&self, username: &str) -> Answer {
        self.post("/api/login", &format!(r#"{{"username":"{username}","password":"{PASSWORD}"}}"#))
    }

    /// Creates an account and returns its token.
    pub(crate) fn join(&self, username: &str) -> String {
        assert_eq!(self.sign_up(username).status(), 201);
        self.log_in(username).json()["token"].as_str().unwrap().to_owned()
    }

    /// Logs in as a client that is not a browser. Returns the token and the refresh token.
    pub(crate) fn begin(&self, username: &str) -> (String, String) {
        let body = format!(r#"{{"username":"{username}","password":"{PASSWORD}","refresh_token_in":"body"}}"#);
        let answer = self.post("/api/login", &body);
        assert_eq!(answer.status(), 200, "{}", answer.said());
        answer.tokens()
    }

    pub(crate) fn refresh(&self, refresh_token: &str) -> Answer {
        self.post("/api/session/refresh", &format!(r#"{{"refresh_token":"{refresh_token}"}}"#))
    }

    /// The status of the authorizer's answer for a token.
    pub(crate) fn accepts(&self, token: &str) -> u16 {
        self.send(bearer(token, "GET", "/api/authorizer", "")).status()
    }

    pub(crate) fn sessions(&self, token: &str) -> Vec<Value> {
        let answer = self.send(bearer(token, "GET", "/api/sessions", ""));
        assert_eq!(answer.status(), 200, "{}", answer.said());
        answer.json()["sessions"].as_array().unwrap().clone()
    }

    pub(crate) fn say(&self, token: &str, text: &str) -> Answer {
        let body = serde_json::json!({ "text": text }).to_string();
        self.send(bearer(token, "POST", "/api/messages", &body))
    }

    /// The texts of one page.
    pub(crate) fn texts(&self, uri: &str) -> Vec<String> {
        let page = self.get(uri);
        assert_eq!(page.status(), 200, "{}", page.text());
        let messages = page.json()["messages"].as_array().unwrap().clone();
        messages.iter().map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) fn signup_body(username: &str) -> String {
    format!(r#"{{"username":"{username}","password":"{PASSWORD}","name":"Name of {username}"}}"#)
}
