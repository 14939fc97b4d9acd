//! `Failure` tells the person who started the host why it cannot start. When a single request fails, the client gets a
//! [`Problem`](crate::problem::Problem) instead; when a call of a store fails, the guest gets a
//! [`StoreError`](crate::store::StoreError).

use std::fmt::{self, Display};

/// One line that says what is wrong and where (file, line or key). It ends the process with exit code 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    /// Takes any text. Line breaks in it, for example those of a library's message, become spaces.
    pub(crate) fn new(text: impl Display) -> Self {
        let text = text.to_string();
        let words: Vec<&str> = text.split_whitespace().collect();
        Self(words.join(" "))
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
