//! The `User-Agent` in words: nothing that a client makes up is in them.
#![no_main]

use domain::client_in_words;
use libfuzzer_sys::fuzz_target;

const BROWSERS: [&str; 8] = ["Edge", "Opera", "Samsung Internet", "Firefox", "Chrome", "Safari", "curl", "Python"];
const SYSTEMS: [&str; 7] = ["iOS", "iPadOS", "Android", "Windows", "ChromeOS", "macOS", "Linux"];

fuzz_target!(|text: &str| {
    let words = client_in_words(text);
    let (browser, system) = words.split_once(" on ").map_or((words.as_str(), None), |(one, two)| (one, Some(two)));
    assert!(browser == "Unknown browser" || BROWSERS.contains(&browser), "{words}");
    assert!(system.is_none_or(|system| SYSTEMS.contains(&system)), "{words}");
});
