//! The tokens of a session: an access token, and the refresh token for the next one.

use domain::{Authentication, Claims, SessionId, Timestamp};

use crate::context::{Context, Platform, SessionSettings, SigningSettings};
use crate::signing::UnusableKey;
use crate::store::Failed;
use crate::store::records::SessionRecord;

/// How much earlier than it was a token says that it was issued, and its session opened, in milliseconds. Some verifiers, such as PyJWT, tolerate no token of
/// the future, and their clocks may be behind ours.
const EARLIER_MILLIS: u64 = 60_000;

/// An access token, and for how many seconds it and the refresh token beside it are valid.
pub(crate) struct AccessToken {
    pub(crate) text: String,
    pub(crate) expires_in: u64,
    pub(crate) refresh_expires_in: u64,
}

impl AccessToken {
    /// The digest by which the record of the session knows the token again.
    pub(super) fn digest(&self) -> String {
        domain::digest_of_token(&self.text)
    }
}

impl<P: Platform> Context<'_, P> {
    /// Signs an access token for a session. Neither it nor the refresh token outlives the session.
    pub(crate) async fn issue_token(
        &self,
        signing: SigningSettings,
        sessions: &SessionSettings,
        id: &SessionId,
        session: &SessionRecord,
    ) -> Result<AccessToken, Failed<UnusableKey>> {
        let SigningSettings { rules, lifetime_seconds, key } = signing;
        let key = self.signing_key(key, lifetime_seconds).await?;
        let now = self.now();
        let left_seconds = session.expires_at_ms.millis_since(now) / 1000;
        let expires_in = lifetime_seconds.min(left_seconds);
        let earlier = |time: Timestamp| Timestamp::from_millis(time.as_millis().saturating_sub(EARLIER_MILLIS));
        let authentication = Authentication { methods: session.methods, at: earlier(session.created_at_ms) };
        let claims = Claims {
            subject: session.username.clone(),
            name: session.name.clone(),
            session: id.clone(),
            authentication: Some(authentication),
            token_id: self.random_hex::<16>(),
            issued_at: earlier(now),
            expires_at: now.plus_secs(expires_in),
        };
        let text = key.sign(&claims, &rules).map_err(|_| Failed::Refused(UnusableKey("the key did not sign")))?;
        Ok(AccessToken { text, expires_in, refresh_expires_in: sessions.idle_seconds.min(left_seconds) })
    }
}
