//! What an account may do, by its role and its suspension.

use domain::{
    ACTION_DELETE_MESSAGE, ACTION_END_SESSIONS, ACTION_INVOKE, ACTION_RESET_PASSWORD, ACTION_SET_ROLE, ACTION_SUSPEND,
    AccountArn, MessageArn, MethodArn, PolicyDocument, Role, Timestamp, UsernameList,
};

use crate::endpoints::table;
use crate::store::records::Account;

/// What somebody who is suspended may still do: see why and what the app has of them, log out, and delete their account.
const DESPITE_SUSPENSION: [(&str, &str); 9] = [
    ("GET", "/api/account"),
    ("HEAD", "/api/account"),
    ("GET", "/api/account/activity"),
    ("HEAD", "/api/account/activity"),
    ("GET", "/api/account/export"),
    ("HEAD", "/api/account/export"),
    ("POST", "/api/account/delete"),
    ("POST", "/api/logout"),
    ("OPTIONS", "/*"),
];
const ANY_ACTION_ON_ACCOUNTS: &str = "accounts:*";

/// The policy of an account: a statement with the methods of each role up to its own, and statements with what those methods
/// may do to messages and to accounts.
pub(super) fn of(stage: &str, account: &Account, admins: &UsernameList, now: Timestamp) -> PolicyDocument {
    let role = account.role(admins);
    let policy = PolicyDocument::allow(table::allowed_from(Role::Member).map(|method| arn(stage, method)));
    let policy =
        Role::ALL.into_iter().filter(|other| (Role::Moderator..=role).contains(other)).fold(policy, |policy, other| {
            let methods = table::allowed_from(other).map(|method| arn(stage, method).to_string());
            policy.and_allow(&[ACTION_INVOKE], methods.collect())
        });
    let accounts_of = |role| AccountArn::pattern_of(stage, role);
    let policy = match role {
        Role::Member => {
            policy.and_allow(&[ACTION_DELETE_MESSAGE], vec![MessageArn::pattern_of(stage, &account.username)])
        }
        Role::Moderator => policy
            .and_allow(&[ACTION_DELETE_MESSAGE], vec![MessageArn::pattern_of_all(stage)])
            .and_allow(&[ACTION_SUSPEND], vec![accounts_of(Role::Member)]),
        Role::Admin => policy.and_allow(&[ACTION_DELETE_MESSAGE], vec![MessageArn::pattern_of_all(stage)]).and_allow(
            &[ACTION_SUSPEND, ACTION_SET_ROLE, ACTION_END_SESSIONS, ACTION_RESET_PASSWORD],
            Role::ALL.map(accounts_of).to_vec(),
        ),
    };
    match account.suspension(admins, now) {
        None => policy,
        Some(_) => suspend(policy, stage, role),
    }
}

/// Denies all that the role may do, but for what somebody who is suspended may do still.
fn suspend(policy: PolicyDocument, stage: &str, role: Role) -> PolicyDocument {
    let policy = Role::ALL.into_iter().filter(|other| *other <= role).fold(policy, |policy, other| {
        let denied = table::allowed_from(other);
        let denied = denied.filter(|(method, path)| !DESPITE_SUSPENSION.contains(&(*method, path.as_str())));
        policy.and_deny(&[ACTION_INVOKE], denied.map(|method| arn(stage, method).to_string()).collect())
    });
    policy
        .and_deny(&[ACTION_DELETE_MESSAGE], vec![MessageArn::pattern_of_all(stage)])
        .and_deny(&[ANY_ACTION_ON_ACCOUNTS], vec![AccountArn::pattern_of_all(stage)])
}

fn arn(stage: &str, (method, path): (&str, String)) -> MethodArn {
    MethodArn::new(stage, method, &path)
}
