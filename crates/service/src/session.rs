//! `POST /api/session/refresh`: the next access token of a session, for its refresh token.

use bytes::Bytes;
use http::{Method, Request, Response};

use domain::{RefreshFamily, RefreshToken, RefreshVerdict};

use crate::call::Call;
use crate::cookie::is_cross_site;
use crate::gateway::{Access, Closed, Incoming, Resource, answer};
use crate::json::Fields;
use crate::log::{Event, Level};
use crate::ports::{Platform, StoreError};
use crate::problem::Refusal;
use crate::reply::Reply;
use crate::sessions;
use crate::settings::{SessionSettings, SigningSettings};
use crate::tokens::{self, Delivery, REFRESH};

const RESOURCES: &[Resource] = &[Resource { path: "/api/session/refresh", methods: &[(Method::POST, Access::Public)] }];

/// Answers any request for the component `session`.
pub async fn handle<P: Platform>(ports: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(ports, &Closed, "session", RESOURCES, request, refresh).await
}

/// One answer for every token that is not good: why, the log says.
async fn refresh<P: Platform>(call: &Call<'_, P>, incoming: Incoming) -> Result<Reply, Refusal> {
    let (token, delivery) = presented(&incoming)?;
    let signing = SigningSettings::read(call.ports)?;
    let settings = SessionSettings::read(call.ports)?;
    let refused = || REFRESH.forget(&incoming.parts).map(Refusal::InvalidRefreshToken);
    let Some(token) = token else { return Err(refused()?) };
    let bucket = call.bucket().await?;
    let now = call.now();
    let Some(session) = sessions::find(&bucket, token.session(), now).await? else {
        call.log(Event::new(Level::Warn, "authn_token_invalid").with("reason", "session_ended"));
        return Err(refused()?);
    };
    let Some(family) = RefreshFamily::read(&session.refresh) else {
        return Err(StoreError::Failed("a session holds no refresh family".to_owned()).into());
    };
    let last = sessions::last_use(&bucket, token.session()).await?;
    let idle_since = last.map_or(session.created_at_ms, |last| last.at);
    let (used, successor) = match family.judge(&token, last, now) {
        RefreshVerdict::Good { .. } if now.millis_since(idle_since) > settings.idle_seconds.saturating_mul(1000) => {
            sessions::end(&bucket, token.session()).await?;
            let ended = Event::new(Level::Info, "session_expired").with("reason", "idle");
            call.log(ended.with("username", session.username.as_str()));
            return Err(refused()?);
        }
        RefreshVerdict::Good { used, successor } => (used, successor),
        RefreshVerdict::Reused => {
            sessions::end(&bucket, token.session()).await?;
            call.log(Event::new(Level::Error, "authn_token_reuse").with("username", session.username.as_str()));
            return Err(refused()?);
        }
        RefreshVerdict::Foreign => {
            call.log(Event::new(Level::Warn, "authn_token_invalid").with("reason", "forged"));
            return Err(refused()?);
        }
    };
    if last != Some(used) {
        sessions::note_use(&bucket, token.session(), used).await?;
    }
    let username = session.username.clone();
    let id = token.session().clone();
    let reply =
        tokens::issue(call, &bucket, (signing, &settings), (id, session), (successor, delivery), &incoming.parts)
            .await?;
    call.log_with_work(Event::new(Level::Info, "session_refreshed").with("username", username.as_str()));
    Ok(reply)
}

/// The token of the body, or else that of the cookie, which counts for pages of this origin alone.
fn presented(incoming: &Incoming) -> Result<(Option<RefreshToken>, Delivery), Refusal> {
    if !incoming.body.is_empty() {
        let mut fields = Fields::parse(&incoming.body)?;
        let text = fields.optional("refresh_token", Ok::<_, std::convert::Infallible>);
        fields.finish()?;
        if let Some(text) = text {
            return Ok((RefreshToken::parse(&text).ok(), Delivery::Body));
        }
    }
    if is_cross_site(&incoming.parts) {
        return Err(Refusal::CrossSiteRequest);
    }
    let cookie = REFRESH.value(&incoming.parts);
    Ok((cookie.and_then(|text| RefreshToken::parse(text).ok()), Delivery::Cookie))
}
