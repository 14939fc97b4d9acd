//! POST /api/signup. The limits of its fields are tested in `service/tests/all/signup.rs`.

use serde_json::json;

use crate::harness::actors::{log_in, sign_up};
use crate::harness::app::App;

case!(AnyHost, an_account_is_made_once);
fn an_account_is_made_once() {
    let app = App::any();
    let name = app.name("carol");
    let reply = sign_up(&app, &name.to_uppercase(), "a good one 4U", " Carol ");
    assert_eq!((reply.status, reply.header("cache-control")), (201, "no-store"), "{}", reply.said());
    assert_eq!(reply.json(), json!({"user": {"username": name, "name": "Carol"}}));
    for again in [&*name, &*name.to_uppercase(), &*name.replace('c', "C")] {
        sign_up(&app, again, "another one 4U", "Carol").is_problem(409, "username_taken");
    }
    assert_eq!(log_in(&app, &name, "a good one 4U").status, 200);
    log_in(&app, &name, "another one 4U").is_problem(401, "invalid_credentials");
}

case!(AnyHost, every_error_is_told_at_once);
fn every_error_is_told_at_once() {
    let body = r#"{"extra":1,"username":"_","password":"short","name":" "}"#;
    let all = [("extra", "unknown_field"), ("username", "too_short"), ("password", "too_short"), ("name", "too_short")];
    App::any().post("/api/signup", body).is_invalid(&all);
}
