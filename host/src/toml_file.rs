//! Reads TOML files. Errors name the file and the line.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// Reads the file and passes its text, and the folder that the file is in, to `check`.
///
/// # Errors
///
/// The file cannot be read, or `check` refuses its text. The error names the file.
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
/// The text is not TOML, or has a field that is missing, of the wrong type or, if `T` denies them, unknown. The error
/// names the line where it is known, but not the file.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        match line {
            Some(line) => Failure::new(format_args!("line {line}: {}", error.message())),
            None => Failure::new(error.message()),
        }
    })
}
