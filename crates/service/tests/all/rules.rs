//! Compares the rules that the browser checks before it sends a form with those that the server checks.

use domain::{DisplayName, MessageText, Password, Username};

#[test]
fn the_browser_refuses_what_the_server_refuses() {
    let long = |chars: usize| "é".repeat(chars);
    let ascii = |chars: usize| "x".repeat(chars);
    let table = [
        "".to_owned(),
        " \u{3000} \n".to_owned(),
        "ab".to_owned(),
        "abc".to_owned(),
        "AliCE".to_owned(),
        "0_-".to_owned(),
        "_abc".to_owned(),
        "latch_key".to_owned(),
        "-abc".to_owned(),
        "al ice".to_owned(),
        " alice".to_owned(),
        "alicé".to_owned(),
        "a\nb".to_owned(),
        "a\tb".to_owned(),
        "a\r\nb".to_owned(),
        "a\u{7f}b\u{85}c".to_owned(),
        "seven77".to_owned(),
        "8 chars!".to_owned(),
        "i am ALICE!".to_owned(),
        "My LatchKey 7".to_owned(),
        "🔑".repeat(8),
        ascii(32),
        ascii(33),
        long(64),
        long(65),
        long(256),
        long(257),
        long(1000),
        long(1001),
        format!(" {} ", long(1000)),
    ];
    let alice = Username::parse("alice").unwrap();
    for raw in table {
        assert_eq!(rules::new_username(&raw).is_ok(), Username::parse_new(&raw).is_ok(), "username {raw:?}");
        assert_eq!(rules::new_name(&raw).is_ok(), DisplayName::parse_new(&raw).is_ok(), "name {raw:?}");
        assert_eq!(
            rules::new_text(&rules::plain_lines(&raw)).is_ok(),
            MessageText::parse(&raw).is_ok(),
            "text {raw:?}"
        );
        let server = Password::parse_new(raw.clone(), Some(&alice));
        assert_eq!(rules::new_password(&raw, "Alice").is_ok(), server.is_ok(), "password {raw:?}");
    }
}
