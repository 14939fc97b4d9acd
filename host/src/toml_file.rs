//! Reading a TOML file into a type that refuses unknown fields, with errors that name file and line.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Reads the file and checks its text, given the folder that it is in.
///
/// # Errors
///
/// The file cannot be read, or its text is refused.
pub(crate) fn read<T>(path: &Path, check: impl FnOnce(&str, &Path) -> Result<T, Failure>) -> Result<T, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format_args!("cannot read {}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    check(&text, folder).map_err(|problem| Failure::new(format_args!("{}: {problem}", path.display())))
}

/// Parses text into a type.
///
/// # Errors
///
/// It is not TOML, or has a field that is unknown, missing or of the wrong type. The error lacks the file.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        match line {
            Some(line) => Failure::new(format_args!("line {line}: {}", error.message())),
            None => Failure::new(error.message()),
        }
    })
}
