//! Drives password hashes in slices, and lets other requests run between them: a guest's work holds its host's thread.

use domain::{Derivation, Iterations, Password, PasswordHash, SLICE_ROUNDS, Salt, Verification};

use crate::context::Context;
use crate::context::platform::{Platform, StoreError};

impl<P: Platform> Context<'_, P> {
    /// Hashes a new password under a fresh salt, for the store: a PHC string.
    pub(crate) async fn hash(&self, password: &Password, iterations: Iterations) -> Result<String, StoreError> {
        let salt = Salt(self.random());
        let mut derivation = Derivation::new(password, &salt.0, iterations);
        self.in_slices(|rounds| derivation.advance(rounds)).await;
        let hash = derivation.finish(salt, iterations).to_phc();
        hash.map_err(|_| StoreError::Failed("a password hash did not serialise".to_owned()))
    }

    /// Whether a password is that of the stored hash; at the same cost when there is none.
    pub(crate) async fn verify(
        &self,
        attempt: &Password,
        stored: Option<&PasswordHash>,
        configured: Iterations,
    ) -> bool {
        let mut verification = Verification::new(attempt, stored, configured);
        self.in_slices(|rounds| verification.advance(rounds)).await;
        verification.finish()
    }

    async fn in_slices(&self, mut advance: impl FnMut(u32) -> u32) {
        let (total, pauses) = (&self.work().hash_rounds, &self.work().hash_pauses);
        loop {
            match advance(SLICE_ROUNDS) {
                0 => return,
                rounds => total.set(total.get().saturating_add(rounds)),
            }
            self.platform.pause().await;
            pauses.set(pauses.get().saturating_add(1));
        }
    }
}
