//! One's own account: `/api/account`, `/api/sessions` and `POST /api/logout`. All of it is guarded, and what can't be undone
//! asks for the password again.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use wire::{AccountResponse, FieldCode, FieldError, Session, SessionsResponse, User};

use domain::{Password, SessionId, TokenError, Username};

use crate::call::Call;
use crate::credentials::{self, Credentials};
use crate::doors;
use crate::gateway::{Access, Incoming, Principal, Resource, answer};
use crate::hashing;
use crate::json::Fields;
use crate::log::{Event, Level, rfc3339};
use crate::messages;
use crate::ports::{Authorizer, Bucket, Platform};
use crate::problem::Refusal;
use crate::reply::{Reply, empty, json};
use crate::sessions;
use crate::store::keys;
use crate::store::records::{self, Tombstone, V1};
use crate::tokens::{REFRESH, with_cookie};

const SESSION: &str = "/api/sessions/:id";
const PASSWORD: &str = "/api/account/password";
const DELETE: &str = "/api/account/delete";
const RESOURCES: &[Resource] = &[
    Resource { path: "/api/logout", methods: &[(Method::POST, Access::Guarded)] },
    Resource { path: "/api/sessions", methods: &[(Method::GET, Access::Guarded), (Method::DELETE, Access::Guarded)] },
    Resource { path: SESSION, methods: &[(Method::DELETE, Access::Guarded)] },
    Resource { path: "/api/account", methods: &[(Method::GET, Access::Guarded)] },
    Resource { path: PASSWORD, methods: &[(Method::POST, Access::Guarded)] },
    Resource { path: DELETE, methods: &[(Method::POST, Access::Guarded)] },
];

/// Answers any request for the component `account`.
pub async fn handle<P: Platform + Authorizer>(ports: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(ports, ports, "account", RESOURCES, request, async |call, incoming| {
        let principal = incoming.principal()?;
        match (&incoming.parts.method, incoming.parts.uri.path()) {
            (_, "/api/logout") => logout(call, principal, &incoming.parts).await,
            (&Method::GET, "/api/sessions") => list(call, principal).await,
            (_, "/api/sessions") => logout_everywhere(call, principal, &incoming.parts).await,
            (_, "/api/account") => show(call, principal).await,
            (_, PASSWORD) => change_password(call, principal, &incoming).await,
            (_, DELETE) => delete(call, principal, &incoming).await,
            _ => end_session(call, principal, incoming.id.as_deref()).await,
        }
    })
    .await
}

/// Nothing more to say, and the cookie is taken back.
fn farewell(request: &Parts) -> Result<Reply, Refusal> {
    Ok(with_cookie(empty(StatusCode::NO_CONTENT), REFRESH.forget(request)?))
}

async fn logout<P: Platform>(call: &Call<'_, P>, who: &Principal, request: &Parts) -> Result<Reply, Refusal> {
    sessions::end(&call.bucket().await?, &who.session).await?;
    call.log_with_work(Event::new(Level::Info, "session_ended").with("username", who.username.as_str()));
    farewell(request)
}

async fn logout_everywhere<P: Platform>(
    call: &Call<'_, P>,
    who: &Principal,
    request: &Parts,
) -> Result<Reply, Refusal> {
    sessions::end_all(&call.bucket().await?, &who.username, None).await?;
    call.log_with_work(Event::new(Level::Info, "sessions_ended").with("username", who.username.as_str()));
    farewell(request)
}

async fn list<P: Platform>(call: &Call<'_, P>, who: &Principal) -> Result<Reply, Refusal> {
    let bucket = call.bucket().await?;
    let mut found = Vec::new();
    for id in sessions::all(&bucket, &who.username).await? {
        let Some(record) = sessions::find(&bucket, &id, call.now()).await? else { continue };
        let last = sessions::last_use(&bucket, &id).await?;
        let last_used = last.map_or(record.created_at_ms, |last| last.at);
        found.push((id != who.session, std::cmp::Reverse(last_used), id, record));
    }
    found.sort_by(|(one_other, one_used, one_id, _), (other, used, id, _)| {
        (one_other, one_used, one_id).cmp(&(other, used, id))
    });
    let sessions = found.into_iter().map(|(is_other, last_used, id, record)| Session {
        id: id.to_string(),
        current: !is_other,
        created_at: rfc3339(record.created_at_ms),
        last_used_at: rfc3339(last_used.0),
        client: record.client,
    });
    json(StatusCode::OK, &SessionsResponse { sessions: sessions.collect() })
}

