//! The address of a client: as the host reports it, or as proxies in front of the host report it in a header.

mod address;
mod syntax;
mod trusted_proxies;

pub use self::address::ClientAddress;
pub use self::syntax::ForwardingSyntax;
pub use self::trusted_proxies::{TrustedProxies, TrustedProxiesError};
