//! curl, the client that most people try an API with.

use std::path::Path;
use std::process::Command;

use super::client::Client;

/// What curl says of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `1.1` or `2`.
    pub(crate) version: String,
    /// Head and body.
    pub(crate) text: String,
}

/// Asks for a path with more arguments. The exit status of curl if it gets no answer: 60 for a certificate that it does not trust.
pub(crate) fn curl(app: &Client, path: &str, trusted: Option<&Path>, more: &[&str]) -> Result<Answer, i32> {
    let mut command = Command::new("curl");
    command.args(["--silent", "--include", "--max-time", "100", "--write-out", "\n%{http_version} %{http_code}"]);
    if let Some(certificate) = trusted {
        command.arg("--cacert").arg(certificate);
    }
    let output = command.args(more).arg(format!("{}{path}", app.base())).output();
    let output = output.unwrap_or_else(|error| panic!("this test needs curl: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match (output.status.code(), text.rsplit_once('\n').and_then(|(text, last)| Some((text, last.split_once(' ')?)))) {
        (Some(0), Some((text, (version, status)))) => {
            Ok(Answer { status: status.parse().unwrap(), version: version.to_owned(), text: text.to_owned() })
        }
        (code, _) => Err(code.unwrap()),
    }
}
