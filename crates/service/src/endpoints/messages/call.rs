//! What the component's endpoints are given.

use domain::Quota;

use crate::context::settings::{SettingError, Variables};
use crate::endpoints::table::Messages;
use crate::http::gateway;

pub(super) struct Settings {
    pub(super) posts: Option<Quota>,
}

pub(super) type Call<'a, P> = gateway::Call<'a, P, Settings, Messages>;

pub(super) fn read(variables: &Variables<'_>) -> Result<Settings, SettingError> {
    Ok(Settings { posts: variables.posts()? })
}
