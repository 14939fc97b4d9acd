//! GET and POST /api/authorizer: which methods a token allows.

use serde_json::json;

use crate::harness::actors;
use crate::harness::client::{ask, get, post};
use crate::harness::forge::part;
use crate::harness::host::Setup;

const ARN: &str = "arn:latchkey:execute-api:::latchkey";

case!(OwnHost, the_policy_names_the_methods_of_this_stage);
fn the_policy_names_the_methods_of_this_stage() {
    let app = Setup::app().start();
    let alice = actors::alice(&app);
    for ask in [get("/api/authorizer"), ask("POST", "/api/authorizer"), post("/api/authorizer", "{}")] {
        let reply = app.send(ask.bearer(&alice.token));
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"), "{}", reply.said());
        let mut policy = reply.json();
        let resources = policy["policyDocument"]["Statement"][0]["Resource"].take();
        let expected = json!({
            "principalId": "alice",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Action": ["execute-api:Invoke"], "Effect": "Allow", "Resource": null},
                    {
                        "Action": ["messages:Delete"],
                        "Effect": "Allow",
                        "Resource": ["arn:latchkey:messages:::latchkey/test/alice/*"],
                    },
                ],
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
    let refused = app.get("/api/authorizer");
    refused.is_problem(401, "missing_token");
    assert_eq!(refused.header("www-authenticate"), r#"Bearer realm="latchkey""#);
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
