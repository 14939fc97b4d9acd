//! Both sides of `latchkey:auth/authorizer`: the gateway's, which asks, and the authorizer's, which answers.

use service::platform::{Authorization, Authorizer, Denial, Effect, MethodArn, Statement, UncheckedPrincipal};

use crate::bindings::exported::exports::latchkey::auth::authorizer as ours;
use crate::bindings::latchkey::auth::authorizer as theirs;
use crate::runtime::run;
use crate::wasi::Wasi;

impl Authorizer for Wasi {
    async fn authorize(
        &self,
        authorization: &str,
        method: &MethodArn,
        request_id: &str,
    ) -> Result<Authorization, Denial> {
        match theirs::authorize(authorization, method.as_str(), request_id) {
            Ok(theirs::Authorization { principal: theirs::Principal { username, name, session }, policy_document }) => {
                Ok(Authorization {
                    principal: UncheckedPrincipal { username, name, session },
                    version: policy_document.version,
                    statements: policy_document.statements.into_iter().map(statement).collect(),
                })
            }
            Err(theirs::Denial::InvalidToken(reason)) => Err(Denial::InvalidToken(reason)),
            Err(theirs::Denial::Unavailable) => Err(Denial::Unavailable),
        }
    }
}

fn statement(statement: theirs::Statement) -> Statement {
    let effect = match statement.effect {
        theirs::Effect::Allow => Effect::Allow,
        theirs::Effect::Deny => Effect::Deny,
    };
    Statement { effect, actions: statement.actions, resources: statement.resources }
}

/// Answers a gateway that asks over the interface.
///
/// # Errors
/// The denial that `service` decides on.
pub fn authorize(authorization: &str, method_arn: &str, request_id: &str) -> Result<ours::Authorization, ours::Denial> {
    match run(service::authorizer::authorize(&Wasi, authorization, method_arn, request_id)) {
        Some(Ok(Authorization { principal: UncheckedPrincipal { username, name, session }, version, statements })) => {
            let statements = statements.into_iter().map(exported_statement).collect();
            Ok(ours::Authorization {
                principal: ours::Principal { username, name, session },
                policy_document: ours::PolicyDocument { version, statements },
            })
        }
        Some(Err(Denial::InvalidToken(reason))) => Err(ours::Denial::InvalidToken(reason)),
        Some(Err(Denial::Unavailable)) | None => Err(ours::Denial::Unavailable),
    }
}

fn exported_statement(statement: Statement) -> ours::Statement {
    let effect = match statement.effect {
        Effect::Allow => ours::Effect::Allow,
        Effect::Deny => ours::Effect::Deny,
    };
    ours::Statement { effect, actions: statement.actions, resources: statement.resources }
}
