//! The tools that build the frontend and the fuzz targets, and that test the tests. A tool on PATH is used when its version fits; otherwise it is
//! installed into `target/tools`. Nothing is installed elsewhere, and Trunk is not allowed to download tools that are
//! missing.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::progress::Step;
use crate::project::{Project, cargo};

/// The last version that Rust 1.95 can build.
const TRUNK: &str = "0.21.14";
/// The version of the npm package `binaryen`, whose wasm-opt runs on Node.js.
const BINARYEN: &str = "132.0.0";
/// The oldest wasm-opt that the parameters in `frontend/index.html` are known to work with.
const WASM_OPT_OLDEST: u32 = 120;

const CARGO_FUZZ: &str = "0.13.2";
const CARGO_DENY: &str = "0.20.2";
const CARGO_MUTANTS: &str = "27.1.0";
const GECKODRIVER: &str = "0.37.1";
const WASMTIME: &str = "48.0.8";
/// What `wasmtime serve` needs to run the app.
const WASMTIME_FEATURES: &str = "serve,cranelift,pooling-allocator,parallel-compilation,cache";

/// Finds cargo-fuzz, and installs it when it is missing. Returns a value for PATH with which it is found.
pub(crate) fn install_cargo_fuzz(project: &Project) -> Result<OsString> {
    install_program(project, "cargo-fuzz", CARGO_FUZZ)
}

/// Does the same for cargo-deny.
pub(crate) fn install_cargo_deny(project: &Project) -> Result<OsString> {
    install_program(project, "cargo-deny", CARGO_DENY)
}

/// Does the same for cargo-mutants.
pub(crate) fn install_cargo_mutants(project: &Project) -> Result<OsString> {
    install_program(project, "cargo-mutants", CARGO_MUTANTS)
}

/// Does the same for geckodriver, the WebDriver of Firefox, which Debian does not have.
pub(crate) fn install_geckodriver(project: &Project) -> Result<OsString> {
    install_program(project, "geckodriver", GECKODRIVER)
}

/// Finds the command of wasmtime in `target/tools`, and compiles it, for some minutes, when it is missing.
pub(crate) fn install_wasmtime(project: &Project) -> Result<PathBuf> {
    let folder = Folder::new(project)?;
    if folder.version_of("wasmtime").as_deref() != Some(WASMTIME) {
        folder.cargo_install(
            "wasmtime-cli",
            WASMTIME,
            "1",
            &["--no-default-features", "--features", WASMTIME_FEATURES],
        )?;
    }
    Ok(folder.root.join("bin/wasmtime"))
}

fn install_program(project: &Project, tool: &str, version: &str) -> Result<OsString> {
    let folder = Folder::new(project)?;
    if folder.version_of(tool).as_deref() != Some(version) {
        folder.cargo_install(tool, version, "0", &[])?;
    }
    Ok(folder.path)
}

/// The tools, after they were installed.
pub(crate) struct Tools {
    /// A value for PATH with which the tools are found.
    pub(crate) path: OsString,
    /// Whether there is a wasm-opt. Only then does the built site have its final size.
    pub(crate) optimise: bool,
}

/// Finds the tools and installs those that are missing, which takes minutes the first time.
pub(crate) fn install(project: &Project) -> Result<Tools> {
    let folder = Folder::new(project)?;
    let is_first = folder.version_of("trunk").is_none();
    let what = "What builds the site: wasm-bindgen, Trunk, wasm-opt";
    let step = Step { name: "tools", what, estimate: is_first.then_some("7 min") };
    project.progress.step(&step, || folder.install())
}

/// `target/tools`.
struct Folder<'a> {
    project: &'a Project,
    root: PathBuf,
    build: PathBuf,
    path: OsString,
}

impl<'a> Folder<'a> {
    fn new(project: &'a Project) -> Result<Self> {
        let root = project.path("target/tools");
        fs::create_dir_all(root.join("bin"))?;
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([root.join("bin")].into_iter().chain(std::env::split_paths(&inherited)))?;
        Ok(Self { project, root, build: project.path("target/tools-build"), path })
    }

