//! The app for hosts that have something else in the place of `wasi:keyvalue`, and as one file for hosts that run one component.

mod manifest;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use crate::build;
use crate::compose::{compose, route};
use crate::contract::{check, imports};
use crate::progress::Step;
use crate::project::Project;
use crate::targets::WASM_TARGET;
use crate::wasi::Wasi;

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

/// A component that is joined to those of the app.
struct Adapter {
    package: &'static str,
    /// The WIT world to which it has to keep.
    world: &'static str,
    /// Whether it is compiled with its feature `spin`, which uses an interface of Spin in the place of one of WASI.
    is_for_spin: bool,
}

const ROUTER: Adapter = Adapter { package: "router", world: "router", is_for_spin: false };
const CONFIG: Adapter = Adapter { package: "config-environment", world: "config-environment", is_for_spin: false };
const SQLITE: Adapter = Adapter { package: "keyvalue-sqlite", world: "keyvalue-sqlite", is_for_spin: false };
const REDIS: Adapter = Adapter { package: "keyvalue-redis", world: "keyvalue-redis", is_for_spin: false };
const SPIN_REDIS: Adapter = Adapter { package: "keyvalue-redis", world: "keyvalue-redis-spin", is_for_spin: true };
const DYNAMODB: Adapter = Adapter { package: "keyvalue-dynamodb", world: "keyvalue-dynamodb", is_for_spin: false };

/// The prefix of the interfaces that an adapter of a store provides.
const KEY_VALUE: &str = "wasi:keyvalue/";

impl Adapter {
    /// The cargo profile, which also names the folder below that of the target: with a feature the same package is another file.
    fn profile(&self) -> &'static str {
        if self.is_for_spin { "wasm-spin" } else { Wasi::V0_2.profile() }
    }

    fn compiled(&self, project: &Project) -> PathBuf {
        project.built(&format!("{WASM_TARGET}/{}/{}.wasm", self.profile(), self.package.replace('-', "_")))
    }

    fn compile(&self, project: &Project) -> Result<()> {
        let mut arguments = vec!["build", "--locked", "--profile", self.profile(), "--target", WASM_TARGET];
        arguments.extend(["--package", self.package]);
        arguments.extend(self.is_for_spin.then_some(["--features", "spin"]).into_iter().flatten());
        project.cargo(arguments)
    }

    fn read(&self, project: &Project) -> Result<Vec<u8>> {
        let bytes = fs::read(self.compiled(project))?;
        let checked = check(&project.path("wit"), self.world, Wasi::V0_2, &bytes);
        checked.with_context(|| format!("adapter {}", self.package))?;
        Ok(bytes)
    }
}

impl Store {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Redis => "redis",
            Self::Dynamodb => "dynamodb",
        }
    }

    /// The adapter for the components that `spin.toml` names.
    fn adapter(self) -> &'static Adapter {
        match self {
            Self::Sqlite => &SQLITE,
            Self::Redis => &SPIN_REDIS,
            Self::Dynamodb => &DYNAMODB,
        }
    }

    /// The adapter for the single file.
    fn adapter_of_single(self) -> &'static Adapter {
        match self {
            Self::Redis => &REDIS,
            Self::Sqlite | Self::Dynamodb => self.adapter(),
        }
    }

    /// The worlds in `wit/platforms.wit` of the platforms that the components are for. Fermyon Cloud lets an app ask out 500 times
    /// an hour, which are some 20 logins, so there it has to be SQLite.
    fn platforms(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["spin-3", "spin-4", "fermyon-cloud"],
            Self::Redis | Self::Dynamodb => &["spin-3", "spin-4", "akamai-functions"],
        }
    }

    /// The same for the single file. Only Spin has SQLite.
    fn platforms_of_single(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["spin-3", "spin-4"],
            Self::Redis | Self::Dynamodb => &["wasmtime-serve", "wasmcloud"],
        }
    }

    /// The folder of the components with the store.
    fn folder(self, project: &Project) -> PathBuf {
        project.path(&format!("target/components/{}", self.name()))
    }

    /// The single file with the store.
    fn file(self, project: &Project) -> PathBuf {
        project.path(&format!("target/components/latchkey-{}.wasm", self.name()))
    }
}

