//! Every interleaving of two requests that change the board, at each of their calls of the store that the newest page
//! depends on. Between any two of these calls, the time may pass the lease, and either request may have died: then the other
//! one goes on alone.
//!
//! A reader reads the page first and the counter later. So at each moment, every page that was stored until then and has the
//! position of the counter has to be what the records say at this moment.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::writer::{Change, Writer};
use super::{LEASE_MILLIS, NEWEST, Values, counter, is_current, said, stored, world};
use crate::world::{Data, World};

#[derive(Clone, Copy, Debug)]
enum Step {
    /// One of the two requests runs until after its next call.
    Run(usize),
    TimePasses,
}

/// A moment of an interleaving: everything that later moments depend on.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Moment {
    /// What is stored, as an index of [`Explorer::stores`].
    store: usize,
    uptime_millis: u64,
    /// Where the two requests are.
    points: [usize; 2],
    /// Stores until now whose pages a reader may still have, and serve if the counter stays as it is.
    pages: Vec<usize>,
    /// Whether one had ended when the other left its record.
    is_alone: bool,
}

/// A state of the store.
struct Store {
    values: Values,
    counter: u64,
    said: Value,
    /// The stored page and its position.
    page: Option<(u64, Value)>,
    records: usize,
}

/// What is left when both requests have ended, or died: it can be read, and goes on.
fn check_what_is_left(values: &Values, uptime_millis: u64, are_done: bool, steps: &[Step]) {
    let data = Data::with(values, uptime_millis);
    let world = world(&data);
    let check = |has_to_be_current: bool| {
        assert_eq!(world.say("carol", "after").status(), 201, "{steps:?}");
        let values = data.snapshot();
        assert!(!has_to_be_current || is_current(&values), "{steps:?}");
        assert_eq!(world.get("/api/messages").json(), said(&values), "{steps:?}");
    };
    check(are_done);
    world.advance_millis(LEASE_MILLIS + 1);
    check(true);
}

struct Explorer {
    writers: [Writer; 2],
    changes: [Change; 2],
    stores: Vec<Store>,
    indexes: HashMap<Values, usize>,
    left: HashSet<(usize, u64, bool)>,
}

impl Explorer {
    fn index(&mut self, values: Values) -> usize {
        *self.indexes.entry(values).or_insert_with_key(|values| {
            let page = values.get(NEWEST).and_then(|page| stored(page));
            let (counter, said) = (counter(values), said(values));
            let records = values.keys().filter(|key| key.starts_with("latchkey:message:")).count();
            self.stores.push(Store { values: values.clone(), counter, said, page, records });
            self.stores.len() - 1
        })
    }

    fn take(&mut self, moment: &mut Moment, step: Step) {
        match step {
            Step::TimePasses => moment.uptime_millis = LEASE_MILLIS + 1,
            Step::Run(at) => {
                let values = &self.stores[moment.store].values;
                let (point, left) = self.writers[at].step(moment.points[at], values, moment.uptime_millis);
                moment.points[at] = point;
                if left.iter().any(|(key, value)| values.get(key) != value.as_ref()) {
                    let mut values = values.clone();
                    for (key, value) in left {
                        match value {
                            Some(value) => values.insert(key.clone(), value.clone()),
                            None => values.remove(key),
                        };
                    }
                    let records = self.stores[moment.store].records;
                    moment.store = self.index(values);
                    if self.stores[moment.store].records > records {
                        moment.is_alone = self.writers[1 - at].status(moment.points[1 - at]).is_some();
                    }
                }
            }
        }
        if !moment.pages.contains(&moment.store) {
            moment.pages.push(moment.store);
        }
        let counter = self.stores[moment.store].counter;
        moment.pages.retain(|store| self.stores[*store].page.as_ref().is_some_and(|(to, _)| *to >= counter));
        moment.pages.sort_unstable();
    }

