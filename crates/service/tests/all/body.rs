use bytes::Bytes;
use http::Request;
use service::BodyFault;

use crate::world::{World, signup_body};

fn send(world: &World, content_type: Option<&str>, body: impl Into<Bytes>) -> (u16, String) {
    let mut request = Request::post("/api/signup").body(body.into()).unwrap();
    if let Some(content_type) = content_type {
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
    }
    let answer = world.send(request);
    (answer.status(), answer.code())
}

#[test]
fn bodies_are_json_in_utf_8() {
    let world = World::new();
    let types = [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
    ];
    for (index, content_type) in types.iter().enumerate() {
        let (status, _) = send(&world, Some(content_type), signup_body(&format!("alice{index}")));
        assert_eq!(status, 201, "{content_type}");
    }
    for content_type in [
        "text/plain",
        "application/jsonp",
        "application/json; charset=latin-1",
        "",
        "application/x-www-form-urlencoded",
    ] {
        let refused = send(&world, Some(content_type), signup_body("bob"));
        assert_eq!(refused, (415, "unsupported_media_type".to_owned()), "{content_type}");
    }
    assert_eq!(send(&world, None, signup_body("bob")).0, 415);
    assert!(world.data.get("latchkey:user:bob").is_none());
}

#[test]
fn json_that_is_none() {
    let world = World::new();
    let deep = format!("{}{}", r#"{"username":"#.to_owned() + &"[".repeat(2000), "]".repeat(2000));
    for body in [
        &b""[..],
        b" ",
        b"{",
        b"}",
        b"[]",
        b"null",
        b"\"text\"",
        b"5",
        b"{\"username\":}",
        b"{'username':'a'}",
        b"{\"username\":\"a\"",
        b"{} {}",
        b"{},",
        b"\xff\xfe",
        b"{\"username\":\"\xff\"}",
        b"{\"username\":\"\\ud800\"}",
        b"{\"username\":1e999}",
        b"\xef\xbb\xbf{}",
        deep.as_bytes(),
    ] {
        let refused = send(&world, Some("application/json"), body.to_vec());
        assert_eq!(refused, (400, "malformed_json".to_owned()), "{:?}", String::from_utf8_lossy(body));
    }
    assert!(world.data.keys().is_empty());
}

#[test]
fn a_body_that_the_edge_did_not_take() {
    let world = World::new();
    for (fault, content_type, refused) in [
        (BodyFault::TooLarge, "application/json", (413, "body_too_large")),
        (BodyFault::Incomplete, "application/json", (400, "invalid_request")),
        (BodyFault::TooLarge, "text/plain", (415, "unsupported_media_type")),
    ] {
        let mut request = Request::post("/api/signup").body(Bytes::new()).unwrap();
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        request.extensions_mut().insert(fault);
        let answer = world.send(request);
        assert_eq!((answer.status(), answer.code().as_str()), refused, "{fault:?}");
    }
    assert!(world.data.keys().is_empty());
}

/// serde_json reads such an object as the text in it, when its feature `raw_value` is on.
#[test]
fn an_object_that_plays_a_string_is_none() {
    let world = World::new();
    let body = signup_body("alice").replace("\"alice\"", r#"{"$serde_json::private::RawValue":"\"alice\""}"#);
    let answer = world.post("/api/signup", &body);
    assert_eq!((answer.status(), answer.errors()), (422, vec!["username:wrong_type".to_owned()]));
}

#[test]
fn an_answer_is_not_long_because_a_request_is() {
    let world = World::new();
    let members: Vec<String> = (0..1500).map(|number| format!("\"{number}\":0")).collect();
    let answer = world.post("/api/login", &format!("{{{}}}", members.join(",")));
    assert_eq!((answer.status(), answer.errors().len()), (422, 10));
    let answer = world.get(&format!("/api/messages?{}", "a&".repeat(20_000)));
    assert_eq!((answer.status(), answer.errors().len()), (400, 8));
}
