//! Compares the limits in `rules` with the documents that state them: `openapi.yaml` and `SECURITY.md`.

use std::path::Path;

use rules::*;
use serde_json::{Value, json};

/// A name for the row, a pointer into the document, and the value that follows from the constants.
type Row = (&'static str, &'static str, Value);

fn read(file: &str) -> String {
    let root = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../..");
    std::fs::read_to_string(root.join(file)).unwrap()
}

/// Values in the description; each pointer is a JSON pointer (RFC 6901).
fn values() -> Vec<Row> {
    let typed = format!("^[A-Za-z0-9][A-Za-z0-9_-]{{{},{}}}$", USERNAME_MIN_CHARS - 1, USERNAME_MAX_CHARS - 1);
    let stored = format!("^[a-z0-9_-]{{1,{STORED_USERNAME_MAX_CHARS}}}$");
    let asked_for = format!("^[A-Za-z0-9_-]{{1,{STORED_USERNAME_MAX_CHARS}}}$");
    vec![
        ("new username, pattern", "/components/schemas/TypedUsername/pattern", json!(typed)),
        ("any username, pattern", "/components/schemas/Username/pattern", json!(stored)),
        ("author of a list, pattern", "/components/parameters/Author/schema/pattern", json!(asked_for)),
        ("new name, least", "/components/schemas/TypedName/minLength", json!(NAME_MIN_CHARS)),
        ("new name, most", "/components/schemas/TypedName/maxLength", json!(NAME_MAX_CHARS)),
        ("any name, least", "/components/schemas/Name/minLength", json!(NAME_MIN_CHARS)),
        ("any name, most", "/components/schemas/Name/maxLength", json!(STORED_NAME_MAX_CHARS)),
        ("new password, least", "/components/schemas/NewPassword/minLength", json!(PASSWORD_MIN_CHARS)),
        ("new password, most", "/components/schemas/NewPassword/maxLength", json!(PASSWORD_MAX_CHARS)),
        ("new message, least", "/components/schemas/TypedText/minLength", json!(TEXT_MIN_CHARS)),
        ("new message, most", "/components/schemas/TypedText/maxLength", json!(TEXT_MAX_CHARS)),
        ("any message, least", "/components/schemas/Text/minLength", json!(TEXT_MIN_CHARS)),
        ("any message, most", "/components/schemas/Text/maxLength", json!(TEXT_MAX_CHARS)),
        ("new reason, least", "/components/schemas/TypedReason/minLength", json!(REASON_MIN_CHARS)),
        ("new reason, most", "/components/schemas/TypedReason/maxLength", json!(REASON_MAX_CHARS)),
        ("any reason, least", "/components/schemas/Reason/minLength", json!(REASON_MIN_CHARS)),
        ("any reason, most", "/components/schemas/Reason/maxLength", json!(REASON_MAX_CHARS)),
        ("reports of a page", "/components/schemas/ReportsResponse/properties/reports/maxItems", json!(PAGE_REPORTS)),
        ("access token, most", "/components/schemas/AccessToken/maxLength", json!(TOKEN_MAX_BYTES)),
        ("refresh token, most", "/components/schemas/RefreshToken/maxLength", json!(domain::RefreshToken::MAX_BYTES)),
        ("limit of a page, most", "/components/parameters/Limit/schema/maximum", json!(PAGE_MAX_MESSAGES)),
        ("limit of a page, left out", "/components/parameters/Limit/schema/default", json!(PAGE_DEFAULT_MESSAGES)),
        (
            "messages of a page",
            "/components/schemas/MessagesResponse/properties/messages/maxItems",
            json!(PAGE_MAX_MESSAGES),
        ),
        ("sessions", "/components/schemas/SessionsResponse/properties/sessions/maxItems", json!(ACCOUNT_MAX_SESSIONS)),
        ("passkeys", "/components/schemas/PasskeysResponse/properties/passkeys/maxItems", json!(ACCOUNT_MAX_PASSKEYS)),
        ("members of a sign-up", "/components/schemas/SignupRequest/required", json!(["username", "password", "name"])),
    ]
}

/// Sentences of the description that state a limit. Each is part of the text at the pointer.
fn sentences() -> Vec<Row> {
    let body_kib = BODY_MAX_BYTES / 1024;
    vec![
        (
            "body, in words",
            "/info/description",
            json!(format!("A request body is an object of at most {body_kib} KiB,")),
        ),
        (
            "body too large, in words",
            "/components/responses/BodyTooLarge/description",
            json!(format!("more than {body_kib} KiB")),
        ),
        (
            "sessions, in words",
            "/info/description",
            json!(format!("An account has at most {ACCOUNT_MAX_SESSIONS} sessions;")),
        ),
        (
            "new username, in words",
            "/components/schemas/TypedUsername/description",
            json!(format!("{USERNAME_MIN_CHARS} to {USERNAME_MAX_CHARS} letters")),
        ),
        (
            "new name, in words",
            "/components/schemas/TypedName/description",
            json!(format!("{NAME_MIN_CHARS} to {NAME_MAX_CHARS} characters")),
        ),
        (
            "new password, in words",
            "/components/schemas/NewPassword/description",
            json!(format!("{PASSWORD_MIN_CHARS} to {PASSWORD_MAX_CHARS} characters")),
        ),
        (
            "product's name, in words",
            "/components/schemas/NewPassword/description",
            json!(format!("or `{PRODUCT_NAME}` (`contains_product_name`)")),
        ),
        (
            "new message, in words",
            "/components/schemas/TypedText/description",
            json!(format!("{TEXT_MIN_CHARS} to {TEXT_MAX_CHARS} characters")),
        ),
        (
            "new reason, in words",
            "/components/schemas/TypedReason/description",
            json!(format!("{REASON_MIN_CHARS} to {REASON_MAX_CHARS} characters")),
        ),
    ]
}

