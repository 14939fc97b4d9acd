//! POST /api/login.

use serde_json::json;

use crate::harness::actors::{self, log_in};
use crate::harness::app::App;

case!(AnyHost, a_good_login_is_answered_with_a_bearer_token);
fn a_good_login_is_answered_with_a_bearer_token() {
    let app = App::any();
    let alice = actors::alice(&app);
    for spelling in [alice.username.clone(), alice.username.to_uppercase()] {
        let reply = log_in(&app, &spelling, &alice.password);
        assert_eq!(reply.header("cache-control"), "no-store");
        assert_eq!(reply.header("content-type"), "application/json");
        let mut body = reply.json();
        let token = body["token"].take();
        assert!(token.as_str().is_some_and(|token| token.starts_with("eyJ") && token != alice.token), "{token}");
        let user = json!({"username": alice.username, "name": "Alice"});
        let expected = json!({
            "token": null, "token_type": "Bearer", "expires_in": 900, "user": user, "role": "member", "refresh_expires_in": 604_800,
        });
        assert_eq!(body, expected, "{spelling}");
    }
    log_in(&app, &alice.username, "wrong horse 7").is_problem(401, "invalid_credentials");
    app.post("/api/login", r#"{"username":"alice"}"#).is_invalid(&[("password", "missing")]);
}
