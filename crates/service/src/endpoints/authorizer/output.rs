//! The policy as JSON, as an API Gateway authorizer returns it.

use domain::{Claims, Effect, POLICY_VERSION, PolicyDocument, Verdict};
use serde::Serialize;

/// The output of an API Gateway authorizer, with its spelling of the names, and with the verdict if the client asked for
/// one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Output<'a> {
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
    pub(super) fn new(claims: &'a Claims, policy: &'a PolicyDocument, verdict: Option<Verdict>) -> Self {
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
