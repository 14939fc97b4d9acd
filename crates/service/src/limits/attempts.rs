//! Delays for clients that send wrong passwords and wrong codes.
//!
//! A browser that has logged in to an account once gets a device cookie. Its later attempts are counted for this device
//! alone, so somebody who guesses the password elsewhere can't make the owner wait.

use domain::{ClientAddress, DelayRule, Device, Limit, Username};

use super::slots::{Counted, Kind, Seen, Taken};
use super::{TooMany, by_address, refused};
use crate::accounts::credentials::Credentials;
use crate::context::{AttemptRules, Context, Event, Level, Platform};
use crate::store::Failed;

/// Codes wait longer than passwords, because six digits are soon guessed by somebody who has the password; for the same reason
/// nobody can turn this off.
const CODES: DelayRule = DelayRule { free: 5, max_seconds: 300 };

/// Where an attempt comes from.
pub(crate) struct Client<'a> {
    /// `None` on a host that does not tell the address of its clients.
    pub(crate) address: Option<ClientAddress>,
    /// The values of its device cookies, which are not verified yet. The first that the account knows counts.
    pub(crate) devices: &'a [&'a str],
}

/// Permission to check one password or code now. The attempt counts as a failure until it is passed to
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
    /// lines, nothing here depends on whether the account exists. There is no name with a passkey, which nobody can guess: so
    /// those who guess the password do not delay it either.
    ///
    /// # Errors
    /// [`TooMany`] while there is a delay, or when the right password was given too often. An attempt that finds a delay
    /// writes nothing, so attempts during a delay do not make it longer.
    pub(crate) async fn begin_login(
        &self,
        rules: &AttemptRules,
        client: &Client<'_>,
        name: Option<&str>,
        account: Option<&Credentials>,
    ) -> Result<Attempt, Failed<TooMany>> {
        let counted_for = |kind, name: &str, limit| Counted { kind, name: name.to_owned(), limit };
        let mut counted: Vec<Counted> = Vec::new();
        match self.known_device(client.devices, account) {
            Some(device) => {
                counted.extend(rules.account.map(|rule| counted_for(Kind::Device, device.id(), Limit::Delay(rule))))
            }
            None => {
                if let (Some(rule), Some(address)) = (rules.address, client.address) {
                    counted.extend(by_address(Kind::Address, Limit::Delay(rule), address));
                }
                let named = rules.account.zip(name);
                counted.extend(named.map(|(rule, name)| counted_for(Kind::Account, name, Limit::Delay(rule))));
            }
        }
        let failures = counted.len();
        let named = rules.logins.zip(name);
        counted.extend(named.map(|(quota, name)| counted_for(Kind::Logins, name, Limit::Quota(quota))));
        let from = rules.logins_from.zip(client.address);
        counted.extend(from.map(|(quota, from)| counted_for(Kind::LoginsFrom, &from.network(), Limit::Quota(quota))));
        let mut seen = self.look_at_slots(counted).await?;
        let logins = seen.split_off(failures);
        let who = || too_many(account.map(|found| &found.account.username));
        if let Some(wait) = self.longest_wait(seen.iter().chain(&logins)) {
            return self.refuse("attempts", &wait, who());
        }
        let failures = self.take_or_refuse(seen, "attempts", who()).await?;
        Ok(Attempt { failures, logins, who: who() })
    }

    /// Records that the password, or the code, was right.
    ///
    /// # Errors
    /// [`TooMany`] if it was right too often.
    pub(crate) async fn attempt_succeeded(&self, attempt: Attempt) -> Result<(), Failed<TooMany>> {
        self.forget_slots(attempt.failures).await?;
        self.take_or_refuse(attempt.logins, "logins", attempt.who).await.map(drop)
    }

    /// Records that the password was right, where a code has to follow: until then the attempt counts as one that failed.
    /// Returns the keys that it is counted under, for [`Context::begin_code`].
    ///
    /// # Errors
    /// [`TooMany`] if it was right too often.
    pub(crate) async fn password_was_right(&self, attempt: Attempt) -> Result<Vec<String>, Failed<TooMany>> {
        self.take_or_refuse(attempt.logins, "logins", attempt.who).await?;
        Ok(attempt.failures.into_iter().map(|taken| taken.key).collect())
    }

    /// Begins the check of a code. It is counted for the account or, if the account knows the device, for that device alone; not
    /// for the login that it belongs to, so another login gives no further attempts. `counted` are the keys under which that
    /// login is counted. If the code is right, it is counted there no longer.
    ///
    /// # Errors
    /// [`TooMany`] while there is a delay.
    pub(crate) async fn begin_code(
        &self,
        devices: &[&str],
        found: &Credentials,
        counted: Vec<String>,
    ) -> Result<Attempt, Failed<TooMany>> {
        let username = &found.account.username;
        let device = self.known_device(devices, Some(found));
        let name = device.map_or_else(|| username.to_string(), |device| device.id().to_owned());
        let who = || too_many(Some(username));
        let seen = self.look_at_slots(vec![Counted { kind: Kind::Codes, name, limit: Limit::Delay(CODES) }]).await?;
        let mut failures = self.take_or_refuse(seen, "attempts", who()).await?;
        // Others may have moved the times of those slots since, so only the count is taken back.
        failures.extend(counted.into_iter().map(|key| Taken { key, forget: -1 }));
        Ok(Attempt { failures, logins: Vec::new(), who: who() })
    }

    /// Begins a reset of a password. It is counted for the address and, where a code is to be checked, for the name, whether or
    /// not an account has it.
    ///
    /// # Errors
    /// [`TooMany`] while there is a delay. Nothing is written then.
    pub(crate) async fn begin_recovery(
        &self,
        address: Option<ClientAddress>,
        name: Option<&str>,
        account: Option<&Credentials>,
    ) -> Result<Attempt, Failed<TooMany>> {
        let limit = Limit::Delay(CODES);
        let from = address.into_iter().flat_map(|address| by_address(Kind::RecoveryFrom, limit, address));
        let of = name.map(|name| Counted { kind: Kind::Recovery, name: name.to_owned(), limit });
        let seen = self.look_at_slots(from.chain(of).collect()).await?;
        let who = || too_many(account.map(|found| &found.account.username));
        if let Some(wait) = self.longest_wait(seen.iter()) {
            return self.refuse("attempts", &wait, who());
        }
        let failures = self.take_or_refuse(seen, "attempts", who()).await?;
        Ok(Attempt { failures, logins: Vec::new(), who: who() })
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
        username: &Username,
    ) -> Result<(), Failed<TooMany>> {
        let (kind, name) = (Kind::Check, username.to_string());
        let counted = rule.map(|rule| Counted { kind, name, limit: Limit::Delay(rule) });
        self.count(counted, "attempts", too_many(Some(username))).await
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

fn too_many(username: Option<&Username>) -> Event {
    refused(Event::new(Level::Warn, "authn_login_fail_max"), username)
}
