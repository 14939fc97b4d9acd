use bytes::Bytes;
use futures::executor::block_on;
use futures::future::join_all;
use http::Request;

use crate::world::{Data, World, anon, bearer};

#[test]
fn a_message_is_taken_and_shown() {
    let world = World::new();
    let token = world.join("alice");
    let answer = world.say(&token, " Hello,\nworld ");
    let message = r#"{"id":"1","author":{"username":"alice","name":"Name of alice"},"text":"Hello,\nworld","created_at":"2027-01-15T08:00:00.000Z"}"#;
    assert_eq!((answer.status(), answer.text()), (201, format!(r#"{{"message":{message}}}"#).as_str()));
    assert_eq!(answer.header("location"), Some("/api/messages?before=m2&limit=1"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let list = format!(r#"{{"messages":[{message}],"next":null}}"#);
    for uri in ["/api/messages", "/api/messages?before=m2&limit=1", "/api/messages?author=Alice"] {
        assert_eq!(world.get(uri).text(), list, "{uri}");
    }
    assert_eq!(world.get("/api/messages?author=nobody").text(), r#"{"messages":[],"next":null}"#);
}

#[test]
fn a_message_that_breaks_a_rule_is_not_taken() {
    let world = World::new();
    let token = world.join("alice");
    for (body, error) in [
        (r#"{}"#.to_owned(), "text:missing"),
        (r#"{"text":" \n "}"#.to_owned(), "text:too_short"),
        (format!(r#"{{"text":"{}"}}"#, "é".repeat(1001)), "text:too_long"),
        (r#"{"text":"a\u0007"}"#.to_owned(), "text:invalid_character"),
        (r#"{"text":{"text":"a"}}"#.to_owned(), "text:wrong_type"),
        (r#"{"text":"a","author":"bob"}"#.to_owned(), "author:unknown_field"),
    ] {
        let answer = world.send(bearer(&token, "POST", "/api/messages", &body));
        assert_eq!((answer.status(), answer.errors()), (422, vec![error.to_owned()]), "{body}");
    }
    assert!(world.texts("/api/messages").is_empty());
    assert_eq!(world.say(&token, &"é".repeat(1000)).status(), 201);
}

fn page(world: &World, uri: &str) -> (Vec<String>, Option<String>) {
    let json = world.get(uri).json();
    (world.texts(uri), json["next"].as_str().map(str::to_owned))
}

/// All texts of a list, by its pages; each but the last is full.
fn walk(world: &World, query: &str, limit: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut before = String::new();
    loop {
        let (texts, next) = page(world, &format!("/api/messages?limit={limit}{query}{before}"));
        assert!(texts.len() == limit || next.is_none() && texts.len() <= limit);
        assert!(!texts.is_empty() || all.is_empty(), "a last page that is empty");
        all.extend(texts);
        match next {
            Some(cursor) => before = format!("&before={cursor}"),
            None => return all,
        }
    }
}

#[test]
fn pages_are_full_and_hold_each_message_once() {
    let world = World::new();
    let (alice, bob) = (world.join("alice"), world.join("bob"));
    let mut said: Vec<String> = Vec::new();
    for number in 0..50 {
        let token = if number % 3 == 0 { &bob } else { &alice };
        assert_eq!(world.say(token, &format!("{number}")).status(), 201);
        said.insert(0, number.to_string());
    }
    let by_bob: Vec<String> = said.iter().filter(|text| text.parse::<u32>().unwrap() % 3 == 0).cloned().collect();
    for limit in [1, 7, 10, 20, 49, 50, 51, 100] {
        assert_eq!(walk(&world, "", limit), said, "limit {limit}");
        assert_eq!(walk(&world, "&author=bob", limit), by_bob, "limit {limit}");
    }
    assert_eq!(world.texts("/api/messages"), said[..20], "20 by default");
}

#[test]
fn gaps_are_passed_over() {
    let world = World::new();
    let token = world.join("alice");
    for number in 1..=30 {
        world.say(&token, &number.to_string());
    }
    for gap in [1, 2, 11, 12, 13, 20, 29, 30] {
        world.data.remove(&format!("latchkey:message:{gap}"));
    }
    world.data.remove("latchkey:author:alice:15");
    let left: Vec<u32> = (1..=30).rev().filter(|n| ![1, 2, 11, 12, 13, 20, 29, 30].contains(n)).collect();
    let texts = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>();
    for limit in [1, 5, 11, 21, 22, 23] {
        assert_eq!(walk(&world, "", limit), texts(&left), "limit {limit}");
        let by_alice: Vec<u32> = left.iter().copied().filter(|n| *n != 15).collect();
        assert_eq!(walk(&world, "&author=alice", limit), texts(&by_alice), "limit {limit}");
    }
}

#[test]
fn a_desert_of_gaps_ends_a_page_and_not_the_list() {
    let world = World::new();
    let token = world.join("alice");
    world.say(&token, "the first");
    world.data.put("latchkey:messages", &2500_i64.to_le_bytes());
    world.say(&token, "the last");
    let (mut found, mut uri, mut pages) = (Vec::new(), "/api/messages".to_owned(), 0);
    loop {
        let (texts, next) = page(&world, &uri);
        found.extend(texts);
        pages += 1;
        match next {
            Some(cursor) => uri = format!("/api/messages?before={cursor}"),
            None => break,
        }
    }
    assert_eq!((found, pages), (vec!["the last".to_owned(), "the first".to_owned()], 3));
}

#[test]
fn queries_that_are_refused() {
    let world = World::new();
    for (query, errors) in [
        ("limit=0", vec!["limit:invalid"]),
        ("limit=101", vec!["limit:invalid"]),
        ("limit=-1", vec!["limit:invalid"]),
        ("limit=+5", vec!["limit:invalid"]),
        ("limit=%2B5", vec!["limit:invalid"]),
        ("limit=5.0", vec!["limit:invalid"]),
        ("limit=", vec!["limit:invalid"]),
        ("limit=5&limit=5", vec!["limit:duplicate"]),
        ("before=7", vec!["before:invalid"]),
        ("before=a7", vec!["before:invalid"]),
        ("author=alice&before=m7", vec!["before:invalid"]),
        ("author=no+name", vec!["author:invalid"]),
        ("offset=5", vec!["offset:unknown_field"]),
        ("limit=0&before=x&x=y", vec!["limit:invalid", "before:invalid", "x:unknown_field"]),
    ] {
        let answer = world.get(&format!("/api/messages?{query}"));
        assert_eq!((answer.status(), answer.code().as_str()), (400, "invalid_request"), "{query}");
        assert_eq!(answer.errors(), errors, "{query}");
    }
    assert_eq!(world.get("/api/messages?before=m9007199254740992").status(), 200);
}

#[test]
fn posters_at_once_lose_nothing() {
    let data = Data::default();
    let worlds: Vec<World> = (0..16).map(|_| World::over(data.clone())).collect();
    let tokens: Vec<String> = (0..16).map(|number| worlds[0].join(&format!("poster{number}"))).collect();
    let posters = worlds.iter().zip(&tokens).enumerate().map(|(poster, (world, token))| async move {
        for number in 0..25 {
            let body = format!(r#"{{"text":"{poster}-{number}"}}"#);
            let answer = world.send_async(bearer(token, "POST", "/api/messages", &body)).await;
            assert_eq!(answer.status(), 201);
        }
    });
    block_on(join_all(posters));
    let mut all = walk(&worlds[0], "", 7);
    assert_eq!(walk(&worlds[0], "&author=poster3", 4).len(), 25);
    assert_eq!(all.len(), 400);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 400, "a message is there twice");
}

#[test]
fn a_page_can_be_revalidated() {
    let world = World::new();
    let token = world.join("alice");
    world.say(&token, "hello");
    let answer = world.get("/api/messages");
    let tag = answer.header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "strong: {tag}");
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    let ask = |tag: &str| {
        let mut request: Request<Bytes> = anon("GET", "/api/messages", "");
        request.headers_mut().insert("if-none-match", tag.parse().unwrap());
        world.send(request)
    };
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let answer = ask(&known);
        assert_eq!((answer.status(), answer.text(), answer.header("etag")), (304, "", Some(tag.as_str())), "{known}");
        assert_eq!(answer.header("content-length"), None);
        assert_eq!((answer.header("vary"), answer.header("cache-control")), (Some("Origin"), Some("no-cache")));
    }
    assert_eq!(ask("\"other\"").status(), 200);
    world.say(&token, "news");
    assert_eq!(ask(&tag).status(), 200);
}

#[test]
fn the_newest_20_cost_the_same_however_many_there_are() {
    let world = World::new();
    let token = world.join("alice");
    for number in 0..30 {
        world.say(&token, &number.to_string());
    }
    let reads = |world: &World| {
        world.data.fail_at(usize::MAX, crate::world::Fault::Refused);
        world.get("/api/messages");
        world.data.calls()
    };
    let before = reads(&world);
    for number in 0..300 {
        world.say(&token, &number.to_string());
    }
    assert_eq!(
        (before, reads(&world)),
        (22, 22),
        "the counter, 20 messages, and one more to know whether there is a next page"
    );
}
