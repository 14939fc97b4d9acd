//! One connection to a server, by sockets or through Spin.

mod reply;
#[cfg(not(feature = "spin"))]
mod socket;
#[cfg(feature = "spin")]
mod spin;

pub(crate) use reply::{Failure, Reply};
#[cfg(not(feature = "spin"))]
pub use socket::Address;
#[cfg(not(feature = "spin"))]
pub(crate) use socket::Connection;
#[cfg(feature = "spin")]
pub use spin::Address;
#[cfg(feature = "spin")]
pub(crate) use spin::Connection;
