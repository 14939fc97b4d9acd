//! What somebody may do on the board.

use crate::texts;

/// A role. Each may do what those before it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Posts and reports.
    #[default]
    Member,
    /// Looks after the messages.
    Moderator,
    /// Decides about accounts.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Member, Self::Moderator, Self::Admin];

    /// The role that the API calls by this word. One that this version does not know may do what members may.
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|role| role.as_str() == word).unwrap_or_default()
    }

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Member => texts::member(),
            Self::Moderator => texts::moderator(),
            Self::Admin => texts::admin(),
        }
    }

    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_nobody_knows_gives_no_power() {
        for role in Role::ALL {
            assert_eq!(Role::of(role.as_str()), role);
        }
        assert_eq!(Role::of("owner"), Role::Member);
        assert!(Role::Member < Role::Moderator && Role::Moderator < Role::Admin);
    }
}
