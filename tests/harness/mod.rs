//! What the tests stand on: a host of their own, clients polite and rude, people.

pub(crate) mod actors;
pub(crate) mod board;
pub(crate) mod client;
pub(crate) mod confidential;
pub(crate) mod contract;
pub(crate) mod database;
pub(crate) mod forge;
pub(crate) mod host;
pub(crate) mod launcher;
pub(crate) mod log;
pub(crate) mod random;
pub(crate) mod raw;
pub(crate) mod reply;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One test, registered where it is written.
pub(crate) struct Case {
    /// The path of its module, `blackbox::login`.
    pub(crate) module: &'static str,
    pub(crate) name: &'static str,
    pub(crate) needs: Needs,
    pub(crate) run: fn(),
}

inventory::collect!(Case);

/// Every registered test.
pub(crate) fn cases() -> impl Iterator<Item = &'static Case> {
    inventory::iter::<Case>.into_iter()
}

impl Case {
    /// The name of its module: what the test is about.
    pub(crate) fn subject(&self) -> &'static str {
        self.module.rsplit("::").next().unwrap_or_default()
    }

    /// As it is reported, and picked by a filter.
    pub(crate) fn full_name(&self) -> String {
        format!("{}::{}", self.subject(), self.name)
    }
}

/// What a test asks its questions of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Whatever `APP_URL` names, else a host of its own.
    AnyHost,
    /// A host that the test starts, stops, or looks into.
    OwnHost,
}

/// The app to be asked, when it is not one that the tests start.
pub(crate) fn app_url() -> Option<String> {
    std::env::var("APP_URL").ok().filter(|url| !url.is_empty())
}

/// Which of the two builds of the components is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wasi {
    Wasi02,
    Wasi03,
}

impl Wasi {
    #[track_caller]
    pub(crate) fn tested() -> Self {
        match std::env::var("LATCHKEY_WASI").as_deref() {
            Err(_) | Ok("" | "0.2") => Self::Wasi02,
            Ok("0.3") => Self::Wasi03,
            Ok(other) => panic!("LATCHKEY_WASI is 0.2 or 0.3, and not {other}"),
        }
    }

    /// The manifest of the app, as `cargo xtask build` makes it.
    pub(crate) fn manifest(self) -> PathBuf {
        workspace().join(match self {
            Self::Wasi02 => "spin.toml",
            Self::Wasi03 => "target/components/wasi-0.3/spin.toml",
        })
    }

    /// Where the composed components lie, and where those that are not composed yet.
    pub(crate) fn components(self) -> [PathBuf; 2] {
        let folders = match self {
            Self::Wasi02 => ["target/components", "target/wasm32-wasip2/wasm"],
            Self::Wasi03 => ["target/components/wasi-0.3", "target/wasm32-wasip2/wasm-0-3"],
        };
        folders.map(|folder| workspace().join(folder))
    }
}

/// The folder of the workspace: where cargo runs the tests, and not where it compiled them, which may have been moved.
pub(crate) fn workspace() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests, and says where they are");
    Path::new(&package).parent().unwrap().to_path_buf()
}

/// No wait in this suite is longer: far beyond what any of them takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Asks again and again until there is an answer.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, question: impl FnMut() -> Option<T>) -> T {
    wait_or_give_up(question).unwrap_or_else(|| panic!("no {what} within {PATIENCE:?}"))
}

/// The same for where a panic would have to wait for others.
pub(crate) fn wait_or_give_up<T>(mut question: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(answer) = question() {
            return Some(answer);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}
