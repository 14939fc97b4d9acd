//! Access tokens: JSON Web Tokens (RFC 7519) under the rules of RFC 8725. One algorithm is accepted, and only keys of our
//! own set.

use std::collections::HashSet;

use jwt_simple::prelude::*;
use jwt_simple::{JWTError, token::Token};
use sha2::{Digest, Sha256};

use self::members::Members;
use crate::authentication::{Authentication, AuthenticationMethods};
use crate::display_name::DisplayName;
use crate::hex::hex;
use crate::keys::{KeyError, KeyId, PublicKey, SigningKey};
use crate::session::SessionId;
use crate::time::Timestamp;
use crate::username::Username;

mod members;

/// The longest token that is parsed, in bytes. A token with the longest name has less than 2 KiB.
pub const MAX_TOKEN_BYTES: usize = rules::TOKEN_MAX_BYTES;
/// How far the clocks of two machines may differ, in seconds.
const TOLERANCE_SECONDS: u64 = 60;
/// The one algorithm (`alg`) by which tokens are signed.
pub const ALGORITHM: &str = "ES256";

/// The issuer and the audience of the tokens that are made and accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRules {
    /// `iss`
    pub issuer: String,
    /// `aud`
    pub audience: String,
}

/// What a token says. The same type is for claims that were verified and for claims that are about to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `sub`
    pub subject: Username,
    /// `name`
    pub name: DisplayName,
    /// `sid`: the session to which the token belongs (OpenID Connect Front-Channel Logout 1.0, section 3).
    pub session: SessionId,
    /// `amr` and `auth_time`. `None` if the version before has signed the token, or a later one whose `amr` is not known here.
    pub authentication: Option<Authentication>,
    /// `jti`, unique for each token.
    pub token_id: String,
    /// `iat`, in whole seconds.
    pub issued_at: Timestamp,
    /// `exp`, in whole seconds.
    pub expires_at: Timestamp,
}

/// Why a token is refused. The words of [`TokenError::reason`] may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It has more bytes than [`MAX_TOKEN_BYTES`].
    #[error("The token is too long.")]
    TooLong,
    /// It is not a JWT as a JWS in compact serialisation, or `typ` is present and not `JWT`.
    #[error("The token is malformed.")]
    Malformed,
    /// `alg` is not exactly `ES256`.
    #[error("The token is signed by an algorithm that is not accepted.")]
    Algorithm,
    /// `crit` or `b64` is present.
    #[error("The token demands an extension that is not supported.")]
    CriticalHeader,
    /// `kid` is missing or malformed, or no key in the set has it.
    #[error("The token is signed by a key that is not known here.")]
    UnknownKey,
    /// The signature does not verify.
    #[error("The token's signature is not valid.")]
    Signature,
    /// `exp` has passed.
    #[error("The token has expired.")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("The token is not valid yet.")]
    NotYetValid,
    /// `iss` is missing or has another value.
    #[error("The token comes from another issuer.")]
    Issuer,
    /// `aud` is missing or has another value.
    #[error("The token is meant for another audience.")]
    Audience,
    /// A required claim is missing or malformed.
    #[error("The token lacks a required claim.")]
    Claims,
    /// The session has ended.
    #[error("The token's session has ended.")]
    SessionEnded,
}

impl TokenError {
    /// One word for logs and for the wire between components.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::CriticalHeader => "critical_header",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Claims => "claims",
            Self::SessionEnded => "session_ended",
        }
    }

    /// Reads what [`TokenError::reason`] writes; anything else is [`TokenError::Malformed`].
    pub fn from_reason(reason: &str) -> Self {
        const ALL: [TokenError; 11] = [
            TokenError::TooLong,
            TokenError::Algorithm,
            TokenError::CriticalHeader,
            TokenError::UnknownKey,
            TokenError::Signature,
            TokenError::Expired,
            TokenError::NotYetValid,
            TokenError::Issuer,
            TokenError::Audience,
            TokenError::Claims,
            TokenError::SessionEnded,
        ];
        ALL.into_iter().find(|error| error.reason() == reason).unwrap_or(Self::Malformed)
    }
}

#[derive(Serialize, Deserialize)]
struct OwnClaims {
    name: String,
    sid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amr: Option<Vec<String>>,
    /// The clock of jwt-simple ends in 2106 too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auth_time: Option<u32>,
}

