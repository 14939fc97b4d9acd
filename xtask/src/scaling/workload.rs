//! What requests ask of a process and of the store.

use std::time::Duration;

/// What many requests share in the store, so that all of them meet at one item of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hot {
    /// The counter of positions on the board, which every post increments and every reader reads.
    Positions,
    /// The newest page, as one value.
    NewestPage,
}

/// A call of the store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) is_write: bool,
    /// `None` for an item that is one account's, one session's or one message's.
    pub(super) hot: Option<Hot>,
}

const READ: Call = Call { is_write: false, hot: None };
const WRITE: Call = Call { is_write: true, hot: None };
const fn read(hot: Hot) -> Call {
    Call { hot: Some(hot), ..READ }
}
const fn write(hot: Hot) -> Call {
    Call { hot: Some(hot), ..WRITE }
}

/// A kind of request.
pub(super) struct Operation {
    /// As the table of store calls in docs/performance.md names it.
    pub(super) name: &'static str,
    /// Of all requests, in percent.
    pub(super) percent: u32,
    /// Time of one core.
    pub(super) cpu: Duration,
    /// In the order in which each waits for the one before.
    pub(super) calls: &'static [Call],
}

/// The mix of `cargo xtask bench`: 90 % read the newest page, 8 % post, 2 % log in. The processor times were measured by
/// `perf stat` of the host under one kind of request at a time, 16 connections, WASI 0.2.
pub(super) const MIX: [Operation; 3] = [
    Operation {
        name: "the newest page",
        percent: 90,
        cpu: Duration::from_micros(93),
        calls: &[read(Hot::NewestPage), read(Hot::Positions)],
    },
    Operation {
        name: "a post",
        percent: 8,
        cpu: Duration::from_micros(710),
        calls: &[
            READ,
            READ,
            WRITE,
            write(Hot::Positions),
            WRITE,
            WRITE,
            WRITE,
            READ,
            read(Hot::NewestPage),
            write(Hot::NewestPage),
            read(Hot::Positions),
        ],
    },
    Operation {
        name: "a login",
        percent: 2,
        cpu: Duration::from_millis(115),
        calls: &[READ, READ, WRITE, WRITE, READ, WRITE, WRITE, WRITE, READ, WRITE, WRITE, WRITE, READ, WRITE, READ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../../docs/performance.md");

    #[test]
    fn the_calls_are_those_that_the_tests_count() {
        for operation in MIX {
            let writes = operation.calls.iter().filter(|call| call.is_write).count();
            let row = format!("\n| {} | {}, {writes} |", operation.name, operation.calls.len() - writes);
            assert!(DOCUMENT.contains(&row), "docs/performance.md has another number than{row}");
        }
        assert_eq!(MIX.iter().map(|operation| operation.percent).sum::<u32>(), 100);
    }
}
