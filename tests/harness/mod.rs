//! The base of the tests: a host for each test, a polite and a rude client, and users.

pub(crate) mod actors;
pub(crate) mod app;
pub(crate) mod board;
pub(crate) mod certificate;
pub(crate) mod client;
pub(crate) mod confidential;
pub(crate) mod contract;
pub(crate) mod curl;
pub(crate) mod database;
pub(crate) mod dynamodb;
pub(crate) mod forge;
pub(crate) mod host;
pub(crate) mod http2;
pub(crate) mod launcher;
pub(crate) mod log;
pub(crate) mod random;
pub(crate) mod raw;
pub(crate) mod redis;
pub(crate) mod reply;
pub(crate) mod report;
pub(crate) mod store;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One test. The macro `case!` registers it next to its code.
pub(crate) struct Case {
    /// The path of its module, for example `blackbox::login`.
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
    /// The last part of the module path: the subject of the test.
    pub(crate) fn subject(&self) -> &'static str {
        self.module.rsplit("::").next().unwrap_or_default()
    }

    /// The name in reports, which filters are compared with.
    pub(crate) fn full_name(&self) -> String {
        format!("{}::{}", self.subject(), self.name)
    }
}

/// The host that a test needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// The app that `APP_URL` names, else a host that the test starts.
    AnyHost,
    /// A host that the test starts, stops, or looks into.
    OwnHost,
}

/// The address of an app that was already running before the tests, if `APP_URL` names one.
pub(crate) fn app_url() -> Option<String> {
    std::env::var("APP_URL").ok().filter(|url| !url.is_empty())
}

/// The build of the components that is tested.
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

    /// The manifest of the app, which `cargo xtask build` writes.
    pub(crate) fn manifest(self) -> PathBuf {
        workspace().join(match self {
            Self::Wasi02 => "spin.toml",
            Self::Wasi03 => "target/components/wasi-0.3/spin.toml",
        })
    }

    /// The folders of the composed components and of the components before composition.
    pub(crate) fn components(self) -> [PathBuf; 2] {
        let folders = match self {
            Self::Wasi02 => ["target/components", "target/wasm32-wasip2/wasm"],
            Self::Wasi03 => ["target/components/wasi-0.3", "target/wasm32-wasip2/wasm-0-3"],
        };
        folders.map(|folder| workspace().join(folder))
    }
}

/// The folder of the workspace, from the folder where cargo runs the tests. The path at compile time would be wrong if the
/// folder was moved since.
pub(crate) fn workspace() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests, and says where they are");
    Path::new(&package).parent().unwrap().to_path_buf()
}

/// The upper limit of every wait in this suite, much longer than any of them should take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Asks repeatedly until there is an answer, and panics after [`PATIENCE`].
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, question: impl FnMut() -> Option<T>) -> T {
    wait_or_give_up(question).unwrap_or_else(|| panic!("no {what} within {PATIENCE:?}"))
}

/// The same, but returns `None` after [`PATIENCE`]: for callers where a panic would first have to wait for other threads.
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
