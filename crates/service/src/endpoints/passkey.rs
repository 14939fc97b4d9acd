use crate::context::rfc3339;
use crate::store::records::Passkey;

/// A passkey as its owner sees it.
pub(super) fn shown(passkey: &Passkey) -> wire::Passkey {
    wire::Passkey {
        id: passkey.id(),
        name: passkey.name.to_string(),
        created_at: rfc3339(passkey.created_at_ms),
        last_used_at: passkey.last_used_at_ms.map(rfc3339),
        backed_up: passkey.credential.is_backed_up(),
    }
}
