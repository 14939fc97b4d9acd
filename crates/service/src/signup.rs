//! `POST /api/signup`: creates an account.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use wire::{SignupResponse, User};

use domain::{DisplayName, Password, Username};

use crate::call::Call;
use crate::doors;
use crate::gateway::{Access, Closed, Incoming, Resource, answer};
use crate::hashing;
use crate::json::Fields;
use crate::log::{Event, Level};
use crate::ports::{Bucket, Platform};
use crate::problem::Refusal;
use crate::reply::{Reply, json};
use crate::store::keys;
use crate::store::once::{self, Creation};
use crate::store::records::{self, Account, V1};

const RESOURCES: &[Resource] = &[Resource { path: "/api/signup", methods: &[(Method::POST, Access::Public)] }];

/// Answers any request for the component `signup`.
pub async fn handle<P: Platform>(ports: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(ports, &Closed, "signup", RESOURCES, request, signup).await
}

struct Wish {
    username: Username,
    password: Password,
    name: DisplayName,
}

async fn signup<P: Platform>(call: &Call<'_, P>, incoming: Incoming) -> Result<Reply, Refusal> {
    let Wish { username, password, name } = parse(&incoming.body)?;
    let iterations = call.settings.iterations(call.ports)?;
    let bucket = call.bucket().await?;
    doors::sign_ups(call, &bucket, &incoming.parts).await?;
    let key = keys::account(&username);
    // The claim comes after the hash, so that it is held for a moment only; a name that has an owner costs no hash.
    if bucket.get(&key).await?.is_some() {
        return Err(Refusal::UsernameTaken);
    }
    let hash = hashing::hash(call, &password, iterations).await;
    let password = hash.to_phc().map_err(|_| Refusal::Internal("a password hash did not serialise"))?;
    let account = Account { v: V1, username, name, password, created_at_ms: call.now() };
    match once::create(call.ports, &bucket, &key, async || records::encode(&account)).await? {
        Creation::Ours => {}
        Creation::Theirs(_) | Creation::Pending => return Err(Refusal::UsernameTaken),
    }
    call.log_with_work(Event::new(Level::Info, "user_created").with("username", account.username.as_str()));
    let user = User { username: account.username.into(), name: account.name.into() };
    json(StatusCode::CREATED, &SignupResponse { user })
}

fn parse(body: &[u8]) -> Result<Wish, Refusal> {
    let mut fields = Fields::parse(body)?;
    let username = fields.required("username", |raw| Username::parse(&raw));
    let password = fields.required("password", |raw| Password::parse(raw, username.as_ref()));
    let name = fields.required("name", |raw| DisplayName::parse(&raw));
    fields.finish()?;
    match (username, password, name) {
        (Some(username), Some(password), Some(name)) => Ok(Wish { username, password, name }),
        _ => Err(Refusal::Internal("a field was neither taken nor refused")),
    }
}
