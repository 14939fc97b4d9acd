//! Addresses of the views. An address never contains a token or anything that was typed. A link that somebody was given may have a
//! ticket after its `#`, which browsers send to nobody.

use rules::{Bundle, Page};

use crate::texts;

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
    /// The message with this id, alone.
    Permalink(String),
    /// What can be done about the message with this id.
    Message(String),
    /// What those who look after the board see of the account with this username, in lower case.
    AccountOf(String),
    /// An address that belongs to no view.
    Unknown,
}

/// What follows a login. It is only ever a view of this site, whatever an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// The dialog for a message, which the person had asked for before.
    Compose,
    /// A view, which is none of the ways in.
    View(Box<Route>),
}

impl After {
    /// Leads to the messages.
    pub fn messages() -> Self {
        Self::View(Box::new(Route::Messages))
    }

    /// Leads back to where the person is; from one of the ways in, to where that would have led.
    pub fn back_to(route: Route) -> Self {
        match route {
            Route::Signup(after) | Route::Login(after) => after,
            Route::Recover | Route::Unknown => Self::messages(),
            route => Self::View(Box::new(route)),
        }
    }

    /// The view that it leads to.
    pub fn view(&self) -> &Route {
        match self {
            Self::Compose => &Route::Messages,
            Self::View(route) => route,
        }
    }

    fn parse(query: &str) -> Self {
        match member(query.trim_start_matches('?'), NEXT) {
            Some(POST) => Self::Compose,
            next => Self::back_to(Route::parse(next.unwrap_or_default(), "")),
        }
    }

    /// The query that [`After::parse`] reads this from.
    fn query(&self) -> String {
        match self {
            Self::Compose => format!("?{NEXT}={POST}"),
            Self::View(route) if **route == Route::Messages => String::new(),
            Self::View(route) => format!("?{NEXT}={}", route.address()),
        }
    }
}

/// The name of what follows a login, in the query of an address.
const NEXT: &str = "next";
/// The value of that name for the dialog.
const POST: &str = "post";

impl Route {
    /// The view of a path and a query (with or without its `?`).
    pub fn parse(path: &str, query: &str) -> Self {
        match Page::at(path) {
            Some(Page::Messages) => Self::Messages,
            Some(Page::Author(username)) => Self::Author(username.to_ascii_lowercase()),
            Some(Page::Signup) => Self::Signup(After::parse(query)),
            Some(Page::Login) => Self::Login(After::parse(query)),
            Some(Page::Account) => Self::Account,
            Some(Page::Recover) => Self::Recover,
            Some(Page::Reports) => Self::Reports,
            Some(Page::Accounts) => Self::Accounts,
            Some(Page::Permalink(id)) => Self::Permalink(id.to_owned()),
            Some(Page::Message(id)) => Self::Message(id.to_owned()),
            Some(Page::AccountOf(username)) => Self::AccountOf(username.to_ascii_lowercase()),
            None => Self::Unknown,
        }
    }

    /// The app that has the view.
    pub fn bundle(&self) -> Bundle {
        match self {
            Self::Messages | Self::Author(_) | Self::Permalink(_) | Self::Unknown => Bundle::Board,
            Self::Signup(_) | Self::Login(_) | Self::Recover => Bundle::Entry,
            Self::Account => Bundle::Account,
            Self::Reports | Self::Accounts | Self::AccountOf(_) | Self::Message(_) => Bundle::Moderation,
        }
    }

    /// The path and the query that [`Route::parse`] reads this from.
    pub fn address(&self) -> String {
        match self {
            Self::Messages | Self::Unknown => "/".to_owned(),
            Self::Author(username) => format!("/by/{username}"),
            Self::Signup(after) => format!("/signup{}", after.query()),
            Self::Login(after) => format!("/login{}", after.query()),
            Self::Account => "/account".to_owned(),
            Self::Recover => "/recover".to_owned(),
            Self::Reports => "/moderation".to_owned(),
            Self::Accounts => "/accounts".to_owned(),
            Self::Permalink(id) => format!("/m/{id}"),
            Self::Message(id) => format!("/messages/{id}"),
            Self::AccountOf(username) => format!("/accounts/{username}"),
        }
    }

    /// The title of the window.
    pub fn title(&self) -> String {
        let view = match self {
            Self::Messages => texts::messages().to_owned(),
            Self::Author(username) => texts::messages_by(&format!("@{username}")),
            Self::Signup(_) => texts::sign_up().to_owned(),
            Self::Login(_) => texts::log_in().to_owned(),
            Self::Account => texts::your_account().to_owned(),
            Self::Recover => texts::set_a_new_password().to_owned(),
            Self::Reports => texts::reports().to_owned(),
            Self::Accounts => texts::accounts().to_owned(),
            Self::Permalink(_) => texts::a_message().to_owned(),
            Self::Message(_) => texts::about_a_message().to_owned(),
            Self::AccountOf(username) => texts::account_of(username),
            Self::Unknown => texts::page_not_found().to_owned(),
        };
        format!("{view} · Latchkey")
    }
}

/// The value of a name in what follows the `#` or the `?` of an address: `name=value&name=value`.
pub fn member<'a>(pairs: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = pairs.split('&').filter_map(|pair| pair.split_once('='));
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
            Route::Signup(After::messages()),
            Route::Signup(After::Compose),
            Route::Login(After::Compose),
            Route::Login(After::back_to(Route::Author("ada".to_owned()))),
            Route::Login(After::back_to(Route::Account)),
            Route::Signup(After::back_to(Route::Message("17".to_owned()))),
            Route::Account,
            Route::Recover,
            Route::Reports,
            Route::Accounts,
            Route::AccountOf("ada".to_owned()),
            Route::Permalink("17".to_owned()),
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
            "/m/",
            "/m/x",
            "/messages/",
            "/messages/x",
            "/accounts/%61",
        ] {
            assert_eq!(Route::parse(path, ""), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn a_login_leads_to_no_other_site() {
        for next in [
            "//evil.example",
            "https://evil.example/account",
            "/\\evil.example",
            "javascript:alert(1)",
            "%2F%2Fevil.example",
            "/by/ada/..//evil.example",
            "/login",
            "/signup?next=/account",
            "/recover",
            "",
        ] {
            let route = Route::parse("/login", &format!("?next={next}"));
            assert_eq!((route.address(), &route), ("/login".to_owned(), &Route::Login(After::messages())), "{next}");
        }
        assert_eq!(Route::parse("/login", "?x=1&next=//account"), Route::Login(After::back_to(Route::Account)));
    }

    #[test]
    fn the_way_in_leads_back_to_where_one_was() {
        let author = Route::Author("ada".to_owned());
        let login = Route::Login(After::back_to(author.clone()));
        assert_eq!(login.address(), "/login?next=/by/ada");
        let signup = Route::Signup(After::back_to(login));
        assert_eq!(signup.address(), "/signup?next=/by/ada");
        assert_eq!(After::back_to(signup).view(), &author);
        for route in [Route::Recover, Route::Unknown, Route::Messages] {
            assert_eq!(After::back_to(route), After::messages());
        }
        assert_eq!(After::Compose.view(), &Route::Messages);
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
