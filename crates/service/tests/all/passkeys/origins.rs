//! At which origins passkeys work, and what is said where they do not.

use super::{ORIGIN, Site};
use crate::cookies::{cookie, with};
use crate::passkeys::authenticator::Authenticator;
use crate::world::{Answer, World, anon, bearer};

fn begin(world: &World, host: &str, headers: &[(&'static str, &str)]) -> Answer {
    let request = anon("POST", &format!("http://{host}/api/login/passkey/begin"), "");
    world.send(with(request, headers))
}

#[test]
fn without_the_variable_they_work_on_the_machine_itself() {
    let world = World::new();
    let page = "http://localhost:3000";
    for (host, headers, rp_id) in [
        ("localhost:3000", &[][..], "localhost"),
        ("localhost:3000", &[("origin", page)], "localhost"),
        ("localhost:3000", &[("origin", page), ("sec-fetch-site", "same-origin")], "localhost"),
        ("board.localhost", &[("origin", "http://board.localhost")], "board.localhost"),
    ] {
        let answer = begin(&world, host, headers);
        assert_eq!(answer.json()["options"]["rpId"], rp_id, "{}", answer.said());
    }
    let token = world.join("alice");
    let body = super::password().to_string();
    let ask = |path: &str, body: &str, cookie: &str| {
        let request = bearer(&token, "POST", &format!("{page}{path}"), body);
        world.send(with(request, &[("origin", page), ("cookie", cookie)]))
    };
    let begun = ask("/api/account/passkeys/begin", &body, "");
    let response = Authenticator::new(1).create(&begun.json()["options"], page);
    let body = serde_json::json!({ "name": "Telephone", "credential": response }).to_string();
    let added = ask("/api/account/passkeys", &body, &cookie(&begun));
    assert_eq!(added.status(), 201, "{}", added.said());
}

#[test]
fn elsewhere_the_answer_says_what_to_do() {
    let world = World::new();
    let variable = "site_origin";
    for (host, headers, said) in [
        ("127.0.0.1:3000", &[][..], "Open http://localhost:3000 instead."),
        ("127.0.0.1", &[("origin", "http://127.0.0.1")], "Open http://localhost instead."),
        ("[::1]:8080", &[], "Open http://localhost:8080 instead."),
        ("192.0.2.7:3000", &[], variable),
        ("board.example.com", &[], variable),
        ("board.example.com", &[("origin", "https://board.example.com")], variable),
        // A page of another site.
        ("localhost:3000", &[("origin", "http://localhost:4000")], variable),
        ("localhost:3000", &[("origin", "http://localhost:3000"), ("sec-fetch-site", "cross-site")], variable),
        ("localhost.evil.example", &[], variable),
        ("evillocalhost", &[], variable),
    ] {
        let answer = begin(&world, host, headers);
        answer.is_refused(400, "invalid_request", &[]);
        assert!(answer.json()["detail"].as_str().unwrap().contains(said), "{}", answer.said());
    }
}

#[test]
fn with_the_variable_they_work_at_that_origin_alone() {
    let site = Site::new();
    for origin in [None, Some(ORIGIN)] {
        let headers: Vec<_> = origin.iter().map(|origin| ("origin", *origin)).collect();
        let answer = begin(&site.world, "127.0.0.1:3000", &headers);
        assert_eq!(answer.json()["options"]["rpId"], "board.example.com");
    }
    for origin in ["https://www.board.example.com", "http://board.example.com", "http://localhost:3000"] {
        let answer = begin(&site.world, "board.example.com", &[("origin", origin)]);
        answer.is_refused(400, "invalid_request", &[]);
        assert_eq!(answer.json()["detail"], "Passkeys work at https://board.example.com alone.");
    }
}

#[test]
fn the_variable_is_an_origin_at_which_browsers_have_passkeys() {
    for (value, is_good) in [
        ("https://board.example.com", true),
        ("HTTPS://Board.Example.com:443", true),
        ("https://board.example.com:8443", true),
        ("http://localhost:3000", true),
        ("http://board.example.com", false),
        ("https://board.example.com/", false),
        ("board.example.com", false),
        ("https://192.0.2.7", false),
        ("http://127.0.0.1:3000", false),
        ("https://[::1]", false),
        ("capacitor://localhost", false),
        ("*", false),
    ] {
        let world = World::new();
        world.set("site_origin", value);
        let answer = begin(&world, "localhost", &[]);
        assert_eq!(answer.status(), if is_good { 200 } else { 500 }, "{value}: {}", answer.said());
        assert!(is_good || world.events("misconfigured")[0]["variable"] == "site_origin", "{value}");
    }
}
