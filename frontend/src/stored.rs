//! The session as it is written to local storage. Whatever else is found there is not taken for a session.

use serde::{Deserialize, Serialize};
use wire::{LoginResponse, Suspension, User};

use crate::role::Role;

/// The version of the record. Records of other versions are not read: before 2, a session ended with its token.
const VERSION: u64 = 2;
/// A token is replaced so long before it expires, or once two thirds of its lifetime are over, if that is later.
const AHEAD_MS: u64 = 60_000;
/// No token is replaced sooner than this after it was issued.
const SHORTEST_USE_MS: u64 = 500;
/// No time of the API is longer.
const TIME_MAX_BYTES: usize = 40;

/// The session of somebody who has logged in. It is not `Debug`, so that no log shows its token.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The access token, for the `Authorization` header.
    pub token: String,
    /// When the token is to be replaced. All times are by this browser's clock, in milliseconds since 1970.
    pub refresh_at_ms: u64,
    /// When the token expires.
    pub expires_at_ms: u64,
    /// When the session ends unless its token is replaced before.
    pub ends_at_ms: u64,
    /// Whose session it is.
    pub user: User,
    /// What the person may do, as the server has said last.
    pub role: Role,
    /// Why the person may do nothing, as the server has said last. It may be over.
    pub suspension: Option<Suspension>,
}

/// The record as JSON. Its members are read by [`Session::read`] alone.
#[derive(Serialize, Deserialize)]
pub struct Record {
    v: u64,
    token: String,
    refresh_at_ms: u64,
    expires_at_ms: u64,
    refresh_expires_at_ms: u64,
    user: User,
    #[serde(default)]
    role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suspension: Option<Suspension>,
}

impl Session {
    /// The session that a login begins, or that a refresh continues.
    pub fn begin(login: LoginResponse, now_ms: u64) -> Self {
        let lifetime_ms = login.expires_in.saturating_mul(1000);
        let expires_at_ms = now_ms.saturating_add(lifetime_ms);
        let refresh_at_ms = expires_at_ms.saturating_sub(AHEAD_MS.min(lifetime_ms / 3));
        // The last token of a session may expire at once.
        let refresh_at_ms = refresh_at_ms.max(now_ms.saturating_add(SHORTEST_USE_MS));
        let ends_at_ms = now_ms.saturating_add(login.refresh_expires_in.saturating_mul(1000));
        let LoginResponse { token, user, role, suspension, .. } = login;
        Self { token, refresh_at_ms, expires_at_ms, ends_at_ms, user, role: Role::of(&role), suspension }
    }

    /// Reads what [`Session::store`] writes, and nothing else. The version before stored no role: then it is that of a member.
    pub fn read(stored: Record) -> Option<Self> {
        let Record {
            v,
            token,
            refresh_at_ms,
            expires_at_ms,
            refresh_expires_at_ms: ends_at_ms,
            user,
            role,
            suspension,
        } = stored;
        // Anything else is no value for a header, and the request would fail before it is sent.
        let is_token =
            (1..=rules::TOKEN_MAX_BYTES).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
        let is_user = rules::stored_username(&user.username).is_ok() && rules::stored_name(&user.name).is_ok();
        let is_suspension = suspension.as_ref().is_none_or(|Suspension { reason, since, until }| {
            let is_short = |time: &String| time.len() <= TIME_MAX_BYTES;
            rules::new_reason(reason).is_ok() && is_short(since) && until.as_ref().is_none_or(is_short)
        });
        let role = Role::of(&role);
        let session = Self { token, refresh_at_ms, expires_at_ms, ends_at_ms, user, role, suspension };
        (v == VERSION && is_token && is_user && is_suspension).then_some(session)
    }

    /// The record to write to local storage.
    pub fn store(&self) -> String {
        let Self { token, refresh_at_ms, expires_at_ms, ends_at_ms: refresh_expires_at_ms, user, role, suspension } =
            self.clone();
        let role = role.as_str().to_owned();
        let record =
            Record { v: VERSION, token, refresh_at_ms, expires_at_ms, refresh_expires_at_ms, user, role, suspension };
        serde_json::to_string(&record).unwrap_or_default()
    }

    /// Whether the token has expired. The session may go on.
    pub fn is_expired(&self, now_ms: u64) -> bool {
        self.expires_at_ms <= now_ms
    }

