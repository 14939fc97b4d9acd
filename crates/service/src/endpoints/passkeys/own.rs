//! The passkeys of the caller: the list of them, their names, and their removal.

use domain::DisplayName;
use http::StatusCode;
use wire::{PasskeysResponse, fields};

use super::call::Call;
use crate::context::{Event, Level, Platform, rfc3339};
use crate::http::body::Fields;
use crate::http::problem::ApiError;
use crate::http::reply::{Reply, empty, json};
use crate::store::records::Passkey;

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
        let found = self.confirm().await?;
        self.context.remove_passkey(&found, self.incoming.parameter("id")).await?;
        let username = found.account.username.as_str();
        self.context.log_with_work(Event::new(Level::Info, "passkey_removed").with("username", username));
        Ok(empty(StatusCode::NO_CONTENT))
    }
}

/// A passkey as its owner sees it.
pub(super) fn shown(passkey: &Passkey) -> wire::Passkey {
    wire::Passkey {
        id: passkey.id(),
        name: passkey.name.to_string(),
        created_at: rfc3339(passkey.created_at_ms),
        last_used_at: passkey.last_used_at_ms.map(rfc3339),
        backed_up: passkey.credential.is_backed_up(),
    }
}