    /// Checks a moment. Returns the steps that are possible then.
    fn check(&mut self, moment: &Moment, steps: &[Step]) -> Vec<Step> {
        let Store { values, counter, said, .. } = &self.stores[moment.store];
        for page in &moment.pages {
            let (to, body) = self.stores[*page].page.as_ref().unwrap();
            assert_eq!((to, body), (counter, said), "{:?}: {steps:?}", self.changes);
        }
        let statuses = [0, 1].map(|at| self.writers[at].status(moment.points[at]));
        // Within the lease, only who has died leaves a position without a record; after it, also who gives up.
        let Store { values: before, counter: last, .. } =
            &self.stores[if moment.uptime_millis == 0 { 0 } else { moment.store }];
        let nobody_died = (1..=*last).all(|position| before.contains_key(&format!("latchkey:message:{position}")));
        let are_done = nobody_died && statuses.iter().all(|status| status.is_some_and(|status| status < 500));
        let is_current = self.stores[moment.store].page.as_ref().is_some_and(|(to, _)| to == counter);
        assert!(!(are_done && moment.is_alone) || is_current, "{:?}: {steps:?}", self.changes);
        if self.left.insert((moment.store, moment.uptime_millis, are_done)) {
            check_what_is_left(values, moment.uptime_millis, are_done, steps);
        }
        for (change, status) in self.changes.iter().zip(statuses) {
            let is_shown = status.is_none_or(|status| change.is_shown(status, said));
            assert!(is_shown, "{change:?} of {:?}: {status:?}, {steps:?}", self.changes);
            if let (Change::DeleteAccount(who), Some(204), true) = (change, status, are_done) {
                assert!(!values.contains_key(&format!("latchkey:author:{who}")), "it stays: {steps:?}");
            }
        }
        let mut possible: Vec<Step> = (0..2).filter(|at| statuses[*at].is_none()).map(Step::Run).collect();
        // Two deletions of an account take so many steps that their moments would be too many.
        let may_pass = !matches!(self.changes, [Change::DeleteAccount(_), Change::DeleteAccount(_)]);
        if !possible.is_empty() && moment.uptime_millis == 0 && moment.points != [0, 0] && may_pass {
            possible.push(Step::TimePasses);
        }
        possible
    }
}

/// Goes through all interleavings of two requests on a board. They run from call to call of the keys that the page depends
/// on and one of them writes; the order of other calls makes no difference.
fn explore(board: &Data, changes: [Change; 2], one_by_one: bool) {
    let mut keys = BTreeSet::from(["latchkey:messages".to_owned(), NEWEST.to_owned()]);
    keys.extend(changes.iter().filter_map(|change| match change {
        Change::DeleteAccount(who) => Some(format!("latchkey:user:{who}")),
        _ => None,
    }));
    loop {
        let written = explore_by(board, changes, one_by_one, &keys);
        let found = keys.len();
        keys.extend(written.into_iter().filter(|key| key.starts_with("latchkey:message:")));
        if keys.len() == found {
            return;
        }
    }
}

/// Returns the keys that the requests wrote.
fn explore_by(board: &Data, changes: [Change; 2], one_by_one: bool, keys: &BTreeSet<String>) -> BTreeSet<String> {
    let writers = changes.map(|change| Writer::new(change, one_by_one, keys));
    let mut explorer = Explorer { writers, changes, stores: Vec::new(), indexes: HashMap::new(), left: HashSet::new() };
    let store = explorer.index(board.snapshot());
    let is_current = explorer.stores[store].page.as_ref().is_some_and(|(to, _)| *to == explorer.stores[store].counter);
    let pages = if is_current { vec![store] } else { Vec::new() };
    let mut open = vec![(Moment { store, uptime_millis: 0, points: [0, 0], pages, is_alone: false }, Vec::new())];
    let mut moments = HashSet::new();
    while let Some((moment, steps)) = open.pop() {
        for step in explorer.check(&moment, &steps) {
            let mut next = moment.clone();
            explorer.take(&mut next, step);
            if moments.insert(next.clone()) {
                open.push((next, [steps.as_slice(), &[step]].concat()));
            }
        }
    }
    explorer.writers.iter().flat_map(Writer::written).collect()
}

