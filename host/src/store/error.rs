use std::fmt;

/// The reason why a store did not do what a guest asked. The guest gets this text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoreError(pub(super) String);

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

pub(super) type Result<T> = std::result::Result<T, StoreError>;
