//! The facade over the library that verifies the ceremonies of passkeys (Web Authentication, Level 3).
//!
//! The user has to be verified, the page has to have the one origin of the site, and no frame of another origin may have run
//! the ceremony. The algorithms are ES256 and EdDSA. What an authenticator attests of its make counts for nothing.

mod user_handle;

use passki::{
    AuthenticationCredential, ClientData, Passki, PasskiError, RegistrationCredential, StoredPasskey,
    UserVerificationRequirement,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use self::user_handle::UserHandle;

/// The algorithms of new passkeys by their numbers in COSE, the preferred one first: ES256 and EdDSA.
pub const PASSKEY_ALGORITHMS: [i32; 2] = [-7, -8];

/// The largest id that an authenticator may choose (section 4, "Credential ID").
const MAX_ID_BYTES: usize = 1023;
/// A key of ES256 has 77 bytes, and one of EdDSA has 42. What else an authenticator puts there would be read with the account
/// by every request.
const MAX_KEY_BYTES: usize = 128;
/// Where the authenticator data has its flags, and which of them says that the passkey may be backed up, or is.
const FLAGS_AT: usize = 32;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;

/// Bytes as Web Authentication writes them in JSON: in base64url without padding (RFC 4648, section 5).
pub fn base64url(bytes: &[u8]) -> String {
    Passki::base64_encode(bytes)
}

/// Why a response is refused. It prints as a word for the log; a client is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "a word for the log says what is wrong")]
pub enum PasskeyError {
    #[error("malformed")]
    Malformed,
    #[error("type")]
    Type,
    #[error("challenge")]
    Challenge,
    #[error("origin")]
    Origin,
    #[error("cross_origin")]
    CrossOrigin,
    #[error("rp_id")]
    RpId,
    #[error("user_not_verified")]
    UserNotVerified,
    #[error("user_handle")]
    UserHandle,
    #[error("algorithm")]
    Algorithm,
    #[error("attestation")]
    Attestation,
    #[error("backup")]
    Backup,
    #[error("signature")]
    Signature,
    /// There may be a second authenticator with the same key.
    #[error("counter")]
    Counter,
}

impl From<PasskiError> for PasskeyError {
    fn from(error: PasskiError) -> Self {
        use PasskiError as E;
        match error {
            E::InvalidClientDataType(_) | E::ClientDataTypeMismatch { .. } => Self::Type,
            E::ChallengeMismatch => Self::Challenge,
            E::OriginMismatch { .. } => Self::Origin,
            E::CrossOriginNotAllowed | E::TopOriginMismatch { .. } => Self::CrossOrigin,
            E::RpIdHashMismatch => Self::RpId,
            E::UserNotPresent | E::UserVerificationRequired => Self::UserNotVerified,
            E::UnsupportedAlgorithm(_) => Self::Algorithm,
            E::UnsupportedAttestationFormat(_) | E::InvalidAttestation(_) | E::InvalidCertificate(_) => {
                Self::Attestation
            }
            E::InvalidBackupFlags => Self::Backup,
            E::SignatureVerificationFailed => Self::Signature,
            E::CounterRegression => Self::Counter,
            _ => Self::Malformed,
        }
    }
}

/// What a browser sends when a passkey was made: `RegistrationResponseJSON`. Nothing of it is verified yet.
pub struct RegistrationResponse(RegistrationCredential);

/// What a browser sends when a passkey has signed: `AuthenticationResponseJSON`. Nothing of it is verified yet.
pub struct AuthenticationResponse(AuthenticationCredential);

impl RegistrationResponse {
    /// Reads a response.
    ///
    /// # Errors
    /// [`PasskeyError::Malformed`] for another object.
    pub fn parse(json: Value) -> Result<Self, PasskeyError> {
        read(json).map(Self)
    }

    /// The text of the challenge that it answers. Only the seal of the text says whether it is one of the app's.
    pub fn challenge(&self) -> Option<String> {
        challenge(&self.0.response.client_data_json)
    }
}

impl AuthenticationResponse {
    /// Reads a response.
    ///
    /// # Errors
    /// [`PasskeyError::Malformed`] for another object.
    pub fn parse(json: Value) -> Result<Self, PasskeyError> {
        read(json).map(Self)
    }

    /// The text of the challenge that it answers. Only the seal of the text says whether it is one of the app's.
    pub fn challenge(&self) -> Option<String> {
        challenge(&self.0.response.client_data_json)
    }

    /// The id of the passkey that has signed, in base64url.
    pub fn credential_id(&self) -> &str {
        &self.0.raw_id
    }

    /// The account that the passkey was made for, if the authenticator names one.
    pub fn user_handle(&self) -> Option<UserHandle> {
        let bytes = Passki::base64_decode(self.0.response.user_handle.as_deref()?).ok()?;
        UserHandle::parse(str::from_utf8(&bytes).ok()?)
    }
}

/// What the app keeps of a passkey, to verify what it signs (section 4, "credential record").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRecord {
    /// In base64url.
    id: String,
    /// As COSE writes it (RFC 9052), in base64url.
    key: String,
    algorithm: i32,
    counter: u32,
    backup_eligible: bool,
    backed_up: bool,
}

