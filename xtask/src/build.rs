use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::compose::compose;
use crate::contract::check;
use crate::frontend;
use crate::progress::Step;
use crate::project::Project;
use crate::targets::{WASM_TARGET, targets};
use crate::wasi::Wasi;

/// A component of the app.
struct Component {
    name: &'static str,
    /// The WIT world to which the component's own module has to keep.
    world: &'static str,
    /// For a guarded component: the name of the component that guards it, and the world to which the composition has to
    /// keep.
    guard: Option<(&'static str, &'static str)>,
}

const COMPONENTS: [Component; 10] = [
    Component { name: "signup", world: "signup", guard: None },
    Component { name: "login", world: "login", guard: None },
    Component { name: "session", world: "session", guard: None },
    Component { name: "account", world: "account", guard: Some(("authorizer", "account-composed")) },
    Component { name: "passkeys", world: "passkeys", guard: Some(("authorizer", "passkeys-composed")) },
    Component { name: "messages", world: "messages", guard: Some(("authorizer", "messages-composed")) },
    Component { name: "moderation", world: "moderation", guard: Some(("authorizer", "moderation-composed")) },
    Component { name: "authorizer", world: "authorizer-component", guard: None },
    Component { name: "openapi", world: "openapi", guard: None },
    Component { name: SITE, world: "site", guard: None },
];

/// The package of an authorizer that is used only by tests.
const SECOND_AUTHORIZER: &str = "fixture-authorizer";

/// The component that contains the frontend.
pub(crate) const SITE: &str = "site";

/// The names of the components.
pub(crate) fn names() -> [&'static str; 10] {
    COMPONENTS.map(|component| component.name)
}

/// Builds the host in release mode, the one profile that `up` and the tests share.
pub(crate) fn host(project: &Project) -> Result<()> {
    let estimate = (!project.host().exists()).then_some("6 min");
    let step = Step { name: "host", what: "The host", estimate };
    project.progress.step(&step, || project.cargo(["build", "--locked", "--release", "--package", "host"]))
}

/// The number of steps to build the named components, or all of them when none is named.
pub(crate) fn steps(project: &Project, wanted: &[String]) -> usize {
    let with_site = wanted.is_empty() || wanted.iter().any(|name| name == SITE);
    2 + if with_site { frontend::steps(project) } else { 0 }
}

/// Builds the named components, or all when none is named, to the path that [`Wasi::component`] returns. For the site it
/// builds the frontend first.
pub(crate) fn components(project: &Project, wasi: Wasi, wanted: &[String]) -> Result<()> {
    let step = Step { name: "targets", what: "Rust's targets for WebAssembly", estimate: None };
    project.progress.step(&step, || targets(project))?;
    let wanted: Vec<&Component> = COMPONENTS
        .iter()
        .filter(|component| wanted.is_empty() || wanted.iter().any(|name| name == component.name))
        .collect();
    if wanted.iter().any(|component| component.name == SITE) {
        frontend::build(project)?;
    }
    let mut packages: Vec<&str> = wanted.iter().map(|component| component.name).collect();
    packages.extend(wanted.iter().filter_map(|component| component.guard).map(|(guard, _)| guard));
    packages.sort_unstable();
    packages.dedup();
    let what = format!("Components for WASI {}: {}", wasi.version(), packages.join(", "));
    let is_first = wanted.iter().any(|component| !wasi.component(project, component.name).exists());
    let step = Step { name: "components", what: &what, estimate: is_first.then_some("3 min") };
    project.progress.step(&step, || {
        wasm(project, wasi, &packages)?;
        for component in wanted {
            let output = wasi.component(project, component.name);
            install(project, wasi, component, &output).with_context(|| format!("component {}", component.name))?;
        }
        wasi.write_manifest(project)
    })
}

