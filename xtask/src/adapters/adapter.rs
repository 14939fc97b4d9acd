use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::contract::check;
use crate::project::Project;
use crate::targets::WASM_TARGET;
use crate::wasi::Wasi;

/// A component that is joined to those of the app.
pub(super) struct Adapter {
    package: &'static str,
    /// The WIT world to which it has to keep.
    world: &'static str,
    /// Whether it is compiled with its feature `spin`, which uses an interface of Spin in the place of one of WASI.
    is_for_spin: bool,
}

pub(super) const ROUTER: Adapter = Adapter { package: "router", world: "router", is_for_spin: false };
pub(super) const CONFIG: Adapter =
    Adapter { package: "config-environment", world: "config-environment", is_for_spin: false };
pub(super) const SQLITE: Adapter = Adapter { package: "keyvalue-sqlite", world: "keyvalue-sqlite", is_for_spin: false };
pub(super) const REDIS: Adapter = Adapter { package: "keyvalue-redis", world: "keyvalue-redis", is_for_spin: false };
pub(super) const SPIN_REDIS: Adapter =
    Adapter { package: "keyvalue-redis", world: "keyvalue-redis-spin", is_for_spin: true };
pub(super) const DYNAMODB: Adapter =
    Adapter { package: "keyvalue-dynamodb", world: "keyvalue-dynamodb", is_for_spin: false };

impl Adapter {
    /// The cargo profile, which also names the folder below that of the target: with a feature the same package is another file.
    fn profile(&self) -> &'static str {
        if self.is_for_spin { "wasm-spin" } else { Wasi::V0_2.profile() }
    }

    pub(super) fn compiled(&self, project: &Project) -> PathBuf {
        project.built(&format!("{WASM_TARGET}/{}/{}.wasm", self.profile(), self.package.replace('-', "_")))
    }

    /// The arguments that make cargo run a command on it.
    pub(super) fn arguments<'a>(&self, command: &'a str) -> Vec<&'a str> {
        let mut arguments = vec![command, "--locked", "--profile", self.profile(), "--target", WASM_TARGET];
        arguments.extend(["--package", self.package]);
        arguments.extend(self.is_for_spin.then_some(["--features", "spin"]).into_iter().flatten());
        arguments
    }

    pub(super) fn read(&self, project: &Project) -> Result<Vec<u8>> {
        let bytes = fs::read(self.compiled(project))?;
        let checked = check(&project.path("wit"), self.world, Wasi::V0_2, &bytes);
        checked.with_context(|| format!("adapter {}", self.package))?;
        Ok(bytes)
    }
}
