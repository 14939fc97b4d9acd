//! The address of a client: as the host reports it, or as proxies in front of the host report it in a header.

mod address;

pub use self::address::ClientAddress;
