//! The custom authorizer: it gets an `Authorization` header and returns an IAM policy. Guarded components ask it over the
//! WIT interface, and clients at `/api/authorizer`. It only reads the public keys and whether a session still exists.

mod output;
mod policy;

use bytes::Bytes;
use domain::{
    Claims, MethodArn, POLICY_VERSION, PolicyDocument, TokenError, TokenRules, UnverifiedToken, UsernameList,
};
use http::{Method, Request, Response, StatusCode};
use wire::fields;

use self::output::Output;
use super::table::{self, AUTHORIZER};
use crate::context::{Authorization, Context, Denial, Platform, SettingError, UncheckedPrincipal, Variables};
use crate::http::body::Fields;
use crate::http::gateway::{Incoming, NoAuthorizer, answer};
use crate::http::problem::ApiError;
use crate::http::{bearer, reply};
use crate::store::{keys, records};

struct Settings {
    rules: TokenRules,
    admins: UsernameList,
}

fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings { rules: variables.token_rules()?, admins: variables.admins()? })
}

/// Answers any request for the component `authorizer`.
pub async fn handle<P: Platform>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, &NoAuthorizer, &AUTHORIZER, read, request, async |call| match call.endpoint {
        table::Authorizer::Policy => {
            let header = bearer::header(call.incoming.headers())?;
            let (claims, policy) = decide(call.context, &call.settings, header).await?;
            let verdict = asked_for(&call.incoming)?.map(|method| policy.evaluate(domain::ACTION_INVOKE, &method));
            Ok(reply::json(StatusCode::OK, &Output::new(&claims, &policy, verdict)))
        }
    })
    .await
}

/// The function of the WIT interface. It logs its own faults, because the component that asks can't know of them.
///
/// # Errors
/// [`Denial`] if there is no policy; then the caller may call nothing.
pub async fn authorize<P: Platform>(
    platform: &P,
    authorization: &str,
    method: &str,
    request_id: &str,
) -> Result<Authorization, Denial> {
    let variables = Variables::new(|name| platform.variable(name));
    let (settings, misconfigured) = variables.settings_or_fallback();
    let context = Context::new(platform, settings, AUTHORIZER.name, request_id);
    let decided = async {
        misconfigured.map_or(Ok(()), Err)?;
        // The policy covers every method, so that a gateway may keep it for the token's other requests.
        MethodArn::parse(method).map_err(|_| ApiError::Internal("asked about a malformed method ARN"))?;
        decide(&context, &read(&variables)?, authorization).await
    };
    let (claims, policy) = decided.await.map_err(|error| match error {
        ApiError::InvalidToken(error) => Denial::InvalidToken(error.reason().to_owned()),
        error => {
            context.log_error(&error);
            Denial::Unavailable
        }
    })?;
    let principal = UncheckedPrincipal {
        username: claims.subject.into(),
        name: claims.name.into(),
        session: claims.session.to_string(),
    };
    let version = POLICY_VERSION.to_owned();
    Ok(Authorization { principal, version, statements: policy.statements().to_vec() })
}

/// The claims of the token, and the policy for its bearer.
async fn decide<P: Platform>(
    context: &Context<'_, P>,
    settings: &Settings,
    authorization: &str,
) -> Result<(Claims, PolicyDocument), ApiError> {
    let token = bearer::token(authorization).ok_or(ApiError::InvalidToken(TokenError::Malformed))?;
    let token = UnverifiedToken::parse(token).map_err(ApiError::InvalidToken)?;
    // All that is needed is read in one call. What is read of a session that a forged token names is not used but to see that
    // it has not issued this token.
    let named = token.named();
    let mut wanted = vec![keys::PUBLIC_KEYS.to_owned()];
    wanted.extend(
        named
            .iter()
            .flat_map(|(session, user)| [keys::session(session), keys::account(user), keys::session_use(session)]),
    );
    let mut stored = context.get_many(&wanted).await?.into_iter();
    let mut next = || stored.next().flatten();
    let (set, session, account, last_use) = (next(), next(), next(), next());
    let key = context.public_key_in(set.as_deref(), token.key_id()).await?;
    let key = key.ok_or(ApiError::InvalidToken(TokenError::UnknownKey))?;
    let issued: Vec<String> =
        [&session, &last_use].into_iter().flatten().filter_map(|bytes| records::token(bytes)).collect();
    let claims = match token.verify_issued(&issued, &settings.rules, context.now()) {
        Some(claims) => claims,
        None => token.verify(&key.key()?, &settings.rules, context.now()),
    };
    let mut claims = claims.map_err(ApiError::InvalidToken)?;
    let is_named = named.is_some_and(|(session, user)| session == claims.session && user == claims.subject);
    let ended = ApiError::InvalidToken(TokenError::SessionEnded);
    let account = context.account_of_session(&claims.session, &claims.subject, [session, account])?;
    let account = account.filter(|_| is_named).ok_or(ended)?;
    // A name that was changed counts at once, and not with the next token.
    claims.name = account.name.clone();
    let policy = policy::of(&context.settings.stage, &account, &settings.admins, context.now());
    Ok((claims, policy))
}

/// The method that the client asks the verdict for.
fn asked_for(incoming: &Incoming) -> Result<Option<MethodArn>, ApiError> {
    let mut query = incoming.query();
    let in_query = query.take(fields::METHOD_ARN, MethodArn::parse);
    query.finish()?;
    if incoming.body.is_empty() || incoming.parts.method != Method::POST {
        return Ok(in_query);
    }
    let mut members = Fields::parse(&incoming.body)?;
    let in_body = members.optional(fields::METHOD_ARN, |raw| MethodArn::parse(&raw));
    members.finish(Some(()))?;
    Ok(in_body.or(in_query))
}
