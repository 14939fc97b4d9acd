//! Addresses of the views. An address never contains a token or anything that was typed. A link that somebody was given may have a
//! ticket after its `#`, which browsers send to nobody.

use rules::{Bundle, Page};

/// A view and what its address says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Everybody's messages.
    Messages,
    /// The messages of a username, in lower case.
    Author(String),
    /// The form for a new account, and what follows it.
    Signup(After),
    /// The log-in form, and what follows it.
    Login(After),
    /// The account of whoever is logged in.
    Account,
    /// The form for those who have forgotten their password.
    Recover,
    /// What was reported.
    Reports,
    /// The form that finds an account, and invitations.
    Accounts,
    /// What can be done about the message with this id.
    Message(String),
    /// What those who look after the board see of the account with this username, in lower case.
    AccountOf(String),
    /// An address that belongs to no view.
    Unknown,
}

/// What follows a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The list of messages.
    Messages,
    /// The dialog for a message, which the person had asked for before.
    Compose,
}

impl Route {
    /// The view of a path and a query (with or without its `?`).
    pub fn parse(path: &str, query: &str) -> Self {
        let after = match query.trim_start_matches('?').split('&').any(|pair| pair == "next=post") {
            true => After::Compose,
            false => After::Messages,
        };
        match Page::at(path) {
            Some(Page::Messages) => Self::Messages,
            Some(Page::Author(username)) => Self::Author(username.to_ascii_lowercase()),
            Some(Page::Signup) => Self::Signup(after),
            Some(Page::Login) => Self::Login(after),
            Some(Page::Account) => Self::Account,
            Some(Page::Recover) => Self::Recover,
            Some(Page::Reports) => Self::Reports,
            Some(Page::Accounts) => Self::Accounts,
            Some(Page::Message(id)) => Self::Message(id.to_owned()),
            Some(Page::AccountOf(username)) => Self::AccountOf(username.to_ascii_lowercase()),
            None => Self::Unknown,
        }
    }

    /// The app that has the view.
    pub fn bundle(&self) -> Bundle {
        match self {
            Self::Account | Self::Recover => Bundle::Account,
            Self::Reports | Self::Accounts | Self::AccountOf(_) | Self::Message(_) => Bundle::Moderation,
            Self::Messages | Self::Author(_) | Self::Signup(_) | Self::Login(_) | Self::Unknown => Bundle::Board,
        }
    }

    /// The path and the query that [`Route::parse`] reads this from.
    pub fn address(&self) -> String {
        let next = |after: &After| if *after == After::Compose { "?next=post" } else { "" };
        match self {
            Self::Messages | Self::Unknown => "/".to_owned(),
            Self::Author(username) => format!("/by/{username}"),
            Self::Signup(after) => format!("/signup{}", next(after)),
            Self::Login(after) => format!("/login{}", next(after)),
            Self::Account => "/account".to_owned(),
            Self::Recover => "/recover".to_owned(),
            Self::Reports => "/moderation".to_owned(),
            Self::Accounts => "/accounts".to_owned(),
            Self::Message(id) => format!("/messages/{id}"),
            Self::AccountOf(username) => format!("/accounts/{username}"),
        }
    }

    /// The title of the window.
    pub fn title(&self) -> String {
        let view = match self {
            Self::Messages => "Messages".to_owned(),
            Self::Author(username) => format!("Messages by @{username}"),
            Self::Signup(_) => "Sign up".to_owned(),
            Self::Login(_) => "Log in".to_owned(),
            Self::Account => "Your account".to_owned(),
            Self::Recover => "Set a new password".to_owned(),
            Self::Reports => "Reports".to_owned(),
            Self::Accounts => "Accounts".to_owned(),
            Self::Message(_) => "About a message".to_owned(),
            Self::AccountOf(username) => format!("Account of @{username}"),
            Self::Unknown => "Page not found".to_owned(),
        };
        format!("{view} · Latchkey")
    }
}

/// The value of a name in what follows the `#` of an address: `name=value&name=value`.
pub fn member<'a>(fragment: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = fragment.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for route in [
            Route::Messages,
            Route::Author("ada".to_owned()),
            Route::Signup(After::Messages),
            Route::Signup(After::Compose),
            Route::Login(After::Compose),
            Route::Account,
            Route::Recover,
            Route::Reports,
            Route::Accounts,
            Route::AccountOf("ada".to_owned()),
            Route::Message("17".to_owned()),
        ] {
            let address = route.address();
            let (path, query) = address.split_once('?').unwrap_or((&address, ""));
            assert_eq!(Route::parse(path, query), route);
            assert_eq!(
                Page::at(path).map(Page::bundle),
                Some(route.bundle()),
                "the server sends the app that shows it"
            );
        }
        assert_eq!(Route::Unknown.bundle(), Bundle::Board);
    }

    #[test]
    fn folds_names_and_knows_no_others() {
        assert_eq!(Route::parse("/by/Ada/", "?x=1"), Route::Author("ada".to_owned()));
        let too_long = format!("/by/{}", "a".repeat(65));
        for path in [
            "/by/",
            &too_long,
            "/by/ada/x",
            "/by/%61da",
            "/by/<b>",
            "/nowhere",
            "/signup/x",
            "/account/x",
            "/messages/",
            "/messages/x",
            "/accounts/%61",
        ] {
            assert_eq!(Route::parse(path, ""), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn finds_what_a_link_brings() {
        let fragment = "ticket=ada.0.1=&username=ada&empty=&main";
        assert_eq!(member(fragment, "ticket"), Some("ada.0.1="));
        assert_eq!(member(fragment, "username"), Some("ada"));
        for name in ["empty", "main", "user", ""] {
            assert_eq!(member(fragment, name), None, "{name}");
        }
    }
}
