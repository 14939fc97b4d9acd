//! POST /api/signup, field by field, at the edges of its limits.

use serde_json::{Value, json};

use crate::harness::actors::{self, log_in, sign_up};
use crate::harness::client::Client;
use crate::harness::host::App;

/// A sign-up that is good but for one field.
#[track_caller]
fn refused(app: &Client, field: &str, value: impl Into<Value>, code: &str) {
    let mut body = json!({"username": "carol", "password": "a good one 4U", "name": "Carol"});
    body[field] = value.into();
    app.post("/api/signup", &body.to_string()).is_invalid(&[(field, code)]);
}

case!(AnyHost, a_username_has_3_to_32_of_its_characters);
fn a_username_has_3_to_32_of_its_characters() {
    let app = App::any();
    for (username, code) in [
        ("", "too_short"),
        ("ab", "too_short"),
        (&*"a".repeat(33), "too_long"),
        ("_abc", "invalid_start"),
        ("-abc", "invalid_start"),
        ("al ice", "invalid_character"),
        (" alice", "invalid_character"),
        ("alice\n", "invalid_character"),
        ("al.ice", "invalid_character"),
        ("al/ice", "invalid_character"),
        ("al:ice", "invalid_character"),
        ("al\0ice", "invalid_character"),
        ("alicé", "invalid_character"),
        ("аlice", "invalid_character"),
        ("\u{212A}elvin", "invalid_character"),
    ] {
        refused(&app, "username", username, code);
    }
    let unique = app.name("");
    for stem in ["abc", "0_-", &"a".repeat(32 - unique.len())] {
        let username = format!("{stem}{unique}");
        let reply = sign_up(&app, &username, "a good one 4U", "Carol");
        assert_eq!((reply.status, &reply.json()["user"]["username"]), (201, &json!(username)));
    }
}

case!(AnyHost, a_username_is_folded_and_taken_in_any_case);
fn a_username_is_folded_and_taken_in_any_case() {
    let app = App::any();
    let name = app.name("carol");
    let reply = sign_up(&app, &name.to_uppercase(), "a good one 4U", "Carol");
    assert_eq!((reply.status, &reply.json()["user"]["username"]), (201, &json!(name)));
    for again in [&*name, &*name.to_uppercase(), &*name.replace('c', "C")] {
        sign_up(&app, again, "another one 4U", "Carol").is_problem(409, "username_taken");
    }
    assert_eq!(log_in(&app, &name, "a good one 4U").status, 200);
    log_in(&app, &name, "another one 4U").is_problem(401, "invalid_credentials");
}

case!(AnyHost, a_password_has_8_to_256_characters_and_is_no_easy_one);
fn a_password_has_8_to_256_characters_and_is_no_easy_one() {
    let app = App::any();
    for (password, code) in [
        ("", "too_short"),
        ("7 chars", "too_short"),
        (&*"🔑".repeat(7), "too_short"),
        (&*"é".repeat(257), "too_long"),
        ("12345678", "common_password"),
        ("password", "common_password"),
        ("PassWord1", "common_password"),
        ("i am CAROL!", "contains_username"),
        ("My LatchKey 7", "contains_product_name"),
    ] {
        refused(&app, "password", password, code);
    }
    for (stem, password) in
        [("pass8", "8 chars!".to_owned()), ("pass256", "xy".repeat(128)), ("keys", "🔑".repeat(256))]
    {
        actors::actor(&app, stem, &password, "Carol");
    }
}

case!(AnyHost, a_password_is_kept_as_typed);
fn a_password_is_kept_as_typed() {
    let app = App::any();
    let carol = actors::actor(&app, "carol", "  Two Spaces e\u{301} ", "Carol");
    for other in ["Two Spaces e\u{301}", "  two spaces e\u{301} ", "  Two Spaces é ", "  Two Spaces e\u{301} .", ""] {
        log_in(&app, &carol.username, other).is_problem(401, "invalid_credentials");
    }
}

