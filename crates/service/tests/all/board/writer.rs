//! A request that changes the board, as what it does at each call of the store after what it has seen so far. A request that
//! sees the same again does the same again, so it is run only once for each history, however many interleavings there are.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::{Values, world};
use crate::world::{Answer, Data, PASSWORD, bearer};

/// What the request asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    Post(&'static str),
    Delete(&'static str, u64),
    DeleteAccount(&'static str),
}

impl Change {
    fn request(self) -> Request<Bytes> {
        match self {
            Self::Post(who) => bearer(who, "POST", "/api/messages", &format!(r#"{{"text":"by {who}"}}"#)),
            Self::Delete(who, id) => bearer(who, "DELETE", &format!("/api/messages/{id}"), ""),
            Self::DeleteAccount(who) => {
                bearer(who, "POST", "/api/account/delete", &format!(r#"{{"password":"{PASSWORD}"}}"#))
            }
        }
    }

    /// Whether the page shows what was answered.
    pub(super) fn is_shown(self, status: u16, page: &Value) -> bool {
        let shows = |is: &dyn Fn(&Value) -> bool| page["messages"].as_array().unwrap().iter().any(is);
        match (self, status) {
            (Self::Post(who), 201) => shows(&|message| message["text"] == format!("by {who}")),
            (Self::Post(who), 401) => !shows(&|message| message["text"] == format!("by {who}")),
            (Self::Delete(_, id), 204 | 404) => !shows(&|message| message["id"].as_str() == Some(&*id.to_string())),
            (Self::DeleteAccount(who), 204) => !shows(&|message| message["author"]["username"] == who),
            // It came too late to change the account, or to find it.
            (Self::DeleteAccount(_), 401 | 409) => true,
            (_, status) => status == 503,
        }
    }
}

/// Keys with their values, if they have one.
pub(super) type Found = Vec<(String, Option<Vec<u8>>)>;

/// What the request does from a point on, when it finds these values at this time.
struct Move {
    found: Found,
    uptime_millis: u64,
    left: Found,
    to: usize,
}

/// A point in a request, at which it waits after a call.
#[derive(Default)]
struct Point {
    /// The point before, and which of its moves leads here.
    before: Option<(usize, usize)>,
    moves: Vec<Move>,
    status: Option<u16>,
}

pub(super) struct Writer {
    change: Change,
    one_by_one: bool,
    /// The keys after whose calls the request waits.
    keys: BTreeSet<String>,
    points: Vec<Point>,
}

fn load(data: &Data, found: &Found, uptime_millis: u64) {
    for (key, value) in found {
        match value {
            Some(value) => data.put(key, value),
            None => data.clear(key),
        }
    }
    data.advance_millis(uptime_millis - data.uptime_millis());
}

impl Writer {
    pub(super) fn new(change: Change, one_by_one: bool, keys: &BTreeSet<String>) -> Self {
        Self { change, one_by_one, keys: keys.clone(), points: vec![Point::default()] }
    }

    /// The status of the answer, if the request has ended at this point.
    pub(super) fn status(&self, point: usize) -> Option<u16> {
        self.points[point].status
    }

    /// The keys that the request changed.
    pub(super) fn written(&self) -> BTreeSet<String> {
        let moves = self.points.iter().flat_map(|point| &point.moves);
        let changed = moves.flat_map(|next| next.found.iter().zip(&next.left).filter(|(found, left)| found != left));
        changed.map(|(found, _)| found.0.clone()).collect()
    }

    /// Lets the request run from a point until after its next call. Returns the point at which it waits then, and the values
    /// that the keys have by then.
    pub(super) fn step(&mut self, point: usize, values: &Values, uptime_millis: u64) -> (usize, &Found) {
        let is_known = |next: &Move| {
            let mut found = next.found.iter();
            next.uptime_millis == uptime_millis && found.all(|(key, value)| values.get(key) == value.as_ref())
        };
        let known = self.points[point].moves.iter().position(is_known);
        let index = known.unwrap_or_else(|| self.run(point, values, uptime_millis));
        let next = &self.points[point].moves[index];
        (next.to, &next.left)
    }

    /// Runs the request from its beginning through all points before, and then one step more.
    fn run(&mut self, point: usize, values: &Values, uptime_millis: u64) -> usize {
        let mut trail = Vec::new();
        let mut at = point;
        while let Some((before, index)) = self.points[at].before {
            let next = &self.points[before].moves[index];
            trail.insert(0, (next.found.clone(), next.uptime_millis));
            at = before;
        }
        let all = values.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
        trail.push((all, uptime_millis));

        let data = Data::default();
        if self.one_by_one {
            data.refuse_batches();
        }
        let touched = Rc::new(RefCell::new(Found::new()));
        let (seen, keys) = (touched.clone(), self.keys.clone());
        data.watch(Rc::new(move |key, value| {
            let mut seen = seen.borrow_mut();
            if seen.iter().all(|(other, _)| other != key) {
                seen.push((key.to_owned(), value.map(<[u8]>::to_vec)));
            }
            keys.contains(key)
        }));
        let world = world(&data);
        let mut request = pin!(world.send_async(self.change.request()));
        let mut answer: Poll<Answer> = Poll::Pending;
        for (found, uptime_millis) in &trail {
            // A snapshot of the store is complete: what it does not have is not there.
            data.keys().iter().for_each(|key| data.clear(key));
            load(&data, found, *uptime_millis);
            touched.borrow_mut().clear();
            answer = request.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        let found = touched.take();
        let left = found.iter().map(|(key, _)| (key.clone(), data.get(key))).collect();
        let status = match answer {
            Poll::Ready(answer) => Some(answer.status()),
            Poll::Pending => None,
        };
        let (to, index) = (self.points.len(), self.points[point].moves.len());
        self.points[point].moves.push(Move { found, uptime_millis, left, to });
        self.points.push(Point { before: Some((point, index)), moves: Vec::new(), status });
        index
    }
}
