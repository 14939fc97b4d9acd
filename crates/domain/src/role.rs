use serde::{Deserialize, Serialize};

/// What an account is to the board. Each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Posts, deletes messages of its own, and reports those of others.
    #[default]
    Member,
    /// Deletes any message, and suspends members.
    Moderator,
    /// Decides about accounts too.
    Admin,
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A role is one of member, moderator and admin.")]
pub struct RoleError;

impl Role {
    /// Every role, the one that may do least first.
    pub const ALL: [Self; 3] = [Self::Member, Self::Moderator, Self::Admin];

    /// The word for it in JSON and in ARNs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }

    /// Reads the word for a role.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(raw: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.as_str() == raw).ok_or(RoleError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_words_of_roles_and_nothing_else() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Ok(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.as_str()));
        }
        for raw in ["", "Admin", "operator", "admin "] {
            assert_eq!(Role::parse(raw), Err(RoleError), "{raw}");
        }
    }
}
