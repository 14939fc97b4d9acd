//! Both sides of `latchkey:auth/authorizer`: the gateway's, which asks, and the authorizer's, which answers.

use service::ports::{Authorization, Authorizer, Denial, Effect, MethodArn, Statement};

use crate::Wasi;
use crate::bindings::exported::exports::latchkey::auth::authorizer as ours;
use crate::bindings::latchkey::auth::authorizer as theirs;
use crate::runtime::run;

impl Authorizer for Wasi {
    async fn authorize(&self, authorization: &str, method: &MethodArn) -> Result<Authorization, Denial> {
        match theirs::authorize(authorization, method.as_str()) {
            Ok(granted) => Ok(Authorization {
                principal_id: granted.principal_id,
                version: granted.policy_document.version,
                statements: granted.policy_document.statements.into_iter().map(statement).collect(),
                context: granted.context,
            }),
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
pub fn authorize(authorization: &str, method_arn: &str) -> Result<ours::Authorization, ours::Denial> {
    match run(service::authorizer::authorize(&Wasi, authorization, method_arn)) {
        Some(Ok(granted)) => Ok(ours::Authorization {
            principal_id: granted.principal_id,
            policy_document: ours::PolicyDocument {
                version: granted.version,
                statements: granted.statements.into_iter().map(exported_statement).collect(),
            },
            context: granted.context,
        }),
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
