//! The key-value store: which keys there are ([`keys`]), what is in them ([`records`]), and the two operations that are right when
//! several instances do them at once: counting ([`counter`]) and creating once ([`create_once`]).

mod counter;
pub(crate) mod create_once;
pub(crate) mod keys;
pub(crate) mod records;
