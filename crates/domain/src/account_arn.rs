use crate::role::Role;
use crate::username::Username;

/// The name of an account in policies: `arn:latchkey:accounts:::latchkey/STAGE/ROLE/USERNAME`. The role is a part of it, so
/// that a policy can say about accounts of which roles its principal decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountArn(String);

const PREFIX: &str = "arn:latchkey:accounts:::latchkey/";
/// Stands in the place of the role for an account that the operator has named. No pattern of a role matches it, so nobody
/// can lock the operator out.
const OPERATOR: &str = "operator";

impl AccountArn {
    /// Makes the name of an account; `None` is the role of one that the operator has named.
    pub fn new(stage: &str, role: Option<Role>, username: &Username) -> Self {
        let role = role.map_or(OPERATOR, Role::as_str);
        Self(format!("{PREFIX}{stage}/{role}/{username}"))
    }

    /// The pattern that matches the accounts of a role.
    pub fn pattern_of(stage: &str, role: Role) -> String {
        format!("{PREFIX}{stage}/{}/*", role.as_str())
    }

    /// The pattern that matches every account.
    pub fn pattern_of_all(stage: &str) -> String {
        format!("{PREFIX}{stage}/*")
    }
}

impl AsRef<str> for AccountArn {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ACTION_SUSPEND, PolicyDocument, Verdict};

    #[test]
    fn a_pattern_matches_the_accounts_of_one_role_on_one_stage() {
        let alice = Username::parse("alice").unwrap();
        let allowing = |pattern| PolicyDocument::allow([]).and_allow(&[ACTION_SUSPEND], vec![pattern]);
        let members = allowing(AccountArn::pattern_of("dev", Role::Member));
        let all = allowing(AccountArn::pattern_of_all("dev"));
        for (stage, role, of_members, of_all) in [
            ("dev", Some(Role::Member), true, true),
            ("dev", Some(Role::Moderator), false, true),
            ("dev", Some(Role::Admin), false, true),
            ("dev", None, false, true),
            ("live", Some(Role::Member), false, false),
        ] {
            let account = AccountArn::new(stage, role, &alice);
            let may = |policy: &PolicyDocument| policy.evaluate(ACTION_SUSPEND, &account) == Verdict::Allow;
            assert_eq!((may(&members), may(&all)), (of_members, of_all), "{account:?}");
        }
    }
}
