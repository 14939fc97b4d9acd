//! GET and POST /api/authorizer: what a token allows.

use serde_json::{Value, json};

use crate::harness::actors;
use crate::harness::client::{ask, get, post};
use crate::harness::forge::part;
use crate::harness::host::{App, Setup};

const ARN: &str = "arn:latchkey:execute-api:::latchkey";

case!(AnyHost, without_a_token_it_says_nothing);
fn without_a_token_it_says_nothing() {
    let app = App::any();
    for ask in [get("/api/authorizer"), ask("POST", "/api/authorizer"), ask("HEAD", "/api/authorizer")] {
        let (head, reply) = (ask.method() == "HEAD", app.send(ask));
        assert_eq!((reply.status, reply.header("www-authenticate")), (401, r#"Bearer realm="latchkey""#));
        if !head {
            reply.is_problem(401, "missing_token");
        }
    }
}

case!(AnyHost, its_fields_are_checked);
fn its_fields_are_checked() {
    let app = App::any();
    let alice = actors::alice(&app);
    let cases: [(&str, &[(&str, &str)]); 5] = [
        (r#"{"methodArn":7}"#, &[("methodArn", "wrong_type")]),
        (r#"{"methodArn":null}"#, &[("methodArn", "wrong_type")]),
        (r#"{"methodArn":"arn"}"#, &[("methodArn", "invalid")]),
        (r#"{"method_arn":"arn"}"#, &[("method_arn", "unknown_field")]),
        (r#"{"methodArn":"arn","methodArn":"arn"}"#, &[("methodArn", "duplicate")]),
    ];
    for (body, errors) in cases {
        app.send(post("/api/authorizer", body).bearer(&alice.token)).is_invalid(errors);
    }
    for (query, field, code) in [
        ("methodArn=arn", "methodArn", "invalid"),
        ("methodArn=", "methodArn", "invalid"),
        ("arn=arn", "arn", "unknown_field"),
        ("methodArn=arn&methodArn=arn", "methodArn", "duplicate"),
    ] {
        let reply = app.send(get(&format!("/api/authorizer?{query}")).bearer(&alice.token));
        reply.has_errors(400, "invalid_request", &[(field, code)]);
    }
}

case!(OwnHost, the_policy_names_the_methods_of_this_stage);
fn the_policy_names_the_methods_of_this_stage() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for ask in [get("/api/authorizer"), ask("POST", "/api/authorizer"), post("/api/authorizer", "{}")] {
        let reply = app.send(ask.bearer(&alice.token));
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{}", reply.text());
        let mut policy = reply.json();
        let resources = policy["policyDocument"]["Statement"][0]["Resource"].take();
        let expected = json!({
            "principalId": "alice",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Action": ["execute-api:Invoke"], "Effect": "Allow", "Resource": null}],
            },
            "context": {"name": "Alice", "session": part(&alice.token, 1)["sid"]},
        });
        assert_eq!(policy, expected);
        let resources = resources.as_array().unwrap();
        assert!(resources.contains(&json!(format!("{ARN}/test/POST/api/messages"))), "{resources:?}");
        for resource in resources {
            assert!(resource.as_str().unwrap().starts_with(&format!("{ARN}/test/")), "{resource}");
        }
    }
}

case!(OwnHost, a_method_arn_gets_its_verdict);
fn a_method_arn_gets_its_verdict() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for (arn, verdict) in [
        ("test/POST/api/messages", "Allow"),
        ("test/DELETE/api/messages", "Deny"),
        ("test/POST/api/messages/1", "Deny"),
        ("test/DELETE/api/messages/1", "Allow"),
        ("test/post/api/messages", "Deny"),
        ("dev/POST/api/messages", "Deny"),
        ("test/POST/api/nothing", "Deny"),
        ("test/POST/", "Deny"),
    ] {
        let arn = format!("{ARN}/{arn}");
        let by_query = app.send(get(&format!("/api/authorizer?methodArn={arn}")).bearer(&alice.token));
        let body = json!({"methodArn": arn}).to_string();
        let by_body = app.send(post("/api/authorizer", &body).bearer(&alice.token));
        for reply in [by_query, by_body] {
            assert_eq!((reply.status, &reply.json()["verdict"]), (200, &Value::from(verdict)), "{arn}");
            assert_eq!(reply.json()["principalId"], "alice");
        }
    }
}

case!(OwnHost, a_malformed_method_arn_is_refused);
fn a_malformed_method_arn_is_refused() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for arn in [
        "arn:aws:execute-api:us-east-1:1:latchkey/test/GET/a",
        &format!("{ARN}/test"),
        &format!("{ARN}/test/GET"),
        &format!("{ARN}//GET/a"),
        &format!("{ARN}/test/*/api/messages"),
        &format!("{ARN}/test/POST/api/message?"),
        &format!("{ARN}/test/POST/api/é"),
        &format!("{ARN}/test/GET/{}", "a".repeat(512)),
    ] {
        let body = json!({"methodArn": arn}).to_string();
        app.send(post("/api/authorizer", &body).bearer(&alice.token)).is_invalid(&[("methodArn", "invalid")]);
        let escaped = arn.replace('?', "%3F").replace('é', "%C3%A9");
        let reply = app.send(get(&format!("/api/authorizer?methodArn={escaped}")).bearer(&alice.token));
        reply.has_errors(400, "invalid_request", &[("methodArn", "invalid")]);
    }
}

case!(OwnHost, a_stage_grants_nothing_in_another);
fn a_stage_grants_nothing_in_another() {
    let app = Setup::app().variable("stage", "live").variable("pbkdf2_iterations", "220000").start();
    let alice = actors::alice(&app);
    let verdict = |stage: &str| {
        let path = format!("/api/authorizer?methodArn={ARN}/{stage}/POST/api/messages");
        app.send(get(&path).bearer(&alice.token)).json()["verdict"].take()
    };
    assert_eq!([verdict("live"), verdict("test")], ["Allow", "Deny"]);
    alice.post(&app, "The gateway asks for its own stage.");
}
