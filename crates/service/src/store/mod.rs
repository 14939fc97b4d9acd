//! The key-value store: which keys there are ([`keys`]), what is in them ([`records`]), and the two operations that are right when
//! several instances do them at once: counting ([`counter`]) and creating once ([`create_once`]).

mod counter;
pub(crate) mod create_once;
pub(crate) mod keys;
pub(crate) mod records;

use crate::context::platform::StoreError;

/// Why an operation was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failed<R> {
    /// For a reason of its own.
    Refused(R),
    Store(StoreError),
}

impl<R> From<StoreError> for Failed<R> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
