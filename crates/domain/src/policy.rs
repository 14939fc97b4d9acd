//! IAM policies and their evaluation, which work as in an API gateway with a custom authorizer.

use crate::method_arn::MethodArn;

/// The only version of the policy language that this code understands.
pub const POLICY_VERSION: &str = "2012-10-17";
/// The action that stands for calling a method of the API.
pub const ACTION_INVOKE: &str = "execute-api:Invoke";
/// The action that stands for taking a message off the board.
pub const ACTION_DELETE_MESSAGE: &str = "messages:Delete";
/// The action that stands for suspending an account, and for lifting that.
pub const ACTION_SUSPEND: &str = "accounts:Suspend";
/// The action that stands for giving an account another role.
pub const ACTION_SET_ROLE: &str = "accounts:SetRole";
/// The action that stands for ending the sessions of an account.
pub const ACTION_END_SESSIONS: &str = "accounts:EndSessions";
/// The action that stands for a link by which somebody sets a new password.
pub const ACTION_RESET_PASSWORD: &str = "accounts:ResetPassword";

/// The largest number of statements, and of patterns in one statement. It limits the work of an evaluation, and is higher
/// than any policy of ours needs.
const MAX_ITEMS: usize = 64;
const MAX_PATTERN_BYTES: usize = 512;

/// What a statement decides about the methods that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The methods may be called.
    Allow,
    /// The methods may not be called, whatever other statements say.
    Deny,
}

/// One statement. In both lists `*` matches any run of characters, and `?` matches a single character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Allow or Deny.
    pub effect: Effect,
    /// Patterns of actions, compared without regard to case, as IAM does.
    pub actions: Vec<String>,
    /// Patterns of ARNs: of methods, of messages or of accounts.
    pub resources: Vec<String>,
}

/// A policy that is well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDocument {
    statements: Vec<Statement>,
}

/// The answer to "may this method be called?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The method may be called.
    Allow,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement allows it.
    ImplicitDeny,
}

/// Why a policy is malformed. Under such a policy no method may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The version is not [`POLICY_VERSION`].
    #[error("the version of the policy language is unknown")]
    Version,
    /// The policy has no statement, or more than 64.
    #[error("the number of statements is not between 1 and 64")]
    StatementCount,
    /// A statement has no actions or no resources, or more than 64 of them.
    #[error("a statement has no actions or no resources, or more than 64")]
    PatternCount,
    /// A pattern is empty, or longer than 512 bytes.
    #[error("a pattern is empty or longer than 512 bytes")]
    Pattern,
}

impl PolicyDocument {
    /// Checks the policy that an authorizer returned.
    ///
    /// # Errors
    /// The first [`PolicyError`] that applies.
    pub fn parse(version: &str, statements: Vec<Statement>) -> Result<Self, PolicyError> {
        if version != POLICY_VERSION {
            return Err(PolicyError::Version);
        }
        if statements.is_empty() || statements.len() > MAX_ITEMS {
            return Err(PolicyError::StatementCount);
        }
        for patterns in statements.iter().flat_map(|s| [&s.actions, &s.resources]) {
            if patterns.is_empty() || patterns.len() > MAX_ITEMS {
                return Err(PolicyError::PatternCount);
            }
            if patterns.iter().any(|p| p.is_empty() || p.len() > MAX_PATTERN_BYTES) {
                return Err(PolicyError::Pattern);
            }
        }
        Ok(Self { statements })
    }

    /// A policy that allows the methods in the list, and nothing else.
    pub fn allow(methods: impl IntoIterator<Item = MethodArn>) -> Self {
        let methods = methods.into_iter().map(|arn| arn.to_string());
        Self { statements: Vec::new() }.and_allow(&[ACTION_INVOKE], methods.collect())
    }

    /// The same policy, which also allows actions on what the patterns match.
    #[must_use]
    pub fn and_allow(self, actions: &[&str], patterns: Vec<String>) -> Self {
        self.and(Effect::Allow, actions, patterns)
    }

    /// The same policy, which denies actions on what the patterns match, whatever it allows.
    #[must_use]
    pub fn and_deny(self, actions: &[&str], patterns: Vec<String>) -> Self {
        self.and(Effect::Deny, actions, patterns)
    }

    fn and(mut self, effect: Effect, actions: &[&str], resources: Vec<String>) -> Self {
        let actions = actions.iter().map(|action| (*action).to_owned()).collect();
        self.statements.push(Statement { effect, actions, resources });
        self
    }

    /// The statements, in order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether the policy lets its principal perform an action on a method, a message or an account: an explicit Deny overrides every
    /// Allow, and an action that no statement allows is denied.
    pub fn evaluate(&self, action: &str, arn: &impl AsRef<str>) -> Verdict {
        let mut verdict = Verdict::ImplicitDeny;
        for statement in self.statements.iter().filter(|s| s.names(action, arn.as_ref())) {
            match statement.effect {
                Effect::Deny => return Verdict::ExplicitDeny,
                Effect::Allow => verdict = Verdict::Allow,
            }
        }
        verdict
    }
}

impl Statement {
    fn names(&self, action: &str, arn: &str) -> bool {
        let action = action.to_ascii_lowercase();
        self.actions.iter().any(|pattern| matches(pattern.to_ascii_lowercase().as_bytes(), action.as_bytes()))
            && self.resources.iter().any(|pattern| matches(pattern.as_bytes(), arn.as_bytes()))
    }
}

