//! The key-value store: which keys there are ([`keys`]), what is in them ([`records`]), and the two operations that are
//! right when several instances do them at once: counting ([`counter`]) and creating once ([`once`]). Deleting from a list is [`gaps`].

pub(crate) mod counter;
pub(crate) mod gaps;
pub(crate) mod keys;
pub(crate) mod once;
pub(crate) mod records;
