use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::manifest::beside_components;
use crate::project::Project;

/// The version of WASI whose HTTP a build of the components answers. All other interfaces they use are of 0.2 in both
/// builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wasi {
    /// `wasi:http/incoming-handler`, which every host runs.
    #[value(name = "0.2")]
    V0_2,
    /// `wasi:http/handler`: one instance answers many requests, several of them at once.
    #[value(name = "0.3")]
    V0_3,
}

impl Wasi {
    /// The version as it is written on the command line.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::V0_2 => "0.2",
            Self::V0_3 => "0.3",
        }
    }

    /// The cargo profile, which also names the folder below that of the target. Each build has its own, because otherwise
    /// each would overwrite the other.
    pub(crate) fn profile(self) -> &'static str {
        match self {
            Self::V0_2 => "wasm",
            Self::V0_3 => "wasm-0-3",
        }
    }

    /// The features with which these packages are built.
    pub(crate) fn features(self, packages: &[&str]) -> Vec<&'static str> {
        let (fixture, edge) = match self {
            Self::V0_2 => return Vec::new(),
            Self::V0_3 => ("fixture/wasi-0-3", "edge/wasi-0-3"),
        };
        let is_ours = |package: &&str| !package.starts_with("fixture");
        let mut features = Vec::new();
        features.extend(packages.iter().any(is_ours).then_some(edge));
        features.extend(packages.contains(&"fixture").then_some(fixture));
        features
    }

    /// The path of a component that is composed and checked. `spin.toml` names those of WASI 0.2.
    pub(crate) fn component(self, project: &Project, name: &str) -> PathBuf {
        match self {
            Self::V0_2 => project.path(&format!("target/components/{name}.wasm")),
            Self::V0_3 => project.path(&format!("target/components/wasi-0.3/{name}.wasm")),
        }
    }
}

impl Wasi {
    /// The manifest of the app: `spin.toml`, or for 0.3 a manifest that is made from it, beside the components. A build
    /// profile in `spin.toml` would do the same, but Spin before 4.0 refuses a manifest with a build profile.
    pub(crate) fn manifest(self, project: &Project) -> PathBuf {
        match self {
            Self::V0_2 => project.path("spin.toml"),
            Self::V0_3 => project.path("target/components/wasi-0.3/spin.toml"),
        }
    }

    /// Writes the manifest for 0.3. For 0.2 there is nothing to write.
    pub(crate) fn write_manifest(self, project: &Project) -> Result<()> {
        if self == Self::V0_2 {
            return Ok(());
        }
        let path = self.manifest(project);
        fs::create_dir_all(path.parent().context("it has no folder")?)?;
        let manifest = fs::read_to_string(project.path("spin.toml"))?;
        fs::write(path, beside_components(&manifest, "--wasi 0.3")?)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_named_only_with_a_package_that_has_it() {
        assert!(Wasi::V0_2.features(&["login", "fixture"]).is_empty());
        assert_eq!(Wasi::V0_3.features(&["login", "site"]), ["edge/wasi-0-3"]);
        assert_eq!(Wasi::V0_3.features(&["fixture"]), ["fixture/wasi-0-3"]);
        assert_eq!(Wasi::V0_3.features(&["edge", "fixture"]), ["edge/wasi-0-3", "fixture/wasi-0-3"]);
    }
}
