//! Passkeys. They are members of the account's record, so one compare-and-set decides which of several requests at the same
//! moment counts, and the deletion of the account takes them with it.
//!
//! An authenticator names an account by its handle, and one more record says whose handle it is. It is written before the
//! account names the handle. If a request dies between the two, or the account is deleted at the same moment and this request
//! dies, the record remains: it leads to an account that does not name the handle, or to none, and so nowhere.
//!
//! A challenge is a sealed ticket, and needs no record. Each passkey knows when the last challenge that it has answered was
//! issued, and takes only a later one; and so does each account for its registrations.

use domain::{
    AuthenticationResponse, DisplayName, PasskeyError, Purpose, RelyingParty, Timestamp, UserHandle, Username, digest,
};
use rules::ACCOUNT_MAX_PASSKEYS;

use super::credentials::{Credentials, Overtaken};
use crate::context::{Context, Platform, StoreError};
use crate::store::records::{Account, AccountRecord, HandleRecord, Passkey, Passkeys, V1};
use crate::store::{Failed, keys};

/// Seconds that a challenge is good.
pub(crate) const CHALLENGE_SECONDS: u64 = 300;

/// A challenge that the app has issued.
pub(crate) struct Challenge {
    pub(crate) text: String,
    pub(crate) issued: Timestamp,
}

/// Why a passkey was not added.
#[derive(Debug)]
pub(crate) enum NotRegistered {
    /// The account has as many as it can have.
    TooMany,
    /// The account has it already.
    Known,
    /// Its challenge, or a later one, was answered before.
    Used,
    Overtaken,
}

/// Why what a passkey has signed was not accepted.
#[derive(Debug)]
pub(crate) enum NotAccepted {
    /// The account has no such passkey.
    Unknown,
    /// Its challenge, or a later one, was answered before.
    Used,
    Refused(PasskeyError),
    Overtaken,
}

impl NotAccepted {
    /// A word for the log.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Unknown => "unknown_passkey".to_owned(),
            Self::Used => "used".to_owned(),
            Self::Refused(error) => error.to_string(),
            Self::Overtaken => "overtaken".to_owned(),
        }
    }
}

/// Why a passkey was not renamed or removed.
#[derive(Debug)]
pub(crate) enum NotChanged {
    Absent,
    Overtaken,
}

impl From<Overtaken> for NotRegistered {
    fn from(Overtaken: Overtaken) -> Self {
        Self::Overtaken
    }
}

impl From<Overtaken> for NotAccepted {
    fn from(Overtaken: Overtaken) -> Self {
        Self::Overtaken
    }
}

impl From<Overtaken> for NotChanged {
    fn from(Overtaken: Overtaken) -> Self {
        Self::Overtaken
    }
}

impl Account {
    pub(crate) fn passkeys(&self) -> &[Passkey] {
        self.passkeys.as_ref().map_or(&[], |passkeys| &passkeys.all)
    }
}

impl Passkey {
    /// The id in addresses. What the authenticator has chosen may be longer than a segment should be.
    pub(crate) fn id(&self) -> String {
        digest(self.credential.id().as_bytes())
    }
}