impl OwnClaims {
    fn of(claims: &Claims) -> Self {
        let amr = |known: Authentication| known.methods.amr().iter().map(|&value| value.to_owned()).collect();
        Self {
            name: claims.name.to_string(),
            sid: claims.session.to_string(),
            amr: claims.authentication.map(amr),
            auth_time: claims.authentication.and_then(|known| known.at.as_secs().try_into().ok()),
        }
    }

    fn authentication(&self) -> Option<Authentication> {
        let methods = AuthenticationMethods::from_amr(self.amr.as_ref()?)?;
        Some(Authentication { methods, at: Timestamp::from_millis(0).plus_secs(self.auth_time?.into()) })
    }
}

#[derive(Deserialize)]
struct Named {
    sid: String,
    sub: String,
}

impl SigningKey {
    /// Makes a signed token with these claims. It has no `nbf`: a verifier that tolerates no difference of clocks would refuse
    /// a new token while its own clock is a second behind.
    ///
    /// # Errors
    /// [`KeyError::Sign`], which does not occur with a valid key.
    pub fn sign(&self, claims: &Claims, rules: &TokenRules) -> Result<String, KeyError> {
        let seconds = |time: Timestamp| Some(UnixTimeStamp::from_secs(time.as_secs()));
        self.pair
            .sign(JWTClaims {
                issued_at: seconds(claims.issued_at),
                expires_at: seconds(claims.expires_at),
                invalid_before: None,
                issuer: Some(rules.issuer.clone()),
                subject: Some(claims.subject.to_string()),
                audiences: Some(Audiences::AsString(rules.audience.clone())),
                jwt_id: Some(claims.token_id.clone()),
                nonce: None,
                custom: OwnClaims::of(claims),
            })
            .map_err(|_| KeyError::Sign)
    }
}

/// A token that is not verified yet. Only the key that it claims as its signer is known.
#[derive(Debug)]
pub struct UnverifiedToken<'a> {
    text: &'a str,
    key_id: KeyId,
}

impl<'a> UnverifiedToken<'a> {
    /// Reads the header, of which only `alg`, `kid`, `typ` and `crit` matter. Keys in it, and addresses of keys, are
    /// ignored.
    ///
    /// # Errors
    /// The first rule that the header breaks.
    pub fn parse(text: &'a str) -> Result<Self, TokenError> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let members = text.split('.').next().and_then(Members::read).ok_or(TokenError::Malformed)?;
        let header = Token::decode_metadata(text).map_err(|_| TokenError::Malformed)?;
        if header.algorithm() != ALGORITHM {
            return Err(TokenError::Algorithm);
        }
        // JWTs must not use `b64` (RFC 7797, section 7), and `b64` has an effect only together with `crit`.
        if members.contain("crit") || members.contain("b64") {
            return Err(TokenError::CriticalHeader);
        }
        if header.signature_type().is_some_and(|kind| !kind.eq_ignore_ascii_case("JWT")) {
            return Err(TokenError::Malformed);
        }
        let key_id = header.key_id().and_then(|id| KeyId::parse(id).ok()).ok_or(TokenError::UnknownKey)?;
        Ok(Self { text, key_id })
    }

    /// The id of the key that has to verify the token. The caller looks it up in the key set.
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    /// The session and the user that the token names, which nothing has proved yet: so that the caller can read what is
    /// stored of them together with the key.
    pub fn named(&self) -> Option<(SessionId, Username)> {
        let payload = Base64UrlSafeNoPadding::decode_to_vec(self.text.split('.').nth(1)?, None).ok()?;
        let Named { sid, sub } = serde_json::from_slice(&payload).ok()?;
        Some((SessionId::parse(&sid).ok()?, Username::parse(&sub).ok()?))
    }

    /// Checks the claims as [`UnverifiedToken::verify`] does, if one of these is the [`digest_of_token`] of this token. Then the
    /// token is, byte for byte, one that this application has signed, and its signature need not be verified again. `None` if
    /// none of them is: then nothing is known of the token.
    pub fn verify_issued(
        &self,
        digests: &[String],
        rules: &TokenRules,
        now: Timestamp,
    ) -> Option<Result<Claims, TokenError>> {
        let digest = digest_of_token(self.text);
        digests.contains(&digest).then(|| self.claims_issued(rules, now))
    }

