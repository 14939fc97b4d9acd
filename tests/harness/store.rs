//! The store behind the app: the host's own, or a server that is started for each state folder.
//!
//! A server belongs to the folder and not to the host, so it goes on when a test kills or restarts the host, and serves a second
//! host that is started on the same folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::dynamodb::Table;
use super::redis::Redis;
use super::{Wasi, workspace};

/// What the app keeps its state in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// The key-value store of the host.
    Default,
    /// `fermyon:spin/sqlite` of the host.
    Sqlite,
    Redis,
    DynamoDb,
}

/// The servers of the state folders, by the folder.
static SERVERS: Mutex<BTreeMap<PathBuf, Server>> = Mutex::new(BTreeMap::new());

#[derive(Clone)]
enum Server {
    Redis(Arc<Redis>),
    DynamoDb(Arc<Table>),
}

impl Store {
    #[track_caller]
    pub(crate) fn chosen() -> Self {
        match std::env::var("LATCHKEY_STORE").as_deref() {
            Err(_) | Ok("" | "default") => Self::Default,
            Ok("sqlite") => Self::Sqlite,
            Ok("redis") => Self::Redis,
            Ok("dynamodb") => Self::DynamoDb,
            Ok(other) => panic!("LATCHKEY_STORE is default, sqlite, redis or dynamodb, and not {other}"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Sqlite => "sqlite",
            Self::Redis => "redis",
            Self::DynamoDb => "dynamodb",
        }
    }

    /// The manifest of the app, which `cargo xtask build` writes.
    pub(crate) fn manifest(self) -> PathBuf {
        match self {
            Self::Default => Wasi::tested().manifest(),
            _ => workspace().join(format!("target/components/{}/spin.toml", self.name())),
        }
    }

    /// The app in one file, which `cargo xtask build --single` writes.
    pub(super) fn single_file(self) -> PathBuf {
        workspace().join(format!("target/components/latchkey-{}.wasm", self.name()))
    }

    /// The variables that lead the app to the store of a state folder. A server is started if there is none yet.
    pub(super) fn variables(self, state: &Path) -> Vec<(&'static str, String)> {
        match self {
            Self::Default | Self::Sqlite => Vec::new(),
            // Spin lets components reach the address that a second variable names.
            Self::Redis => {
                let address = redis(state).address();
                vec![("redis_url", format!("redis://{address}")), ("redis_host", address)]
            }
            Self::DynamoDb => table(state).variables(),
        }
    }
}

/// The Redis server of a state folder.
pub(crate) fn redis(state: &Path) -> Arc<Redis> {
    match server(state, || Server::Redis(Arc::new(Redis::start(state)))) {
        Server::Redis(redis) => redis,
        Server::DynamoDb(_) => panic!("one run has one kind of store"),
    }
}

fn table(state: &Path) -> Arc<Table> {
    match server(state, || Server::DynamoDb(Arc::new(Table::create()))) {
        Server::DynamoDb(table) => table,
        Server::Redis(_) => panic!("one run has one kind of store"),
    }
}

fn server(state: &Path, start: impl FnOnce() -> Server) -> Server {
    let mut servers = servers();
    // A folder that is gone needs its server no longer.
    servers.retain(|folder, _| folder.exists());
    servers.entry(state.to_owned()).or_insert_with(start).clone()
}

/// Ends all servers, at the end of the tests.
pub(crate) fn end() {
    servers().clear();
    super::dynamodb::end();
}

fn servers() -> MutexGuard<'static, BTreeMap<PathBuf, Server>> {
    SERVERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Key and value of everything that the app has stored.
pub(crate) fn rows(state: &Path) -> Vec<(String, Vec<u8>)> {
    match Store::chosen() {
        Store::Default => match state.join("sqlite_key_value.db").exists() {
            true => super::database::rows(&super::database::open(state), "default"),
            false => Vec::new(),
        },
        Store::Sqlite => super::database::adapter_rows(state),
        Store::Redis => redis(state).rows(),
        Store::DynamoDb => table(state).rows(),
    }
}
