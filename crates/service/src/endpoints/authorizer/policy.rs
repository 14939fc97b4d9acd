//! What an account may do, by its role and its suspension.

use domain::{
    ACTION_DELETE_MESSAGE, ACTION_INVOKE, MessageArn, MethodArn, PolicyDocument, Role, Timestamp, UsernameList,
};

use crate::endpoints::table;
use crate::store::records::Account;

/// What somebody who is suspended may still do: see why, log out, and delete their account.
const DESPITE_SUSPENSION: [(&str, &str); 5] = [
    ("GET", "/api/account"),
    ("HEAD", "/api/account"),
    ("POST", "/api/account/delete"),
    ("POST", "/api/logout"),
    ("OPTIONS", "/*"),
];

/// The policy of an account. One that the operator names is an admin, whatever its record says, and is never suspended, so
/// that admins can't lock each other out for good.
pub(super) fn of(stage: &str, account: &Account, admins: &UsernameList, now: Timestamp) -> PolicyDocument {
    let is_named = admins.contains(&account.username);
    let role = if is_named { Role::Admin } else { account.standing.role };
    let arn = |(method, path): (&str, String)| MethodArn::new(stage, method, &path);
    let messages = match role {
        Role::Member => MessageArn::pattern_of(stage, &account.username),
        Role::Moderator | Role::Admin => MessageArn::pattern_of_all(stage),
    };
    let policy = PolicyDocument::allow(table::allowed().map(arn)).and_allow(ACTION_DELETE_MESSAGE, messages);
    if is_named || !account.standing.is_suspended(now) {
        return policy;
    }
    let denied = table::allowed().filter(|(method, path)| !DESPITE_SUSPENSION.contains(&(*method, path.as_str())));
    policy
        .and_deny(ACTION_INVOKE, denied.map(|method| arn(method).to_string()).collect())
        .and_deny(ACTION_DELETE_MESSAGE, vec![MessageArn::pattern_of_all(stage)])
}
