use std::path::PathBuf;

use clap::ValueEnum;

use crate::project::Project;

/// The version of WASI whose HTTP a build of the components answers. All else they use is of 0.2 in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wasi {
    /// `wasi:http/incoming-handler`: every host runs it.
    #[value(name = "0.2")]
    V0_2,
    /// `wasi:http/handler`: one instance answers many requests, several at once.
    #[value(name = "0.3")]
    V0_3,
}

impl Wasi {
    /// The cargo profile, and so the folder below that of the target: each build has one, or one would undo the other.
    pub(crate) fn profile(self) -> &'static str {
        match self {
            Self::V0_2 => "wasm",
            Self::V0_3 => "wasm-0-3",
        }
    }

    /// The features to build these packages with.
    pub(crate) fn features(self, packages: &[&str]) -> Vec<&'static str> {
        let (fixture, edge) = match self {
            Self::V0_2 => return Vec::new(),
            Self::V0_3 => ("fixture/wasi-0-3", "edge/wasi-0-3"),
        };
        let is_ours = |package: &&str| *package != "fixture";
        let mut features = Vec::new();
        features.extend(packages.iter().any(is_ours).then_some(edge));
        features.extend(packages.contains(&"fixture").then_some(fixture));
        features
    }

    /// Where a component is put, composed and checked. `spin.toml` names those of WASI 0.2.
    pub(crate) fn component(self, project: &Project, name: &str) -> PathBuf {
        match self {
            Self::V0_2 => project.path(&format!("target/components/{name}.wasm")),
            Self::V0_3 => project.path(&format!("target/components/wasi-0.3/{name}.wasm")),
        }
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