/// A board with these messages, each by its author.
fn board(authors: &[&str]) -> Data {
    let data = Data::default();
    for username in ["alice", "bobby", "carol"] {
        assert_eq!(World::over(data.clone()).sign_up(username).status(), 201);
    }
    authors.iter().for_each(|author| _ = world(&data).say(author, "before"));
    data
}

#[test]
fn two_posts() {
    let (board, changes) = (board(&["alice"]), [Change::Post("alice"), Change::Post("bobby")]);
    explore(&board, changes, false);
    explore(&board, changes, true);
}

#[test]
fn a_post_and_a_deletion() {
    let (board, changes) = (board(&["alice", "bobby"]), [Change::Post("alice"), Change::Delete("bobby", 2)]);
    explore(&board, changes, false);
    explore(&board, changes, true);
}

#[test]
fn two_deletions() {
    let board = board(&["alice", "bobby", "alice"]);
    explore(&board, [Change::Delete("alice", 1), Change::Delete("bobby", 2)], false);
    explore(&board, [Change::Delete("alice", 1), Change::Delete("alice", 1)], false);
}

#[test]
fn the_deletion_of_an_account_and_a_post() {
    let board = board(&["alice"]);
    explore(&board, [Change::DeleteAccount("alice"), Change::Post("bobby")], false);
    explore(&board, [Change::DeleteAccount("alice"), Change::Post("bobby")], true);
    explore(&board, [Change::DeleteAccount("alice"), Change::Post("alice")], false);
}

#[test]
fn the_deletion_of_an_account_and_of_a_message() {
    explore(&board(&["alice"]), [Change::DeleteAccount("alice"), Change::Delete("alice", 1)], false);
}

/// The one that comes too late takes no position, so it does not cost the page.
#[test]
fn two_deletions_of_an_account() {
    explore(&board(&["alice"]), [Change::DeleteAccount("alice"), Change::DeleteAccount("alice")], false);
}

/// Somebody had the right to change the account and died, so the deletion waits, and may write after the lease.
#[test]
fn the_deletion_of_an_account_that_has_to_wait_and_a_post() {
    let board = board(&["alice"]);
    let seen = domain::digest(&board.get("latchkey:user:alice").unwrap());
    board.put(&format!("latchkey:user:alice:lock:{seen}:0"), &1_i64.to_le_bytes());
    explore(&board, [Change::DeleteAccount("alice"), Change::Post("bobby")], false);
}

#[test]
fn a_full_page() {
    let board = board(&["alice"; 21]);
    explore(&board, [Change::Post("bobby"), Change::Delete("alice", 1)], false);
    explore(&board, [Change::Post("bobby"), Change::Delete("alice", 20)], false);
}

#[test]
fn an_old_store_without_a_page() {
    let board = board(&["alice"]);
    board.remove(NEWEST);
    explore(&board, [Change::Post("alice"), Change::Delete("alice", 1)], false);
}

/// So many have posted since the page was stored that it is noted which positions are settled.
#[test]
fn a_page_that_is_behind() {
    let board = board(&["alice"]);
    let page = board.get(NEWEST).unwrap();
    (0..32).for_each(|_| _ = world(&board).say("alice", "before"));
    board.put(NEWEST, &page);
    explore(&board, [Change::Post("alice"), Change::Post("bobby")], false);
}

/// The same because somebody has taken a position and died.
#[test]
fn a_page_that_is_behind_since_a_death() {
    let board = board(&["alice"]);
    board.put("latchkey:messages", &2_u64.to_le_bytes());
    (0..31).for_each(|_| _ = world(&board).say("alice", "before"));
    explore(&board, [Change::Post("alice"), Change::Post("bobby")], false);
}
