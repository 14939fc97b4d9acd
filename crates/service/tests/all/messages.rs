use bytes::Bytes;
use futures::executor::block_on;
use futures::future::join_all;
use http::Request;
use serde_json::json;

use crate::standing::decide;
use crate::world::{Data, PASSWORD, World, anon, bearer};

#[test]
fn a_message_is_taken_and_shown() {
    let world = World::new();
    let token = world.join("alice");
    let answer = world.say(&token, " Hello,\nworld ");
    let message = r#"{"id":"1","author":{"username":"alice","name":"Name of alice"},"text":"Hello,\nworld","created_at":"2027-01-15T08:00:00.000Z"}"#;
    assert_eq!((answer.status(), answer.text()), (201, format!(r#"{{"message":{message}}}"#).as_str()));
    assert_eq!(answer.header("location"), Some("/api/messages/1"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let list = format!(r#"{{"messages":[{message}],"next":null}}"#);
    for uri in ["/api/messages", "/api/messages?before=m2&limit=1", "/api/messages?author=alice&before=a2"] {
        assert_eq!(world.get(uri).text(), list, "{uri}");
    }
    let alice = r#"{"username":"alice","name":"Name of alice","member_since":"2027-01-15T08:00:00.000Z"}"#;
    let list = format!(r#"{{"messages":[{message}],"next":null,"author":{alice}}}"#);
    assert_eq!(world.get("/api/messages?author=Alice").text(), list);
    assert_eq!(world.get("/api/messages?author=nobody").text(), EMPTY);
}

#[test]
fn a_text_has_1_to_1000_characters_after_trimming_and_normalising() {
    let world = World::new();
    let token = world.join("alice");
    for (text, code) in [
        ("", "text:too_short"),
        (" \n\u{3000}\n ", "text:too_short"),
        (&*"🔑".repeat(1001), "text:too_long"),
        (&*"é".repeat(1001), "text:too_long"),
        ("a\u{b}b", "text:invalid_character"),
        ("a\0b", "text:invalid_character"),
        ("a\u{7}", "text:invalid_character"),
        ("a\u{1b}[2J", "text:invalid_character"),
        ("a\u{85}b", "text:invalid_character"),
        ("\u{200b}\n\u{2800}", "text:nothing_visible"),
    ] {
        world.say(&token, text).is_invalid(&[code]);
    }
    assert!(world.texts("/api/messages").is_empty());
    for (text, kept) in [
        ("A", "A"),
        (&*"🔑".repeat(1000), &*"🔑".repeat(1000)),
        ("\n two\nlines \n", "two\nlines"),
        ("from\r\nWindows\r\n", "from\nWindows"),
        ("an old\rMac", "an old\nMac"),
        ("\ta\tb", "a    b"),
        (&*format!(" {} ", "e\u{301}".repeat(1000)), &*"\u{e9}".repeat(1000)),
        ("<script>\"&'\\u0041", "<script>\"&'\\u0041"),
        ("\u{202e}right to left\u{2028}", "\u{202e}right to left"),
        ("null", "null"),
    ] {
        let answer = world.say(&token, text);
        assert_eq!((answer.status(), &answer.json()["message"]["text"]), (201, &kept.into()), "{text:?}");
    }
}

#[test]
fn fields_are_missing_unknown_twice_or_of_another_type() {
    let world = World::new();
    let token = world.join("alice");
    for (body, errors) in [
        ("{}", &["text:missing"][..]),
        (r#"{"text":null}"#, &["text:wrong_type"]),
        (r#"{"text":7}"#, &["text:wrong_type"]),
        (r#"{"text":["a"]}"#, &["text:wrong_type"]),
        (r#"{"text":{"text":"a"}}"#, &["text:wrong_type"]),
        (r#"{"text":"a","text":"a"}"#, &["text:duplicate"]),
        (r#"{"text":"a","Text":"a"}"#, &["Text:unknown_field"]),
        (r#"{"id":"1","text":""}"#, &["id:unknown_field", "text:too_short"]),
    ] {
        world.send(bearer(&token, "POST", "/api/messages", body)).is_invalid(errors);
    }
    assert!(world.texts("/api/messages").is_empty());
}

#[test]
fn nobody_posts_in_the_name_of_another() {
    let world = World::new();
    let (alice, mallory) = (world.join("alice"), world.join("mallory"));
    world.say(&alice, "I am alice.");
    for author in [r#""alice""#, r#"{"username":"alice","name":"Name of alice"}"#] {
        let body = format!(r#"{{"text":"I am alice.","author":{author}}}"#);
        world.send(bearer(&mallory, "POST", "/api/messages", &body)).is_invalid(&["author:unknown_field"]);
    }
    let author = world.say(&mallory, "I am alice.").json()["message"]["author"].take();
    assert_eq!(author, json!({"username": "mallory", "name": "Name of mallory"}));
    let count = |author: &str| world.texts(&format!("/api/messages?author={author}")).len();
    assert_eq!((count("alice"), count("mallory")), (1, 1));
}

#[test]
fn a_location_leads_to_the_message() {
    let world = World::new();
    let token = world.join("alice");
    for (text, location) in [("first", "/api/messages/1"), ("second", "/api/messages/2"), ("third", "/api/messages/3")]
    {
        let answer = world.say(&token, text);
        assert_eq!(answer.header("location"), Some(location), "{text}");
        assert_eq!(world.get(location).json(), answer.json(), "{text}");
    }
}

#[test]
fn one_message_is_read_as_the_list_has_it() {
    let world = World::new();
    let (token, other) = (world.join("alice"), world.join("bob"));
    world.say(&token, "A first one.");
    world.say(&other, &"long ".repeat(199));
    for id in ["1", "2"] {
        let uri = format!("/api/messages/{id}");
        let (answer, list) = (world.get(&uri), world.get("/api/messages").json());
        let of_list = list["messages"].as_array().unwrap().iter().find(|message| message["id"] == id).unwrap();
        assert_eq!((answer.status(), &answer.json()["message"]), (200, of_list));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        assert_eq!(answer.header("vary"), Some("Accept-Encoding, Origin"));
        let tag = answer.header("etag").unwrap();
        let again = world.send(knowing(tag, anon("GET", &uri, "")));
        assert_eq!((again.status(), again.header("etag"), again.text()), (304, Some(tag), ""));
        let head = world.send(anon("HEAD", &uri, ""));
        assert_eq!((head.status(), head.header("etag"), head.text()), (200, Some(tag), ""));
    }
    // Its author is named no more once the account is deleted, and the message goes with its deletion.
    let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
    assert_eq!(world.send(bearer(&other, "POST", "/api/account/delete", &body)).status(), 204);
    let author = world.get("/api/messages/2").json()["message"]["author"].take();
    assert_eq!(author, json!({"username": null, "name": "deleted user"}));
    assert_eq!(world.send(bearer(&token, "DELETE", "/api/messages/1", "")).status(), 204);
    world.get("/api/messages/1?x=1").is_refused(400, "invalid_request", &["x:unknown_field"]);
    let long = "9".repeat(600);
    for id in ["1", "3", "4", "0", "01", "+1", "x", "9007199254740993", "18446744073709551615", &long] {
        world.get(&format!("/api/messages/{id}")).is_refused(404, "not_found", &[]);
    }
}

#[test]
fn reading_writes_nothing() {
    let world = World::new();
    let token = world.join("alice");
    world.say(&token, "To be read.");
    let before = world.data.snapshot();
    for path in [
        "/api/messages",
        "/api/messages?author=alice",
        "/api/messages?author=nobody",
        "/api/messages?limit=1",
        "/api/messages/1",
    ] {
        assert_eq!(world.get(path).status(), 200, "{path}");
        assert!(world.data.snapshot() == before, "{path} has written");
    }
}

const OF_ALICE: &str = "/api/messages?author=alice";
const EMPTY: &str = r#"{"messages":[],"next":null}"#;

#[test]
fn an_author_is_shown_as_they_are_now_and_since_when_they_are_a_member() {
    let world = World::new();
    let token = world.join("alice");
    world.advance_millis(60_000);
    (0..3).for_each(|n| assert_eq!(world.say(&token, &format!("message {n}")).status(), 201));
    let author = |name: &str| json!({"username": "alice", "name": name, "member_since": "2027-01-15T08:00:00.000Z"});
    for limit in ["", "&limit=1"] {
        assert_eq!(world.get(&format!("{OF_ALICE}{limit}")).json()["author"], author("Name of alice"));
    }
    for uri in ["/api/messages", "/api/messages?limit=1", "/api/messages?before=m3", &format!("{OF_ALICE}&before=a3")] {
        assert_eq!(world.get(uri).json().get("author"), None, "{uri}");
    }

    let tag = world.get(OF_ALICE).header("etag").unwrap().to_owned();
    let ask = || world.send(knowing(&tag, anon("GET", OF_ALICE, "")));
    assert_eq!(ask().status(), 304);
    let renamed = world.send(bearer(&token, "PATCH", "/api/account", r#"{"name":"Alice Liddell"}"#));
    assert_eq!(renamed.status(), 200);
    let page = ask().json();
    assert_eq!(page["author"], author("Alice Liddell"));
    assert_eq!(page["messages"][0]["author"]["name"], "Name of alice");

    let suspension = json!({"by": "ruth", "reason": "spam", "since_ms": world.data.now_millis()});
    decide(&world, "alice", &json!({"role": "member", "suspension": suspension}));
    assert_eq!(world.get(OF_ALICE).json(), page);
}

#[test]
fn an_empty_page_does_not_tell_who_has_an_account() {
    let world = World::new();
    let token = world.join("alice");
    let says_nothing = || {
        let (alice, nobody) = (world.get(OF_ALICE), world.get("/api/messages?author=nobody"));
        assert_eq!([alice.text(), nobody.text()], [EMPTY; 2]);
        assert_eq!(alice.header("etag"), nobody.header("etag"));
    };
    says_nothing();
    assert_eq!(world.say(&token, "To be deleted.").status(), 201);
    assert_eq!(world.send(bearer(&token, "DELETE", "/api/messages/1", "")).status(), 204);
    says_nothing();
    assert_eq!(world.say(&token, "To be left.").status(), 201);
    assert_eq!(world.get(OF_ALICE).json()["author"]["username"], "alice");
    let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
    assert_eq!(world.send(bearer(&token, "POST", "/api/account/delete", &body)).status(), 204);
    says_nothing();
}

/// A principal of another authorizer has no account.
#[test]
fn messages_are_shown_without_an_account_that_reads() {
    let world = World::new();
    let token = world.join("alice");
    assert_eq!(world.say(&token, "still here").status(), 201);
    let account = world.data.get("latchkey:user:alice").unwrap();
    for record in [&b"{}"[..], b"null", b"", &account[1..], br#"{"v":9}"#] {
        world.data.put("latchkey:user:alice", record);
        assert_eq!(world.texts(OF_ALICE), ["still here"]);
        assert_eq!(world.get(OF_ALICE).json().get("author"), None);
    }
    world.data.remove("latchkey:user:alice");
    assert_eq!(world.texts(OF_ALICE), ["still here"]);
    assert_eq!(world.get(OF_ALICE).json().get("author"), None);
}

fn page(world: &World, uri: &str) -> (Vec<String>, Option<String>) {
    let json = world.get(uri).json();
    (world.texts(uri), json["next"].as_str().map(str::to_owned))
}

/// All texts of a list, read page by page. Expects every page but the last to be full.
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
    for gap in [1, 12, 30] {
        world.data.remove(&format!("latchkey:author:alice:{gap}"));
    }
    let left: Vec<u32> = (1..=30).rev().filter(|n| ![1, 2, 11, 12, 13, 20, 29, 30].contains(n)).collect();
    let texts: Vec<_> = left.iter().map(u32::to_string).collect();
    for limit in [1, 5, 11, 21, 22, 23] {
        assert_eq!(walk(&world, "", limit), texts, "limit {limit}");
        assert_eq!(walk(&world, "&author=alice", limit), texts, "limit {limit}");
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

/// Posts 25 messages: two by alice, then one by bob, and so on.
fn board_of_25() -> (World, String) {
    let world = World::new();
    let (alice, bob) = (world.join("alice"), world.join("bob"));
    for number in 1..=25 {
        let author = if number % 3 == 0 { &bob } else { &alice };
        assert_eq!(world.say(author, &number.to_string()).status(), 201);
    }
    (world, alice)
}

fn numbers(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| number.to_string()).collect()
}

#[test]
fn a_page_ends_where_it_is_told_to_and_names_the_next_one() {
    let (world, _) = board_of_25();
    for (query, texts, next) in [
        ("", numbers((6..=25).rev()), Some("m6")),
        ("limit=1", numbers([25]), Some("m25")),
        ("limit=24", numbers((2..=25).rev()), Some("m2")),
        ("limit=25", numbers((1..=25).rev()), None),
        ("limit=100", numbers((1..=25).rev()), None),
        ("limit=5&before=m6", numbers((1..=5).rev()), None),
        ("before=m1", numbers([]), None),
        ("before=m2", numbers([1]), None),
        ("before=m26&limit=2", numbers([25, 24]), Some("m24")),
        ("before=m27&limit=2", numbers([25, 24]), Some("m24")),
        ("before=m1000000&limit=2", numbers([25, 24]), Some("m24")),
        ("before=m9007199254740992&limit=2", numbers([25, 24]), Some("m24")),
        ("author=bob&limit=3", numbers([24, 21, 18]), Some("a6")),
        ("author=%62ob&limit=%33", numbers([24, 21, 18]), Some("a6")),
        ("author=bob&before=a2", numbers([3]), None),
        ("author=bob&before=a1", numbers([]), None),
        ("author=nobody", numbers([]), None),
        ("author=nobody&before=a7", numbers([]), None),
    ] {
        assert_eq!(page(&world, &format!("/api/messages?{query}")), (texts, next.map(str::to_owned)), "{query}");
    }
}

#[test]
fn the_first_messages_need_no_second_page() {
    let world = World::new();
    assert_eq!(page(&world, "/api/messages?limit=1"), (vec![], None));
    let token = world.join("alice");
    world.say(&token, "the first");
    assert_eq!(page(&world, "/api/messages?limit=1"), (vec!["the first".to_owned()], None));
}

#[test]
fn messages_that_arrive_meanwhile_do_not_shift_the_pages() {
    let (world, alice) = board_of_25();
    let (first, next) = page(&world, "/api/messages?limit=10");
    for late in ["late", "later"] {
        world.say(&alice, late);
    }
    let (second, _) = page(&world, &format!("/api/messages?limit=10&before={}", next.unwrap()));
    assert_eq!([first, second].concat(), numbers((6..=25).rev()));
}

#[test]
fn queries_that_are_refused() {
    let world = World::new();
    for (query, errors) in [
        ("limit=0", &["limit:invalid"][..]),
        ("limit=101", &["limit:invalid"]),
        ("limit=-1", &["limit:invalid"]),
        ("limit=+5", &["limit:invalid"]),
        ("limit=%2B5", &["limit:invalid"]),
        ("limit=5.0", &["limit:invalid"]),
        ("limit=1.5", &["limit:invalid"]),
        ("limit=ten", &["limit:invalid"]),
        ("limit=99999999999999999999", &["limit:invalid"]),
        ("limit=", &["limit:invalid"]),
        ("limit=5&limit=5", &["limit:duplicate"]),
        ("before=", &["before:invalid"]),
        ("before=7", &["before:invalid"]),
        ("before=m0", &["before:invalid"]),
        ("before=m-1", &["before:invalid"]),
        ("before=x7", &["before:invalid"]),
        ("before=a7", &["before:invalid"]),
        ("before=m7&before=m7", &["before:duplicate"]),
        ("author=alice&before=m7", &["before:invalid"]),
        ("author=", &["author:invalid"]),
        (&format!("author={}", "a".repeat(65)), &["author:invalid"]),
        ("author=no+name", &["author:invalid"]),
        ("author=no%20name", &["author:invalid"]),
        ("author=%C3%A9mile", &["author:invalid"]),
        ("author=%FF%FE%FD", &["author:invalid"]),
        ("author=alice&author=alice", &["author:duplicate"]),
        ("offset=5", &["offset:unknown_field"]),
        ("page=2", &["page:unknown_field"]),
        ("Limit=5", &["Limit:unknown_field"]),
        ("limit=0&before=x&x=y", &["limit:invalid", "before:invalid", "x:unknown_field"]),
    ] {
        world.get(&format!("/api/messages?{query}")).is_refused(400, "invalid_request", errors);
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
    assert_eq!(world.get("/api/messages").header("etag"), Some(&*tag), "the same list has the same tag");
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"x\", {tag}"),
        format!("\"x\",W/\"y\" ,W/{tag}"),
        format!("\"a, comma\", {tag}"),
        "*".to_owned(),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = world.send(knowing(&known, anon(method, "/api/messages", "")));
            let came = (answer.status(), answer.text(), answer.header("etag"));
            assert_eq!(came, (304, "", Some(tag.as_str())), "{method} {known}");
            assert_eq!(
                (answer.header("content-length"), answer.header("content-type")),
                (None, None),
                "{}",
                answer.said()
            );
            assert_eq!(
                (answer.header("vary"), answer.header("cache-control")),
                (Some("Accept-Encoding, Origin"), Some("no-cache")),
                "{}",
                answer.said()
            );
        }
    }
    for other in ["\"other\"", "", "other", tag.trim_matches('"'), "\"*\"", "W/\"other\", \"another\""] {
        assert_eq!(world.send(knowing(other, anon("GET", "/api/messages", ""))).status(), 200, "{other}");
    }
}

fn knowing(tags: &str, mut request: Request<Bytes>) -> Request<Bytes> {
    request.headers_mut().insert("if-none-match", tags.parse().unwrap());
    request
}

#[test]
fn a_new_message_makes_a_new_tag() {
    let world = World::new();
    let token = world.join("alice");
    let mut tags = vec![world.get("/api/messages").header("etag").unwrap().to_owned()];
    for text in ["same text", "same text", "other text"] {
        world.say(&token, text);
        let answer = world.send(knowing(&tags.join(", "), anon("GET", "/api/messages", "")));
        assert_eq!(answer.status(), 200, "{text} after {tags:?}");
        tags.push(answer.header("etag").unwrap().to_owned());
    }
    assert_eq!(world.send(knowing(tags.last().unwrap(), anon("GET", "/api/messages", ""))).status(), 304);
    assert_ne!(world.get("/api/messages?limit=1").header("etag"), tags.last().map(String::as_str), "another page");
}

#[test]
fn only_reading_is_conditional() {
    let world = World::new();
    let token = world.join("alice");
    let tag = world.get("/api/messages").header("etag").unwrap().to_owned();
    for tags in [&*tag, "*"] {
        let post = bearer(&token, "POST", "/api/messages", r#"{"text":"On no condition."}"#);
        assert_eq!(world.send(knowing(tags, post)).status(), 201, "{tags}");
    }
    let refused = world.send(knowing("*", anon("GET", "/api/messages?limit=0", "")));
    refused.is_refused(400, "invalid_request", &["limit:invalid"]);
    let answer = world.send(knowing("*", bearer(&token, "GET", "/api/authorizer", "")));
    assert_eq!((answer.status(), answer.header("etag")), (200, None));
}

#[test]
fn an_address_that_no_method_arn_can_name_is_401_or_404() {
    let world = World::new();
    let alice = world.join("alice");
    let long = "9".repeat(600);
    for id in ["*", "a*b", "%C3%A9", "%", &long] {
        let uri = format!("/api/messages/{id}");
        world.send(bearer("x", "DELETE", &uri, "")).is_refused(401, "invalid_token", &[]);
        world.send(bearer(&alice, "DELETE", &uri, "")).is_refused(404, "not_found", &[]);
    }
    assert!(world.events("authorizer_unavailable").is_empty());
}
