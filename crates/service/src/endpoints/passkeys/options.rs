//! What a page hands to the browser: `PublicKeyCredentialCreationOptionsJSON` and `PublicKeyCredentialRequestOptionsJSON`
//! (Web Authentication Level 3, section 5.1).

use domain::{PASSKEY_ALGORITHMS, RelyingParty, UserHandle, base64url};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::accounts::passkeys::CHALLENGE_SECONDS;
use crate::http::reply::{self, Reply, with_cookie};
use crate::store::records::{Account, Passkey};

pub(super) fn creation(party: &RelyingParty, account: &Account, handle: &UserHandle, challenge: &str) -> Value {
    let algorithms = PASSKEY_ALGORITHMS.map(|number| json!({ "type": "public-key", "alg": number }));
    json!({
        "rp": { "id": party.id(), "name": "Latchkey" },
        "user": {
            "id": base64url(handle.as_str().as_bytes()), "name": account.username, "displayName": account.name,
        },
        "challenge": base64url(challenge.as_bytes()),
        "pubKeyCredParams": algorithms,
        "timeout": CHALLENGE_SECONDS * 1000,
        "excludeCredentials": descriptors(account.passkeys()),
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "none",
    })
}

/// Without passkeys to choose among, the authenticator offers those that it has for the site.
pub(super) fn request(party: &RelyingParty, passkeys: &[Passkey], challenge: &str) -> Value {
    json!({
        "challenge": base64url(challenge.as_bytes()),
        "timeout": CHALLENGE_SECONDS * 1000,
        "rpId": party.id(),
        "allowCredentials": descriptors(passkeys),
        "userVerification": "required",
    })
}

fn descriptors(passkeys: &[Passkey]) -> Vec<Value> {
    passkeys.iter().map(|passkey| json!({ "type": "public-key", "id": passkey.credential.id() })).collect()
}

/// The answer that begins a ceremony.
pub(super) fn reply(options: Value, cookie: HeaderValue) -> Reply {
    with_cookie(reply::json(StatusCode::OK, &json!({ "options": options })), cookie)
}
