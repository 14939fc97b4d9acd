//! What API Gateway is to the Lambda functions: every endpoint answers through [`answer`], which knows paths and methods,
//! preflight and CORS, asks the authorizer, evaluates its policy, bounds the body, and turns a refusal into a problem.

use std::ops::AsyncFnOnce;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};

use domain::{DisplayName, MethodArn, PolicyDocument, SessionId, TokenError, Username, Verdict};

use crate::bearer;
use crate::call::{Call, random_hex};
use crate::log::{Event, Level};
use crate::ports::{Authorization, Authorizer, Denial, Platform};
use crate::problem::Refusal;
use crate::reply::{Reply, empty, finish};
use crate::settings::Settings;

/// An address of the API and its methods. `GET` brings `HEAD` with it.
pub(crate) struct Resource {
    /// A last segment `:id` stands for any one segment, as in `spin.toml`.
    pub(crate) path: &'static str,
    pub(crate) methods: &'static [(Method, Access)],
}

impl Resource {
    /// Whether it has this address, and what stands in the place of `:id`.
    fn at<'a>(&self, path: &'a str) -> Option<Option<&'a str>> {
        match self.path.strip_suffix(":id") {
            None => (self.path == path).then_some(None),
            Some(parent) => {
                let id = path.strip_prefix(parent)?;
                (!id.is_empty() && !id.contains('/')).then_some(Some(id))
            }
        }
    }
}

/// Who may call a method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Public,
    /// Whom the authorizer's policy allows it.
    Guarded,
}

/// Who calls, by the authorizer's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) username: Username,
    pub(crate) name: DisplayName,
    pub(crate) session: SessionId,
}

/// A request that may be done.
pub(crate) struct Incoming {
    /// `HEAD` arrives as `GET`.
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
    /// Of guarded methods.
    pub(crate) principal: Option<Principal>,
    /// What stands in the place of `:id`.
    pub(crate) id: Option<String>,
}

impl Incoming {
    /// Who calls a guarded method.
    pub(crate) fn principal(&self) -> Result<&Principal, Refusal> {
        self.principal.as_ref().ok_or(Refusal::MissingToken)
    }
}

/// Why a request has no body here although it has one: put into its extensions by the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFault {
    /// It ended, or its time did, before it was complete.
    Incomplete,
    /// It has more than [`crate::MAX_BODY_BYTES`].
    TooLarge,
}

/// The authorizer of components without guarded methods: it denies everything.
pub(crate) struct Closed;

impl Authorizer for Closed {
    async fn authorize(&self, _: &str, _: &MethodArn) -> Result<Authorization, Denial> {
        Err(Denial::Unavailable)
    }
}

