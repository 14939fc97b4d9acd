//! Pages of messages by gzip.

use std::io::Read;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::Request;

use crate::world::{Answer, World, anon};

fn accepting(value: &str, mut request: Request<Bytes>) -> Request<Bytes> {
    request.headers_mut().insert("accept-encoding", value.parse().unwrap());
    request
}

fn ask(world: &World, path: &str, accepted: &str) -> Answer {
    world.send(accepting(accepted, anon("GET", path, "")))
}

fn decoded(answer: &Answer) -> String {
    let mut text = String::new();
    GzDecoder::new(&answer.response.body()[..]).read_to_string(&mut text).unwrap();
    text
}

fn with_long_page() -> World {
    let world = World::new();
    let token = world.join("alice");
    for _ in 0..20 {
        assert_eq!(world.say(&token, &"🔑".repeat(1000)).status(), 201);
    }
    world
}

#[test]
fn a_long_page_is_compressed_for_who_asks() {
    let world = with_long_page();
    for path in ["/api/messages", "/api/messages?author=alice", "/api/messages?limit=10&before=m15"] {
        let plain = world.get(path);
        assert_eq!(plain.header("content-encoding"), None);
        for accepted in ["gzip", "br, gzip", "GZIP;q=0.5", "*"] {
            let answer = ask(&world, path, accepted);
            assert_eq!((answer.status(), answer.header("content-encoding")), (200, Some("gzip")), "{accepted}");
            assert_eq!(decoded(&answer), plain.text(), "{path}");
            let length = answer.response.body().len();
            assert_eq!(answer.header("content-length"), Some(&*length.to_string()));
            assert!(length * 20 < plain.text().len(), "{length} of {}", plain.text().len());
            let head = world.send(accepting(accepted, anon("HEAD", path, "")));
            let lengths = [&head, &answer].map(|answer| answer.header("content-length"));
            assert_eq!((lengths[0], head.response.body().len()), (lengths[1], 0));
        }
        for accepted in ["", "br", "identity", "gzip;q=0", "gzip;q=0.000, *"] {
            let answer = ask(&world, path, accepted);
            assert_eq!((answer.text(), answer.header("content-encoding")), (plain.text(), None), "{accepted}");
        }
    }
}

/// Caches keep both forms apart by `Vary`, and by tags, which are strong.
#[test]
fn each_form_has_a_tag_of_its_own_and_is_revalidated_by_it() {
    let world = with_long_page();
    let tags = ["identity", "gzip"].map(|form| ask(&world, "/api/messages", form).header("etag").unwrap().to_owned());
    assert_ne!(tags[0], tags[1]);
    for (form, known, status) in [("identity", 0, 304), ("gzip", 1, 304), ("identity", 1, 200), ("gzip", 0, 200)] {
        let mut request = accepting(form, anon("GET", "/api/messages", ""));
        request.headers_mut().insert("if-none-match", tags[known].parse().unwrap());
        let answer = world.send(request);
        assert_eq!(
            (answer.status(), answer.header("vary")),
            (status, Some("Accept-Encoding, Origin")),
            "{form} {known}"
        );
        if status == 304 {
            assert_eq!((answer.header("etag"), answer.header("content-encoding")), (Some(&*tags[known]), None));
        }
    }
}

#[test]
fn what_fits_into_a_packet_or_is_for_one_person_is_sent_as_it_is() {
    let world = World::new();
    let token = world.join("alice");
    world.say(&token, "hello");
    assert_eq!(ask(&world, "/api/messages", "gzip").header("content-encoding"), None);
    let body = format!(r#"{{"username":"alice","password":"{}"}}"#, crate::world::PASSWORD);
    let answer = world.send(accepting("gzip", anon("POST", "/api/login", &body)));
    assert_eq!((answer.status(), answer.header("content-encoding")), (200, None));
}
