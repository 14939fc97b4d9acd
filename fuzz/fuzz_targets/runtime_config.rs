//! The runtime configuration: each store in it has a file, and the reason for a refusal is one line.
#![no_main]

#[path = "../../host/src/failure.rs"]
mod failure;
#[expect(dead_code, reason = "the host's binary needs more of it")]
#[path = "../../host/src/runtime_config.rs"]
mod runtime_config;
#[path = "../../host/src/toml_file.rs"]
mod toml_file;

use std::path::Path;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let folder = Path::new("/etc/latchkey");
    match runtime_config::parse(text, folder) {
        Ok(files) => {
            for (label, file) in files.stores.into_iter().chain(files.databases) {
                assert!(text.contains(label.as_str()) || text.contains('\\'), "{label}");
                assert!(file.is_absolute() && file != folder, "{}", file.display());
            }
        }
        Err(failure) => {
            let said = failure.to_string();
            assert!(!said.is_empty() && !said.contains(['\n', '\r']), "{said}");
            assert!(said.len() <= 2 * text.len() + 1024, "{} bytes of failure", said.len());
        }
    }
});
