//! `POST /api/account/delete`: deletes the account.

use wire::fields;

use super::call::Call;
use super::owner::confirm;
use super::sessions::logged_out;
use crate::context::log::{Event, Level};
use crate::context::platform::Platform;
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::Reply;

/// First its name goes from its messages, then itself. Until it is gone it can be logged in to, so a deletion that was broken
/// off before can be asked for again, and one that was broken off after by the session that asked: its own is the last to
/// end.
pub(super) async fn delete<P: Platform>(call: Call<'_, P>) -> Result<Reply, ApiError> {
    let mut members = Fields::parse(&call.incoming.body)?;
    let password = members.text(fields::PASSWORD);
    let password = members.finish(password)?;
    let (context, who) = (call.context, call.incoming.principal()?);
    if !context.is_deleted(&who.username).await? {
        confirm(&call, fields::PASSWORD, password).await?;
        context.disown_all(&who.username).await?;
        context.entomb(&who.username).await?;
    }
    context.delete_passwords(&who.username).await?;
    context.end_sessions(&who.username, Some(&who.session)).await?;
    // What was posted meanwhile.
    context.disown_all(&who.username).await?;
    context.end_session(&who.session).await?;
    context.log_with_work(Event::new(Level::Info, "user_deleted").with("username", who.username.as_str()));
    Ok(logged_out(&call.incoming))
}