    fn claims_issued(&self, rules: &TokenRules, now: Timestamp) -> Result<Claims, TokenError> {
        let payload = self.text.split('.').nth(1).unwrap_or_default();
        let payload = Base64UrlSafeNoPadding::decode_to_vec(payload, None).map_err(|_| TokenError::Malformed)?;
        let claims: JWTClaims<OwnClaims> = serde_json::from_slice(&payload).map_err(|_| TokenError::Malformed)?;
        let earliest = UnixTimeStamp::from_secs(now.as_secs().saturating_sub(TOLERANCE_SECONDS));
        let latest = UnixTimeStamp::from_secs(now.as_secs().saturating_add(TOLERANCE_SECONDS));
        if [claims.issued_at, claims.invalid_before].into_iter().flatten().any(|time| time > latest) {
            return Err(TokenError::NotYetValid);
        }
        if claims.expires_at.is_some_and(|time| time < earliest) {
            return Err(TokenError::Expired);
        }
        if claims.issuer.as_ref() != Some(&rules.issuer) {
            return Err(TokenError::Issuer);
        }
        let audiences = HashSet::from([rules.audience.clone()]);
        if !claims.audiences.as_ref().is_some_and(|claimed| claimed.contains(&audiences)) {
            return Err(TokenError::Audience);
        }
        self.own(claims)
    }

    /// Checks the signature, then the claims at the time `now`: `iss`, `aud`, `exp`, `iat`, `sub`, `name`, `sid`, `jti` are required.
    ///
    /// # Errors
    /// The first rule that the token breaks.
    pub fn verify(&self, key: &PublicKey, rules: &TokenRules, now: Timestamp) -> Result<Claims, TokenError> {
        let options = VerificationOptions {
            required_key_id: Some(key.id().as_str().to_owned()),
            allowed_issuers: Some(HashSet::from([rules.issuer.clone()])),
            allowed_audiences: Some(HashSet::from([rules.audience.clone()])),
            time_tolerance: Some(Duration::from_secs(TOLERANCE_SECONDS)),
            artificial_time: Some(UnixTimeStamp::from_secs(now.as_secs())),
            ..VerificationOptions::default()
        };
        let claims = key.key.verify_token::<OwnClaims>(self.text, Some(options)).map_err(|error| refusal(&error))?;
        self.own(claims)
    }

    fn own(&self, claims: JWTClaims<OwnClaims>) -> Result<Claims, TokenError> {
        self.text.split('.').nth(1).and_then(Members::read).ok_or(TokenError::Malformed)?;
        let seconds = |time: Option<UnixTimeStamp>| {
            time.map(|t| Timestamp::from_millis(0).plus_secs(t.as_secs())).ok_or(TokenError::Claims)
        };
        Ok(Claims {
            subject: claims.subject.and_then(|s| Username::parse(&s).ok()).ok_or(TokenError::Claims)?,
            name: DisplayName::parse(&claims.custom.name).map_err(|_| TokenError::Claims)?,
            session: SessionId::parse(&claims.custom.sid).map_err(|_| TokenError::Claims)?,
            authentication: claims.custom.authentication(),
            token_id: claims.jwt_id.ok_or(TokenError::Claims)?,
            issued_at: seconds(claims.issued_at)?,
            expires_at: seconds(claims.expires_at)?,
        })
    }
}

/// The SHA-256 (FIPS 180-4) of the text of a token, in hexadecimal. It proves which token was issued, and is no secret: nobody can
/// make a token of it.
pub fn digest_of_token(token: &str) -> String {
    hex(&Sha256::digest(token))
}

/// What [`UnverifiedToken::parse`] refuses is not found here again.
fn refusal(error: &jwt_simple::Error) -> TokenError {
    match error.downcast_ref() {
        Some(JWTError::TokenHasExpired) => TokenError::Expired,
        Some(JWTError::TokenNotValidYet | JWTError::ClockDrift) => TokenError::NotYetValid,
        Some(JWTError::RequiredIssuerMismatch | JWTError::RequiredIssuerMissing) => TokenError::Issuer,
        Some(JWTError::RequiredAudienceMismatch | JWTError::RequiredAudienceMissing) => TokenError::Audience,
        Some(JWTError::InvalidSignature) => TokenError::Signature,
        Some(JWTError::KeyIdentifierMismatch | JWTError::MissingJWTKeyIdentifier) => TokenError::UnknownKey,
        _ => TokenError::Malformed,
    }
}

#[cfg(test)]
mod tests;
