//! What a client gets when its session begins and when it is refreshed: an access token, and a refresh token for the next
//! time. A browser gets the latter as a cookie, which no script can read and which goes to one path.

use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use wire::{LoginResponse, User};

use domain::{Claims, RefreshToken, SessionId};

use crate::call::{Call, random_hex};
use crate::cookie::Cookie;
use crate::ports::{Bucket, Platform};
use crate::problem::Refusal;
use crate::reply::{Reply, json};
use crate::settings::{SessionSettings, SigningSettings};
use crate::signing;
use crate::store::records::SessionRecord;

/// The refresh token of a browser.
pub(crate) const REFRESH: Cookie =
    Cookie { name: "latchkey-refresh", secure_name: "__Secure-latchkey-refresh", path: "/api/session" };

/// How a refresh token reaches the client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Cookie,
    Body,
}

/// Signs an access token for a session, and hands it out with the refresh token. Neither outlives the session.
pub(crate) async fn issue<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    (signing, sessions): (SigningSettings, &SessionSettings),
    (id, session): (SessionId, SessionRecord),
    (refresh_token, delivery): (RefreshToken, Delivery),
    request: &Parts,
) -> Result<Reply, Refusal> {
    let SigningSettings { rules, lifetime_seconds, key } = signing;
    let key = signing::current(call, bucket, key, lifetime_seconds).await?;
    let now = call.now();
    let left_seconds = session.expires_at_ms.millis_since(now) / 1000;
    let expires_in = lifetime_seconds.min(left_seconds);
    let refresh_expires_in = sessions.idle_seconds.min(left_seconds);
    let claims = Claims {
        subject: session.username.clone(),
        name: session.name.clone(),
        session: id,
        token_id: random_hex::<16>(call.ports),
        issued_at: now,
        expires_at: now.plus_secs(expires_in),
    };
    let token = key.sign(&claims, &rules).map_err(|_| Refusal::Internal("the key did not sign"))?;
    let mut response = LoginResponse {
        token,
        token_type: "Bearer".to_owned(),
        expires_in,
        user: User { username: session.username.into(), name: session.name.into() },
        refresh_token: None,
        refresh_expires_in,
    };
    let text = refresh_token.text();
    match delivery {
        Delivery::Body => {
            response.refresh_token = Some(text);
            json(StatusCode::OK, &response)
        }
        Delivery::Cookie => {
            let cookie = REFRESH.set(request, &text, refresh_expires_in)?;
            json(StatusCode::OK, &response).map(|reply| with_cookie(reply, cookie))
        }
    }
}

/// An answer that sets a cookie, beside any that it sets already.
pub(crate) fn with_cookie(mut reply: Reply, cookie: HeaderValue) -> Reply {
    reply.headers_mut().append(SET_COOKIE, cookie);
    reply
}
