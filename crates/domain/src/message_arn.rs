use std::fmt;

use crate::username::Username;

/// The name of a message in policies: `arn:latchkey:messages:::latchkey/STAGE/AUTHOR/ID`. The author is a part of it, so that a
/// policy can tell the messages of its principal from those of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageArn(String);

const PREFIX: &str = "arn:latchkey:messages:::latchkey/";

impl MessageArn {
    /// Makes the name of a message. It has an empty part for an author who is not known any more.
    pub fn new(stage: &str, author: &str, id: u64) -> Self {
        Self(format!("{PREFIX}{stage}/{author}/{id}"))
    }

    /// The pattern that matches the messages of one author.
    pub fn pattern_of(stage: &str, author: &Username) -> String {
        format!("{PREFIX}{stage}/{author}/*")
    }

    /// The pattern that matches every message.
    pub fn pattern_of_all(stage: &str) -> String {
        format!("{PREFIX}{stage}/*")
    }
}

impl AsRef<str> for MessageArn {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ACTION_DELETE_MESSAGE, PolicyDocument, Verdict};

    #[test]
    fn a_pattern_matches_the_messages_of_one_author_on_one_stage() {
        let alice = Username::parse("alice").unwrap();
        let own =
            PolicyDocument::allow([]).and_allow(&[ACTION_DELETE_MESSAGE], vec![MessageArn::pattern_of("dev", &alice)]);
        let all =
            PolicyDocument::allow([]).and_allow(&[ACTION_DELETE_MESSAGE], vec![MessageArn::pattern_of_all("dev")]);
        for (message, is_own, is_any) in [
            (MessageArn::new("dev", "alice", 7), true, true),
            (MessageArn::new("dev", "alice2", 7), false, true),
            (MessageArn::new("dev", "bob", 7), false, true),
            (MessageArn::new("dev", "", 7), false, true),
            (MessageArn::new("live", "alice", 7), false, false),
        ] {
            let may = |policy: &PolicyDocument| policy.evaluate(ACTION_DELETE_MESSAGE, &message) == Verdict::Allow;
            assert_eq!((may(&own), may(&all)), (is_own, is_any), "{message}");
        }
    }
}
