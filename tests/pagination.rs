//! The pages of GET /api/messages.

use std::path::Path;

use crate::harness::actors::{self, Actor};
use crate::harness::board::{all, page};
use crate::harness::client::Client;
use crate::harness::database;
use crate::harness::host::{App, Host, Setup};

/// A host with 25 messages: two by alice, then one by mallory, and so on.
fn host_with_25_messages(state: Option<&Path>) -> (Host, Actor) {
    let app = state.map_or(Setup::app(), |folder| Setup::app().state(folder)).start();
    let (alice, mallory) = (actors::alice(&app), actors::mallory(&app));
    for number in 1..=25 {
        let author = if number % 3 == 0 { &mallory } else { &alice };
        author.post(&app, &text(number));
    }
    (app, alice)
}

fn text(number: usize) -> String {
    format!("<message {number}>")
}

fn texts(numbers: impl Iterator<Item = usize>) -> Vec<String> {
    numbers.map(text).collect()
}

case!(AnyHost, bad_parameters_are_told_by_name);
fn bad_parameters_are_told_by_name() {
    let app = App::any();
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=5&limit=5", "limit"),
        ("before=", "before"),
        ("before=7", "before"),
        ("before=m0", "before"),
        ("before=m-1", "before"),
        ("before=x7", "before"),
        ("before=m7&before=m7", "before"),
        ("before=a7", "before"),
        ("author=alice&before=m7", "before"),
        ("author=", "author"),
        (&*format!("author={}", "a".repeat(65)), "author"),
        ("author=no%20name", "author"),
        ("author=%C3%A9mile", "author"),
        ("author=%FF%FE%FD", "author"),
        ("author=alice&author=alice", "author"),
        ("page=2", "page"),
        ("Limit=5", "Limit"),
    ] {
        let problem = app.get(&format!("/api/messages?{query}")).is_problem(400, "invalid_request");
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{query}: {problem}"));
        assert_eq!(errors.len(), 1, "{query}: {problem}");
        let code = match field {
            "page" | "Limit" => "unknown_field",
            _ if query.matches(field).count() == 2 => "duplicate",
            _ => "invalid",
        };
        assert_eq!([&errors[0]["field"], &errors[0]["code"]], [field, code], "{query}");
    }
    let query = "/api/messages?limit=0&page=2&before=7";
    let errors = [("limit", "invalid"), ("page", "unknown_field"), ("before", "invalid")];
    app.get(query).has_errors(400, "invalid_request", &errors);
}

case!(OwnHost, a_page_has_20_messages_or_as_many_as_asked_for);
fn a_page_has_20_messages_or_as_many_as_asked_for() {
    let (app, _) = host_with_25_messages(None);
    assert_eq!(page(&app, ""), (texts((6..=25).rev()), Some("m6".to_owned())));
    assert_eq!(page(&app, "limit=1"), (texts(25..=25), Some("m25".to_owned())));
    assert_eq!(page(&app, "limit=24"), (texts((2..=25).rev()), Some("m2".to_owned())));
    assert_eq!(page(&app, "limit=100"), (texts((1..=25).rev()), None));
    for limit in [1, 2, 7, 24, 25, 26, 100] {
        assert_eq!(all(&app, limit, ""), texts((1..=25).rev()), "by {limit}");
    }
}

case!(OwnHost, the_last_page_names_no_next_one);
fn the_last_page_names_no_next_one() {
    let (app, _) = host_with_25_messages(None);
    assert_eq!(page(&app, "limit=25").1, None);
    assert_eq!(page(&app, "limit=5&before=m6"), (texts((1..=5).rev()), None));
    let empty = Setup::app().start();
    assert_eq!(page(&empty, "limit=1"), (vec![], None));
    actors::alice(&empty).post(&empty, &text(1));
    assert_eq!(page(&empty, "limit=1"), (texts(1..=1), None));
}

