use serde::{Deserialize, Serialize};

/// What an account is to the board. Each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Posts, and deletes messages of its own.
    #[default]
    Member,
    /// Deletes any message.
    Moderator,
    /// Decides about accounts too.
    Admin,
}
