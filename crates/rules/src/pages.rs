use crate::checks::stored_username;

/// A page of the site. The browser shows it, and the server says by its status which addresses have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page<'a> {
    /// Everybody's messages.
    Messages,
    /// The messages of a username, in any case.
    Author(&'a str),
    /// The form for a new account.
    Signup,
    /// The log-in form.
    Login,
    /// The account of whoever is logged in.
    Account,
}

impl<'a> Page<'a> {
    /// The page at this path. Slashes around it do not count.
    pub fn at(path: &'a str) -> Option<Self> {
        match path.trim_matches('/') {
            "" | "index.html" => Some(Self::Messages),
            "signup" => Some(Self::Signup),
            "login" => Some(Self::Login),
            "account" => Some(Self::Account),
            other => {
                let username = other.strip_prefix("by/")?;
                stored_username(username).is_ok().then_some(Self::Author(username))
            }
        }
    }
}
