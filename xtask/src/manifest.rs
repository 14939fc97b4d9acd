//! Manifests that are made from `spin.toml` for other builds of its components.

use anyhow::{Result, ensure};

/// The text of `spin.toml`, changed for a folder in `target/components`, where the components lie beside it. `flags` are those
/// of `cargo xtask build` that make that folder.
pub(crate) fn beside_components(manifest: &str, flags: &str) -> Result<String> {
    let (source, command) = ("source = \"target/components/", "command = \"cargo xtask build ");
    let count = manifest.matches("\n[component.").count() - manifest.matches(".variables]").count();
    let (sources, commands) = (manifest.matches(source).count(), manifest.matches(command).count());
    ensure!(2 * sources == count && 2 * commands == count, "spin.toml has a component with another source or command");
    let manifest = manifest.replace(source, "source = \"");
    let manifest = manifest.replace(command, &format!("workdir = \"../../..\"\n{command}{flags} "));
    Ok(format!("# Made of spin.toml by `cargo xtask build {flags}`.\n{manifest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_beside_components_names_them_and_builds_them() {
        let manifest = "\n[component.a]\nsource = \"target/components/a.wasm\"\n[component.a.variables]\nx = \"1\"\n\
                        [component.a.build]\ncommand = \"cargo xtask build a\"\n";
        let made = "# Made of spin.toml by `cargo xtask build --wasi 0.3`.\n\n[component.a]\nsource = \"a.wasm\"\n\
                    [component.a.variables]\nx = \"1\"\n[component.a.build]\nworkdir = \"../../..\"\n\
                    command = \"cargo xtask build --wasi 0.3 a\"\n";
        let beside = |manifest: &str| beside_components(manifest, "--wasi 0.3");
        assert_eq!(beside(manifest).unwrap(), made);
        assert!(beside(&manifest.replace("target/components/a", "elsewhere/a")).is_err());
        assert!(beside(&manifest.replace("cargo xtask build a", "make a")).is_err());
    }
}
