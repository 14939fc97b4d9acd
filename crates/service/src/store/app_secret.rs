//! The secret of this deployment. Whoever needs it first makes it.

use domain::AppSecret;

use super::keys;
use super::records::{self, AppSecretRecord, V1};
use crate::context::{Context, Platform, StoreError};

impl<P: Platform> Context<'_, P> {
    /// The secret by which names are spread over slots and tickets are sealed.
    pub(crate) async fn app_secret(&self) -> Result<AppSecret, StoreError> {
        let make = async || {
            let secret = AppSecret::new(self.random()).to_hex();
            records::encode(&AppSecretRecord { v: V1, secret })
        };
        let bytes = match self.get(keys::APP_SECRET).await? {
            Some(bytes) => bytes,
            None => self.replace_or_wait(keys::APP_SECRET, None, make).await?,
        };
        let record: AppSecretRecord = records::decode(keys::APP_SECRET, &bytes)?;
        let unreadable = || StoreError::Failed(format!("the record {} holds no secret", keys::APP_SECRET));
        AppSecret::from_hex(&record.secret).ok_or_else(unreadable)
    }
}
