//! The keys: which one signs, and which public ones tokens are verified by.

mod key_set;
mod rotation;

use domain::SigningKey;

use crate::context::Context;
use crate::context::platform::Platform;
use crate::context::settings::KeySource;

use self::key_set::needed_until;
use self::rotation::Chain;
pub(crate) use self::rotation::SigningError;

impl<P: Platform> Context<'_, P> {
    /// The key that signs now, published for longer than its next token lives: the operator's, or the one in the store,
    /// which is made on first use and replaced in time.
    pub(crate) async fn signing_key(
        &self,
        source: KeySource,
        lifetime_seconds: u64,
    ) -> Result<SigningKey, SigningError> {
        let (signs, published) = match source {
            KeySource::Operator { signs, published } => (*signs, published),
            KeySource::Store(rotation) => {
                let chain = Chain { context: self, lifetime_seconds, now: self.now() };
                (chain.signer(rotation).await?, Vec::new())
            }
        };
        let until = needed_until(self.now(), lifetime_seconds);
        for key in std::iter::once(&signs).chain(&published) {
            self.publish(key, until).await?;
        }
        Ok(signs)
    }
}
