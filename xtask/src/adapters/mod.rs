//! The app for hosts that have something else in the place of `wasi:keyvalue`, and as one file for hosts that run one component.

mod adapter;
mod manifest;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use self::adapter::{Adapter, CONFIG, DYNAMODB, REDIS, ROUTER, SPIN_REDIS, SQLITE};
use self::store::STORES;
pub(crate) use self::store::Store;
use crate::build;
use crate::compose::{compose, route};
use crate::contract::{check, imports};
use crate::progress::Step;
use crate::project::Project;
use crate::wasi::Wasi;

/// The prefix of the interfaces that an adapter of a store provides.
const KEY_VALUE: &str = "wasi:keyvalue/";

/// The number of steps of [`all`].
pub(crate) const STEPS: usize = 2 * STORES.len();

/// Builds all that the functions below build, after the components without a store.
pub(crate) fn all(project: &Project) -> Result<()> {
    for store in STORES {
        components(project, store, &[])?;
        single(project, store)?;
    }
    Ok(())
}

/// Lints the adapters for the target that they run on.
pub(crate) fn lint(project: &Project) -> Result<()> {
    [ROUTER, CONFIG, SQLITE, REDIS, SPIN_REDIS, DYNAMODB]
        .iter()
        .try_for_each(|adapter| project.cargo(adapter.arguments("clippy").into_iter().chain(["--", "-D", "warnings"])))
}

/// Gives the named components the store, or all when none is named, and writes a manifest beside them. Those without a store
/// have to be built.
pub(crate) fn components(project: &Project, store: Store, wanted: &[String]) -> Result<()> {
    let what = format!("The store {}, in each component", store.name());
    project.progress.step(&Step { name: "store", what: &what, estimate: None }, || {
        let adapter = store.adapter();
        project.cargo(adapter.arguments("build"))?;
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

/// Makes one component of all, with the store, the router, and the variables of the environment. Those without a store have to
/// be built.
pub(crate) fn single(project: &Project, store: Store) -> Result<()> {
    let what = format!("All components in one file, with the store {}", store.name());
    project.progress.step(&Step { name: "single", what: &what, estimate: None }, || {
        let adapter = store.adapter_of_single();
        let adapters = [adapter, &ROUTER, &CONFIG];
        adapters.iter().try_for_each(|adapter| project.cargo(adapter.arguments("build")))?;
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
