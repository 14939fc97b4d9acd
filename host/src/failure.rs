//! `Failure`: why the host cannot start, for the person who started it. What happens to a single request is a
//! [`Problem`](crate::problem::Problem) instead, and what a guest asks of a store a
//! [`StoreError`](crate::store::StoreError).

use std::fmt::{self, Display};

/// One line that says what is wrong and where (file, line or key). It ends the process with exit code 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    /// Takes any text; line breaks in it (of a library's message, say) become spaces.
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