/// Statements of `SECURITY.md`: a name for the row, the start of the line or paragraph, and a text that it has to contain.
fn security() -> Vec<(&'static str, &'static str, String)> {
    let body_kib = BODY_MAX_BYTES / 1024;
    let thousands = |number: usize| format!("{},{:03}", number / 1000, number % 1000);
    vec![
        (
            "rule of usernames",
            "| username |",
            format!("| {USERNAME_MIN_CHARS} to {USERNAME_MAX_CHARS} of `a-z 0-9 _ -`"),
        ),
        (
            "rule of passwords",
            "| password |",
            format!("| {PASSWORD_MIN_CHARS} to {PASSWORD_MAX_CHARS} characters of any kind"),
        ),
        ("product's name", "| password |", format!("\"{PRODUCT_NAME}\"")),
        ("rule of names", "| name |", format!("| {NAME_MIN_CHARS} to {NAME_MAX_CHARS} characters after trimming")),
        (
            "rule of messages",
            "| message |",
            format!("| {TEXT_MIN_CHARS} to {TEXT_MAX_CHARS} characters after trimming"),
        ),
        (
            "rule of reasons",
            "| reason |",
            format!("| {REASON_MIN_CHARS} to {REASON_MAX_CHARS} characters after trimming"),
        ),
        ("limit of a page", "| `limit`, `before`, `author` |", format!("| 1 to {PAGE_MAX_MESSAGES};")),
        ("rule of bodies", "| body |", format!("of at most {body_kib} KiB;")),
        ("rule of passkeys", "| passkeys | 10", format!("| {ACCOUNT_MAX_PASSKEYS} of an account;")),
        ("rule of sessions", "| sessions |", format!("| {ACCOUNT_MAX_SESSIONS} of an account;")),
        (
            "stored username",
            "The rules for usernames, names and passwords",
            format!("a username has 1 to {STORED_USERNAME_MAX_CHARS} of the same characters"),
        ),
        (
            "stored name",
            "The rules for usernames, names and passwords",
            format!("a name {NAME_MIN_CHARS} to {STORED_NAME_MAX_CHARS} characters"),
        ),
        (
            "attempted password",
            "The rules for usernames, names and passwords",
            format!("a password at most {} bytes", thousands(ATTEMPTED_PASSWORD_MAX_BYTES)),
        ),
        ("bodies, as a defence", "| The service is worn out", format!("| Bodies of {body_kib} KiB,")),
        ("tokens, as a defence", "| Tokens are forged", format!("{} KiB at most", TOKEN_MAX_BYTES / 1024)),
        (
            "sessions, as a known limit",
            "- An account has at most",
            format!("at most {ACCOUNT_MAX_SESSIONS} sessions: the {}rd login ends the first", ACCOUNT_MAX_SESSIONS + 1),
        ),
        ("passwords, ASVS 6.2.1", "| 6.2.1 |", format!("| {PASSWORD_MIN_CHARS} characters at least |")),
        ("passwords, ASVS 6.2.9", "| 6.2.9, 6.2.10 |", format!("| {PASSWORD_MAX_CHARS} characters;")),
    ]
}

#[track_caller]
fn check(wrong: &[String]) {
    assert!(wrong.is_empty(), "documents that state other limits:\n{}", wrong.join("\n"));
}

#[test]
fn openapi_states_the_limits() {
    let document: Value = serde_saphyr::from_str(&read("openapi.yaml")).unwrap();
    let mut wrong = Vec::new();
    for (name, at, expected) in values() {
        let stands = document.pointer(at).unwrap_or(&Value::Null);
        if *stands != expected {
            wrong.push(format!("{name}: {at} should be {expected}, and is {stands}"));
        }
    }
    for (name, at, expected) in sentences() {
        let stands = document.pointer(at).and_then(Value::as_str).unwrap_or_default().replace('\n', " ");
        if !stands.contains(expected.as_str().unwrap()) {
            wrong.push(format!("{name}: {at} should hold {expected}, and is: {stands}"));
        }
    }
    check(&wrong);
}

#[test]
fn security_md_states_the_limits() {
    let document = read("SECURITY.md");
    let mut wrong = Vec::new();
    for (name, begins, expected) in security() {
        // In a table or list this is one line, in prose it is the whole paragraph.
        let lines = document.lines().skip_while(|line| !line.starts_with(begins));
        let is_line = begins.starts_with(['|', '-']);
        let lines: Vec<_> =
            lines.take_while(|line| !line.is_empty()).take(if is_line { 1 } else { usize::MAX }).collect();
        let stands = lines.join(" ");
        if !stands.contains(&expected) {
            wrong.push(format!(
                "{name}: the text that begins with {begins:?} should hold {expected:?}, and is: {stands}"
            ));
        }
    }
    check(&wrong);
}
