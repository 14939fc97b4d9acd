use rules::Broken;

use crate::input::{self, InputError};
use crate::username::Username;

/// Usernames that an operator has listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsernameList(Vec<Username>);

/// A text that is no list of usernames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at most 1000 usernames, with spaces or commas between them")]
pub struct UsernameListError;

impl UsernameList {
    const MAX: usize = 1000;

    /// Reads usernames with spaces or commas between them. There may be none.
    ///
    /// # Errors
    /// One of them is no username, or there are too many.
    pub fn parse(raw: &str) -> Result<Self, UsernameListError> {
        let parts = raw.split([' ', ',', '\t', '\n', '\r']).filter(|part| !part.is_empty());
        let names: Result<Vec<_>, _> = parts.map(Username::parse).take(Self::MAX + 1).collect();
        names.ok().filter(|names| names.len() <= Self::MAX).map(Self).ok_or(UsernameListError)
    }

    /// The names of both lists.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether this very username is listed.
    pub fn contains(&self, username: &Username) -> bool {
        self.0.contains(username)
    }

    /// Reads the name for a new account, which must not be taken for one of this list: `_` and `-` make no difference.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse_new(&self, raw: &str) -> Result<Username, InputError> {
        let username = Username::parse_new(raw)?;
        let is_listed = self.0.iter().any(|listed| letters(listed) == letters(&username));
        if is_listed { Err(input::USERNAME.refuse(Broken::Reserved)) } else { Ok(username) }
    }
}

fn letters(username: &Username) -> String {
    username.as_str().replace(['_', '-'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_bounds() {
        for raw in ["", " , ", "ada", "Ada, bob\ncyd", &"ada ".repeat(1000)] {
            assert!(UsernameList::parse(raw).is_ok(), "{raw:.40}");
        }
        for raw in ["ada;bob", "ada l.", "adä", &"a".repeat(65), &"ada ".repeat(1001)] {
            assert_eq!(UsernameList::parse(raw), Err(UsernameListError), "{raw:.40}");
        }
    }

    #[test]
    fn a_new_name_is_none_of_the_list() {
        let list = UsernameList::parse("Acme, help-desk").unwrap();
        for name in ["acme", "ACME", "a_c-m_e", "helpdesk", "help-desk"] {
            assert_eq!(list.parse_new(name).unwrap_err().broken, Broken::Reserved, "{name}");
        }
        assert_eq!(list.parse_new("admin").unwrap_err().broken, Broken::Reserved);
        assert_eq!(list.parse_new("Acmes").unwrap().as_str(), "acmes");
        assert!(list.contains(&Username::parse("ACME").unwrap()));
        assert!(!list.contains(&Username::parse("a_cme").unwrap()));
    }
}
