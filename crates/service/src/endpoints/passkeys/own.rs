//! The passkeys of the caller: the list of them, their names, and their removal.

use domain::{Activity, DisplayName};
use http::StatusCode;
use wire::{PasskeysResponse, fields};

use super::call::Call;
use crate::context::{Event, Level, Platform};
use crate::endpoints::passkey::shown;
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty, json};

impl<P: Platform> Call<'_, P> {
    pub(super) async fn list(self) -> Result<Reply, ApiError> {
        let found = self.context.find_caller(&self.incoming).await?;
        let passkeys = found.account.passkeys().iter().map(shown).collect();
        Ok(json(StatusCode::OK, &PasskeysResponse { passkeys }))
    }

    pub(super) async fn rename(self) -> Result<Reply, ApiError> {
        let mut members = Fields::parse(&self.incoming.body)?;
        let name = members.required(fields::NAME, |raw| DisplayName::parse_new(&raw));
        let name = members.finish(name)?;
        let found = self.context.find_caller(&self.incoming).await?;
        self.context.rename_passkey(&found, self.incoming.parameter("id"), &name).await?;
        Ok(empty(StatusCode::NO_CONTENT))
    }

    /// Nobody loses the last way in by this, because an account has a password.
    pub(super) async fn remove(self) -> Result<Reply, ApiError> {
        let found = self.confirm(false).await?;
        self.context.remove_passkey(&found, self.incoming.parameter("id")).await?;
        let username = &found.account.username;
        self.context.note(Some(username), Activity::PasskeyRemoved, self.incoming.user_agent()).await;
        self.context.log_with_work(Event::new(Level::Info, "passkey_removed").with("username", username.as_str()));
        Ok(empty(StatusCode::NO_CONTENT))
    }
}
