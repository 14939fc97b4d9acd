//! The delays of those who get passwords wrong.

use domain::{ClientAddress, DelayRule, Username};
use http::request::Parts;

use super::address::client_address;
use super::device;
use super::place::{Drawn, Kind, Places};
use super::settings::LoginRules;
use crate::call::Call;
use crate::credentials::Credentials;
use crate::log::{Event, Level};
use crate::ports::{Bucket, Platform};
use crate::problem::{Refusal, TooMany};

/// A password that may be looked at now. It counts as a failure until it has [`Attempt::succeeded`].
#[must_use = "an attempt fails or succeeds"]
pub(crate) struct Attempt {
    drawn: Vec<Drawn>,
    address: Option<ClientAddress>,
}

/// A login: counted for its account and its address, or, where the account knows the device, for that device alone.
/// Nothing here depends on whether the account exists but the device, and what is logged.
///
/// # Errors
/// [`Refusal::TooMany`] while there is a delay. Then nothing is written: who hammers at the door does not make it longer.
pub(crate) async fn login<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    parts: &Parts,
    username: Option<&Username>,
    account: Option<&Credentials>,
) -> Result<Attempt, Refusal> {
    let rules = LoginRules::read(call.ports)?;
    let address = client_address(call.ports, &parts.headers)?;
    // What can't be a username is one name that nobody has.
    let name = username.map(Username::as_str).unwrap_or_default();
    let counted = match device::known(call, parts, account) {
        Some(device) => vec![(Kind::Device, device.id().to_owned(), rules.account)],
        None => vec![
            (
                Kind::Address,
                address.map(ClientAddress::network).unwrap_or_default(),
                rules.address.filter(|_| address.is_some()),
            ),
            (Kind::Account, name.to_owned(), rules.account),
        ],
    };
    let who = Who { username: account.map(|found| &found.account.username), address };
    enter(call, bucket, counted, name, &who).await
}

/// A password that somebody who is logged in gives once more. Counted apart from logins: nobody else gets there, so
/// nobody else can make the owner wait.
///
/// # Errors
/// As [`login()`].
pub(crate) async fn password_check<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    parts: &Parts,
    username: &Username,
) -> Result<Attempt, Refusal> {
    let rules = LoginRules::read(call.ports)?;
    let who = Who { username: Some(username), address: client_address(call.ports, &parts.headers)? };
    enter(call, bucket, vec![(Kind::Check, username.to_string(), rules.account)], username.as_str(), &who).await
}

impl Attempt {
    /// Where it comes from, for the log.
    pub(crate) fn address(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }

    /// The password was wrong.
    pub(crate) async fn failed(self, bucket: &impl Bucket) -> Result<(), Refusal> {
        for drawn in self.drawn {
            drawn.fail(bucket).await?;
        }
        Ok(())
    }

    /// The password was right.
    pub(crate) async fn succeeded(self, bucket: &impl Bucket) -> Result<(), Refusal> {
        for drawn in self.drawn {
            drawn.succeed(bucket).await?;
        }
        Ok(())
    }
}

/// Who is refused, for the log. A name that nobody has may be a password in the wrong field.
struct Who<'a> {
    username: Option<&'a Username>,
    address: Option<ClientAddress>,
}

async fn enter<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    counted: Vec<(Kind, String, Option<DelayRule>)>,
    account: &str,
    who: &Who<'_>,
) -> Result<Attempt, Refusal> {
    let mut drawn: Vec<Drawn> = Vec::new();
    let counted: Vec<_> = counted.into_iter().filter_map(|(kind, name, rule)| Some((kind, name, rule?))).collect();
    if counted.is_empty() {
        return Ok(Attempt { drawn, address: who.address });
    }
    let now = call.now();
    let places = Places::open(call, bucket).await?;
    let mut seen = Vec::new();
    let mut longest = None;
    for (kind, name, rule) in counted {
        let place = places.look(bucket, (kind, &name), account, now).await?;
        longest = longest.max(Some((rule.wait_millis(place.used(), place.at(), now), kind.as_str())));
        seen.push((place, rule));
    }
    if let Some((wait_millis @ 1.., door)) = longest {
        return Err(refuse(call, who, door, wait_millis));
    }
    for (place, rule) in seen {
        let used = place.used();
        let number = place.draw(call, bucket, now).await?;
        let (goes_on, door) = (rule.admits(used, number.used()), number.kind().as_str());
        drawn.push(number);
        if !goes_on {
            for number in drawn {
                number.give_back(bucket).await?;
            }
            return Err(refuse(call, who, door, rule.delay_millis(used.max(rule.free))));
        }
    }
    Ok(Attempt { drawn, address: who.address })
}

fn refuse<P: Platform>(call: &Call<'_, P>, who: &Who<'_>, door: &'static str, wait_millis: u64) -> Refusal {
    let too_many = TooMany::of("attempts", wait_millis);
    let event = Event::new(Level::Warn, "authn_login_fail_max")
        .with("door", door)
        .with("retry_after_seconds", too_many.retry_after_seconds)
        .with_some("username", who.username.map(Username::as_str))
        .with_some("client_address", who.address.map(|address| address.to_string()));
    call.log_with_work(event);
    Refusal::TooMany(too_many)
}
