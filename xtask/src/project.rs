use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::progress::Progress;

/// The folder of the project, the way to call its tools, and the progress of the command.
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
    pub(crate) progress: Progress,
}

impl Project {
    /// The project in which cargo runs this program. It may differ from where the program was compiled, because folders are
    /// moved and copied.
    pub(crate) fn find() -> Result<Self> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").context("this is to be run by `cargo xtask`")?;
        let root = Path::new(&package).parent().context("xtask lies in no project")?.to_owned();
        let output = Command::new(cargo())
            .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
            .current_dir(&root)
            .output()
            .with_context(|| format!("{} does not run in {}", cargo(), root.display()))?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let target = metadata.get("target_directory").and_then(|dir| dir.as_str()).context("no target directory")?;
        let progress = Progress::new(root.join("target/xtask"));
        Ok(Self { root, target: target.into(), progress })
    }

    /// A path in the project.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A path in the target folder of cargo.
    pub(crate) fn built(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// The path of the host's binary, which exists once it is built.
    pub(crate) fn host(&self) -> PathBuf {
        self.built("release/latchkey")
    }

    /// The commit that is checked out, with `-dirty` when files differ from it.
    pub(crate) fn commit(&self) -> Result<String> {
        let describe = ["describe", "--always", "--dirty", "--exclude=*", "--abbrev=7"];
        let output = Command::new("git").args(describe).current_dir(&self.root).output()?;
        ensure!(output.status.success(), "git describe: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Runs cargo.
    pub(crate) fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Result<()> {
        self.run(Command::new(cargo()).args(arguments).current_dir(&self.root))
    }

    /// Runs a command; see [`Progress::run`].
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        self.progress.run(command.envs(flags()))
    }
}

/// Flags of rustc for what is built for WebAssembly, with those of `.cargo/config.toml`, as variables for cargo. They replace
/// the folder in which cargo keeps the sources of crates, which otherwise stands in every message of a panic: so a build is the
/// same on every machine, and does not tell where it was made.
fn flags() -> Vec<(&'static str, String)> {
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let registry = home.ok().map(|home| Path::new(&home).join("registry/src")).filter(|path| path.is_dir());
    let folders = registry.into_iter().flat_map(|path| std::fs::read_dir(path).into_iter().flatten().flatten());
    // Cargo splits the variable at white space.
    let paths =
        folders.map(|folder| folder.path().display().to_string()).filter(|path| !path.contains(char::is_whitespace));
    let flags: Vec<String> = paths.map(|path| format!("--remap-path-prefix={path}/=")).collect();
    let flags = flags.join(" ");
    vec![
        ("CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS", format!("-Ctarget-feature=+simd128 {flags}")),
        ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", format!("--cfg=erase_components {flags}")),
    ]
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
