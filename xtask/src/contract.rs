use std::path::Path;

use anyhow::{Context, Result};
use wit_parser::Resolve;

/// Checks that a component imports no more than its world in `wit/` lets it, and exports what the world promises. What a
/// component imports is what it may reach, as an IAM role is for a Lambda function.
pub(crate) fn check(wit: &Path, world: &str, component: &[u8]) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit)?;
    let world_id = resolve.select_world(&[package], Some(world))?;
    wit_component::targets(&resolve, world_id, component)
        .with_context(|| format!("it does not keep to its world {world} in wit/worlds.wit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../target/components/{name}.wasm", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    fn keeps_to(world: &str, name: &str) -> bool {
        check(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit")), world, &built(name)).is_ok()
    }

    #[test]
    fn a_component_keeps_to_its_world_and_not_to_a_smaller_one() {
        assert!(keeps_to("signup", "signup"));
        assert!(keeps_to("authorizer-component", "authorizer"));
        assert!(keeps_to("site", "site"));
        assert!(!keeps_to("site", "signup"), "it reaches a store");
        assert!(!keeps_to("authorizer-component", "signup"), "it increments, and exports no authorizer");
        assert!(!keeps_to("authorizer-component", "messages"));
    }

    #[test]
    fn messages_needs_no_authorizer_once_it_is_composed() {
        assert!(keeps_to("messages-composed", "messages"));
    }
}
