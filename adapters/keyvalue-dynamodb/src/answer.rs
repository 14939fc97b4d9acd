//! What an answer of DynamoDB means.

use serde_json::Value;

use crate::transport::Answer;

/// How many characters of an explanation go to the log.
const MAX_EXPLANATION: usize = 300;

/// Why an action was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The item is not as the action expects it.
    Condition,
    /// Another attempt may succeed: the table or the service has too much to do, or has an error of its own.
    Later(String),
    /// Any other attempt would fail too.
    Never(String),
}

/// Errors that DynamoDB wants to be asked again after. The last is of tables that are written in several regions.
const LATER: [&str; 4] = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "ReplicatedWriteConflictException",
];

/// The content of an answer.
///
/// # Errors
/// The action was not done, or it is not known.
pub(crate) fn content(answer: &Answer) -> Result<Value, Refusal> {
    let content: Option<Value> = serde_json::from_slice(&answer.body).ok();
    if answer.status == 200 {
        return content.ok_or_else(|| Refusal::Never("its answer is no JSON".to_owned()));
    }
    let text = |name: &str| content.as_ref().and_then(|content| content.get(name)?.as_str()).unwrap_or_default();
    let error = text("__type").rsplit('#').next().unwrap_or_default();
    if error == "ConditionalCheckFailedException" {
        return Err(Refusal::Condition);
    }
    let reason = format!("status {} {error} {}", answer.status, explanation(text("message"), text("Message")));
    let is_later = answer.status >= 500 || LATER.contains(&error);
    Err(if is_later { Refusal::Later(reason) } else { Refusal::Never(reason) })
}

/// The first line of what the service explains. When a signature is wrong, the next lines repeat what was signed, and with that
/// the session token.
fn explanation(message: &str, or: &str) -> String {
    let message = if message.is_empty() { or } else { message };
    message.lines().next().unwrap_or_default().chars().take(MAX_EXPLANATION).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, body: &str) -> Refusal {
        content(&Answer { status, body: body.as_bytes().to_vec() }).unwrap_err()
    }

    fn named(status: u16, error: &str) -> Refusal {
        refusal(status, &format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{error}","message":"why"}}"#))
    }

    #[test]
    fn an_answer_is_its_content() {
        let answer = |body: &[u8]| content(&Answer { status: 200, body: body.to_vec() });
        assert_eq!(answer(br#"{"Item":{}}"#), Ok(serde_json::json!({ "Item": {} })));
        assert_eq!(answer(b"<html>"), Err(Refusal::Never("its answer is no JSON".to_owned())));
    }

    #[test]
    fn a_condition_that_is_not_met_is_known() {
        assert_eq!(named(400, "ConditionalCheckFailedException"), Refusal::Condition);
    }

    #[test]
    fn throttling_and_errors_of_the_service_pass() {
        for error in LATER {
            assert_eq!(named(400, error), Refusal::Later(format!("status 400 {error} why")));
        }
        assert_eq!(named(500, "InternalServerError"), Refusal::Later("status 500 InternalServerError why".to_owned()));
        assert_eq!(refusal(503, "<html>"), Refusal::Later("status 503  ".to_owned()));
    }

    #[test]
    fn other_errors_stay() {
        for error in ["ResourceNotFoundException", "AccessDeniedException", "ValidationException"] {
            assert_eq!(named(400, error), Refusal::Never(format!("status 400 {error} why")));
        }
        assert_eq!(refusal(400, r#"{"Message":"why"}"#), Refusal::Never("status 400  why".to_owned()));
        assert_eq!(refusal(301, ""), Refusal::Never("status 301  ".to_owned()));
    }

    #[test]
    fn what_was_signed_is_not_told() {
        let body = r#"{"__type":"x#InvalidSignatureException","message":"It does not match.\n\nThe Canonical String is 'x-amz-security-token:T'"}"#;
        assert_eq!(
            refusal(400, body),
            Refusal::Never("status 400 InvalidSignatureException It does not match.".to_owned())
        );
        let Refusal::Never(long) = refusal(400, &format!(r#"{{"message":"{}"}}"#, "é".repeat(10_000))) else {
            panic!()
        };
        assert!(long.chars().count() < 400, "{long}");
    }
}
