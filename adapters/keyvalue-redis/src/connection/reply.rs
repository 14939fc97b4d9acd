/// A part of a reply. A reply that is a list is the list of its parts, and any other is a list of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// There is no value.
    Nothing,
    /// An integer.
    Number(i64),
    /// A string of bytes, or a status.
    Bytes(Vec<u8>),
}

/// Why a command has no reply. The text never holds an argument of the command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The server or the host refuses it.
    Refused(String),
    /// The connection is closed, or makes no sense. Through Spin, a refusal of the server looks like this too.
    Broken(String),
    /// The time is over.
    #[cfg_attr(feature = "spin", expect(dead_code, reason = "Spin has a time limit of its own, if any"))]
    TimedOut,
}

/// What a server says of an error, without the arguments of the command, which it may repeat.
pub(crate) fn without_arguments(error: &str) -> &str {
    error.split_once(", with args").map_or(error, |(before, _)| before)
}
