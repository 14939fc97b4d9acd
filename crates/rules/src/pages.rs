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

/// A part of the site that is loaded by itself: a file that is the page, with its script and its WebAssembly. So a first visit
/// does not load what only few visits need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// Messages, sign-up and login.
    Board,
    /// One's own account.
    Account,
}

impl Bundle {
    /// The path of its page among the files of the site.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Board => "/index.html",
            Self::Account => "/account.html",
        }
    }
}

impl<'a> Page<'a> {
    /// The page at this path. Slashes around it do not count.
    pub fn at(path: &'a str) -> Option<Self> {
        match path.trim_matches('/') {
            "" | "index.html" => Some(Self::Messages),
            "signup" => Some(Self::Signup),
            "login" => Some(Self::Login),
            "account" | "account.html" => Some(Self::Account),
            other => {
                let username = other.strip_prefix("by/")?;
                stored_username(username).is_ok().then_some(Self::Author(username))
            }
        }
    }

    /// The part of the site that has the page.
    pub const fn bundle(self) -> Bundle {
        match self {
            Self::Messages | Self::Author(_) | Self::Signup | Self::Login => Bundle::Board,
            Self::Account => Bundle::Account,
        }
    }
}
