//! Reading a TOML file into a type that refuses unknown fields, with errors that name file and line.

use crate::failure::Failure;
use serde::de::DeserializeOwned;
use std::path::Path;

/// Reads and parses the file.
///
/// # Errors
///
/// The file cannot be read, is not TOML, or has a field that is unknown, missing or of the wrong type.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format_args!("cannot read {}: {error}", path.display())))?;
    parse(&text).map_err(|problem| Failure::new(format_args!("{}: {problem}", path.display())))
}

/// The same for text that is already there; the error lacks the file.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        match line {
            Some(line) => Failure::new(format_args!("line {line}: {}", error.message())),
            None => Failure::new(error.message()),
        }
    })
}
