//! The stores that there are adapters for.

use std::path::PathBuf;

use clap::ValueEnum;

use super::adapter::{Adapter, DYNAMODB, REDIS, SPIN_REDIS, SQLITE};
use crate::project::Project;

/// What the app keeps its data in, by an adapter that is built into the components.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Store {
    /// A SQLite database of Spin: for Fermyon Cloud, and Spin from 3.0.
    Sqlite,
    /// One Redis server. Spin connects to it, also by TLS; the single file uses sockets.
    Redis,
    /// A table of DynamoDB, by HTTP: for Akamai Functions and any other host that lets components ask out.
    Dynamodb,
}

pub(super) const STORES: [Store; 3] = [Store::Sqlite, Store::Redis, Store::Dynamodb];

impl Store {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Redis => "redis",
            Self::Dynamodb => "dynamodb",
        }
    }

    /// The adapter for the components that `spin.toml` names.
    pub(super) fn adapter(self) -> &'static Adapter {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Redis => &SPIN_REDIS,
            Self::Dynamodb => &DYNAMODB,
        }
    }

    /// The adapter for the single file.
    pub(super) fn adapter_of_single(self) -> &'static Adapter {
        match self {
            Self::Redis => &REDIS,
            Self::Sqlite | Self::Dynamodb => self.adapter(),
        }
    }

    /// The worlds in `wit/platforms.wit` of the platforms that the components are for. Fermyon Cloud lets an app ask out 500 times
    /// an hour, which are some 20 logins, so there it has to be SQLite.
    pub(super) fn platforms(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["spin-3", "spin-4", "fermyon-cloud"],
            Self::Redis | Self::Dynamodb => &["spin-3", "spin-4", "akamai-functions"],
        }
    }

    /// The same for the single file. Only Spin has SQLite.
    pub(super) fn platforms_of_single(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["spin-3", "spin-4"],
            Self::Redis | Self::Dynamodb => &["wasmtime-serve", "wasmcloud"],
        }
    }

    /// The folder of the components with the store.
    pub(super) fn folder(self, project: &Project) -> PathBuf {
        project.path(&format!("target/components/{}", self.name()))
    }

    /// The single file with the store.
    pub(super) fn file(self, project: &Project) -> PathBuf {
        project.path(&format!("target/components/latchkey-{}.wasm", self.name()))
    }
}
