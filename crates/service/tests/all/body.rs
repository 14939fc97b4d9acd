use bytes::Bytes;
use http::Request;
use service::BodyFault;

use crate::world::{World, signup_body};

/// Every endpoint that reads a body, and whether the body is optional there.
const ENDPOINTS: [(&str, bool); 7] = [
    ("/api/signup", false),
    ("/api/login", false),
    ("/api/session/refresh", true),
    ("/api/account/password", false),
    ("/api/account/delete", false),
    ("/api/messages", false),
    ("/api/authorizer", true),
];

/// The fields of all endpoints together, so that a request is wrong only in its form.
const FIELDS: &str = r#""username":"carol","password":"a good one 4U","name":"Carol","text":"malformed","methodArn":"a","refresh_token":"a","current_password":"a","new_password":"a""#;

fn sending(path: &str, token: &str, content_type: Option<&str>, body: impl Into<Bytes>) -> Request<Bytes> {
    let mut request = Request::post(path).body(body.into()).unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    if let Some(content_type) = content_type {
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
    }
    request
}

#[test]
fn a_body_has_to_be_declared_as_json() {
    let world = World::new();
    let token = world.join("alice");
    let before = world.data.snapshot();
    for (path, _) in ENDPOINTS {
        for refused in [
            None,
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data; boundary=a"),
            Some("application/jsonp"),
            Some("application/json+x"),
            Some("application/problem+json"),
            Some("application/json; charset=iso-8859-1"),
            Some("application/json; charset=latin-1"),
            Some("application/json; charset=utf-16"),
            Some("application/json; charset="),
            Some("application/json; charset=\"latin1\""),
            Some("application/json; odata=verbose; charset=latin1"),
            Some("application/json; charset=utf-8; charset=latin1"),
            Some("application/json; title=\"a\\\"\"; charset=latin1"),
            Some("application/json; CHARSET = us-ascii"),
            Some("application/json, text/plain"),
            Some("json"),
            Some(""),
        ] {
            let answer = world.send(sending(path, &token, refused, format!("{{{FIELDS}}}")));
            answer.is_refused(415, "unsupported_media_type", &[]);
        }
        for accepted in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "Application/JSON;charset=UTF-8",
            "application/json; charset=utf8",
            "application/json ; charset = 'UTF8'",
            "application/json; odata=verbose",
            "application/json;odata=minimalmetadata;IEEE754Compatible=true;charset=utf-8",
            "application/json; title=\"a;charset=latin1;\\\";b\"",
            "application/json; title=caf\u{e9}",
            "application/json; charset",
            "application/json;",
            "application/json; ; charset=utf-8;",
        ] {
            let answer = world.send(sending(path, &token, Some(accepted), "[]"));
            answer.is_refused(400, "malformed_json", &[]);
        }
    }
    assert!(world.data.snapshot() == before, "something came of them");
}

/// Bodies that are not a JSON object in UTF-8.
fn malformed() -> Vec<Vec<u8>> {
    let object = format!("{{{FIELDS}}}");
    let mut bodies: Vec<Vec<u8>> = vec![
        format!("{{{FIELDS}").into(),
        format!("{{{FIELDS},}}").into(),
        format!("{{{FIELDS}}}}}").into(),
        format!("{object}{object}").into(),
        format!("{object}\0").into(),
        format!("\u{feff}\u{feff}{object}").into(),
        format!("{object}\u{feff}").into(),
        "\u{feff}".into(),
        format!("// comment\n{object}").into(),
        format!("[{object}]").into(),
        object.replace(':', "=").into(),
        object.replace('"', "'").into(),
        object.replace("malformed", "raw\nline feed").into(),
        object.replace("malformed", "raw\0nul").into(),
        object.replace("malformed", "\\ud800").replace("carol", "\\ud800").into(),
        object.replace("malformed", "\\x41").replace("carol", "\\x41").into(),
    ];
    let others = [
        " ",
        "{",
        "}",
        "[]",
        "\"text\"",
        "5",
        "7",
        "true",
        "null",
        "NaN",
        "{} {}",
        "{},",
        "{,}",
        "{\"text\":NaN}",
        "{\"text\":01}",
        "{\"text\":1e999}",
        "{text:\"a\"}",
        "{'text':'a'}",
        "{\"text\"}",
        "{\"text\":}",
        "{\"text\":\"a\"",
        "undefined",
        "<text>a</text>",
        "text=a",
    ];
    bodies.extend(others.map(Into::into));
    for bytes in [&b"\xff"[..], b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3"] {
        bodies.push(bytes.to_vec());
        bodies.push([b"{\"text\":\"", bytes, b"\",\"username\":\"", bytes, b"\"}"].concat());
    }
    let utf_16: Vec<u16> = "{\"text\":\"a\"}".encode_utf16().collect();
    bodies.push(utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect());
    bodies.push(utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect());
    for (open, close) in [("[", "]"), ("{\"text\":", "}")] {
        bodies.push(format!("{{\"text\":{}1{}}}", open.repeat(1800), close.repeat(1800)).into());
    }
    bodies.push("[".repeat(16_000).into());
    bodies
}