    fn install(self) -> Result<Tools> {
        let bindgen = locked_version(&fs::read_to_string(self.project.path("Cargo.lock"))?, "wasm-bindgen")
            .context("Cargo.lock names no wasm-bindgen")?;
        if self.version_of("wasm-bindgen").as_deref() != Some(&bindgen) {
            // wasm-bindgen reads megabytes of WebAssembly each time, which takes long when it is not optimised.
            let flags = ["--no-default-features", "--bin", "wasm-bindgen"];
            self.cargo_install("wasm-bindgen-cli", &bindgen, "1", &flags)?;
        }
        if self.version_of("trunk").as_deref() != Some(TRUNK) {
            self.cargo_install("trunk", TRUNK, "0", &["--no-default-features"])?;
        }
        let fits = |version: String| version.parse::<u32>().is_ok_and(|version| version >= WASM_OPT_OLDEST);
        let mut optimise = self.version_of("wasm-opt").is_some_and(fits);
        if !optimise {
            self.install_wasm_opt()?;
            optimise = self.version_of("wasm-opt").is_some_and(fits);
        }
        Ok(Tools { path: self.path, optimise })
    }

    /// The version that a tool reports: the first number in its answer to `--version`.
    fn version_of(&self, tool: &str) -> Option<String> {
        let mut command = Command::new(tool);
        // A subcommand of cargo gets its own name first.
        command.args(tool.strip_prefix("cargo-")).arg("--version").env("PATH", &self.path).env_remove("NO_COLOR");
        let output = command.output().ok()?;
        let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
        text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
    }

    /// Installs in a light profile, because a tool that runs for a second is not worth minutes of optimisation.
    fn cargo_install(&self, package: &str, version: &str, opt_level: &str, flags: &[&str]) -> Result<()> {
        let install = |locked: Option<&str>| {
            let mut command = Command::new(cargo());
            command.args(["install", package, "--version", version, "--force", "--root"]).arg(&self.root);
            command.args(locked).args(flags).env("CARGO_TARGET_DIR", &self.build);
            for (setting, value) in [
                ("OPT_LEVEL", opt_level),
                ("LTO", "off"),
                ("CODEGEN_UNITS", "16"),
                ("DEBUG", "0"),
                ("STRIP", "debuginfo"),
            ] {
                command.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
            }
            self.project.run(&mut command)
        };
        // The lock file of wasm-bindgen-cli 0.2.130 names a version that is not in the registry.
        let installed = install(Some("--locked")).or_else(|_| install(None));
        // These are gigabytes that nothing needs any more.
        let _ = fs::remove_dir_all(&self.build);
        installed
    }

    /// Installs wasm-opt by npm. Without npm, a script that optimises nothing takes its place, because Trunk insists on one.
    fn install_wasm_opt(&self) -> Result<()> {
        let launcher = self.root.join("bin/wasm-opt");
        let _ = fs::remove_file(&launcher);
        if has("node") && has("npm") {
            let folder = self.root.join("npm");
            let mut command = Command::new("npm");
            command.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"]);
            match self.project.run(command.arg(&folder).arg(format!("binaryen@{BINARYEN}"))) {
                Ok(()) => return Ok(symlink("../npm/node_modules/.bin/wasm-opt", launcher)?),
                Err(error) => self.project.progress.note(format_args!("{error:#}")),
            }
        }
        self.project
            .progress
            .note("No Node.js with npm, so no wasm-opt: the site works, and is larger than it should be");
        write_script(&launcher, include_str!("no-wasm-opt.sh"))
    }
}

/// Whether a program is on PATH and runs.
pub(crate) fn has(program: impl AsRef<OsStr>) -> bool {
    Command::new(program.as_ref()).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn write_script(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

/// The version of a package in a lock file.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let (_, after) = lock.split_once(&format!("\nname = \"{package}\"\nversion = \""))?;
    Some(after.split_once('"')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"x\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(locked_version(lock, "bindgen"), None);
    }
}
