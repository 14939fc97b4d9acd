//! `POST /api/signup`: creates an account.

use std::convert::Infallible;

use bytes::Bytes;
use domain::{DisplayName, Iterations, Password, Quota, Username, UsernameList};
use http::{Request, Response, StatusCode};
use wire::{SignupResponse, User, fields};

use super::table::{SIGNUP, Signup};
use crate::accounts::invitations::Invitation;
use crate::context::{AddressSource, Context, Event, Level, Platform, SettingError, SignUps, Variables};
use crate::http::body::Fields;
use crate::http::gateway::{Call, NoAuthorizer, answer};
use crate::http::problem::ApiError;
use crate::http::reply::json;
use crate::store::records::{Account, AccountVersion, Standing, V2};

struct Settings {
    sign_ups_are: SignUps,
    reserved: UsernameList,
    iterations: Iterations,
    sign_ups: Option<Quota>,
    address_source: AddressSource,
}

fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings {
        sign_ups_are: variables.sign_ups_are()?,
        reserved: variables.reserved_usernames()?,
        iterations: variables.iterations()?,
        sign_ups: variables.sign_ups()?,
        address_source: variables.address_source()?,
    })
}

/// Answers any request for the component `signup`.
pub async fn handle<P: Platform>(platform: &P, request: Request<Bytes>) -> Response<Bytes> {
    answer(platform, &NoAuthorizer, &SIGNUP, read, request, async |call| match call.endpoint {
        Signup::SignUp => {
            let Call { context, settings, incoming, .. } = call;
            if settings.sign_ups_are == SignUps::Closed {
                return Err(ApiError::SignUpsClosed);
            }
            let is_invited = settings.sign_ups_are == SignUps::Invited;
            let (((username, password), name), ticket) = parse(&incoming.body, &settings.reserved, is_invited)?;
            // This comes before the name is looked up, so that nobody without an invitation is told which names are taken.
            let invitation = match ticket.filter(|_| is_invited) {
                Some(ticket) => Some(context.open_invitation(&ticket).await?.ok_or(ApiError::InvitationInvalid)?),
                None => None,
            };
            let address = context.client_address(&settings.address_source, incoming.headers());
            let sign_up = context.begin_sign_up(settings.sign_ups, address).await?;
            // The name is claimed after the hash is computed, so that the claim is held only for a moment. This check comes
            // first, so that a name that is taken costs no hash.
            let is_taken = context.is_taken(&username).await?;
            context.count_sign_up(sign_up, is_taken).await?;
            if is_taken {
                return Err(ApiError::UsernameTaken);
            }
            let password = context.hash(&password, settings.iterations).await?;
            let account = Account {
                v: AccountVersion::Current(V2),
                username,
                name,
                password,
                devices: context.random_hex::<16>(),
                revision: 0,
                kept: None,
                changes: 0,
                standing: Standing::default(),
                totp: None,
                recovery: Vec::new(),
                password_reset_at_ms: None,
                passkeys: None,
                created_at_ms: context.now(),
            };
            create(context, &account, invitation.as_ref()).await?;
            context.log_with_work(Event::new(Level::Info, "user_created").with("username", account.username.as_str()));
            let user = User { username: account.username.to_string(), name: account.name.to_string() };
            let reply = json(StatusCode::CREATED, &SignupResponse { user });
            Ok(context.remember_device(reply, &incoming.parts, &account))
        }
    })
    .await
}

/// Creates the account, and takes the invitation for it.
async fn create<P: Platform>(
    context: &Context<'_, P>,
    account: &Account,
    invitation: Option<&Invitation>,
) -> Result<(), ApiError> {
    if let Some(invitation) = invitation
        && !context.take_invitation(invitation).await?
    {
        return Err(ApiError::InvitationInvalid);
    }
    if context.create_account(account).await? {
        return Ok(());
    }
    if let Some(invitation) = invitation {
        context.give_back(invitation).await?;
    }
    Err(ApiError::UsernameTaken)
}

type Taken = (((Username, Password), DisplayName), Option<String>);

/// Where no invitation is needed, one that is there is passed over: somebody may come with a link that was given out before
/// sign-ups were opened.
fn parse(body: &[u8], reserved: &UsernameList, is_invited: bool) -> Result<Taken, ApiError> {
    let mut members = Fields::parse(body)?;
    let username = members.required(fields::USERNAME, |raw| reserved.parse_new(&raw));
    let password = members.required(fields::PASSWORD, |raw| Password::parse_new(raw, username.as_ref()));
    let name = members.required(fields::NAME, |raw| DisplayName::parse_new(&raw));
    let invitation = match is_invited {
        true => members.text(fields::INVITATION).map(Some),
        false => Some(members.optional(fields::INVITATION, Ok::<_, Infallible>)),
    };
    members.finish(username.zip(password).zip(name).zip(invitation))
}
