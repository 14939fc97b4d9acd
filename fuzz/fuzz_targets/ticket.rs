//! Tickets: a text opens if the app has sealed it, for the purpose that it was sealed for, and no other does. In an input,
//! `{TEXT}`, `{MILLIS}` and `{SEAL}` stand for the parts of a good ticket.
#![no_main]

use std::sync::LazyLock;

use domain::{AppSecret, Purpose, Timestamp};
use libfuzzer_sys::fuzz_target;

const TEXT: &str = "ada.3";
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const PURPOSES: [Purpose; 7] = [
    Purpose::SecondFactor,
    Purpose::TotpSetUp,
    Purpose::Reset,
    Purpose::Invitation,
    Purpose::PasskeyRegistration,
    Purpose::PasskeyLogin,
    Purpose::PasskeyConfirmation,
];

static SECRET: LazyLock<AppSecret> = LazyLock::new(|| AppSecret::new([7; 32]));
static SEALED: LazyLock<String> = LazyLock::new(|| SECRET.seal(Purpose::Reset, TEXT, NOW.plus_secs(300)));

fuzz_target!(|text: &str| {
    let (rest, seal) = SEALED.rsplit_once('.').expect("a ticket has a seal");
    let (_, millis) = rest.rsplit_once('.').expect("a ticket has a time");
    let typed = text.replace("{TEXT}", TEXT).replace("{MILLIS}", millis).replace("{SEAL}", seal);
    for purpose in PURPOSES {
        let is_good = purpose == Purpose::Reset && typed == *SEALED;
        assert_eq!(SECRET.open(purpose, &typed, NOW).is_some(), is_good, "{typed}");
    }
    // Whatever is sealed opens as it was, if it is short enough to be read at all, and until its time.
    let until = NOW.plus_secs(1);
    let ticket = SECRET.seal(Purpose::Invitation, text, until);
    let opened = SECRET.open(Purpose::Invitation, &ticket, NOW);
    assert!(opened.is_none_or(|opened| opened == (text.to_owned(), until)));
    assert_eq!(SECRET.open(Purpose::Invitation, &ticket, until), None);
    if let Some(secret) = AppSecret::from_hex(text) {
        assert_eq!(secret.to_hex(), text);
    }
});
