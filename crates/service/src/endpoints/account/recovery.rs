//! `POST /api/recovery`: sets a new password for somebody who has forgotten the one before.

use domain::{Activity, CodeError, OneTimeCode, Password, Purpose, RecoveryCode, Username};
use http::StatusCode;
use wire::fields;

use super::call::Call;
use crate::accounts::second_factor::WrongCode;
use crate::context::{Event, Level, Platform};
use crate::http::body::Fields;
use crate::http::gateway;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty};
use crate::store::Failed;
use crate::store::records::Account;

impl<P: Platform> Call<'_, P> {
    /// The answer and its cost are the same whether there is no such user or the proof is not good: the new password is hashed
    /// in every case.
    pub(super) async fn recover(self) -> Result<Reply, ApiError> {
        let gateway::Call { context, settings, incoming, .. } = self;
        let Recovery { name, username, proof, password } = parse(&incoming.body)?;
        let address = context.client_address(&settings.address_source, incoming.headers());
        let failed = async |username: Option<&Username>| {
            context.note(username, Activity::LoginFailed, incoming.user_agent()).await;
            context.log_with_work(Event::new(Level::Warn, "authn_password_change_fail").with("by", proof.as_str()));
            ApiError::InvalidCode
        };
        let found = context.find_credentials(username.as_ref()).await?;
        let guessed = matches!(proof, Proof::Code(_)).then_some(&*name);
        let attempt = context.begin_recovery(address, guessed, found.as_ref()).await?;
        let password = context.hash(&password, settings.iterations).await?;
        let now = context.now();
        let ticket = match &proof {
            Proof::Code(_) => None,
            Proof::Ticket(ticket) => context.open_ticket(Purpose::Reset, ticket).await?,
        };
        let proves = |account: &Account| match &proof {
            Proof::Code(code) => account.knows_code(code, now),
            Proof::Ticket(_) => ticket.as_ref().is_some_and(|ticket| ticket.is_of(account)),
        };
        let owner = found.as_ref().map(|found| found.account.username.clone());
        let Some(found) = found.filter(|found| proves(&found.account)) else {
            return Err(failed(owner.as_ref()).await);
        };
        // A ticket is good once, because the reset makes another revision of the account.
        let use_up = |account: &mut Account| match &proof {
            Proof::Code(code) => account.use_code(code, now),
            Proof::Ticket(_) => Ok(()),
        };
        match context.reset_password(&found, password, use_up).await {
            Ok(()) => {}
            Err(Failed::Refused(WrongCode)) => return Err(failed(owner.as_ref()).await),
            Err(Failed::Store(error)) => return Err(error.into()),
        }
        context.attempt_succeeded(attempt).await?;
        context.note(owner.as_ref(), Activity::PasswordReset, incoming.user_agent()).await;
        let event = Event::new(Level::Info, "authn_password_change").with("by", proof.as_str());
        context.log_with_work(event.with("username", found.account.username.as_str()));
        Ok(empty(StatusCode::NO_CONTENT))
    }
}

/// What proves that somebody may set the password.
enum Proof {
    Code(OneTimeCode),
    /// Of an admin.
    Ticket(String),
}

impl Proof {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Code(_) => "recovery_code",
            Self::Ticket(_) => "reset_link",
        }
    }
}

struct Recovery {
    /// The username, or the text that was typed if it can't be one.
    name: String,
    /// `None` for a name that can't be a username; it is looked up all the same.
    username: Option<Username>,
    proof: Proof,
    password: Password,
}

fn parse(body: &[u8]) -> Result<Recovery, ApiError> {
    let mut members = Fields::parse(body)?;
    let typed = members.text(fields::USERNAME);
    let username = typed.as_ref().and_then(|typed| Username::parse_typed(typed).ok());
    let proof = match members.optional(fields::TICKET, Ok::<_, std::convert::Infallible>) {
        Some(ticket) => Some(Proof::Ticket(ticket)),
        None => {
            let code = members.required(fields::CODE, |raw| RecoveryCode::parse(&raw).ok_or(CodeError));
            code.map(|code| Proof::Code(OneTimeCode::Recovery(code)))
        }
    };
    let password = members.required(fields::NEW_PASSWORD, |raw| Password::parse_new(raw, username.as_ref()));
    let ((typed, proof), password) = members.finish(typed.zip(proof).zip(password))?;
    let name = username.as_ref().map_or(typed, Username::to_string);
    Ok(Recovery { name, username, proof, password })
}
