//! The session as it lies in local storage. Whatever else lies there is no session.

use serde::{Deserialize, Serialize};
use wire::{LoginResponse, User, rules};

/// Its version: another one is not read.
const VERSION: u64 = 1;
/// Longer than any token of the server.
const MAX_TOKEN_BYTES: usize = 8192;

/// Somebody who has logged in. Not `Debug`: it holds a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// For the `Authorization` header.
    pub token: String,
    /// When it ends by this browser's clock, in milliseconds since 1970.
    pub expires_at_ms: u64,
    /// Who.
    pub user: User,
}

#[derive(Serialize, Deserialize)]
struct Record {
    v: u64,
    token: String,
    expires_at_ms: u64,
    user: User,
}

impl Session {
    /// The session that a login begins.
    pub fn begin(login: LoginResponse, now_ms: u64) -> Self {
        let expires_at_ms = now_ms.saturating_add(login.expires_in.saturating_mul(1000));
        Self { token: login.token, expires_at_ms, user: login.user }
    }

    /// Reads what [`Session::store`] writes, and nothing else.
    pub fn read(stored: &str) -> Option<Self> {
        let Record { v, token, expires_at_ms, user } = serde_json::from_str(stored).ok()?;
        // A header value: anything else would make the request fail before it is sent.
        let is_token = (1..=MAX_TOKEN_BYTES).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
        let is_user = rules::username(&user.username).is_ok() && rules::name(&user.name).is_ok();
        (v == VERSION && is_token && is_user).then_some(Self { token, expires_at_ms, user })
    }

    /// What is put into local storage.
    pub fn store(&self) -> String {
        let Self { token, expires_at_ms, user } = self.clone();
        serde_json::to_string(&Record { v: VERSION, token, expires_at_ms, user }).unwrap_or_default()
    }

    /// Whether its time is over.
    pub fn is_expired(&self, now_ms: u64) -> bool {
        self.expires_at_ms <= now_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        let user = User { username: "ada".to_owned(), name: "Ada".to_owned() };
        let token_type = "Bearer".to_owned();
        let token = "a.b-c".to_owned();
        let (refresh_token, refresh_expires_in) = (None, 604_800);
        let login = LoginResponse { token, token_type, expires_in: 900, user, refresh_token, refresh_expires_in };
        Session::begin(login, 5)
    }

    #[test]
    fn reads_what_it_writes() {
        let stored = session().store();
        assert_eq!(stored, r#"{"v":1,"token":"a.b-c","expires_at_ms":900005,"user":{"username":"ada","name":"Ada"}}"#);
        assert!(Session::read(&stored) == Some(session()));
        assert!(session().is_expired(900_005) && !session().is_expired(900_004));
    }

    #[test]
    fn takes_nothing_else_for_a_session() {
        let good = session().store();
        for bad in [
            String::new(),
            "null".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            "<script>".to_owned(),
            good.replace("\"v\":1", "\"v\":2"),
            good.replace("\"v\":1,", ""),
            good.replace("a.b-c", ""),
            good.replace("a.b-c", "a b"),
            good.replace("a.b-c", "a\\r\\nx: y"),
            good.replace("a.b-c", &"x".repeat(9000)),
            good.replace("900005", "\"soon\""),
            good.replace("900005", "-1"),
            good.replace("\"ada\"", "\"a/../b\""),
            good.replace("\"Ada\"", "\"\""),
            good.replace("\"Ada\"", "5"),
            format!("{good}x"),
        ] {
            assert!(Session::read(&bad).is_none(), "{bad}");
        }
    }
}
