//! The polite client: a thin layer over `ureq`.

use std::time::Duration;

use ureq::http::{Method, Request, Uri};

use super::confidential::Confidential;
use super::reply::Reply;
use super::{PATIENCE, contract};

/// A client of one app.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    base: String,
    /// Makes usernames unique in an app that was already running before the test.
    suffix: String,
    confidential: Confidential,
}

/// A request to be sent.
#[derive(Clone)]
pub(crate) struct Ask {
    method: String,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

pub(crate) fn ask(method: &str, path: &str) -> Ask {
    Ask { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: String::new() }
}

pub(crate) fn get(path: &str) -> Ask {
    ask("GET", path)
}

pub(crate) fn post(path: &str, json: &str) -> Ask {
    ask("POST", path).header("content-type", "application/json").body(json)
}

impl Ask {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        self.body = body.to_owned();
        self
    }

    pub(crate) fn method(&self) -> &str {
        &self.method
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// The body, if it is JSON.
    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.body).ok()
    }
}

/// One line with the start of the body, for the message of a failing test.
impl std::fmt::Display for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?} {:.300}", self.method, self.path, self.headers, self.body)
    }
}

impl Client {
    /// A client of a host that the test has started: usernames need no suffix there.
    pub(crate) fn own(base: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            .timeout_connect(Some(Duration::from_secs(10)))
            .user_agent("latchkey-tests")
            .accept("*/*")
            .build()
            .new_agent();
        Self {
            agent,
            base: base.trim_end_matches('/').to_owned(),
            suffix: String::new(),
            confidential: Confidential::default(),
        }
    }

    /// A client of an app that other callers use too.
    pub(crate) fn foreign(base: &str) -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
        let suffix = format!("-{now:x}{}", COUNT.fetch_add(1, Ordering::Relaxed));
        Self { suffix, ..Self::own(base) }
    }

    /// A username that nobody has in this app yet.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{name}{}", self.suffix)
    }

    /// The secrets that this client has sent and received so far.
    pub(crate) fn confidential(&self) -> &Confidential {
        &self.confidential
    }

    /// The address that the app announced, for example `https://127.0.0.1:3000`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Host and port, for example `127.0.0.1:3000`.
    pub(crate) fn authority(&self) -> String {
        let uri: Uri = self.base.parse().unwrap();
        format!("{}:{}", uri.host().unwrap(), uri.port_u16().unwrap_or(80))
    }

    /// Sends a request, and checks the rules that hold for every answer of the API.
    #[track_caller]
    pub(crate) fn send(&self, ask: Ask) -> Reply {
        let (method, path) = (ask.method.clone(), ask.path.clone());
        let reply = self.try_send(ask).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        if path.starts_with("/api/") || contract::describes(&path) {
            reply.assert_answer_of_the_api(&method);
            contract::check(&method, &path, &reply);
        }
        reply
    }

    /// Sends a request to a host that may be gone.
    pub(crate) fn try_send(&self, ask: Ask) -> Result<Reply, ureq::Error> {
        self.confidential.sent(&ask);
        let asked = ask.to_string();
        let mut request = Request::builder().method(Method::from_bytes(ask.method.as_bytes()).unwrap());
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let request = request.uri(format!("{}{}", self.base, ask.path));
        let response = if matches!(ask.method.as_str(), "POST" | "PUT" | "PATCH") {
            self.agent.run(request.body(ask.body).unwrap())
        } else {
            self.agent.run(request.body(()).unwrap())
        };
        let mut response = response?;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let reply = Reply { status, headers, body: response.body_mut().read_to_vec()?, asked };
        self.confidential.got(&reply);
        Ok(reply)
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.send(get(path))
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, json: &str) -> Reply {
        self.send(post(path, json))
    }
}
