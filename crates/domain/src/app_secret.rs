use crate::hex::{hex, unhex};

/// The secret of one deployment, by which names are spread over slots and tickets are sealed. Without it, anybody could
/// compute names that share the slots of another name, and use up the attempts of that other name.
pub struct AppSecret([u8; AppSecret::BYTES]);

impl AppSecret {
    /// Bytes of a secret.
    pub const BYTES: usize = 32;

    /// Makes a secret of random bytes.
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The text for the store.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// Reads what [`AppSecret::to_hex`] writes.
    pub fn from_hex(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