/// Another's session is as good as none.
async fn end_session<P: Platform>(call: &Call<'_, P>, who: &Principal, id: Option<&str>) -> Result<Reply, Refusal> {
    let id = id.and_then(|id| SessionId::parse(id).ok()).ok_or(Refusal::NotFound)?;
    let bucket = call.bucket().await?;
    let session = sessions::find(&bucket, &id, call.now()).await?;
    if session.is_none_or(|session| session.username != who.username) {
        return Err(Refusal::NotFound);
    }
    sessions::end(&bucket, &id).await?;
    call.log_with_work(Event::new(Level::Info, "session_ended").with("username", who.username.as_str()));
    Ok(empty(StatusCode::NO_CONTENT))
}

async fn show<P: Platform>(call: &Call<'_, P>, who: &Principal) -> Result<Reply, Refusal> {
    let found = find(&call.bucket().await?, &who.username).await?;
    let user = User { username: found.account.username.into(), name: found.account.name.into() };
    json(StatusCode::OK, &AccountResponse { user, created_at: rfc3339(found.account.created_at_ms) })
}

async fn change_password<P: Platform>(
    call: &Call<'_, P>,
    who: &Principal,
    incoming: &Incoming,
) -> Result<Reply, Refusal> {
    let mut fields = Fields::parse(&incoming.body)?;
    let current = fields.required("current_password", Ok::<_, std::convert::Infallible>);
    let new = fields.required("new_password", |raw| Password::parse(raw, Some(&who.username)));
    fields.finish()?;
    let (Some(current), Some(new)) = (current, new) else {
        return Err(Refusal::Internal("a field was neither taken nor refused"));
    };
    let iterations = call.settings.iterations(call.ports)?;
    let bucket = call.bucket().await?;
    let found = confirm(call, &bucket, (who, &incoming.parts), "current_password", current).await?;
    credentials::change(call, &bucket, &found.account, &new, iterations).await?;
    sessions::end_all(&bucket, &who.username, Some(&who.session)).await?;
    call.log_with_work(Event::new(Level::Info, "authn_password_change").with("username", who.username.as_str()));
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Deletes the account: first its name from its messages, then itself. Until it is gone it can be logged in to, so a deletion
/// that was broken off before can be asked for again, and one that was broken off after by the session that asked: its own
/// is the last to end.
async fn delete<P: Platform>(call: &Call<'_, P>, who: &Principal, incoming: &Incoming) -> Result<Reply, Refusal> {
    let mut fields = Fields::parse(&incoming.body)?;
    let password = fields.required("password", Ok::<_, std::convert::Infallible>);
    fields.finish()?;
    let password = password.ok_or(Refusal::Internal("a field was neither taken nor refused"))?;
    let bucket = call.bucket().await?;
    let key = keys::account(&who.username);
    if !credentials::is_deleted(&bucket, &who.username).await? {
        confirm(call, &bucket, (who, &incoming.parts), "password", password).await?;
        messages::delete::disown_all(&bucket, &who.username).await?;
        let tombstone = Tombstone { v: V1, deleted_at_ms: call.now() };
        bucket.set(&key, &records::encode(&tombstone)?).await?;
    }
    bucket.delete(&keys::password(&key)).await?;
    bucket.delete(&keys::rehash(&key)).await?;
    sessions::end_all(&bucket, &who.username, Some(&who.session)).await?;
    // What was posted meanwhile.
    messages::delete::disown_all(&bucket, &who.username).await?;
    sessions::end(&bucket, &who.session).await?;
    call.log_with_work(Event::new(Level::Info, "user_deleted").with("username", who.username.as_str()));
    farewell(&incoming.parts)
}

/// The account of whoever calls. It may have been deleted since the authorizer looked.
async fn find(bucket: &impl Bucket, username: &Username) -> Result<Credentials, Refusal> {
    let found = credentials::find(bucket, Some(username)).await?;
    found.ok_or(Refusal::InvalidToken(TokenError::SessionEnded))
}

/// Asks for the password once more: whoever has only got hold of a token may not take the account over.
async fn confirm<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    (who, request): (&Principal, &Parts),
    field: &'static str,
    password: String,
) -> Result<Credentials, Refusal> {
    let iterations = call.settings.iterations(call.ports)?;
    let found = find(bucket, &who.username).await?;
    let attempt = doors::password_check(call, bucket, request, &who.username).await?;
    if hashing::verify(call, &Password::attempt(password), Some(found.hash()), iterations).await {
        attempt.succeeded(bucket).await?;
        return Ok(found);
    }
    attempt.failed(bucket).await?;
    call.log_with_work(Event::new(Level::Warn, "authn_login_fail").with("username", who.username.as_str()));
    let detail = "This is not your password.".to_owned();
    Err(Refusal::Invalid(vec![FieldError { field: field.to_owned(), code: FieldCode::WrongPassword, detail }]))
}