/// Builds the component that misbehaves on demand, which tests and measurements need.
pub(crate) fn fixture(project: &Project, wasi: Wasi) -> Result<()> {
    let what = format!("The test fixture for WASI {}", wasi.version());
    let step = Step { name: "fixture", what: &what, estimate: None };
    project.progress.step(&step, || wasm(project, wasi, &["fixture"]))
}

/// Builds the guarded components with the authorizer of the test fixture instead of ours.
pub(crate) fn second_authorizer(project: &Project, wasi: Wasi) -> Result<()> {
    let what = format!("The second authorizer for WASI {}", wasi.version());
    let step = Step { name: "second-authorizer", what: &what, estimate: None };
    project.progress.step(&step, || {
        wasm(project, wasi, &[SECOND_AUTHORIZER])?;
        for component in &COMPONENTS {
            if let Some((_, world)) = component.guard {
                let component = Component { guard: Some((SECOND_AUTHORIZER, world)), ..*component };
                install(
                    project,
                    wasi,
                    &component,
                    &wasi.component(project, &format!("second-authorizer/{}", component.name)),
                )?;
            }
        }
        Ok(())
    })
}

/// Compiles packages for WebAssembly.
fn wasm(project: &Project, wasi: Wasi, packages: &[&str]) -> Result<()> {
    project.cargo(arguments("build", wasi, packages))
}

/// The arguments that make cargo run a command on packages for WebAssembly.
pub(crate) fn arguments<'a>(command: &'a str, wasi: Wasi, packages: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![command, "--locked", "--profile", wasi.profile(), "--target", WASM_TARGET];
    arguments.extend(packages.iter().flat_map(|package| ["--package", package]));
    arguments.extend(wasi.features(packages).into_iter().flat_map(|feature| ["--features", feature]));
    arguments
}

/// The path at which cargo stores a package that it compiled for WebAssembly.
pub(crate) fn compiled(project: &Project, wasi: Wasi, package: &str) -> PathBuf {
    project.built(&file(wasi, package))
}

/// The same path, in a target folder.
pub(crate) fn file(wasi: Wasi, package: &str) -> String {
    format!("{WASM_TARGET}/{}/{}.wasm", wasi.profile(), package.replace('-', "_"))
}

/// Composes and checks a compiled component, and copies it to where a host finds it. Does nothing when it is already there.
fn install(project: &Project, wasi: Wasi, component: &Component, output: &Path) -> Result<()> {
    let own = compiled(project, wasi, component.name);
    let mut sources = vec![own.clone(), project.path("wit/worlds.wit"), project.path("wit/authorizer.wit")];
    sources.extend(component.guard.map(|(guard, _)| compiled(project, wasi, guard)));
    if is_newer(output, &sources)? {
        return Ok(());
    }
    let wit = project.path("wit");
    let mut bytes = fs::read(&own)?;
    check(&wit, component.world, wasi, &bytes)?;
    if let Some((guard, world)) = component.guard {
        bytes = compose(bytes, fs::read(compiled(project, wasi, guard))?)?;
        check(&wit, world, wasi, &bytes)?;
    }
    write(output, &bytes)
}

/// Writes a component as a whole, so that a host which reads it now sees either the old or the new one.
pub(crate) fn write(output: &Path, component: &[u8]) -> Result<()> {
    fs::create_dir_all(output.parent().context("it has no folder")?)?;
    let whole = output.with_extension("wasm.new");
    fs::write(&whole, component)?;
    fs::rename(&whole, output)?;
    Ok(())
}

/// Whether a file is there, and newer than all of the sources that it is made of.
pub(crate) fn is_newer(output: &Path, sources: &[PathBuf]) -> Result<bool> {
    let modified = |path: &Path| -> Result<SystemTime> {
        Ok(fs::metadata(path).with_context(|| path.display().to_string())?.modified()?)
    };
    let Ok(built) = modified(output) else { return Ok(false) };
    for source in sources {
        if modified(source)? >= built {
            return Ok(false);
        }
    }
    Ok(true)
}