/// Answers a request by an endpoint's function, which runs only when the method exists and may be called.
pub(crate) async fn answer<P: Platform, A: Authorizer>(
    ports: &P,
    authorizer: &A,
    component: &'static str,
    resources: &[Resource],
    request: Request<Bytes>,
    endpoint: impl AsyncFnOnce(&Call<'_, P>, Incoming) -> Result<Reply, Refusal>,
) -> Response<Bytes> {
    let request_id = random_hex::<8>(ports);
    let (mut parts, body) = request.into_parts();
    let head = parts.method == Method::HEAD;
    if head {
        parts.method = Method::GET;
    }
    let request_headers = parts.headers.clone();
    let (settings, misconfigured) = Settings::read_or_fallback(ports);
    let origins = settings.allowed_origins.clone();
    let call = Call::new(ports, settings, component, &request_id);
    let result = match misconfigured {
        Some(refusal) => Err(refusal),
        None => dispatch(&call, authorizer, resources, parts, body, endpoint).await,
    };
    let mut reply = result.unwrap_or_else(|refusal| {
        log(&call, &refusal);
        refusal.into_reply()
    });
    origins.apply(&request_headers, reply.headers_mut());
    finish(reply, &request_headers, head, &request_id)
}

async fn dispatch<P: Platform, A: Authorizer>(
    call: &Call<'_, P>,
    authorizer: &A,
    resources: &[Resource],
    parts: Parts,
    body: Bytes,
    endpoint: impl AsyncFnOnce(&Call<'_, P>, Incoming) -> Result<Reply, Refusal>,
) -> Result<Reply, Refusal> {
    let path = parts.uri.path();
    let found = resources.iter().find_map(|resource| Some((resource, resource.at(path)?)));
    let resource = found.map(|(resource, _)| resource);
    let id = found.and_then(|(_, id)| id).map(str::to_owned);
    if parts.method == Method::OPTIONS {
        return preflight(call, resource, &parts);
    }
    let resource = resource.ok_or(Refusal::NotFound)?;
    let (_, access) = resource
        .methods
        .iter()
        .find(|(method, _)| *method == parts.method)
        .ok_or_else(|| Refusal::MethodNotAllowed(allow(Some(resource))))?;
    let principal = match access {
        Access::Public => None,
        Access::Guarded => Some(guard(call, authorizer, &parts).await?),
    };
    check_body(&parts, &body)?;
    endpoint(call, Incoming { parts, body, principal, id }).await
}

fn preflight<P: Platform>(call: &Call<'_, P>, resource: Option<&Resource>, parts: &Parts) -> Result<Reply, Refusal> {
    let methods = allow(resource);
    let mut reply = empty(StatusCode::NO_CONTENT);
    call.settings.allowed_origins.apply_preflight(&parts.headers, &methods, reply.headers_mut());
    reply.headers_mut().insert(ALLOW, methods);
    Ok(reply)
}

/// Lets the authorizer decide, and takes nothing that it returns on trust.
async fn guard<P: Platform, A: Authorizer>(
    call: &Call<'_, P>,
    authorizer: &A,
    parts: &Parts,
) -> Result<Principal, Refusal> {
    let header = bearer::header(&parts.headers)?;
    let method = MethodArn::new(&call.settings.stage, parts.method.as_str(), parts.uri.path());
    let authorization = authorizer.authorize(header, &method).await.map_err(|denial| match denial {
        Denial::InvalidToken(reason) => Refusal::InvalidToken(TokenError::from_reason(&reason)),
        Denial::Unavailable => Refusal::AuthorizerUnavailable,
    })?;
    let malformed = Refusal::Internal("the authorizer's output is malformed");
    let context = |wanted: &str| authorization.context.iter().find(|(key, _)| key == wanted).map(|(_, value)| value);
    let (name, session) = (context("name"), context("session"));
    let principal = Principal {
        username: Username::parse(&authorization.principal_id).map_err(|_| malformed.clone())?,
        name: name.and_then(|name| DisplayName::parse(name).ok()).ok_or_else(|| malformed.clone())?,
        session: session.and_then(|id| SessionId::parse(id).ok()).ok_or_else(|| malformed.clone())?,
    };
    let policy =
        PolicyDocument::parse(&authorization.version, authorization.statements).map_err(|_| malformed.clone())?;
    match policy.evaluate(&method) {
        Verdict::Allow => Ok(principal),
        Verdict::ExplicitDeny | Verdict::ImplicitDeny => Err(Refusal::InsufficientScope),
    }
}

/// The methods of a resource as a header value, in the order of the resource; of none, those that every address has.
fn allow(resource: Option<&Resource>) -> HeaderValue {
    let mut methods = String::new();
    for (method, _) in resource.map_or(&[][..], |resource| resource.methods) {
        methods.push_str(method.as_str());
        methods.push_str(if *method == Method::GET { ", HEAD, " } else { ", " });
    }
    methods.push_str("OPTIONS");
    HeaderValue::try_from(methods).unwrap_or_else(|_| HeaderValue::from_static("OPTIONS"))
}

/// A body has to be JSON, complete, and not too long. Its absence is the endpoint's affair.
fn check_body(parts: &Parts, body: &Bytes) -> Result<(), Refusal> {
    if parts.method != Method::POST {
        return Ok(());
    }
    let fault = parts.extensions.get::<BodyFault>();
    if fault == Some(&BodyFault::Incomplete) {
        return Err(Refusal::InvalidRequest("The request body ended too early.", Vec::new()));
    }
    let declared = parts.headers.get(CONTENT_TYPE);
    let is_there = !body.is_empty() || fault.is_some();
    if (declared.is_some() || is_there) && !declared.is_some_and(is_json) {
        return Err(Refusal::UnsupportedMediaType);
    }
    if fault == Some(&BodyFault::TooLarge) {
        return Err(Refusal::BodyTooLarge);
    }
    Ok(())
}

/// `application/json`, with no parameter but `charset=utf-8` (RFC 8259 knows no other encoding).
fn is_json(content_type: &HeaderValue) -> bool {
    let Ok(content_type) = content_type.to_str() else { return false };
    let mut parts = content_type.split(';').map(str::trim);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| {
            parameter.is_empty()
                || parameter.eq_ignore_ascii_case("charset=utf-8")
                || parameter.eq_ignore_ascii_case("charset=\"utf-8\"")
        })
}

/// A refusal is logged here and nowhere else, when an operator needs to know of it.
pub(crate) fn log<P: Platform>(call: &Call<'_, P>, refusal: &Refusal) {
    match refusal {
        Refusal::InvalidToken(error) => {
            call.log(Event::new(Level::Warn, "authz_fail").with("reason", error.reason()));
        }
        Refusal::CrossSiteRequest => call.log(Event::new(Level::Warn, "authz_fail").with("reason", "cross_site")),
        Refusal::NotTheAuthor => call.log(Event::new(Level::Warn, "authz_fail").with("reason", "not_the_author")),
        Refusal::InsufficientScope => call.log(Event::new(Level::Warn, "authz_fail").with("reason", "policy")),
        Refusal::Misconfigured(variable, reason) => call.log(
            Event::new(Level::Error, "misconfigured").with("variable", *variable).with("expected", reason.as_str()),
        ),
        Refusal::Store(error) => {
            call.log(Event::new(Level::Error, "store_error").with("error", error.as_str()));
        }
        // Why it could not, the authorizer has logged.
        Refusal::AuthorizerUnavailable => call.log(Event::new(Level::Error, "authorizer_unavailable")),
        Refusal::Internal(fault) => call.log(Event::new(Level::Error, "internal_error").with("error", *fault)),
        _ => {}
    }
}