/// The number of steps besides those that build the components without an adapter.
pub(crate) const STEPS: usize = 1;

/// Gives the named components the store, or all when none is named, and writes a manifest beside them.
pub(crate) fn components(project: &Project, store: Store, wanted: &[String]) -> Result<()> {
    build::components(project, Wasi::V0_2, wanted)?;
    let what = format!("The store {}, in each component", store.name());
    project.progress.step(&Step { name: "store", what: &what, estimate: None }, || {
        let adapter = store.adapter();
        adapter.compile(project)?;
        for name in build::names() {
            if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
                let output = store.folder(project).join(format!("{name}.wasm"));
                let own = Wasi::V0_2.component(project, name);
                install(project, &output, &[own], &[adapter], store.platforms(), |[own]| {
                    with_store(own, adapter.read(project)?)
                })
                .with_context(|| format!("component {name}"))?;
            }
        }
        let manifest = manifest::with_store(&fs::read_to_string(project.path("spin.toml"))?, store)?;
        Ok(fs::write(store.folder(project).join("spin.toml"), manifest)?)
    })
}

/// Makes one component of all, with the store, the router, and the variables of the environment.
pub(crate) fn single(project: &Project, store: Store) -> Result<()> {
    build::components(project, Wasi::V0_2, &[])?;
    let what = format!("All components in one file, with the store {}", store.name());
    project.progress.step(&Step { name: "single", what: &what, estimate: None }, || {
        let adapter = store.adapter_of_single();
        let adapters = [adapter, &ROUTER, &CONFIG];
        adapters.iter().try_for_each(|adapter| adapter.compile(project))?;
        let names = build::names();
        let endpoints = names.map(|name| Wasi::V0_2.component(project, name));
        install(project, &store.file(project), &endpoints, &adapters, store.platforms_of_single(), |endpoints| {
            let routed = route(ROUTER.read(project)?, names.into_iter().zip(endpoints).collect())?;
            compose(with_store(routed, adapter.read(project)?)?, CONFIG.read(project)?)
        })
    })
}

/// Makes a component of others and of adapters, and checks that it runs on the platforms. Does nothing when it is already there.
fn install<const N: usize>(
    project: &Project,
    output: &Path,
    components: &[PathBuf; N],
    adapters: &[&Adapter],
    platforms: &[&str],
    join: impl FnOnce([Vec<u8>; N]) -> Result<Vec<u8>>,
) -> Result<()> {
    let mut sources: Vec<PathBuf> = adapters.iter().map(|adapter| adapter.compiled(project)).collect();
    sources.extend_from_slice(components);
    sources.extend(["wit/adapters.wit", "wit/platforms.wit"].map(|file| project.path(file)));
    if build::is_newer(output, &sources)? {
        return Ok(());
    }
    let mut bytes = [const { Vec::new() }; N];
    for (bytes, component) in bytes.iter_mut().zip(components) {
        *bytes = fs::read(component)?;
    }
    let joined = join(bytes)?;
    for platform in platforms {
        check(&project.path("wit"), platform, Wasi::V0_2, &joined)?;
    }
    build::write(output, &joined)
}

/// Gives a component the store, if it has one: the file of one that has none stays the same.
fn with_store(component: Vec<u8>, adapter: Vec<u8>) -> Result<Vec<u8>> {
    if stores(&component)?.is_empty() {
        return Ok(component);
    }
    let joined = compose(component, adapter)?;
    let left = stores(&joined)?;
    ensure!(left.is_empty(), "the adapter of the store does not provide {left:?}");
    Ok(joined)
}

/// What a component imports of a key-value store.
fn stores(component: &[u8]) -> Result<BTreeSet<String>> {
    Ok(imports(component)?.into_iter().filter(|name| name.starts_with(KEY_VALUE)).collect())
}