case!(AnyHost, a_name_has_1_to_64_characters_after_trimming_and_normalising);
fn a_name_has_1_to_64_characters_after_trimming_and_normalising() {
    let app = App::any();
    for (name, code) in [
        ("", "too_short"),
        (" \u{3000} ", "too_short"),
        (&*"🔑".repeat(65), "too_long"),
        ("a\nb", "invalid_character"),
        ("a\0", "invalid_character"),
        ("a\u{7f}", "invalid_character"),
        ("a\u{85}b", "invalid_character"),
        ("\u{1b}[31mred", "invalid_character"),
    ] {
        refused(&app, "name", name, code);
    }
    for (stem, name, kept) in [
        ("one", "A", "A"),
        ("many", &*"🔑".repeat(64), &*"🔑".repeat(64)),
        ("trim", "  Ada Lovelace ", "Ada Lovelace"),
        ("nfc", &*"e\u{301}".repeat(64), &*"\u{e9}".repeat(64)),
        ("script", "<b>\"Ada\" & co</b>", "<b>\"Ada\" & co</b>"),
    ] {
        let reply = sign_up(&app, &app.name(stem), "a better 14U", name);
        assert_eq!((reply.status, &reply.json()["user"]["name"]), (201, &json!(kept)));
    }
}

case!(AnyHost, fields_are_missing_unknown_twice_or_of_another_type);
fn fields_are_missing_unknown_twice_or_of_another_type() {
    let app = App::any();
    for (body, field, code) in [
        (r#"{"password":"a good one 4U","name":"C"}"#, "username", "missing"),
        (r#"{"username":"carol","name":"C"}"#, "password", "missing"),
        (r#"{"username":"carol","password":"a good one 4U"}"#, "name", "missing"),
        (r#"{"username":"carol","password":"a good one 4U","name":"C","admin":true}"#, "admin", "unknown_field"),
        (r#"{"username":"carol","password":"a good one 4U","name":"C","Name":"C"}"#, "Name", "unknown_field"),
        (r#"{"username":"carol","password":"a good one 4U","name":"C","username":"dave"}"#, "username", "duplicate"),
        (r#"{"username":"carol","password":"a good one 4U","name":"C","name":"C"}"#, "name", "duplicate"),
        (r#"{"username":7,"password":"a good one 4U","name":"C"}"#, "username", "wrong_type"),
        (r#"{"username":"carol","password":null,"name":"C"}"#, "password", "wrong_type"),
        (r#"{"username":"carol","password":"a good one 4U","name":["C"]}"#, "name", "wrong_type"),
        (r#"{"username":"carol","password":"a good one 4U","name":{"C":1}}"#, "name", "wrong_type"),
        (r#"{"username":true,"password":"a good one 4U","name":"C"}"#, "username", "wrong_type"),
    ] {
        app.post("/api/signup", body).is_invalid(&[(field, code)]);
    }
}

case!(AnyHost, every_error_is_told_at_once);
fn every_error_is_told_at_once() {
    let app = App::any();
    let all = [("username", "missing"), ("password", "missing"), ("name", "missing")];
    app.post("/api/signup", "{}").is_invalid(&all);
    let body = r#"{"extra":1,"username":"_","password":"short","name":" "}"#;
    let all = [("extra", "unknown_field"), ("username", "too_short"), ("password", "too_short"), ("name", "too_short")];
    app.post("/api/signup", body).is_invalid(&all);
}

case!(AnyHost, what_is_refused_creates_no_account);
fn what_is_refused_creates_no_account() {
    let app = App::any();
    let name = app.name("carol");
    let body = json!({"username": name, "password": "a good one 4U", "name": ""});
    app.post("/api/signup", &body.to_string()).is_invalid(&[("name", "too_short")]);
    log_in(&app, &name, "a good one 4U").is_problem(401, "invalid_credentials");
    assert_eq!(sign_up(&app, &name, "a good one 4U", "Carol").status, 201, "the name is still free");
}