/// Wildcard match in at most `pattern * text` steps: on a mismatch only the last `*` is tried again with a longer run, so no
/// pattern makes the time exponential.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&wanted) if wanted == b'?' || wanted == byte => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((star_p, star_t)) => {
                    star = Some((star_p, star_t + 1));
                    p = star_p + 1;
                    t = star_t + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|&b| b == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(effect: Effect, resource: &str) -> Statement {
        Statement { effect, actions: vec![ACTION_INVOKE.to_owned()], resources: vec![resource.to_owned()] }
    }

    fn policy(statements: Vec<Statement>) -> PolicyDocument {
        PolicyDocument::parse(POLICY_VERSION, statements).unwrap()
    }

    fn post() -> MethodArn {
        MethodArn::new("dev", "POST", "/api/messages")
    }

    #[test]
    fn an_exact_allow_allows_that_method_alone() {
        let policy = PolicyDocument::allow([post()]);
        assert_eq!(policy.evaluate(ACTION_INVOKE, &post()), Verdict::Allow);
        for other in [
            MethodArn::new("dev", "GET", "/api/messages"),
            MethodArn::new("live", "POST", "/api/messages"),
            MethodArn::new("dev", "POST", "/api/messages/1"),
        ] {
            assert_eq!(policy.evaluate(ACTION_INVOKE, &other), Verdict::ImplicitDeny, "{other}");
        }
    }

    #[test]
    fn an_allowing_policy_is_one_statement_with_the_methods_in_order() {
        let get = MethodArn::new("dev", "GET", "/api/messages");
        let resources = [&post(), &get].map(ToString::to_string).to_vec();
        let statement = Statement { effect: Effect::Allow, actions: vec![ACTION_INVOKE.to_owned()], resources };
        assert_eq!(PolicyDocument::allow([post(), get]).statements(), [statement]);
    }

    #[test]
    fn an_explicit_deny_beats_every_allow_in_any_order() {
        let (allow, deny) = (statement(Effect::Allow, "*"), statement(Effect::Deny, post().as_str()));
        for statements in [vec![allow.clone(), deny.clone()], vec![deny, allow]] {
            assert_eq!(policy(statements).evaluate(ACTION_INVOKE, &post()), Verdict::ExplicitDeny);
        }
    }

    #[test]
    fn another_action_is_not_matched() {
        for (action, verdict) in [
            ("execute-api:*", Verdict::Allow),
            ("EXECUTE-API:invoke", Verdict::Allow),
            ("*", Verdict::Allow),
            ("execute-api:ManageConnections", Verdict::ImplicitDeny),
            ("s3:*", Verdict::ImplicitDeny),
        ] {
            let statement = Statement { actions: vec![action.to_owned()], ..statement(Effect::Allow, "*") };
            assert_eq!(policy(vec![statement]).evaluate(ACTION_INVOKE, &post()), verdict, "{action}");
        }
    }

    #[test]
    fn wildcards_match_as_in_iam() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "anything", true),
            ("?", "", false),
            ("?", "a", true),
            ("?", "ab", false),
            ("a*c", "abbbc", true),
            ("a*c", "abbbd", false),
            ("a*b*c", "a-b-b-c", true),
            ("*/POST/*", "dev/POST/api", true),
            ("*/POST/*", "dev/GET/api", false),
            ("a**c", "ac", true),
            ("abc", "abcd", false),
            ("abcd", "abc", false),
            ("a?c*", "abc", true),
            ("A", "a", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_made_to_explode_does_not() {
        let pattern = "*a".repeat(256);
        assert!(!matches(pattern.as_bytes(), "a".repeat(255).as_bytes()));
    }

    #[test]
    fn the_largest_policy_is_accepted() {
        let patterns = vec!["a".repeat(512); 64];
        let largest = Statement { effect: Effect::Allow, actions: patterns.clone(), resources: patterns };
        assert!(PolicyDocument::parse(POLICY_VERSION, vec![largest; 64]).is_ok());
    }

    #[test]
    fn malformed_policies_are_refused() {
        let good = statement(Effect::Allow, "*");
        let none = Statement { actions: vec![], ..good.clone() };
        let empty = Statement { resources: vec![String::new()], ..good.clone() };
        let long = Statement { resources: vec!["a".repeat(513)], ..good.clone() };
        let many = Statement { resources: vec!["a".to_owned(); 65], ..good.clone() };
        for (version, statements, error) in [
            ("2008-10-17", vec![good.clone()], PolicyError::Version),
            ("", vec![good.clone()], PolicyError::Version),
            (POLICY_VERSION, vec![], PolicyError::StatementCount),
            (POLICY_VERSION, vec![good.clone(); 65], PolicyError::StatementCount),
            (POLICY_VERSION, vec![none], PolicyError::PatternCount),
            (POLICY_VERSION, vec![many], PolicyError::PatternCount),
            (POLICY_VERSION, vec![empty], PolicyError::Pattern),
            (POLICY_VERSION, vec![good, long], PolicyError::Pattern),
        ] {
            assert_eq!(PolicyDocument::parse(version, statements), Err(error));
        }
    }
}
