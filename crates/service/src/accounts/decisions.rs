//! What moderators and admins decide about an account: its role, its suspension, the end of its sessions. It is in the
//! account's record, so a decision is one compare-and-set, and it acts at the next request.

use domain::{AccountArn, Role, Timestamp, Username, UsernameList};

use super::credentials::Overtaken;
use crate::context::{Context, Platform};
use crate::store::records::{self, Account, AccountRecord, Suspension};
use crate::store::{Failed, keys};

/// Why nothing was decided.
#[derive(Debug)]
pub(crate) enum NotDecided {
    /// Nobody has an account with this name.
    Absent,
    /// The policy of the caller does not allow the action on this account.
    NotAllowed,
    /// Others have changed the account all the time.
    Overtaken,
}

impl From<Overtaken> for NotDecided {
    fn from(Overtaken: Overtaken) -> Self {
        Self::Overtaken
    }
}

impl Account {
    /// The role that counts: an account that the operator names is an admin, whatever its record says.
    pub(crate) fn role(&self, admins: &UsernameList) -> Role {
        if admins.contains(&self.username) { Role::Admin } else { self.standing.role }
    }

    /// The suspension that counts now. One that the operator names is never suspended, so that admins can't lock each other
    /// out for good.
    pub(crate) fn suspension(&self, admins: &UsernameList, now: Timestamp) -> Option<&Suspension> {
        let suspension = self.standing.suspension.as_ref().filter(|_| !admins.contains(&self.username));
        suspension.filter(|suspension| suspension.until_ms.is_none_or(|until| now < until))
    }

    /// The name of the account in policies.
    pub(crate) fn arn(&self, stage: &str, admins: &UsernameList) -> AccountArn {
        let role = (!admins.contains(&self.username)).then_some(self.standing.role);
        AccountArn::new(stage, role, &self.username)
    }
}

impl<P: Platform> Context<'_, P> {
    /// An account that is not deleted.
    pub(crate) async fn find_account(&self, username: &Username) -> Result<Account, Failed<NotDecided>> {
        match self.load(&keys::account(username)).await? {
            Some(AccountRecord::Account(account)) => Ok(account),
            Some(AccountRecord::Deleted(_)) | None => Err(Failed::Refused(NotDecided::Absent)),
        }
    }

    /// Changes an account if `may` allows it, which sees the account as it is when it is changed. Nothing that its owner does
    /// at the same moment averts the change.
    pub(crate) async fn decide(
        &self,
        username: &Username,
        may: impl Fn(&Account) -> bool,
        change: impl Fn(&mut Account),
    ) -> Result<(), Failed<NotDecided>> {
        let Some(found) = self.find_credentials(Some(username)).await? else {
            return Err(Failed::Refused(NotDecided::Absent));
        };
        let change = async |account: Account| {
            if !may(&account) {
                return Err(Failed::Refused(NotDecided::NotAllowed));
            }
            let mut account = account.next();
            change(&mut account);
            Ok(records::encode(&account)?)
        };
        self.replace(&found, |_| true, change).await
    }
}
