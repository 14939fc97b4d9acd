//! Delays for clients that send wrong passwords.
//!
//! A browser that has logged in to an account once gets a device cookie. Its later attempts are counted for this device
//! alone, so somebody who guesses the password elsewhere can't make the owner wait.

use domain::{ClientAddress, DelayRule, Device, Limit, Username};

use super::slots::{Counted, Kind, Seen, Taken};
use super::{TooMany, by_address};
use crate::accounts::credentials::Credentials;
use crate::context::{AttemptRules, Context, Event, Level, Platform};
use crate::store::Failed;

/// Where an attempt comes from.
pub(crate) struct Client<'a> {
    /// `None` on a host that does not tell the address of its clients.
    pub(crate) address: Option<ClientAddress>,
    /// The values of its device cookies, which are not verified yet. The first that the account knows counts.
    pub(crate) devices: &'a [&'a str],
}

/// Permission to check one password now. The attempt counts as a failure until it is passed to
/// [`Context::attempt_succeeded`].
#[must_use = "an attempt fails or succeeds"]
pub(crate) struct Attempt {
    failures: Vec<Taken>,
    logins: Vec<Seen>,
    /// For the log line of a refusal.
    who: Event,
}

impl<P: Platform> Context<'_, P> {
    /// Begins a login for a name, which is the username or any other text that was typed. It is counted for the name and for
    /// the address or, if the account knows the device, for that device alone. Except for the known device and the log
    /// lines, nothing here depends on whether the account exists.
    ///
    /// # Errors
    /// [`TooMany`] while there is a delay, or when the right password was given too often. An attempt that finds a delay
    /// writes nothing, so attempts during a delay do not make it longer.
    pub(crate) async fn begin_login(
        &self,
        rules: &AttemptRules,
        client: &Client<'_>,
        name: &str,
        account: Option<&Credentials>,
    ) -> Result<Attempt, Failed<TooMany>> {
        let named = |kind, limit| Counted { kind, name: name.to_owned(), limit };
        let mut counted: Vec<Counted> = Vec::new();
        match self.known_device(client.devices, account) {
            Some(device) => {
                let name = device.id().to_owned();
                counted.extend(rules.account.map(|rule| Counted {
                    kind: Kind::Device,
                    name,
                    limit: Limit::Delay(rule),
                }));
            }
            None => {
                if let (Some(rule), Some(address)) = (rules.address, client.address) {
                    counted.extend(by_address(Kind::Address, Limit::Delay(rule), address));
                }
                counted.extend(rules.account.map(|rule| named(Kind::Account, Limit::Delay(rule))));
            }
        }
        let failures = counted.len();
        counted.extend(rules.logins.map(|quota| named(Kind::Logins, Limit::Quota(quota))));
        counted.extend(rules.logins_from.zip(client.address).map(|(quota, address)| Counted {
            kind: Kind::LoginsFrom,
            name: address.network(),
            limit: Limit::Quota(quota),
        }));
        let mut seen = self.look_at_slots(counted).await?;
        let logins = seen.split_off(failures);
        let who = who(account.map(|found| &found.account.username), client.address);
        if let Some(wait) = self.longest_wait(seen.iter().chain(&logins)) {
            return self.refuse("attempts", &wait, who);
        }
        match self.take_slots(seen).await? {
            Ok(failures) => Ok(Attempt { failures, logins, who }),
            Err(wait) => self.refuse("attempts", &wait, who),
        }
    }

    /// Records that the password was right.
    ///
    /// # Errors
    /// [`TooMany`] if it was right too often.
    pub(crate) async fn attempt_succeeded(&self, attempt: Attempt) -> Result<(), Failed<TooMany>> {
        self.forget_slots(attempt.failures).await?;
        match self.take_slots(attempt.logins).await? {
            Ok(_) => Ok(()),
            Err(wait) => self.refuse("logins", &wait, attempt.who),
        }
    }

    /// Counts the check of a password that a logged-in user enters again. It is counted apart from logins: only a user who
    /// is logged in to the account gets here, so nobody else can make the owner wait. It counts when it is right too,
    /// because it costs as much.
    ///
    /// # Errors
    /// As [`Context::begin_login`].
    pub(crate) async fn count_password_check(
        &self,
        rule: Option<DelayRule>,
        address: Option<ClientAddress>,
        username: &Username,
    ) -> Result<(), Failed<TooMany>> {
        let (kind, name) = (Kind::Check, username.to_string());
        let counted = rule.map(|rule| Counted { kind, name, limit: Limit::Delay(rule) });
        let seen = self.look_at_slots(counted.into_iter().collect()).await?;
        match self.take_slots(seen).await? {
            Ok(_) => Ok(()),
            Err(wait) => self.refuse("attempts", &wait, who(Some(username), address)),
        }
    }

    /// The device that a login comes from, if its account knows it. For an account that does not exist, the cookie is
    /// verified in the same way.
    fn known_device(&self, cookies: &[&str], account: Option<&Credentials>) -> Option<Device> {
        let (username, secret) =
            account.map_or(("", ""), |found| (found.account.username.as_str(), &found.account.devices));
        let mut devices = cookies.iter().filter_map(|cookie| Device::from_cookie(cookie, username, secret, self.now()));
        devices.next().filter(|_| account.is_some())
    }
}

/// The log line of a refusal. A name that nobody has is not logged, because it may be a password that was typed into the
/// wrong field.
fn who(username: Option<&Username>, address: Option<ClientAddress>) -> Event {
    Event::new(Level::Warn, "authn_login_fail_max")
        .with_some("username", username.map(Username::as_str))
        .with_some("client_address", address.map(|address| address.to_string()))
}