    /// Whether the session is over, so that no refresh can continue it.
    pub fn is_over(&self, now_ms: u64) -> bool {
        self.ends_at_ms <= now_ms && self.is_expired(now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login() -> LoginResponse {
        let user = User { username: "ada".to_owned(), name: "Ada".to_owned() };
        let token_type = "Bearer".to_owned();
        let token = "a.b-c".to_owned();
        let (refresh_token, refresh_expires_in, password_was_reset_at) = (None, 604_800, None);
        LoginResponse {
            token,
            token_type,
            expires_in: 900,
            user,
            role: "moderator".to_owned(),
            suspension: None,
            refresh_token,
            refresh_expires_in,
            password_was_reset_at,
        }
    }

    fn read(stored: &str) -> Option<Session> {
        Session::read(serde_json::from_str(stored).ok()?)
    }

    fn session() -> Session {
        Session::begin(login(), 5)
    }

    #[test]
    fn reads_what_it_writes() {
        let stored = session().store();
        let expected = r#"{"v":2,"token":"a.b-c","refresh_at_ms":840005,"expires_at_ms":900005,"refresh_expires_at_ms":604800005,"user":{"username":"ada","name":"Ada"},"role":"moderator"}"#;
        assert_eq!(stored, expected);
        assert!(read(&stored) == Some(session()));
        let suspended = session_of_somebody_suspended();
        assert!(read(&suspended.store()) == Some(suspended));
    }

    fn session_of_somebody_suspended() -> Session {
        let (since, until) = ("2027-01-15T08:00:00.000Z".to_owned(), Some("2027-01-22T08:00:00.000Z".to_owned()));
        let suspension = Some(Suspension { reason: "Spam.\nTwice.".to_owned(), since, until });
        Session { suspension, ..session() }
    }

    /// The page before this one stored neither a role nor a suspension.
    #[test]
    fn a_session_without_a_role_is_that_of_a_member() {
        let old = session().store().replace(r#","role":"moderator""#, "");
        assert!(read(&old).is_some_and(|session| session.role == Role::Member && session.suspension.is_none()));
        let unknown = session().store().replace("moderator", "owner");
        assert!(read(&unknown).is_some_and(|session| session.role == Role::Member));
    }

    #[test]
    fn a_session_outlives_its_tokens() {
        let session = session();
        assert_eq!(session.refresh_at_ms, 840_005);
        for (now_ms, is_expired, is_over) in
            [(900_004, false, false), (900_005, true, false), (604_800_004, true, false), (604_800_005, true, true)]
        {
            assert_eq!((session.is_expired(now_ms), session.is_over(now_ms)), (is_expired, is_over), "{now_ms}");
        }
        let mut short = login();
        short.expires_in = 0;
        assert_eq!(Session::begin(short.clone(), 0).refresh_at_ms, 500, "the server is not asked without a pause");
        short.expires_in = 3;
        assert_eq!(Session::begin(short, 0).refresh_at_ms, 2000, "a token of a few seconds is used for a while too");
    }

    /// The page of version 1 stored no time for the session, and its token names none.
    #[test]
    fn a_record_of_version_1_is_no_session() {
        let stored = r#"{"v":1,"token":"a.b-c","expires_at_ms":900005,"user":{"username":"ada","name":"Ada"}}"#;
        assert!(read(stored).is_none());
    }

    #[test]
    fn takes_nothing_else_for_a_session() {
        let (good, suspended) = (session().store(), session_of_somebody_suspended().store());
        for bad in [
            String::new(),
            "null".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            "<script>".to_owned(),
            good.replace("\"v\":2", "\"v\":3"),
            good.replace("\"v\":2,", ""),
            good.replace("a.b-c", ""),
            good.replace("a.b-c", "a b"),
            good.replace("a.b-c", "a\\r\\nx: y"),
            good.replace("a.b-c", &"x".repeat(9000)),
            good.replace("900005", "\"soon\""),
            good.replace("900005", "-1"),
            good.replace("604800005", "\"never\""),
            good.replace(",\"refresh_expires_at_ms\":604800005", ""),
            good.replace("\"ada\"", "\"a/../b\""),
            good.replace("\"Ada\"", "\"\""),
            good.replace("\"Ada\"", "5"),
            good.replace("\"moderator\"", "3"),
            good.replace("\"moderator\"", "\"moderator\",\"suspension\":true"),
            suspended.replace("Spam.", &"x".repeat(1000)),
            suspended.replace("Spam.", "\\u0007"),
            suspended.replace("2027-01-15T", &"2".repeat(50)),
            suspended.replace("2027-01-22T", &"2".repeat(50)),
            format!("{good}x"),
        ] {
            assert!(read(&bad).is_none(), "{bad}");
        }
    }
}
