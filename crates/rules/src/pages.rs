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
    /// The form for those who have forgotten their password.
    Recover,
    /// What was reported.
    Reports,
    /// The form that finds an account, and invitations.
    Accounts,
    /// The message with this id, alone.
    Permalink(&'a str),
    /// What can be done about a message: the one with this id.
    Message(&'a str),
    /// What those who look after the board see of an account: that of a username, in any case.
    AccountOf(&'a str),
}

/// A part of the site that is loaded by itself: a file that is the page, with its script and its WebAssembly. So a first visit
/// does not load what only few visits need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// Messages.
    Board,
    /// The ways in: sign-up, login, and a new password for those who have forgotten theirs.
    Entry,
    /// One's own account.
    Account,
    /// Reports, and what moderators and admins do.
    Moderation,
}

impl Bundle {
    /// The path of its page among the files of the site.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Board => "/index.html",
            Self::Entry => "/entry.html",
            Self::Account => "/account.html",
            Self::Moderation => "/moderation.html",
        }
    }
}

impl<'a> Page<'a> {
    /// The page at this path. Slashes around it do not count.
    pub fn at(path: &'a str) -> Option<Self> {
        match path.trim_matches('/') {
            "" | "index.html" => Some(Self::Messages),
            "signup" => Some(Self::Signup),
            "login" | "entry.html" => Some(Self::Login),
            "account" | "account.html" => Some(Self::Account),
            "recover" => Some(Self::Recover),
            "moderation" | "moderation.html" => Some(Self::Reports),
            "accounts" => Some(Self::Accounts),
            other => {
                let (kind, name) = other.split_once('/')?;
                match kind {
                    "by" => stored_username(name).is_ok().then_some(Self::Author(name)),
                    "accounts" => stored_username(name).is_ok().then_some(Self::AccountOf(name)),
                    "m" => is_id(name).then_some(Self::Permalink(name)),
                    "messages" => is_id(name).then_some(Self::Message(name)),
                    _ => None,
                }
            }
        }
    }

    /// The part of the site that has the page.
    pub const fn bundle(self) -> Bundle {
        match self {
            Self::Messages | Self::Author(_) | Self::Permalink(_) => Bundle::Board,
            Self::Signup | Self::Login | Self::Recover => Bundle::Entry,
            Self::Account => Bundle::Account,
            Self::Reports | Self::Accounts | Self::AccountOf(_) | Self::Message(_) => Bundle::Moderation,
        }
    }
}

/// Whether this can be the id of a message: a position on the board.
fn is_id(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.bytes().all(|digit| digit.is_ascii_digit())
}
