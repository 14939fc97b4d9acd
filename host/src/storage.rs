//! Everything that an application stores: key-value stores and SQLite databases, as far as the manifest grants them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::manifest::{Application, ComponentGrants};
use crate::metrics::Metrics;
use crate::runtime_config;
use crate::sqlite::Databases;
use crate::store::Stores;

/// The name that Spin gives the folder for its data, beside the manifest.
const STATE_DIR: &str = ".spin";

/// What is open.
pub(crate) struct Storage {
    pub(crate) stores: Stores,
    pub(crate) databases: Databases,
}

impl Storage {
    /// Opens only what the manifest grants to some component.
    ///
    /// # Errors
    ///
    /// A label that nothing defines, as in Spin, or a file that cannot be used.
    pub(crate) fn open(arguments: &Arguments, application: &Application, metrics: &Metrics) -> Result<Self, Failure> {
        let beside_manifest = || arguments.from.parent().unwrap_or(Path::new("")).join(STATE_DIR);
        let state_dir = arguments.state_dir.clone().unwrap_or_else(beside_manifest);
        let files = runtime_config::files(arguments.runtime_config_file.as_deref(), &state_dir)?;
        let stores = granted("key-value store", files.stores, application, |component| &component.stores)?;
        let databases = granted("SQLite database", files.databases, application, |component| &component.databases)?;
        Ok(Self { stores: Stores::open(&stores, metrics)?, databases: Databases::open(databases, metrics)? })
    }

    /// Whether each file answers, and would take a write.
    pub(crate) async fn is_ready(&self) -> bool {
        self.stores.are_ready().await && self.databases.are_ready().await
    }

    /// Finishes what is queued, and merges the write-ahead logs into the files.
    pub(crate) fn close(&self) {
        self.stores.close();
        self.databases.close();
    }
}

/// The files of the labels that components are granted.
fn granted(
    kind: &str,
    mut files: BTreeMap<String, PathBuf>,
    application: &Application,
    labels: impl Fn(&ComponentGrants) -> &BTreeSet<String>,
) -> Result<BTreeMap<String, PathBuf>, Failure> {
    for (id, component) in &application.components {
        if let Some(label) = labels(component).iter().find(|label| !files.contains_key(*label)) {
            return Err(Failure::new(format_args!(
                "component \"{id}\": no {kind} has the label \"{label}\" (besides \"default\" there are those of --runtime-config-file)"
            )));
        }
    }
    files.retain(|label, _| application.components.values().any(|component| labels(component).contains(label)));
    Ok(files)
}
