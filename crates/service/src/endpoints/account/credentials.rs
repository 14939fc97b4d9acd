//! `/api/account`: shows it, replaces its password, and deletes it.

use std::cell::Cell;

use domain::{Activity, DisplayName, Password};
use http::StatusCode;
use wire::{AccountResponse, User, fields};

use super::call::Call;
use super::sessions::logged_out;
use crate::accounts::credentials::Overtaken;
use crate::context::{Event, Level, Platform, rfc3339};
use crate::endpoints::suspension::shown;
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty, json};
use crate::store::keys;
use crate::store::records::Account;

impl<P: Platform> Call<'_, P> {
    pub(super) async fn show(self) -> Result<Reply, ApiError> {
        Ok(json(StatusCode::OK, &self.shown(self.find_account().await?.account)))
    }

    /// Changes the display name. Messages that are there keep the name that they were posted under: to change them would take
    /// a walk over all of them.
    pub(super) async fn rename(self) -> Result<Reply, ApiError> {
        let mut members = Fields::parse(&self.incoming.body)?;
        let name = members.required(fields::NAME, |raw| DisplayName::parse_new(&raw));
        let name = members.finish(name)?;
        let mut found = self.find_account().await?;
        let change = |account: &mut Account| {
            account.name = name.clone();
            Ok::<_, Overtaken>(())
        };
        self.context.update_account(&found, change).await?;
        self.tell(Activity::NameChanged, Event::new(Level::Info, "user_updated").with("attribute", "name")).await?;
        found.account.name = name;
        Ok(json(StatusCode::OK, &self.shown(found.account)))
    }

    /// An account as its owner sees it.
    pub(super) fn shown(&self, account: Account) -> AccountResponse {
        let admins = &self.settings.admins;
        let role = account.role(admins).as_str().to_owned();
        let suspension = account.suspension(admins, self.context.now()).map(shown);
        AccountResponse {
            user: User { username: account.username.into(), name: account.name.into() },
            created_at: rfc3339(account.created_at_ms),
            role,
            suspension,
            second_factor: account.totp.is_some(),
            recovery_codes_left: account.recovery.len(),
        }
    }

    pub(super) async fn change_password(self) -> Result<Reply, ApiError> {
        let who = self.incoming.principal()?;
        let mut members = Fields::parse(&self.incoming.body)?;
        let current = members.text(fields::CURRENT_PASSWORD);
        let new = members.required(fields::NEW_PASSWORD, |raw| Password::parse_new(raw, Some(&who.username)));
        let (current, new) = members.finish(current.zip(new))?;
        let found = self.confirm(fields::CURRENT_PASSWORD, current).await?;
        self.context.change_password(&found, &new, self.settings.iterations, &who.session).await?;
        self.tell(Activity::PasswordChanged, Event::new(Level::Info, "authn_password_change")).await?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    /// Deletes the account, which ends its sessions, and then what is stored of them. If that breaks off before the account is
    /// deleted, its owner can request it again.
    pub(super) async fn delete(self) -> Result<Reply, ApiError> {
        let mut members = Fields::parse(&self.incoming.body)?;
        let password = members.text(fields::PASSWORD);
        let password = members.finish(password)?;
        let (context, who) = (self.context, self.incoming.principal()?);
        let found = self.confirm(fields::PASSWORD, password).await?;
        let (change, handle) = (Cell::new(None), Cell::new(None));
        let begin = async |account: &Account| {
            handle.set(account.passkeys.as_ref().map(|passkeys| keys::handle(&passkeys.handle)));
            context.begin_change().await.map(|begun| change.set(Some(begun)))
        };
        context.entomb(&found, begin).await?;
        if let Some(change) = change.take() {
            context.account_deleted(change, &who.username).await?;
        }
        context.delete_many(handle.take().as_slice()).await?;
        context.delete_session_list(&who.username).await?;
        context.delete_activity(&who.username).await?;
        context.log_with_work(Event::new(Level::Info, "user_deleted").with("username", who.username.as_str()));
        Ok(logged_out(&self.incoming))
    }
}