impl CredentialRecord {
    /// The id that the authenticator has chosen, in base64url.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether copies of it were kept elsewhere when it was last used, so that the loss of a device is not its loss.
    pub fn is_backed_up(&self) -> bool {
        self.backed_up
    }
}

/// The site to which passkeys belong.
pub struct RelyingParty(Passki);

impl RelyingParty {
    /// `id` is the host of `origin`, which is the only one whose pages may run ceremonies.
    pub fn new(id: &str, origin: &str) -> Self {
        Self(Passki::new(id, &[origin], ""))
    }

    /// The host.
    pub fn id(&self) -> &str {
        &self.0.rp_id
    }

    /// Verifies the response to a challenge that the app has issued for a registration (section 7.1).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn register(&self, response: &RegistrationResponse, challenge: &str) -> Result<CredentialRecord, PasskeyError> {
        self.registered(response, challenge.as_bytes(), UserVerificationRequirement::Required)
    }

    fn registered(
        &self,
        RegistrationResponse(response): &RegistrationResponse,
        challenge: &[u8],
        user_verification: UserVerificationRequirement,
    ) -> Result<CredentialRecord, PasskeyError> {
        let user = json!({ "id": "", "name": "", "displayName": "" });
        let state = read(json!({ "challenge": challenge, "user": user, "user_verification": user_verification }))?;
        let made = self.0.finish_passkey_registration(response, &state)?;
        if !PASSKEY_ALGORITHMS.contains(&made.algorithm) {
            return Err(PasskeyError::Algorithm);
        }
        if made.credential_id.len() > MAX_ID_BYTES || made.public_key.len() > MAX_KEY_BYTES {
            return Err(PasskeyError::Malformed);
        }
        Ok(CredentialRecord {
            id: base64url(&made.credential_id),
            key: base64url(&made.public_key),
            algorithm: made.algorithm,
            counter: made.counter,
            backup_eligible: made.be,
            backed_up: made.bs,
        })
    }

    /// Verifies the response to a challenge that the app has issued for an authentication (section 7.2). `record` is that of
    /// the passkey that the response names, and `handle` that of its account. Returns the record as it is from now on.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn authenticate(
        &self,
        response: &AuthenticationResponse,
        challenge: &str,
        record: &CredentialRecord,
        handle: &UserHandle,
    ) -> Result<CredentialRecord, PasskeyError> {
        // An authenticator that was told which passkey to use need not say whose it is.
        if response.0.response.user_handle.is_some() && response.user_handle().as_ref() != Some(handle) {
            return Err(PasskeyError::UserHandle);
        }
        self.authenticated(response, challenge.as_bytes(), record, UserVerificationRequirement::Required)
    }

    fn authenticated(
        &self,
        AuthenticationResponse(response): &AuthenticationResponse,
        challenge: &[u8],
        record: &CredentialRecord,
        user_verification: UserVerificationRequirement,
    ) -> Result<CredentialRecord, PasskeyError> {
        let allowed = [Passki::base64_decode(&record.id)?];
        let state = json!({
            "challenge": challenge, "allowed_credentials": allowed, "user_verification": user_verification,
        });
        let mut stored = StoredPasskey::default();
        stored.public_key = Passki::base64_decode(&record.key)?;
        stored.algorithm = record.algorithm;
        stored.counter = record.counter;
        let used = self.0.finish_passkey_authentication(response, &read(state)?, &stored)?;
        // The library does not compare these flags, which are signed, with those of the registration.
        let data = Passki::base64_decode(&response.response.authenticator_data)?;
        let flags = data.get(FLAGS_AT).copied().unwrap_or_default();
        if (flags & BACKUP_ELIGIBLE != 0) != record.backup_eligible {
            return Err(PasskeyError::Backup);
        }
        Ok(CredentialRecord { counter: used.counter, backed_up: flags & BACKED_UP != 0, ..record.clone() })
    }
}

/// The library's types are read from JSON, because it makes their values only together with challenges of its own.
fn read<T: DeserializeOwned>(json: Value) -> Result<T, PasskeyError> {
    serde_json::from_value(json).map_err(|_| PasskeyError::Malformed)
}

fn challenge(client_data: &str) -> Option<String> {
    let sent = ClientData::from_base64(client_data).ok()?.challenge;
    String::from_utf8(Passki::base64_decode(&sent).ok()?).ok()
}

#[cfg(test)]
mod tests;
