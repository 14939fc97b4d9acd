//! Addresses of the views. None ever holds a token or anything that was typed.

/// A view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Everybody's messages.
    Messages,
    /// The messages of a username, in lower case.
    Author(String),
    /// Where an account is made.
    Signup(After),
    /// Where one logs in.
    Login(After),
    /// One's own account.
    Account,
    /// No view.
    Unknown,
}

/// What to go on with after a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Reading.
    Messages,
    /// The message that was to be posted.
    Compose,
}

impl Route {
    /// The view of a path and a query (with or without its `?`).
    pub fn parse(path: &str, query: &str) -> Self {
        let after = match query.trim_start_matches('?').split('&').any(|pair| pair == "next=post") {
            true => After::Compose,
            false => After::Messages,
        };
        match path.trim_matches('/') {
            "" | "index.html" => Self::Messages,
            "signup" => Self::Signup(after),
            "login" => Self::Login(after),
            "account" => Self::Account,
            other => match other.strip_prefix("by/") {
                Some(username) if rules::stored_username(username).is_ok() => {
                    Self::Author(username.to_ascii_lowercase())
                }
                _ => Self::Unknown,
            },
        }
    }

    /// Its address: path and query.
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

    /// What the window is called.
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
        }
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
