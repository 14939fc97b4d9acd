//! Which host the suite starts: ours, or Spin.

use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use rustix::process::Signal;

use super::workspace;

/// A host that can be started on a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Launcher {
    /// `LATCHKEY_HOST`, else `target/release/latchkey`.
    Latchkey,
    /// `SPIN`, else `spin` on PATH.
    Spin,
}

/// The flags of Spin that tests use.
const OF_SPIN: [&str; 6] = [
    "--idle-instance-timeout",
    "--listen",
    "--max-instance-concurrent-reuse-count",
    "--max-instance-reuse-count",
    "--profile",
    "--runtime-config-file",
];

impl Launcher {
    #[track_caller]
    pub(crate) fn chosen() -> Self {
        match std::env::var("LATCHKEY_LAUNCHER").as_deref() {
            Err(_) | Ok("" | "latchkey") => Self::Latchkey,
            Ok("spin") => Self::Spin,
            Ok(other) => panic!("LATCHKEY_LAUNCHER is latchkey or spin, and not {other}"),
        }
    }

    /// The start of a command line that flags of both hosts follow.
    pub(super) fn command(self) -> Command {
        let given = |name: &str| std::env::var_os(name).map(PathBuf::from);
        match self {
            Self::Latchkey => {
                let binary = given("LATCHKEY_HOST").unwrap_or_else(|| workspace().join("target/release/latchkey"));
                let mut command = Command::new(binary);
                // All hosts of the suite share what is compiled, so each of them starts in a moment.
                command.args(["--log", "debug", "--cache-dir"]).arg(workspace().join("target/code-cache"));
                command
            }
            Self::Spin => {
                let mut command = Command::new(given("SPIN").unwrap_or_else(|| "spin".into()));
                command.arg("up");
                command
            }
        }
    }

    /// What only our host can be told, a test can't ask of Spin.
    #[track_caller]
    pub(super) fn assert_knows(self, flag: &str) {
        let knows = self == Self::Latchkey || OF_SPIN.contains(&flag);
        assert!(knows, "Spin has no {flag}: our_host_only.rs has to name this test, with the reason");
    }

    /// What it ends by in good order: Spin does so by Ctrl-C alone.
    pub(super) fn end_signal(self) -> Signal {
        match self {
            Self::Latchkey => Signal::TERM,
            Self::Spin => Signal::INT,
        }
    }

    /// Spin tells nothing by its status, since its two processes may hear of the signal in either order.
    pub(super) fn ends_cleanly_by(self, status: ExitStatus) -> bool {
        self == Self::Spin || status.code() == Some(0)
    }
}