case!(OwnHost, a_cursor_may_point_anywhere);
fn a_cursor_may_point_anywhere() {
    let (app, _) = host_with_25_messages(None);
    assert_eq!(page(&app, "before=m1"), (vec![], None));
    assert_eq!(page(&app, "before=m2"), (texts(1..=1), None));
    for beyond in ["m26", "m27", "m1000000", "m9007199254740992"] {
        assert_eq!(page(&app, &format!("before={beyond}&limit=2")), (texts((24..=25).rev()), Some("m24".to_owned())));
    }
}

case!(OwnHost, the_list_of_an_author_has_pages_of_its_own);
fn the_list_of_an_author_has_pages_of_its_own() {
    let (app, _) = host_with_25_messages(None);
    let by_mallory = || texts((1..=25).rev().filter(|number| number % 3 == 0));
    let by_alice = || texts((1..=25).rev().filter(|number| number % 3 != 0));
    for limit in [1, 3, 7, 8, 17, 100] {
        assert_eq!(all(&app, limit, "&author=mallory"), by_mallory(), "by {limit}");
        assert_eq!(all(&app, limit, "&author=alice"), by_alice(), "by {limit}");
    }
    assert_eq!(page(&app, "author=mallory&limit=3").1.as_deref(), Some("a6"));
    assert_eq!(page(&app, "author=mallory&before=a2"), (texts(3..=3), None));
    assert_eq!(page(&app, "author=%6Dallory&limit=%33").0.len(), 3);
    for nobody in ["author=nobody", "author=nobody&before=a7", "author=mallory&before=a1"] {
        assert_eq!(page(&app, nobody), (vec![], None), "{nobody}");
    }
}

case!(OwnHost, messages_that_arrive_meanwhile_do_not_shift_the_pages);
fn messages_that_arrive_meanwhile_do_not_shift_the_pages() {
    let (app, alice) = host_with_25_messages(None);
    let (first, next) = page(&app, "limit=10");
    for late in ["late", "later"] {
        alice.post(&app, late);
    }
    let (second, _) = page(&app, &format!("limit=10&before={}", next.unwrap()));
    assert_eq!([first, second].concat(), texts((6..=25).rev()));
}

case!(OwnHost, a_gap_leaves_pages_full);
fn a_gap_leaves_pages_full() {
    let state = tempfile::tempdir().unwrap();
    let (mut app, _) = host_with_25_messages(Some(state.path()));
    app.stop();
    let gone = [25, 22, 21, 20, 19, 11, 10, 1];
    let database = database::open(state.path());
    for number in gone {
        database::delete_row_with(&database, &text(number));
    }
    drop(database);
    let app = Setup::app().state(state.path()).start();
    let left = || (1..=25).rev().filter(|number| !gone.contains(number));
    assert_eq!(page(&app, "limit=5").0, texts(left().take(5)));
    for limit in [1, 2, 5, 17, 100] {
        assert_eq!(pages(&app, limit, ""), texts(left()), "by {limit}");
        assert_eq!(pages(&app, limit, "&author=alice"), texts(left().filter(|number| number % 3 != 0)), "by {limit}");
    }
}

/// All pages. A gap at the very end may cost an empty last page, and none before it is less than full.
fn pages(app: &Client, limit: usize, filter: &str) -> Vec<String> {
    let (mut texts, mut next) = page(app, &format!("limit={limit}{filter}"));
    while let Some(cursor) = next {
        assert_eq!(texts.len() % limit, 0, "a page before the last is full");
        let (more, after) = page(app, &format!("limit={limit}&before={cursor}{filter}"));
        texts.extend(more);
        next = after;
    }
    texts
}

case!(OwnHost, a_page_costs_the_same_on_a_long_board);
fn a_page_costs_the_same_on_a_long_board() {
    let (app, alice) = host_with_25_messages(None);
    let reads = |count| {
        assert_eq!(app.get("/api/messages").status, 200);
        app.output().requests(count, "GET", "/api/messages")[count - 1]["store_reads"].as_u64().unwrap()
    };
    let before = reads(1);
    for number in 0..100 {
        alice.post(&app, &text(number + 26));
    }
    assert_eq!(reads(2), before);
}
