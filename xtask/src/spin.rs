//! The black-box suite on Spin, for people who have Spin.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The first version that runs components of WASI 0.3.
const WASI_0_3: (u32, u32) = (4, 1);

/// A Spin binary that runs.
pub(crate) struct Spin {
    pub(crate) program: PathBuf,
    version: (u32, u32),
}

impl Spin {
    /// The Spin that the environment variable SPIN names, or else the one on PATH.
    ///
    /// # Errors
    /// There is no such file, or it is not Spin. The message says what to do about it.
    pub(crate) fn find() -> Result<Self> {
        let named = std::env::var_os("SPIN").filter(|path| !path.is_empty());
        Self::at(&named.map_or_else(|| "spin".into(), PathBuf::from))
    }

    fn at(program: &Path) -> Result<Self> {
        let name = program.display();
        let output = Command::new(program).arg("--version").output().with_context(|| {
            format!("no Spin: {name} does not run. Install it (https://spinframework.dev/install), or name it: SPIN=/path/to/spin")
        })?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let version = version(&said).filter(|_| output.status.success());
        let version = version.with_context(|| format!("no Spin: {name} --version says {:?}", said.trim()))?;
        ensure!(version >= (3, 2), "{name} is of version {}.{}; the app needs Spin 3.2 or later", version.0, version.1);
        Ok(Self { program: program.to_owned(), version })
    }

    /// Whether this Spin runs components of WASI 0.3.
    pub(crate) fn has_wasi_0_3(&self) -> bool {
        self.version >= WASI_0_3
    }
}

/// The major and minor version in an answer like `spin 4.1.0-pre0 (94a8fc8 2026-08-21)`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.strip_prefix("spin ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read() {
        assert_eq!(version("spin 4.1.0-pre0 (94a8fc8 2026-08-21)\n"), Some((4, 1)));
        assert_eq!(version("spin 3.6.3"), Some((3, 6)));
        assert_eq!([version("spin"), version("Spin 3.6.3"), version("spin x.y")], [None; 3]);
    }

    #[test]
    fn what_is_missing_is_said() {
        let error = |program: &str| format!("{:#}", Spin::at(Path::new(program)).map(|_| ()).unwrap_err());
        let missing = error("/no/such/spin");
        assert!(missing.contains("/no/such/spin does not run") && missing.contains("SPIN=/path/to/spin"), "{missing}");
        assert!(error("true").contains("no Spin: true --version says"), "{}", error("true"));
    }
}
