//! Addresses of the views. An address never contains a token or anything that was typed.

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
            None => Self::Unknown,
        }
    }

    /// The app that has the view.
    pub fn bundle(&self) -> Bundle {
        match self {
            Self::Account => Bundle::Account,
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
            Self::Unknown => "Page not found".to_owned(),
        };
        format!("{view} · Latchkey")
    }
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
        for path in ["/by/", &too_long, "/by/ada/x", "/by/%61da", "/by/<b>", "/nowhere", "/signup/x", "/account/x"] {
            assert_eq!(Route::parse(path, ""), Route::Unknown, "{path}");
        }
    }
}