#[test]
fn what_is_no_json_object_is_malformed_and_nothing_comes_of_it() {
    let world = World::new();
    let token = world.join("alice");
    let before = world.data.snapshot();
    for (path, is_optional) in ENDPOINTS {
        for body in malformed().into_iter().chain((!is_optional).then(Vec::new)) {
            let answer = world.send(sending(path, &token, Some("application/json"), body));
            answer.is_refused(400, "malformed_json", &[]);
        }
    }
    assert!(world.data.snapshot() == before, "something came of them");
}

#[test]
fn where_there_is_no_content_nothing_has_a_type_or_an_encoding() {
    let world = World::new();
    let token = world.join("alice");
    let kinds =
        [None, Some("application/x-www-form-urlencoded"), Some("text/plain"), Some("application/json"), Some("")];
    for kind in kinds {
        for (path, is_optional) in ENDPOINTS {
            let mut request = sending(path, &token, kind, "");
            request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
            let answer = world.send(request);
            match is_optional {
                true => assert!(matches!(answer.status(), 200 | 401), "{kind:?}: {}", answer.said()),
                false => answer.is_refused(400, "malformed_json", &[]),
            }
        }
    }
    for kind in kinds {
        let (token, _) = world.begin("alice");
        assert_eq!(world.send(sending("/api/logout", &token, kind, "")).status(), 204, "{kind:?}");
    }
}

#[test]
fn a_body_that_is_said_to_be_compressed_is_refused() {
    let world = World::new();
    let token = world.join("alice");
    for (encodings, is_taken) in [
        (&["identity"][..], true),
        (&["Identity, identity"], true),
        (&[""], true),
        (&["gzip"], false),
        (&["GZIP"], false),
        (&["br"], false),
        (&["deflate"], false),
        (&["zstd"], false),
        (&["identity, gzip"], false),
        (&["identity", "gzip"], false),
        (&["utf-8"], false),
        (&["\u{e9}"], false),
    ] {
        for kind in ["application/json", "application/gzip"] {
            let mut request = sending("/api/messages", &token, Some(kind), r#"{"text":"plain"}"#);
            for encoding in encodings {
                request.headers_mut().append("content-encoding", encoding.parse().unwrap());
            }
            let answer = world.send(request);
            if is_taken {
                assert_eq!(answer.status(), if kind == "application/json" { 201 } else { 415 }, "{}", answer.said());
                assert_eq!(answer.header("accept-encoding"), None, "{}", answer.said());
                continue;
            }
            answer.is_refused(415, "unsupported_media_type", &[]);
            assert_eq!(answer.header("accept-encoding"), Some("identity"), "{encodings:?}");
        }
    }
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let world = World::new();
    let token = world.join("alice");
    let body = "\u{feff}{\"text\":\"from Windows\"}";
    for kind in ["application/json", "application/json; charset=utf-8"] {
        let answer = world.send(sending("/api/messages", &token, Some(kind), body));
        assert_eq!((answer.status(), &answer.json()["message"]["text"]), (201, &"from Windows".into()));
    }
}

/// How JSON writes the characters if it escapes each.
fn escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

#[test]
fn a_thousand_characters_fit_however_they_are_sent() {
    let world = World::new();
    let token = world.join("alice");
    // What NFC makes one character of: a Hangul syllable, a Greek letter with three marks, a vowel of Kirat Rai.
    for (raw, stored) in [
        ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
        ("\u{3b1}\u{313}\u{300}\u{345}", "\u{1f82}"),
        ("\u{16d63}\u{16d67}\u{16d67}", "\u{16d6a}"),
        ("\u{1f511}", "\u{1f511}"),
        ("\\", "\\"),
    ] {
        let body = format!("{{\"text\":\"{}\"}}", escaped(&raw.repeat(rules::TEXT_MAX_CHARS)));
        assert!(body.len() <= service::MAX_BODY_BYTES, "{stored}: {} bytes", body.len());
        let answer = world.send(sending("/api/messages", &token, Some("application/json"), body));
        assert_eq!(answer.status(), 201, "{stored}: {}", answer.said());
        assert_eq!(answer.json()["message"]["text"], stored.repeat(rules::TEXT_MAX_CHARS));
    }
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

/// With its feature `raw_value`, serde_json would read such an object as the text inside it.
#[test]
fn an_object_that_plays_a_string_is_none() {
    let world = World::new();
    let body = signup_body("alice").replace("\"alice\"", r#"{"$serde_json::private::RawValue":"\"alice\""}"#);
    let answer = world.post("/api/signup", &body);
    answer.is_invalid(&["username:wrong_type"]);
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