impl<P: Platform> Context<'_, P> {
    /// Issues a challenge for a ceremony of one browser, and of those whom `about` names.
    pub(crate) async fn issue_challenge(
        &self,
        purpose: Purpose,
        about: &str,
        browser: &str,
    ) -> Result<String, StoreError> {
        let text = format!("{}.{about}.{}", self.random_hex::<16>(), digest(browser.as_bytes()));
        Ok(self.app_secret().await?.seal(purpose, &text, self.now().plus_secs(CHALLENGE_SECONDS)))
    }

    /// A challenge that was issued for this ceremony, and for a browser that has one of these cookies.
    pub(crate) async fn open_challenge(
        &self,
        purpose: Purpose,
        about: &str,
        browsers: &[&str],
        text: Option<String>,
    ) -> Result<Option<Challenge>, StoreError> {
        let secret = self.app_secret().await?;
        let text = text.unwrap_or_default();
        let Some((sealed, expires_at)) = secret.open(purpose, &text, self.now()) else { return Ok(None) };
        let parts = sealed.split_once('.').and_then(|(_, rest)| rest.rsplit_once('.'));
        let is_of = |(named, browser): (&str, &str)| {
            named == about && browsers.iter().any(|cookie| digest(cookie.as_bytes()) == browser)
        };
        let issued = Timestamp::from_millis(expires_at.as_millis().saturating_sub(CHALLENGE_SECONDS * 1000));
        Ok(parts.is_some_and(is_of).then_some(Challenge { text, issued }))
    }

    /// The handle of an account, which it names once it has a passkey.
    pub(crate) async fn user_handle(&self, account: &Account) -> Result<UserHandle, StoreError> {
        match &account.passkeys {
            Some(passkeys) => Ok(passkeys.handle.clone()),
            None => Ok(self.app_secret().await?.user_handle(&account.username)),
        }
    }

    /// The account with a handle. The cost is the same when there is none.
    pub(crate) async fn find_by_handle(&self, handle: Option<&UserHandle>) -> Result<Option<Credentials>, StoreError> {
        let key = handle.map_or_else(|| keys::NO_HANDLE.to_owned(), keys::handle);
        let record: Option<HandleRecord> = self.load(&key).await?;
        let found = self.find_credentials(record.map(|record| record.username).as_ref()).await?;
        Ok(found.filter(|found| found.account.passkeys.as_ref().map(|passkeys| &passkeys.handle) == handle))
    }

    /// Adds a passkey to an account.
    pub(crate) async fn add_passkey(
        &self,
        found: &Credentials,
        passkey: &Passkey,
    ) -> Result<(), Failed<NotRegistered>> {
        let handle = self.user_handle(&found.account).await?;
        let (username, key) = (&found.account.username, keys::handle(&handle));
        self.save(&key, &HandleRecord { v: V1, username: username.clone() }).await?;
        let add = |account: &mut Account| {
            let none =
                || Passkeys { handle: handle.clone(), registered_ms: Timestamp::from_millis(0), all: Vec::new() };
            let passkeys = account.passkeys.get_or_insert_with(none);
            if passkey.answered_ms <= passkeys.registered_ms {
                return Err(NotRegistered::Used);
            }
            if passkeys.all.iter().any(|other| other.id() == passkey.id()) {
                return Err(NotRegistered::Known);
            }
            if passkeys.all.len() >= ACCOUNT_MAX_PASSKEYS {
                return Err(NotRegistered::TooMany);
            }
            passkeys.registered_ms = passkey.answered_ms;
            passkeys.all.push(passkey.clone());
            Ok(())
        };
        let added = self.update_account(found, add).await;
        // The deletion of the account knows of no handle that the account did not name.
        if matches!(added, Err(Failed::Refused(NotRegistered::Overtaken))) && !self.is_account(username).await? {
            self.delete(&key).await?;
        }
        added
    }

    async fn is_account(&self, username: &Username) -> Result<bool, StoreError> {
        Ok(matches!(self.account_record(username).await?, Some(AccountRecord::Account(_))))
    }

    /// Accepts what a passkey of an account has signed, if it verifies by the record that is replaced.
    pub(crate) async fn accept_passkey(
        &self,
        found: &Credentials,
        party: &RelyingParty,
        response: &AuthenticationResponse,
        challenge: &Challenge,
    ) -> Result<(), Failed<NotAccepted>> {
        let now = self.now();
        let accept = |account: &mut Account| {
            let Some(Passkeys { handle, all, .. }) = &mut account.passkeys else { return Err(NotAccepted::Unknown) };
            let passkey = all.iter_mut().find(|passkey| passkey.credential.id() == response.credential_id());
            let passkey = passkey.ok_or(NotAccepted::Unknown)?;
            if challenge.issued <= passkey.answered_ms {
                return Err(NotAccepted::Used);
            }
            let verified = party.authenticate(response, &challenge.text, &passkey.credential, handle);
            passkey.credential = verified.map_err(NotAccepted::Refused)?;
            passkey.answered_ms = challenge.issued;
            passkey.last_used_at_ms = Some(now);
            Ok(())
        };
        // What does not verify must not claim the record, because other changes would have to wait.
        accept(&mut found.account.clone()).map_err(Failed::Refused)?;
        self.update_account(found, accept).await
    }

    pub(crate) async fn rename_passkey(
        &self,
        found: &Credentials,
        id: &str,
        name: &DisplayName,
    ) -> Result<(), Failed<NotChanged>> {
        self.change_passkeys(found, |passkeys: &mut Vec<Passkey>| {
            let passkey = passkeys.iter_mut().find(|passkey| passkey.id() == id)?;
            passkey.name = name.clone();
            Some(())
        })
        .await
    }

    pub(crate) async fn remove_passkey(&self, found: &Credentials, id: &str) -> Result<(), Failed<NotChanged>> {
        self.change_passkeys(found, |passkeys: &mut Vec<Passkey>| {
            let at = passkeys.iter().position(|passkey| passkey.id() == id)?;
            passkeys.remove(at);
            Some(())
        })
        .await
    }

    /// `change` returns `None` if there is no such passkey.
    async fn change_passkeys(
        &self,
        found: &Credentials,
        change: impl Fn(&mut Vec<Passkey>) -> Option<()>,
    ) -> Result<(), Failed<NotChanged>> {
        let change = |account: &mut Account| {
            let passkeys: Option<&mut Passkeys> = account.passkeys.as_mut();
            passkeys.and_then(|passkeys| change(&mut passkeys.all)).ok_or(NotChanged::Absent)
        };
        self.update_account(found, change).await
    }
}

#[cfg(test)]
mod tests {
    /// What is not ASCII would be longer in the store than it is here.
    #[test]
    fn a_challenge_about_the_longest_name_is_a_ticket_that_opens() {
        use domain::{AppSecret, Purpose, Timestamp};
        let secret = AppSecret::new([7; 32]);
        let text =
            format!("{}.{}.{}.{}.{}", "0".repeat(32), "a".repeat(64), "0".repeat(32), "9".repeat(20), "0".repeat(32));
        let ticket = secret.seal(Purpose::PasskeyRegistration, &text, Timestamp::from_millis(9_999_999_999_999));
        assert!(secret.open(Purpose::PasskeyRegistration, &ticket, Timestamp::from_millis(0)).is_some());
    }
}
