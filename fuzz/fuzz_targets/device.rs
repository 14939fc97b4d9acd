//! Device cookies: only one text is good. In an input, `{COOKIE}` stands for that text, and `{ID}`, `{EXPIRES}` and `{SEAL}`
//! stand for its parts.
#![no_main]

use std::sync::LazyLock;

use domain::{Device, Timestamp};
use libfuzzer_sys::fuzz_target;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const SECRET: &str = "a secret of the account";

static COOKIE: LazyLock<String> = LazyLock::new(|| Device::new([9; Device::ID_BYTES], NOW).to_cookie("ada", SECRET));

fuzz_target!(|text: &str| {
    let mut parts = COOKIE.split('.');
    let mut text = text.replace("{COOKIE}", &COOKIE);
    for name in ["{ID}", "{EXPIRES}", "{SEAL}"] {
        text = text.replace(name, parts.next().unwrap_or_default());
    }
    let device = Device::from_cookie(&text, "ada", SECRET, NOW);
    assert_eq!(device.is_some(), text == *COOKIE, "{text}");
    assert!(device.is_none_or(|device| device.to_cookie("ada", SECRET) == text));
    assert_eq!(Device::from_cookie(&text, "grace", SECRET, NOW), None);
    assert_eq!(Device::from_cookie(&text, "ada", "another secret", NOW), None);
    assert_eq!(Device::from_cookie(&text, "ada", SECRET, NOW.plus_secs(Device::LIFETIME_SECONDS)), None);
});
