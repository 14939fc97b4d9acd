//! How a client gets the tokens of its session. A browser gets the refresh token as a cookie, which no script can read and
//! which is sent to one path only.

use domain::{AuthenticationMethods, RefreshToken, Timestamp};
use http::StatusCode;
use http::request::Parts;
use wire::{FieldCode, LoginResponse, User, fields};

use crate::accounts::sessions::BegunInVain;
use crate::accounts::tokens::AccessToken;
use crate::context::{Context, Event, Level, Platform, SessionSettings, SigningSettings, rfc3339};
use crate::http::body::{Fields, Rule};
use crate::http::cookie::Cookie;
use crate::http::gateway::Incoming;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, json, with_cookie};
use crate::store::Failed;
use crate::store::records::{Account, SessionRecord};

/// The cookie that holds the refresh token of a browser.
pub(super) const REFRESH: Cookie =
    Cookie { name: "latchkey-refresh", secure_name: "__Secure-latchkey-refresh", path: "/api/session" };

/// How a refresh token reaches the client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Cookie,
    Body,
}

impl Delivery {
    /// How the body of a login asks for the refresh token: in a cookie unless it says otherwise.
    pub(super) fn taken_of(members: &mut Fields) -> Self {
        let asked = members.optional(fields::REFRESH_TOKEN_IN, |raw| match raw.as_str() {
            "cookie" => Ok(Self::Cookie),
            "body" => Ok(Self::Body),
            _ => Err(UnknownDelivery),
        });
        asked.unwrap_or(Self::Cookie)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("One of \"cookie\" and \"body\".")]
struct UnknownDelivery;

impl Rule for UnknownDelivery {
    fn code(&self) -> FieldCode {
        FieldCode::Invalid
    }
}

/// How sessions begin.
pub(super) struct Issuing {
    pub(super) signing: SigningSettings,
    pub(super) sessions: SessionSettings,
}

/// Begins a session for somebody who has proved to be the owner of an account, and answers with its tokens.
///
/// # Errors
/// [`BegunInVain`] if the account was deleted or its password changed meanwhile.
pub(super) async fn begin<P: Platform>(
    context: &Context<'_, P>,
    issuing: Issuing,
    incoming: &Incoming,
    account: &Account,
    methods: AuthenticationMethods,
    delivery: Delivery,
) -> Result<Result<Reply, BegunInVain>, ApiError> {
    let Issuing { signing, sessions } = issuing;
    let mut session = context.new_session(account, methods, &sessions, incoming.user_agent());
    let access = context.issue_token(signing, &sessions, &session.id, &session.record).await?;
    match context.begin_session(&mut session, &access).await {
        Ok(()) => _ = context.session.set(session.id.clone()),
        Err(Failed::Refused(in_vain)) => return Ok(Err(in_vain)),
        Err(Failed::Store(error)) => return Err(error.into()),
    }
    let username = account.username.as_str();
    context.log_with_work(Event::new(Level::Info, "authn_login_success").with("username", username));
    let reset_at = account.password_reset_at_ms;
    if let Some(reset_at) = reset_at {
        context.reset_was_told(&account.username, reset_at).await;
    }
    Ok(Ok(reply(&incoming.parts, delivery, session.record, access, &session.refresh_token, reset_at)))
}

/// The answer that contains both tokens. `reset_at` is a reset of the password that the owner of the account is to be told of.
pub(super) fn reply(
    request: &Parts,
    delivery: Delivery,
    session: SessionRecord,
    access: AccessToken,
    refresh: &RefreshToken,
    reset_at: Option<Timestamp>,
) -> Reply {
    let in_body = delivery == Delivery::Body;
    let response = LoginResponse {
        token: access.text,
        token_type: "Bearer".to_owned(),
        expires_in: access.expires_in,
        user: User { username: session.username.into(), name: session.name.into() },
        refresh_token: in_body.then(|| refresh.text()),
        refresh_expires_in: access.refresh_expires_in,
        password_was_reset_at: reset_at.map(rfc3339),
    };
    let reply = json(StatusCode::OK, &response);
    if in_body {
        return reply;
    }
    with_cookie(reply, REFRESH.set(request, &refresh.text(), access.refresh_expires_in))
}
