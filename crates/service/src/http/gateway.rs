//! The counterpart of API Gateway in front of Lambda functions: every endpoint answers through [`answer`]. It finds the
//! endpoint in the table, handles preflight and CORS, asks the authorizer, evaluates its policy, limits the body, and turns
//! an error into a problem.

use std::ops::AsyncFnOnce;

use bytes::Bytes;
use domain::{ACTION_INVOKE, DisplayName, MethodArn, PolicyDocument, SessionId, TokenError, Username, Verdict, hex};
use http::header::{ALLOW, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};

use super::problem::ApiError;
use super::query::Query;
use super::reply::{Reply, empty, finish};
use super::resource::{Access, Component, NO_METHODS, Parameters};
use super::same_origin::CrossSite;
use super::{bearer, content};
use crate::context::{Authorization, Authorizer, Context, Denial, Event, Level, Platform, SettingError, Variables};

/// The caller, as the authorizer identifies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) username: Username,
    pub(crate) name: DisplayName,
    pub(crate) session: SessionId,
    policy: PolicyDocument,
}

impl Principal {
    /// Whether the policy allows an action on a message or an account.
    pub(crate) fn may(&self, action: &str, arn: &impl AsRef<str>) -> bool {
        self.policy.evaluate(action, arn) == Verdict::Allow
    }
}

/// A request that the gateway has let through.
pub(crate) struct Incoming {
    /// `HEAD` arrives as `GET`.
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
    /// `Some` for guarded methods.
    principal: Option<Principal>,
    parameters: Parameters,
}

impl Incoming {
    /// The caller of a guarded method.
    pub(crate) fn principal(&self) -> Result<&Principal, ApiError> {
        self.principal.as_ref().ok_or(ApiError::MissingToken)
    }

