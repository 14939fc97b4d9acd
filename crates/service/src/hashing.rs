//! Drives password hashes in slices, and lets other requests run between them: a guest's work holds its host's thread.

use domain::{Derivation, Iterations, Password, PasswordHash, SLICE_ROUNDS, Salt, Verification};

use crate::call::Call;
use crate::ports::Platform;

/// Hashes a new password under a fresh salt.
pub(crate) async fn hash<P: Platform>(call: &Call<'_, P>, password: &Password, iterations: Iterations) -> PasswordHash {
    let mut salt = Salt([0; Salt::BYTES]);
    call.ports.fill(&mut salt.0);
    let mut derivation = Derivation::new(password, &salt.0, iterations);
    in_slices(call, |rounds| derivation.advance(rounds)).await;
    derivation.finish(salt, iterations)
}

/// Whether a password is that of the stored hash; at the same cost when there is none.
pub(crate) async fn verify<P: Platform>(
    call: &Call<'_, P>,
    attempt: &Password,
    stored: Option<&PasswordHash>,
    configured: Iterations,
) -> bool {
    let mut verification = Verification::new(attempt, stored, configured);
    in_slices(call, |rounds| verification.advance(rounds)).await;
    verification.finish()
}

async fn in_slices<P: Platform>(call: &Call<'_, P>, mut advance: impl FnMut(u32) -> u32) {
    let (total, pauses) = (&call.work().hash_rounds, &call.work().hash_pauses);
    loop {
        match advance(SLICE_ROUNDS) {
            0 => return,
            rounds => total.set(total.get().saturating_add(rounds)),
        }
        call.ports.pause().await;
        pauses.set(pauses.get().saturating_add(1));
    }
}
