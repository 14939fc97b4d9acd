//! A transport that answers as a test says, and remembers the requests.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

use keyvalue_dynamodb::{Answer, Failure, Request, Store, Transport};
use serde_json::Value;

use crate::client::settings;

#[derive(Default)]
pub(crate) struct Script {
    answers: VecDeque<Result<Answer, Failure>>,
    /// The bodies of the requests so far.
    pub(crate) requests: Vec<Value>,
}

#[derive(Clone, Default)]
pub(crate) struct Scripted(pub(crate) Rc<RefCell<Script>>);

impl Scripted {
    /// A store that gets these answers, one after the other, and the last one for ever.
    pub(crate) fn store(answers: impl IntoIterator<Item = Result<Answer, Failure>>) -> (Store<Self>, Self) {
        let answers = answers.into_iter().collect();
        let script = Self(Rc::new(RefCell::new(Script { answers, requests: Vec::new() })));
        (Store::new(settings("http://localhost"), script.clone()), script)
    }

    pub(crate) fn requests(&self) -> Vec<Value> {
        self.0.borrow().requests.clone()
    }
}

impl Transport for Scripted {
    fn send(&self, request: &Request<'_>, _deadline: Instant) -> Result<Answer, Failure> {
        let mut script = self.0.borrow_mut();
        script.requests.push(serde_json::from_slice(&request.body).unwrap());
        let last = script.answers.len() == 1;
        if last { script.answers.front().cloned().unwrap() } else { script.answers.pop_front().unwrap() }
    }
}

pub(crate) fn answer(status: u16, body: &str) -> Result<Answer, Failure> {
    Ok(Answer { status, body: body.as_bytes().to_vec() })
}

/// The answer that the action was not done for a reason.
pub(crate) fn refusal(status: u16, error: &str) -> Result<Answer, Failure> {
    answer(status, &format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{error}","message":"why"}}"#))
}
