//! How a client gets the tokens of its session. A browser gets the refresh token as a cookie, which no script can read and
//! which is sent to one path only.

use domain::{AuthenticationMethods, RefreshToken, Timestamp, UsernameList};
use http::StatusCode;
use http::request::Parts;
use wire::{FieldCode, LoginResponse, User, fields};

use super::suspension;
use crate::accounts::sessions::BegunInVain;
use crate::accounts::tokens::AccessToken;
use crate::context::{
    Context, Event, Level, Platform, SessionSettings, SettingError, SigningSettings, Variables, rfc3339,
};
use crate::http::body::{Fields, Rule};
use crate::http::cookie::Cookie;
use crate::http::gateway::Incoming;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, json, with_cookie};
use crate::store::Failed;
use crate::store::records::Account;

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
    pub(super) admins: UsernameList,
}

impl Issuing {
    pub(super) fn read(variables: &Variables<'_>) -> Result<Self, SettingError> {
        Ok(Self { signing: variables.signing()?, sessions: variables.sessions()?, admins: variables.admins()? })
    }
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
    let Issuing { signing, sessions, admins } = issuing;
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
    let issued = Issued { account, access, refresh: &session.refresh_token, reset_at };
    Ok(Ok(reply(context, &incoming.parts, delivery, &admins, issued)))
}

/// What an answer is made of that contains the tokens of a session.
pub(super) struct Issued<'a> {
    pub(super) account: &'a Account,
    pub(super) access: AccessToken,
    pub(super) refresh: &'a RefreshToken,
    /// A reset of the password that the owner of the account is to be told of.
    pub(super) reset_at: Option<Timestamp>,
}

/// The answer that contains both tokens, and what its owner may do: so the site need not ask.
pub(super) fn reply<P: Platform>(
    context: &Context<'_, P>,
    request: &Parts,
    delivery: Delivery,
    admins: &UsernameList,
    issued: Issued<'_>,
) -> Reply {
    let Issued { account, access, refresh, reset_at } = issued;
    let in_body = delivery == Delivery::Body;
    let response = LoginResponse {
        token: access.text,
        token_type: "Bearer".to_owned(),
        expires_in: access.expires_in,
        user: User { username: account.username.to_string(), name: account.name.to_string() },
        role: account.role(admins).as_str().to_owned(),
        suspension: account.suspension(admins, context.now()).map(suspension::shown),
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
