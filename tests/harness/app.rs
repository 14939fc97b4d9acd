//! The app under test, for tests of the contract, which any app has to pass.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use super::client::Client;
use super::host::{Host, Setup};
use super::launcher::Launcher;
use super::{app_url, store};

/// The host that these tests share where the start of a host takes long.
static SHARED: Mutex<Option<Host>> = Mutex::new(None);

/// The app under test: the one that `APP_URL` names, or a host that the test starts.
pub(crate) struct App {
    client: Client,
    _host: Option<Host>,
}

impl App {
    pub(crate) fn any() -> Self {
        if let Some(url) = app_url() {
            return Self { client: Client::foreign(&url), _host: None };
        }
        if Launcher::chosen().starts_slowly() {
            let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
            let host = shared.get_or_insert_with(|| Setup::app().start());
            return Self { client: Client::foreign(host.base()), _host: None };
        }
        let host = Setup::app().start();
        Self { client: host.deref().clone(), _host: Some(host) }
    }
}

/// Ends what outlives single tests, at the end of them all.
pub(crate) fn end() {
    drop(SHARED.lock().unwrap_or_else(PoisonError::into_inner).take());
    store::end();
}

impl Deref for App {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}
