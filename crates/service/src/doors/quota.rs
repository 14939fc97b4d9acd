//! How many accounts an address may make in an hour, and an account messages in a minute.

use domain::{ClientAddress, Quota, Username};
use http::request::Parts;

use super::address::client_address;
use super::place::{Kind, Places};
use super::settings;
use crate::call::Call;
use crate::log::{Event, Level};
use crate::ports::{Bucket, Platform};
use crate::problem::{Refusal, TooMany};

/// Counts a sign-up from an address. It comes before the name is looked up, so that nobody can ask for names without end
/// either.
///
/// # Errors
/// [`Refusal::TooMany`] until the hour is over.
pub(crate) async fn sign_ups<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    parts: &Parts,
) -> Result<(), Refusal> {
    let quota = settings::sign_ups(call.ports)?;
    let address = client_address(call.ports, &parts.headers)?;
    let (Some(quota), Some(address)) = (quota, address) else { return Ok(()) };
    let field = ("client_address", address.to_string());
    count(call, bucket, Kind::SignUps, &ClientAddress::network(address), quota, ("sign-ups", field)).await
}

/// Counts a message of an account.
///
/// # Errors
/// [`Refusal::TooMany`] until the minute is over.
pub(crate) async fn posts<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    author: &Username,
) -> Result<(), Refusal> {
    let Some(quota) = settings::posts(call.ports)? else { return Ok(()) };
    let field = ("username", author.to_string());
    count(call, bucket, Kind::Posts, author.as_str(), quota, ("messages", field)).await
}

async fn count<P: Platform>(
    call: &Call<'_, P>,
    bucket: &impl Bucket,
    kind: Kind,
    name: &str,
    quota: Quota,
    (what, (field, value)): (&'static str, (&'static str, String)),
) -> Result<(), Refusal> {
    let now = call.now();
    let place = Places::open(call, bucket).await?.look(bucket, (kind, name), "", now).await?;
    let refuse = |wait_millis| {
        let too_many = TooMany::of(what, wait_millis);
        let event = Event::new(Level::Warn, "excess_rate_limit_exceeded")
            .with("door", kind.as_str())
            .with("retry_after_seconds", too_many.retry_after_seconds)
            .with(field, value);
        call.log_with_work(event);
        Err(Refusal::TooMany(too_many))
    };
    let since = place.at();
    match quota.wait_millis(place.used(), since, now) {
        0 => {}
        wait_millis => return refuse(wait_millis),
    }
    // Of those who come at once the numbers differ. One that is beyond the limit is not given back: the window ends, and
    // its numbers with it.
    let drawn = place.draw(call, bucket, now).await?;
    if drawn.used() > quota.limit {
        return refuse(quota.wait_millis(drawn.used(), since, now));
    }
    Ok(())
}
