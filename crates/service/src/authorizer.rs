//! The custom authorizer: an `Authorization` header in, an IAM policy out. Guarded components ask it over the WIT
//! interface, clients at `/api/authorizer`. It reads the public keys, and whether a session lives, and
//! nothing else.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::Serialize;

use domain::{Claims, Effect, MethodArn, POLICY_VERSION, PolicyDocument, TokenError, UnverifiedToken, Verdict};

use crate::bearer;
use crate::call::{Call, random_hex};
use crate::gateway::{self, Access, Closed, Incoming, Resource, answer};
use crate::json::Fields;
use crate::ports::{Authorization, Denial, Platform};
use crate::problem::Refusal;
use crate::query::Query;
use crate::reply::{self, Reply};
use crate::sessions;
use crate::settings::{self, Settings};
use crate::signing;

const COMPONENT: &str = "authorizer";
const PATH: &str = "/api/authorizer";
/// It is public: the endpoint decides by itself what the token in the header is worth.
const RESOURCES: &[Resource] =
    &[Resource { path: PATH, methods: &[(Method::GET, Access::Public), (Method::POST, Access::Public)] }];

/// What any bearer of a good token may call.
const ALLOWED: [(&str, &str); 11] = [
    ("POST", "/api/messages"),
    ("DELETE", "/api/messages/*"),
    ("POST", "/api/logout"),
    ("GET", "/api/sessions"),
    ("DELETE", "/api/sessions"),
    ("DELETE", "/api/sessions/*"),
    ("GET", "/api/account"),
    ("POST", "/api/account/password"),
    ("POST", "/api/account/delete"),
    ("GET", PATH),
    ("POST", PATH),
];

/// Answers any request for the component `authorizer`.
pub async fn handle<P: Platform>(ports: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(ports, &Closed, COMPONENT, RESOURCES, request, endpoint).await
}

/// The function of the WIT interface. Faults of its own it logs, since the component that asks can't know of them.
///
/// # Errors
/// [`Denial`]: then nothing may be called.
pub async fn authorize<P: Platform>(ports: &P, authorization: &str, method: &str) -> Result<Authorization, Denial> {
    let request_id = random_hex::<8>(ports);
    let (settings, misconfigured) = Settings::read_or_fallback(ports);
    let call = Call::new(ports, settings, COMPONENT, &request_id);
    let decided = match (misconfigured, MethodArn::parse(method)) {
        (Some(refusal), _) => Err(refusal),
        (None, Err(_)) => Err(Refusal::Internal("asked about a malformed method ARN")),
        // The policy covers every method, so that a gateway may keep it for the token's other requests.
        (None, Ok(_)) => decide(&call, authorization).await,
    };
    let (claims, policy) = decided.map_err(|refusal| match refusal {
        Refusal::InvalidToken(error) => Denial::InvalidToken(error.reason().to_owned()),
        refusal => {
            gateway::log(&call, &refusal);
            Denial::Unavailable
        }
    })?;
    Ok(Authorization {
        principal_id: claims.subject.into(),
        version: POLICY_VERSION.to_owned(),
        statements: policy.statements().to_vec(),
        context: vec![("name".to_owned(), claims.name.into()), ("session".to_owned(), claims.session.to_string())],
    })
}

/// Who bears the token, and what it allows.
async fn decide<P: Platform>(call: &Call<'_, P>, authorization: &str) -> Result<(Claims, PolicyDocument), Refusal> {
    let rules = settings::token_rules(call.ports)?;
    let token = bearer::token(authorization).ok_or(Refusal::InvalidToken(TokenError::Malformed))?;
    let token = UnverifiedToken::parse(token).map_err(Refusal::InvalidToken)?;
    let key = signing::find(call, token.key_id()).await?.map_err(Refusal::InvalidToken)?;
    let claims = token.verify(&key, &rules, call.now()).map_err(Refusal::InvalidToken)?;
    let session = sessions::find(&call.bucket().await?, &claims.session, call.now()).await?;
    if session.is_none_or(|session| session.username != claims.subject) {
        return Err(Refusal::InvalidToken(TokenError::SessionEnded));
    }
    let stage = &call.settings.stage;
    let policy = PolicyDocument::allow(ALLOWED.iter().map(|(method, path)| MethodArn::new(stage, method, path)));
    Ok((claims, policy))
}

async fn endpoint<P: Platform>(call: &Call<'_, P>, incoming: Incoming) -> Result<Reply, Refusal> {
    let header = bearer::header(&incoming.parts.headers)?;
    let (claims, policy) = decide(call, header).await?;
    let verdict = asked_for(&incoming)?.map(|method| policy.evaluate(&method));
    reply::json(StatusCode::OK, &Output::new(&claims, &policy, verdict))
}

/// The method that a client wants the verdict for.
fn asked_for(incoming: &Incoming) -> Result<Option<MethodArn>, Refusal> {
    let mut query = Query::parse(incoming.parts.uri.query().unwrap_or_default());
    let in_query = query.take("methodArn", MethodArn::parse);
    query.finish()?;
    if incoming.body.is_empty() || incoming.parts.method != Method::POST {
        return Ok(in_query);
    }
    let mut fields = Fields::parse(&incoming.body)?;
    let in_body = fields.optional("methodArn", |raw| MethodArn::parse(&raw));
    fields.finish()?;
    Ok(in_body.or(in_query))
}

/// The output of an API Gateway authorizer, in its own spelling, with the verdict that was asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    principal_id: &'a str,
    policy_document: OutputDocument<'a>,
    context: OutputContext<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct OutputDocument<'a> {
    version: &'static str,
    statement: Vec<OutputStatement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct OutputStatement<'a> {
    action: &'a [String],
    effect: &'static str,
    resource: &'a [String],
}

#[derive(Serialize)]
struct OutputContext<'a> {
    name: &'a str,
    session: &'a str,
}

impl<'a> Output<'a> {
    fn new(claims: &'a Claims, policy: &'a PolicyDocument, verdict: Option<Verdict>) -> Self {
        let word = |allowed| if allowed { "Allow" } else { "Deny" };
        let statement = policy.statements().iter().map(|statement| OutputStatement {
            action: &statement.actions,
            effect: word(statement.effect == Effect::Allow),
            resource: &statement.resources,
        });
        Self {
            principal_id: claims.subject.as_str(),
            policy_document: OutputDocument { version: POLICY_VERSION, statement: statement.collect() },
            context: OutputContext { name: claims.name.as_str(), session: claims.session.as_str() },
            verdict: verdict.map(|verdict| word(verdict == Verdict::Allow)),
        }
    }
}
