//! A client for the tests: the settings, and HTTP that needs no host of components.

use std::time::Instant;

use keyvalue_dynamodb::{Answer, Failure, Request, Settings, Store, Transport};
use ureq::Agent;

/// The settings for a server, with credentials of the documentation of AWS.
pub(crate) fn settings(url: &str) -> Settings {
    Settings::read(|name| {
        Ok(Some(match name {
            "dynamodb_region" => "eu-west-1".to_owned(),
            "dynamodb_table" => "latchkey".to_owned(),
            "dynamodb_endpoint" => url.to_owned(),
            "aws_access_key_id" => "AKIDEXAMPLE".to_owned(),
            "aws_secret_access_key" => "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            _ => return Ok(None),
        }))
    })
    .unwrap()
}

pub(crate) fn store(url: &str) -> Store<Http> {
    Store::new(settings(url), Http::default())
}

pub(crate) struct Http(Agent);

impl Default for Http {
    fn default() -> Self {
        Self(Agent::config_builder().http_status_as_error(false).build().into())
    }
}

impl Transport for Http {
    fn send(&self, request: &Request<'_>, deadline: Instant) -> Result<Answer, Failure> {
        let left = deadline.saturating_duration_since(Instant::now());
        let mut post = self.0.post(request.endpoint.url()).config().timeout_global(Some(left)).build();
        for (name, value) in &request.headers {
            post = post.header(name, value);
        }
        let failure = |error| match error {
            ureq::Error::Timeout(_) => Failure::TimedOut,
            error => Failure::Broken(error.to_string()),
        };
        let mut answer = post.send(&request.body).map_err(failure)?;
        let body = answer.body_mut().with_config().limit(32 << 20).read_to_vec().map_err(failure)?;
        Ok(Answer { status: answer.status().as_u16(), body })
    }
}
