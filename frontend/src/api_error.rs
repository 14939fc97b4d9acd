//! Why the API gave no answer to go on with.

use wire::{Problem, ProblemCode};

use crate::texts;

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
            Self::Offline => texts::offline().to_owned(),
            Self::NoAnswer => texts::no_answer().to_owned(),
            Self::ServerFault => texts::server_fault().to_owned(),
            Self::LoggedOut => texts::have_been_logged_out().to_owned(),
            Self::Problem(problem) if problem.code == ProblemCode::UsernameTaken => texts::username_taken().to_owned(),
            Self::Problem(problem) if problem.code == ProblemCode::InvalidCredentials => {
                texts::wrong_password().to_owned()
            }
            Self::Problem(problem) if problem.code == ProblemCode::SignUpsClosed => texts::sign_ups_closed().to_owned(),
            Self::Problem(problem) if problem.code == ProblemCode::InvitationInvalid => {
                texts::needs_invitation().to_owned()
            }
            Self::Problem(problem) if problem.code == ProblemCode::InvalidCode => texts::code_refused().to_owned(),
            // The server speaks English, and says more than the site can.
            Self::Problem(problem) if texts::is_english() => problem.detail.clone(),
            Self::Problem(problem) => in_short(problem.code).to_owned(),
        }
    }

    /// What the person is told.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Offline | Self::NoAnswer | Self::ServerFault => texts::and_try_again(&self.cause()),
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

/// Why the server refuses what no view has a sentence of its own for.
fn in_short(code: ProblemCode) -> &'static str {
    match code {
        ProblemCode::TooManyRequests => texts::too_many_requests(),
        ProblemCode::Conflict => texts::conflict(),
        ProblemCode::NotTheAuthor | ProblemCode::InsufficientScope => texts::not_allowed(),
        ProblemCode::NotFound => texts::not_there(),
        _ => texts::refused(),
    }
}
