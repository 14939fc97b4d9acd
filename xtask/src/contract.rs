use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

use crate::wasi::Wasi;

/// The HTTP interfaces of the worlds in `wit/`, which are of WASI 0.2: the imports, and the export.
const HTTP_0_2: (&[&str], &str) = (&["wasi:http/types@0.2"], "wasi:http/incoming-handler@0.2");
/// Their replacement in WASI 0.3: HTTP, and the clock by which its requests wait.
const HTTP_0_3: (&[&str], &str) =
    (&["wasi:http/types@0.3", "wasi:clocks/monotonic-clock@0.3", "wasi:clocks/types@0.3"], "wasi:http/handler@0.3");

/// Checks that a component imports nothing beyond its world in `wit/`, and exports what the world promises. The imports of a
/// component are what it may reach, as an IAM role is for a Lambda function.
pub(crate) fn check(wit: &Path, world: &str, wasi: Wasi, component: &[u8]) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit)?;
    let world_id = resolve.select_world(&[package], Some(world))?;
    match wasi {
        Wasi::V0_2 => wit_component::targets(&resolve, world_id, component),
        Wasi::V0_3 => Interfaces::of(&resolve, world_id).and_then(|world| keeps_to(&world.in_0_3(), component)),
    }
    .with_context(|| format!("it does not keep to the world {world} in wit/"))
}

/// The names of what a component imports.
pub(crate) fn imports(component: &[u8]) -> Result<BTreeSet<String>> {
    let DecodedWasm::Component(resolve, id) = wit_component::decode(component)? else {
        bail!("it is no component");
    };
    Ok(Interfaces::of(&resolve, id)?.imports)
}

/// Compares names only, because the worlds say nothing more about HTTP in WASI 0.3.
fn keeps_to(world: &Interfaces, component: &[u8]) -> Result<()> {
    let DecodedWasm::Component(resolve, id) = wit_component::decode(component)? else {
        bail!("it is no component");
    };
    let own = Interfaces::of(&resolve, id)?;
    let beyond: Vec<&String> = own.imports.difference(&world.imports).collect();
    ensure!(beyond.is_empty(), "it imports {beyond:?}");
    let missing: Vec<&String> = world.exports.difference(&own.exports).collect();
    ensure!(missing.is_empty(), "it does not export {missing:?}");
    Ok(())
}

/// The interfaces of a world by name, with the part of the version that must be equal for two of them to fit.
struct Interfaces {
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
}

impl Interfaces {
    fn of(resolve: &Resolve, world: WorldId) -> Result<Self> {
        let world = resolve.worlds.get(world).context("no such world")?;
        let name = |(key, item): (&WorldKey, &WorldItem)| {
            match item {
                WorldItem::Interface { id, .. } => resolve.canonicalized_id_of(*id),
                WorldItem::Function(_) | WorldItem::Type { .. } => None,
            }
            .unwrap_or_else(|| resolve.name_world_key(key))
        };
        Ok(Self {
            imports: world.imports.iter().map(name).collect(),
            exports: world.exports.iter().map(name).collect(),
        })
    }

    fn in_0_3(mut self) -> Self {
        let (imports, export) = HTTP_0_2;
        self.imports.retain(|name| !imports.contains(&name.as_str()));
        let exported = self.exports.remove(export);
        let (imports, export) = HTTP_0_3;
        self.imports.extend(imports.iter().map(ToString::to_string));
        self.exports.extend(exported.then(|| export.to_owned()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [(Wasi, &str); 2] = [(Wasi::V0_2, "components"), (Wasi::V0_3, "components/wasi-0.3")];

    fn keeps_to(wasi: Wasi, world: &str, path: &str) -> bool {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
        let root = Path::new(&package).parent().unwrap();
        let component = std::fs::read(root.join("target").join(path)).unwrap();
        check(&root.join("wit"), world, wasi, &component).is_ok()
    }

    #[test]
    fn a_component_keeps_to_its_world_and_not_to_a_smaller_one() {
        for (wasi, folder) in BOTH {
            let keeps_to = |world: &str, name: &str| keeps_to(wasi, world, &format!("{folder}/{name}.wasm"));
            assert!(keeps_to("signup", "signup"));
            assert!(keeps_to("session", "session"));
            assert!(keeps_to("account-composed", "account"));
            assert!(keeps_to("moderation-composed", "moderation"));
            assert!(keeps_to("authorizer-component", "authorizer"));
            assert!(keeps_to("openapi", "openapi"));
            assert!(keeps_to("site", "site"));
            assert!(!keeps_to("site", "signup"), "it reaches a store");
            assert!(!keeps_to("authorizer-component", "signup"), "it increments, and exports no authorizer");
            assert!(!keeps_to("authorizer-component", "messages"));
        }
    }

    #[test]
    fn messages_needs_no_authorizer_once_it_is_composed() {
        for (wasi, folder) in BOTH {
            assert!(keeps_to(wasi, "messages-composed", &format!("{folder}/messages.wasm")));
            let alone = format!("wasm32-wasip2/{}/messages.wasm", wasi.profile());
            assert!(!keeps_to(wasi, "messages-composed", &alone), "it imports the authorizer");
            assert!(keeps_to(wasi, "messages", &alone));
        }
    }

    #[test]
    fn a_component_is_of_the_version_that_it_is_built_for() {
        assert!(!keeps_to(Wasi::V0_2, "site", "components/wasi-0.3/site.wasm"));
        assert!(!keeps_to(Wasi::V0_3, "site", "components/site.wasm"));
    }
}
