//! `POST /api/session/refresh`: the next access token of a session, for its refresh token.

use bytes::Bytes;
use domain::{RefreshFamily, RefreshToken, RefreshVerdict, UsernameList, VerifiedRefreshToken, is_idle};
use http::{Request, Response};
use wire::fields;

use super::table::{SESSION, Session};
use super::tokens::{self, Delivery, Issued, REFRESH};
use crate::context::{
    AddressSource, Context, Event, Level, Platform, SessionSettings, SettingError, SigningSettings, StoreError,
    Variables,
};
use crate::http::body::Fields;
use crate::http::gateway::{Call, Incoming, NoAuthorizer, answer};
use crate::http::problem::ApiError;
use crate::http::reply::Reply;
use crate::http::same_origin::check_same_origin;
use crate::store::records::{Account, SessionRecord};

struct Settings {
    signing: SigningSettings,
    sessions: SessionSettings,
    admins: UsernameList,
    reuse_seconds: u64,
    address_source: AddressSource,
}

fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings {
        signing: variables.signing()?,
        sessions: variables.sessions()?,
        admins: variables.admins()?,
        reuse_seconds: variables.refresh_reuse_seconds()?,
        address_source: variables.address_source()?,
    })
}

/// Answers any request for the component `session`.
pub async fn handle<P: Platform>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, &NoAuthorizer, &SESSION, read, request, async |call| match call.endpoint {
        Session::Refresh => refresh(call).await,
    })
    .await
}

/// Every token that is not valid gets the same answer; only the log says why.
async fn refresh<P: Platform>(call: Call<'_, P, Settings, Session>) -> Result<Reply, ApiError> {
    let Call { context, settings, incoming, .. } = call;
    context.client_address(&settings.address_source, incoming.headers());
    let (tokens, delivery) = presented(&incoming, &settings.address_source)?;
    let mut living = Vec::new();
    for token in tokens {
        living.extend(find_living(context, token).await?);
    }
    // A cookie that belongs to no session here may be of another app on this host, and is left to it.
    let Living { session, account, token } = living.pop().ok_or(ApiError::InvalidRefreshToken(None))?;
    if !living.is_empty() {
        // Somebody else has set one of the cookies, and nobody can tell which. The browser must not lose the good one.
        context.log(Event::new(Level::Warn, "authn_token_invalid").with("reason", "two_sessions"));
        return Err(ApiError::InvalidRefreshToken(None));
    }
    let own_cookie = (delivery == Delivery::Cookie).then(|| REFRESH.forget(&incoming.parts));
    let id = token.session();
    let _ = context.session.set(id.clone());
    let about = |event: Event| event.with("username", session.username.as_str());
    // This comes before the use is noted, so that a client whose request fails here can present the same token again.
    let access = context.issue_token(settings.signing, &settings.sessions, id, &session).await?;
    // The last use is read right before the next one is written. If another refresh notes a higher generation between the
    // two calls, that note is lost, and a token that was used before is taken once more.
    let last = context.last_use(id).await?;
    let now = context.now();
    let verdict = token.judge(last, now, settings.reuse_seconds);
    if verdict == RefreshVerdict::Reused {
        context.end_session(id).await?;
        context.log(about(Event::new(Level::Error, "authn_token_reuse")));
        return Err(ApiError::InvalidRefreshToken(own_cookie));
    }
    if is_idle(session.created_at_ms, last, now, settings.sessions.idle_seconds) {
        context.end_session(id).await?;
        context.log(about(Event::new(Level::Info, "session_expired")).with("reason", "idle"));
        return Err(ApiError::InvalidRefreshToken(own_cookie));
    }
    if let RefreshVerdict::First(used) | RefreshVerdict::Late(used) = verdict {
        context.note_use(id, used, &access).await?;
    }
    if matches!(verdict, RefreshVerdict::Late(_)) {
        context.log(about(Event::new(Level::Warn, "authn_token_late")));
    }
    context.log_with_work(about(Event::new(Level::Info, "session_refreshed")));
    let issued = Issued { account: &account, access, refresh: token.successor(), reset_at: None };
    Ok(tokens::reply(context, &incoming.parts, delivery, &settings.admins, issued))
}

/// A session that goes on, its account, and the token that was made for it.
struct Living {
    session: SessionRecord,
    account: Account,
    token: VerifiedRefreshToken,
}

/// The session of a token, if it has not ended and the token was made for it.
async fn find_living<P: Platform>(context: &Context<'_, P>, token: RefreshToken) -> Result<Option<Living>, StoreError> {
    let invalid = |reason| {
        context.log(Event::new(Level::Warn, "authn_token_invalid").with("reason", reason));
        Ok(None)
    };
    let Some((session, account)) = context.find_session(token.session()).await? else {
        return invalid("session_ended");
    };
    let Some(family) = RefreshFamily::read(&session.refresh) else {
        return Err(StoreError::Failed("a session holds no refresh family".to_owned()));
    };
    match family.verify(token) {
        Some(token) => Ok(Some(Living { session, account, token })),
        None => invalid("forged"),
    }
}

/// The token in the body or, without one, those in the cookies. Cookies count only for pages of this origin.
fn presented(incoming: &Incoming, address_source: &AddressSource) -> Result<(Vec<RefreshToken>, Delivery), ApiError> {
    if !incoming.body.is_empty() {
        let mut members = Fields::parse(&incoming.body)?;
        let text = members.optional(fields::REFRESH_TOKEN, Ok::<_, std::convert::Infallible>);
        members.finish(Some(()))?;
        if let Some(text) = text {
            return Ok((RefreshToken::parse(&text).into_iter().collect(), Delivery::Body));
        }
    }
    check_same_origin(&incoming.parts, address_source).map_err(ApiError::CrossSiteRequest)?;
    let mut texts = REFRESH.values(&incoming.parts);
    texts.sort_unstable();
    // A cookie that came twice is still one token.
    texts.dedup();
    Ok((texts.into_iter().flat_map(RefreshToken::parse).collect(), Delivery::Cookie))
}
