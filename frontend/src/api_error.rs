//! Why the API gave no answer to go on with.

use wire::{Problem, ProblemCode};

use crate::words::NEEDS_INVITATION;

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// The browser knows that it has no network.
    Offline,
    /// There was no answer, none in time, or one that is not of the API.
    NoAnswer,
    /// The server failed.
    ServerFault,
    /// Nobody is logged in, or no longer.
    LoggedOut,
    /// The server refuses, and says why.
    Problem(Box<Problem>),
}

impl ApiError {
    /// What the person is told where a button to try again is beside it.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Offline => "You are offline.".to_owned(),
            Self::NoAnswer => "Can’t reach Latchkey.".to_owned(),
            Self::ServerFault => "Something went wrong on our side.".to_owned(),
            Self::LoggedOut => "You have been logged out.".to_owned(),
            Self::Problem(problem) if problem.code == ProblemCode::UsernameTaken => {
                "That username is taken. Try another.".to_owned()
            }
            Self::Problem(problem) if problem.code == ProblemCode::InvalidCredentials => {
                "Wrong username or password.".to_owned()
            }
            Self::Problem(problem) if problem.code == ProblemCode::SignUpsClosed => {
                "Sign-ups are closed here at the moment.".to_owned()
            }
            Self::Problem(problem) if problem.code == ProblemCode::InvitationInvalid => NEEDS_INVITATION.to_owned(),
            Self::Problem(problem) if problem.code == ProblemCode::InvalidCode => {
                "This code is not right, or it was too late. Try the next one, or begin again.".to_owned()
            }
            Self::Problem(problem) => problem.detail.clone(),
        }
    }

    /// What the person is told.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Offline | Self::NoAnswer | Self::ServerFault => format!("{} Try again.", self.cause()),
            Self::LoggedOut | Self::Problem(_) => self.cause(),
        }
    }

    /// Whether the access token, or the cookie that renews it, is missing or no longer good.
    pub(crate) fn wants_login(&self) -> bool {
        use ProblemCode as Code;
        let is_refused = |code| matches!(code, Code::MissingToken | Code::InvalidToken | Code::InvalidRefreshToken);
        *self == Self::LoggedOut || self.code().is_some_and(is_refused)
    }

    /// The server's reason, if it gave one.
    pub(crate) fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Offline | Self::NoAnswer | Self::ServerFault | Self::LoggedOut => None,
        }
    }
}