    /// The value of a parameter of the path.
    pub(crate) fn parameter(&self, wanted: &str) -> &str {
        self.parameters.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value)
    }

    /// The position in a list that the parameter `id` of the path names.
    pub(crate) fn position(&self) -> Option<u64> {
        let id = self.parameter("id");
        let canonical = id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0');
        id.parse().ok().filter(|_| canonical)
    }

    pub(crate) fn query(&self) -> Query {
        Query::of(&self.parts)
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// What the client says of itself; empty if it says nothing.
    pub(crate) fn user_agent(&self) -> &str {
        self.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// The authorizer of components without guarded methods: it denies everything.
pub(crate) struct NoAuthorizer;

impl Authorizer for NoAuthorizer {
    async fn authorize(&self, _: &str, _: &MethodArn, _: &str) -> Result<Authorization, Denial> {
        Err(Denial::Unavailable)
    }
}

/// What a component's function is given: the request's context, the component's settings, which endpoint, and the request.
pub(crate) struct Call<'a, P: Platform, S, E> {
    pub(crate) context: &'a Context<'a, P>,
    pub(crate) settings: S,
    pub(crate) endpoint: E,
    pub(crate) incoming: Incoming,
}

/// Answers a request with a component's function, which runs only if the method exists and the caller may call it.
pub(crate) async fn answer<P: Platform, S, E: Copy>(
    platform: &P,
    authorizer: &impl Authorizer,
    component: &Component<E>,
    read: impl FnOnce(&Variables<'_>) -> Result<S, SettingError>,
    request: Request<Bytes>,
    run: impl AsyncFnOnce(Call<'_, P, S, E>) -> Result<Reply, ApiError>,
) -> Response<Bytes> {
    let mut id = [0; 8];
    platform.fill(&mut id);
    let request_id = hex(&id);
    let (mut parts, body) = request.into_parts();
    let head = parts.method == Method::HEAD;
    if head {
        parts.method = Method::GET;
    }
    let request_headers = parts.headers.clone();
    let variables = Variables::new(|name| platform.variable(name));
    let (settings, misconfigured) = variables.settings_or_fallback();
    let origins = settings.allowed_origins.clone();
    let context = Context::new(platform, settings, component.name, &request_id);
    let result = async {
        misconfigured.map_or(Ok(()), Err)?;
        let path = parts.uri.path();
        let found = component.resources.iter().find_map(|resource| Some((resource, resource.at(path)?)));
        if parts.method == Method::OPTIONS {
            let methods = found.map_or(NO_METHODS, |(resource, _)| resource.allow());
            return Ok(context.preflight(methods, &parts.headers));
        }
        let (resource, parameters) = found.ok_or(ApiError::NotFound)?;
        let method = resource.methods.iter().find(|(method, ..)| *method == parts.method);
        let (_, access, endpoint) = method.ok_or_else(|| ApiError::MethodNotAllowed(resource.allow()))?;
        let settings = read(&variables)?;
        let principal = match access {
            Access::Public => None,
            Access::Guarded(_) => {
                context.client_address(&variables.address_source()?, &parts.headers);
                Some(context.guard(authorizer, &parts).await?)
            }
        };
        content::check(&parts, &body)?;
        let incoming = Incoming { parts, body, principal, parameters };
        run(Call { context: &context, settings, endpoint: *endpoint, incoming }).await
    };
    let result = result.await;
    context.warn_of_ignored_header(matches!(result, Err(ApiError::TooMany(_))));
    let mut reply = result.unwrap_or_else(|error| {
        context.log_error(&error);
        error.into_reply()
    });
    origins.apply(&request_headers, reply.headers_mut());
    finish(reply, &request_headers, head, &request_id)
}

impl<P: Platform> Context<'_, P> {
    fn preflight(&self, methods: HeaderValue, request: &HeaderMap) -> Reply {
        let mut reply = empty(StatusCode::NO_CONTENT);
        self.settings.allowed_origins.apply_preflight(request, &methods, reply.headers_mut());
        reply.headers_mut().insert(ALLOW, methods);
        reply
    }

    /// Asks the authorizer, and validates everything that it returns. Which roles may call the method, its policy says.
    async fn guard(&self, authorizer: &impl Authorizer, parts: &Parts) -> Result<Principal, ApiError> {
        let header = bearer::header(&parts.headers)?;
        let method = MethodArn::of_request(&self.settings.stage, parts.method.as_str(), parts.uri.path());
        let decided = authorizer.authorize(header, &method, self.request_id()).await;
        let Authorization { principal, version, statements } = decided.map_err(|denial| match denial {
            Denial::InvalidToken(reason) => ApiError::InvalidToken(TokenError::from_reason(&reason)),
            Denial::Unavailable => ApiError::AuthorizerUnavailable,
        })?;
        let malformed = || ApiError::Internal("the authorizer's output is malformed");
        let policy = PolicyDocument::parse(&version, statements).map_err(|_| malformed())?;
        let verdict = policy.evaluate(ACTION_INVOKE, &method);
        let principal = Principal {
            username: Username::parse(&principal.username).map_err(|_| malformed())?,
            name: DisplayName::parse(&principal.name).map_err(|_| malformed())?,
            session: SessionId::parse(&principal.session).map_err(|_| malformed())?,
            policy,
        };
        let _ = self.session.set(principal.session.clone());
        match verdict {
            Verdict::Allow => Ok(principal),
            Verdict::ExplicitDeny | Verdict::ImplicitDeny => Err(ApiError::InsufficientScope),
        }
    }

    /// Logs an error if an operator needs to know of it. Errors are logged here and nowhere else.
    pub(crate) fn log_error(&self, error: &ApiError) {
        let refused = |reason: &'static str| Event::new(Level::Warn, "authz_fail").with("reason", reason);
        let event = match error {
            ApiError::InvalidToken(error) => refused(error.reason()),
            ApiError::CrossSiteRequest(CrossSite::Told) => refused("cross_site"),
            ApiError::CrossSiteRequest(CrossSite::OriginIsNotHost) => refused("origin_is_not_host"),
            ApiError::NotTheAuthor => refused("not_the_author"),
            ApiError::InsufficientScope => refused("policy"),
            ApiError::InvitationInvalid => refused("invitation"),
            ApiError::Misconfigured(SettingError { variable, reason }) => {
                Event::new(Level::Error, "misconfigured").with("variable", *variable).with("expected", reason.as_str())
            }
            ApiError::Store(error) => Event::new(Level::Error, "store_error").with("error", error.as_str()),
            // The authorizer has logged the reason.
            ApiError::AuthorizerUnavailable => Event::new(Level::Error, "authorizer_unavailable"),
            ApiError::Internal(fault) => Event::new(Level::Error, "internal_error").with("error", *fault),
            _ => return,
        };
        self.log(event);
    }
}
