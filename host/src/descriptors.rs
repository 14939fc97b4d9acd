//! The number of files and connections that the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the process opens besides connections, with room to spare.
const BESIDES: u64 = 128;

/// Raises the limit as far as the system allows, because its default is often 1024, and warns if that is not enough for so many
/// connections.
pub(crate) fn allow(connections: u32) {
    let wanted = u64::from(connections) + BESIDES;
    let limit = getrlimit(Resource::Nofile);
    let is_enough = |limit: Option<u64>| limit.is_none_or(|limit| limit >= wanted);
    if is_enough(limit.current) {
        return;
    }
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    if raised.is_err() || !is_enough(limit.maximum) {
        tracing::warn!(limit = limit.maximum.unwrap_or_default(), wanted, "few_descriptors");
    }
}
