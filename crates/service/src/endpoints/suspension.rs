use crate::context::rfc3339;
use crate::store::records::Suspension;

/// A suspension as the API shows it.
pub(super) fn shown(suspension: &Suspension) -> wire::Suspension {
    wire::Suspension {
        reason: suspension.reason.clone(),
        since: rfc3339(suspension.since_ms),
        until: suspension.until_ms.map(rfc3339),
    }
}
