//! Passkeys, /api/login/passkey and /api/account/passkeys, by an authenticator in software.

use serde_json::{Value, json};

use crate::harness::actors::{self, Actor};
use crate::harness::app::App;
use crate::harness::client::{Ask, Client, get, post};
use crate::harness::host::Setup;
use crate::harness::reply::Reply;

#[expect(dead_code, reason = "the tests of the services alter more")]
#[path = "../crates/service/tests/all/passkeys/authenticator.rs"]
mod authenticator;
use authenticator::Authenticator;

const PAGE: &str = "http://localhost:3000";

/// As a browser sends it from a page of the site. The app may listen on another port here, as behind a proxy.
fn from_page(ask: Ask) -> Ask {
    ask.header("origin", PAGE).header("sec-fetch-site", "same-origin")
}

fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn as_alice(app: &Client, alice: &Actor, path: &str, body: &Value, cookie: &str) -> Reply {
    app.send(from_page(post(path, &body.to_string()).bearer(&alice.token)).header("cookie", cookie))
}

/// Adds a passkey, and returns its id.
fn add(app: &Client, alice: &Actor, authenticator: &mut Authenticator) -> String {
    let begun = as_alice(app, alice, "/api/account/passkeys/begin", &json!({"password": alice.password}), "");
    let response = authenticator.create(&begun.json()["options"], PAGE);
    let body = json!({"name": "Telephone", "credential": response});
    let added = as_alice(app, alice, "/api/account/passkeys", &body, &cookie(&begun));
    assert_eq!(added.status, 201, "{}", added.said());
    added.json()["passkey"]["id"].as_str().unwrap().to_owned()
}

fn enter(app: &Client, authenticator: &mut Authenticator) -> Reply {
    let begun = app.send(from_page(post("/api/login/passkey/begin", "")));
    let body = json!({"credential": authenticator.get(&begun.json()["options"], PAGE)});
    app.send(from_page(post("/api/login/passkey", &body.to_string())).header("cookie", &cookie(&begun)))
}

fn list(app: &Client, alice: &Actor) -> Vec<Value> {
    let reply = app.send(get("/api/account/passkeys").bearer(&alice.token));
    reply.json()["passkeys"].as_array().unwrap().clone()
}

case!(AnyHost, a_passkey_is_added_logs_in_and_is_removed);
fn a_passkey_is_added_logs_in_and_is_removed() {
    let app = App::any();
    let alice = actors::alice(&app);
    let (mut telephone, mut key) = (Authenticator::new(1), Authenticator::new(2));
    let id = add(&app, &alice, &mut telephone);
    add(&app, &alice, &mut key);
    let entered = enter(&app, &mut telephone);
    assert_eq!(entered.status, 200, "{}", entered.said());
    assert_eq!(entered.json()["user"]["username"], alice.username);
    let token = entered.json()["token"].as_str().unwrap().to_owned();
    app.send(get("/api/account").bearer(&token)).json();

    as_alice(&app, &alice, &format!("/api/account/passkeys/{id}"), &json!({"name": "Old one"}), "").is_empty(204);
    let names: Vec<_> = list(&app, &alice).iter().map(|passkey| passkey["name"].clone()).collect();
    assert_eq!(names, ["Old one", "Telephone"]);

    let begun = as_alice(&app, &alice, "/api/account/passkeys/confirm", &json!({}), "");
    let body = json!({"credential": key.get(&begun.json()["options"], PAGE)});
    as_alice(&app, &alice, &format!("/api/account/passkeys/{id}/delete"), &body, &cookie(&begun)).is_empty(204);
    enter(&app, &mut telephone).is_problem(401, "invalid_credentials");
    assert_eq!(enter(&app, &mut key).status, 200);
    assert_eq!(list(&app, &alice).len(), 1);
}

case!(AnyHost, what_is_not_right_gets_one_answer);
fn what_is_not_right_gets_one_answer() {
    let app = App::any();
    let alice = actors::alice(&app);
    let mut telephone = Authenticator::new(1);
    let begun = as_alice(&app, &alice, "/api/account/passkeys/begin", &json!({"password": alice.password}), "");
    let response = telephone.create(&begun.json()["options"], "http://localhost:4000");
    let body = json!({"name": "Telephone", "credential": response});
    as_alice(&app, &alice, "/api/account/passkeys", &body, &cookie(&begun)).is_invalid(&[("credential", "invalid")]);
    let wrong = json!({"password": "wrong horse 7"});
    as_alice(&app, &alice, "/api/account/passkeys/begin", &wrong, "").is_invalid(&[("password", "wrong_password")]);

    add(&app, &alice, &mut telephone);
    let begun = app.send(from_page(post("/api/login/passkey/begin", "")));
    let response = telephone.get(&begun.json()["options"], PAGE);
    let send = |response: &Value, cookie: &str| {
        let body = json!({"credential": response}).to_string();
        app.send(from_page(post("/api/login/passkey", &body)).header("cookie", cookie))
    };
    let unknown = enter(&app, &mut Authenticator::new(3)).is_problem(401, "invalid_credentials");
    let other_browser = send(&response, "").is_problem(401, "invalid_credentials");
    assert_eq!(send(&response, &cookie(&begun)).status, 200);
    let again = send(&response, &cookie(&begun)).is_problem(401, "invalid_credentials");
    assert_eq!((&other_browser, &again), (&unknown, &unknown));
}

case!(OwnHost, at_another_host_the_answer_says_what_to_set);
fn at_another_host_the_answer_says_what_to_set() {
    let app = Setup::app().start();
    let begin = |origin: &str| app.send(post("/api/login/passkey/begin", "").header("origin", origin));
    let said = begin(app.base()).is_problem(400, "invalid_request");
    let port = app.authority().split_once(':').unwrap().1.to_owned();
    assert!(said["detail"].as_str().unwrap().contains(&format!("http://localhost:{port}")), "{said}");
    let said = begin("https://board.example.com").is_problem(400, "invalid_request");
    assert!(said["detail"].as_str().unwrap().contains("site_origin"), "{said}");

    let app = Setup::app().variable("site_origin", "https://board.example.com").start();
    let begin = |origin: &str| app.send(post("/api/login/passkey/begin", "").header("origin", origin));
    assert_eq!(begin("https://board.example.com").json()["options"]["rpId"], "board.example.com");
    let said = begin("https://evil.example").is_problem(400, "invalid_request");
    assert!(said["detail"].as_str().unwrap().contains("https://board.example.com"), "{said}");
}
