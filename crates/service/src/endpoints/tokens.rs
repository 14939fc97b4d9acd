//! How a client gets the tokens of its session. A browser gets the refresh token as a cookie, which no script can read and
//! which is sent to one path only.

use domain::RefreshToken;
use http::StatusCode;
use http::request::Parts;
use wire::{LoginResponse, User};

use crate::accounts::tokens::AccessToken;
use crate::http::cookie::Cookie;
use crate::http::reply::{Reply, json, with_cookie};
use crate::store::records::SessionRecord;

/// The cookie that holds the refresh token of a browser.
pub(super) const REFRESH: Cookie =
    Cookie { name: "latchkey-refresh", secure_name: "__Secure-latchkey-refresh", path: "/api/session" };

/// How a refresh token reaches the client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Cookie,
    Body,
}

/// The answer that contains both tokens.
pub(super) fn reply(
    request: &Parts,
    delivery: Delivery,
    session: SessionRecord,
    access: AccessToken,
    refresh: &RefreshToken,
) -> Reply {
    let in_body = delivery == Delivery::Body;
    let response = LoginResponse {
        token: access.text,
        token_type: "Bearer".to_owned(),
        expires_in: access.expires_in,
        user: User { username: session.username.into(), name: session.name.into() },
        refresh_token: in_body.then(|| refresh.text()),
        refresh_expires_in: access.refresh_expires_in,
    };
    let reply = json(StatusCode::OK, &response);
    if in_body {
        return reply;
    }
    with_cookie(reply, REFRESH.set(request, &refresh.text(), access.refresh_expires_in))
}
