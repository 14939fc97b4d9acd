use std::fmt;

/// The end of a page of messages, which the API returns in `next` and accepts in `before`: a letter for the list and the
/// position in it, `m42` for the board, `a7` for one
/// author's messages and `r3` for reports. It is opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// A position on the board, 1 or more.
    Board(u64),
    /// A position among one author's messages, 1 or more.
    Author(u64),
    /// A position among the reports, 1 or more.
    Report(u64),
}

/// The text is not a cursor that this API has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Not a cursor: take it unchanged from \"next\" of the page before.")]
pub struct CursorError;

impl Cursor {
    /// Reads what [`Display`](fmt::Display) writes, and nothing else.
    ///
    /// # Errors
    /// Any other text, including the position 0 and positions beyond 2^53.
    pub fn parse(raw: &str) -> Result<Self, CursorError> {
        let (list, digits) = raw.split_at_checked(1).ok_or(CursorError)?;
        let make: fn(u64) -> Self = match list {
            "m" => Self::Board,
            "a" => Self::Author,
            "r" => Self::Report,
            _ => return Err(CursorError),
        };
        let canonical = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        match digits.parse() {
            Ok(position @ 1..=MAX_POSITION) if canonical => Ok(make(position)),
            _ => Err(CursorError),
        }
    }
}

/// No counter reaches this number in practice, and a JavaScript number still holds it exactly.
const MAX_POSITION: u64 = 1 << 53;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Board(position) => write!(f, "m{position}"),
            Self::Author(position) => write!(f, "a{position}"),
            Self::Report(position) => write!(f, "r{position}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for cursor in [Cursor::Board(1), Cursor::Author(7), Cursor::Report(3), Cursor::Board(MAX_POSITION)] {
            assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
        }
    }

    #[test]
    fn refuses_everything_else() {
        for raw in [
            "",
            "m",
            "a",
            "7",
            "m0",
            "m-1",
            "m+1",
            "m 1",
            "m1 ",
            "M1",
            "m01",
            "m1.0",
            "m1e3",
            "x1",
            "mm1",
            "m9007199254740993",
            "m99999999999999999999999",
            "m１",
        ] {
            assert_eq!(Cursor::parse(raw), Err(CursorError), "{raw:?}");
        }
    }
}
