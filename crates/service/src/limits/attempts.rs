//! Delays for clients that send wrong passwords.
//!
//! A browser that has logged in to an account once gets a device cookie. Its later attempts are counted for this device
//! alone, so somebody who guesses the password elsewhere can't make the owner wait.

use domain::{ClientAddress, DelayRule, Device, Username};

use super::TooMany;
use super::slots::{Kind, Taken};
use crate::accounts::credentials::Credentials;
use crate::context::{AttemptRules, Context, Event, Level, Platform, StoreError};
use crate::store::Failed;

/// Where an attempt comes from.
pub(crate) struct Client<'a> {
    /// `None` on a host that does not tell the address of its clients.
    pub(crate) address: Option<ClientAddress>,
    /// The value of its device cookie, which is not verified yet.
    pub(crate) device: Option<&'a str>,
}

/// Permission to check one password now. The attempt counts as a failure until it is passed to
/// [`Context::attempt_succeeded`].
#[must_use = "an attempt fails or succeeds"]
pub(crate) struct Attempt(Vec<Taken>);

/// One slot that an attempt is counted in: the kind, the name that is hashed to the slot, and the rule for the delays.
type Counted = (Kind, String, DelayRule);

impl<P: Platform> Context<'_, P> {
    /// Begins a login. It is counted for the account and for the address or, if the account knows the device, for that
    /// device alone. Except for the known device and the log lines, nothing here depends on whether the account exists.
    ///
    /// # Errors
    /// [`TooMany`] while there is a delay. An attempt that finds a delay writes nothing, so attempts during a delay do not
    /// make it longer.
    pub(crate) async fn begin_login(
        &self,
        rules: &AttemptRules,
        client: &Client<'_>,
        username: Option<&Username>,
        account: Option<&Credentials>,
    ) -> Result<Attempt, Failed<TooMany>> {
        // Everything that can't be a username is counted under one name, the empty one, which nobody has.
        let name = username.map(Username::as_str).unwrap_or_default();
        let counted = match self.known_device(client.device, account) {
            Some(device) => vec![rules.account.map(|rule| (Kind::Device, device.id().to_owned(), rule))],
            None => {
                let by_address = rules.address.zip(client.address);
                vec![
                    by_address.map(|(rule, address)| (Kind::Address, address.network(), rule)),
                    rules.account.map(|rule| (Kind::Account, name.to_owned(), rule)),
                ]
            }
        };
        let known = account.map(|found| &found.account.username);
        self.begin_attempt(counted, name, known, client.address).await
    }

    /// Begins the check of a password that a logged-in user enters again. It is counted apart from logins: only a user who
    /// is logged in to the account gets here, so nobody else can make the owner wait.
    ///
    /// # Errors
    /// As [`Context::begin_login`].
    pub(crate) async fn begin_password_check(
        &self,
        rules: &AttemptRules,
        address: Option<ClientAddress>,
        username: &Username,
    ) -> Result<Attempt, Failed<TooMany>> {
        let counted = rules.account.map(|rule| (Kind::Check, username.to_string(), rule));
        self.begin_attempt(vec![counted], username.as_str(), Some(username), address).await
    }

    /// `known` and `address` are for the log. `account` is not logged, because a name that nobody has may be a password
    /// that was typed into the wrong field.
    async fn begin_attempt(
        &self,
        counted: Vec<Option<Counted>>,
        account: &str,
        known: Option<&Username>,
        address: Option<ClientAddress>,
    ) -> Result<Attempt, Failed<TooMany>> {
        let counted: Vec<Counted> = counted.into_iter().flatten().collect();
        let mut taken: Vec<Taken> = Vec::new();
        if counted.is_empty() {
            return Ok(Attempt(taken));
        }
        let refuse = |kind: Kind, wait_millis: u64| {
            let too_many = TooMany::new("attempts", wait_millis);
            let event = Event::new(Level::Warn, "authn_login_fail_max")
                .with("limit", kind.as_str())
                .with("retry_after_seconds", too_many.wait_seconds)
                .with_some("username", known.map(Username::as_str))
                .with_some("client_address", address.map(|address| address.to_string()));
            self.log_with_work(event);
            Err(Failed::Refused(too_many))
        };
        let now = self.now();
        let secret = self.slot_secret().await?;
        let mut seen = Vec::new();
        for (kind, name, rule) in counted {
            seen.push((self.look_at_slot(&secret, kind, &name, account, now).await?, kind, rule));
        }
        let waits = seen.iter().map(|(slot, kind, rule)| (rule.wait_millis(slot.used(), slot.at(), now), *kind));
        if let Some((wait_millis @ 1.., kind)) = waits.max_by_key(|(wait_millis, _)| *wait_millis) {
            return refuse(kind, wait_millis);
        }
        for (slot, kind, rule) in seen {
            let used = slot.used();
            let number = self.take_number(slot, now).await?;
            let goes_on = rule.admits(used, number.used());
            taken.push(number);
            if !goes_on {
                for number in taken {
                    self.give_number_back(&number).await?;
                }
                return refuse(kind, rule.delay_millis(used.max(rule.free)));
            }
        }
        Ok(Attempt(taken))
    }

    /// Records that the password was wrong.
    pub(crate) async fn attempt_failed(&self, attempt: Attempt) -> Result<(), StoreError> {
        for taken in attempt.0 {
            self.number_failed(taken).await?;
        }
        Ok(())
    }

    /// Records that the password was right.
    pub(crate) async fn attempt_succeeded(&self, attempt: Attempt) -> Result<(), StoreError> {
        for taken in attempt.0 {
            self.number_succeeded(taken).await?;
        }
        Ok(())
    }

    /// The device that a login comes from, if its account knows it. For an account that does not exist, the cookie is
    /// verified in the same way.
    fn known_device(&self, cookie: Option<&str>, account: Option<&Credentials>) -> Option<Device> {
        let username = account.map_or("", |found| found.account.username.as_str());
        let secret = account.map(Credentials::device_secret).unwrap_or_default();
        Device::from_cookie(cookie?, username, &secret, self.now()).filter(|_| account.is_some())
    }

    /// The value of a new device cookie, by which the account knows the device from now on.
    pub(crate) fn new_device_cookie(&self, found: &Credentials) -> String {
        let device = Device::new(self.random::<{ Device::ID_BYTES }>(), self.now());
        device.to_cookie(found.account.username.as_str(), &found.device_secret())
    }
}
