use crate::context::platform::StoreError;

/// Why nothing could be signed.
#[derive(Debug)]
pub(crate) enum SigningError {
    Store(StoreError),
    /// What is wrong with the key, for the log.
    Key(&'static str),
}

impl From<StoreError> for SigningError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
