//! An answer, and the assertions that tests make about it.

use serde_json::Value;

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case, in the order of arrival.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The request, for what a failing test says.
    pub(crate) asked: String,
}

impl Reply {
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} is there twice: {}", self.said());
        value
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.optional(name).unwrap_or_else(|| panic!("no {name}\n{}", self.said()))
    }

    /// Request and answer, for the message of a failing test.
    pub(crate) fn said(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        format!("asked: {}\n came: {} {:?} {body:.1000}", self.asked, self.status, self.headers)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}\n{}", self.said()))
    }

    /// The members of a comma-separated header, sorted, names in lower case.
    #[track_caller]
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let mut members: Vec<_> = self.header(name).split(',').map(|member| member.trim().to_owned()).collect();
        members.sort();
        members
    }

    /// Expects this status and this JSON body, which is given as text.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, json: &str) {
        assert_eq!(self.status, status, "{}", self.said());
        assert_eq!(self.header("content-type"), "application/json", "{}", self.said());
        assert_eq!(self.json(), serde_json::from_str::<Value>(json).unwrap(), "{}", self.said());
    }

    /// Expects this status and no body.
    #[track_caller]
    pub(crate) fn is_empty(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.said());
        assert_eq!(self.text(), "", "{}", self.said());
    }

    /// Expects a problem with this code, in the form that every problem has.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.said());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.said());
        assert_eq!(self.header("cache-control"), "no-store", "{}", self.said());
        let problem = self.json();
        assert_eq!(problem["code"], code, "{}", self.said());
        assert_eq!(problem["type"], format!("urn:latchkey:problem:{code}"), "{}", self.said());
        assert_eq!(problem["status"], status, "{}", self.said());
        for member in ["title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} of {problem}");
        }
        for name in problem.as_object().unwrap().keys() {
            assert!(["type", "title", "status", "detail", "code", "errors"].contains(&name.as_str()), "{name}");
        }
        problem
    }

    /// Expects a problem with exactly these field errors, each with its code, in any order.
    #[track_caller]
    pub(crate) fn has_errors(&self, status: u16, code: &str, expected: &[(&str, &str)]) {
        let problem = self.is_problem(status, code);
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors in {problem}"));
        let mut actual: Vec<_> =
            errors.iter().map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap())).collect();
        for error in errors {
            assert!(error["detail"].as_str().is_some_and(|text| !text.is_empty()), "{error}");
            assert_eq!(error.as_object().unwrap().len(), 3, "{error}");
        }
        let mut expected = expected.to_vec();
        actual.sort_unstable();
        expected.sort_unstable();
        assert_eq!(actual, expected, "{}", self.said());
    }

    #[track_caller]
    pub(crate) fn is_invalid(&self, errors: &[(&str, &str)]) {
        self.has_errors(422, "validation_failed", errors);
    }

    /// Checks the headers that every answer of the API carries.
    #[track_caller]
    pub(crate) fn assert_answer_of_the_api(&self, method: &str) {
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert!(!self.header("x-request-id").is_empty());
        assert!(self.header("content-security-policy").starts_with("default-src 'none'; "), "{}", self.said());
        let mut vary: Vec<_> = self.list("vary").iter().map(|name| name.to_lowercase()).collect();
        // Pages of messages, which caches keep, may be compressed.
        if self.optional("cache-control") == Some("no-cache") {
            vary.retain(|name| name != "accept-encoding");
        }
        let expected: &[&str] = match method {
            "OPTIONS" if self.status == 204 => {
                &["access-control-request-headers", "access-control-request-method", "origin"]
            }
            _ => &["origin"],
        };
        assert_eq!(vary, expected, "{}", self.said());
        assert_eq!(self.optional("access-control-allow-credentials"), None);
        for (_, cookie) in self.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let attributes: Vec<_> = cookie.split("; ").skip(1).collect();
            assert!(attributes.contains(&"HttpOnly") && attributes.contains(&"SameSite=Strict"), "{}", self.said());
            assert_eq!(self.header("cache-control"), "no-store", "{}", self.said());
        }
        // RFC 9110, section 8.6: not with 204, and with 304 only what 200 would have had.
        if !matches!(self.status, 204 | 304) {
            let length: usize = self.header("content-length").parse().unwrap();
            assert!(method == "HEAD" || length == self.body.len(), "{}", self.said());
        }
    }
}
