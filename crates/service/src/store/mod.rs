//! The key-value store: its keys ([`keys`]), its values ([`records`]), and the two operations that stay correct when
//! several instances run them at the same moment: counting ([`counter`]) and changing a value ([`compare_and_set`]).
//! [`app_secret`] is the one value that several rooms share.

mod app_secret;
pub(crate) mod compare_and_set;
pub(crate) mod counter;
pub(crate) mod keys;
pub(crate) mod records;

use crate::context::StoreError;

/// Why an operation was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failed<R> {
    /// The operation refused, for a reason of its own.
    Refused(R),
    Store(StoreError),
}

impl<R> From<StoreError> for Failed<R> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
