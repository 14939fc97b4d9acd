//! The project's commands: `cargo xtask help`.

mod bench;
mod build;
mod compose;
mod contract;
mod project;
mod setup;
mod test;
mod up;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

/// Builds, runs and tests Latchkey. Each command does the set-up that it needs; nothing but Rust has to be there before.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds what has changed, and runs the app until Ctrl-C.
    Up {
        /// Flags of the host, for example --listen 127.0.0.1:8080 or --state-dir DIR; --help lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        host: Vec<OsString>,
    },
    /// Formats, lints and tests everything.
    Test {
        /// Only the black-box tests whose names contain this.
        filter: Option<String>,
    },
    /// Builds the components into target/components, as `spin build` does through spin.toml.
    Build {
        /// All of them when none is named.
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(build::names()))]
        component: Vec<String>,
    },
    /// Measures the app on this machine, beside an empty component on the same host in the same run.
    Bench(bench::Arguments),
    /// Adds the compilation targets that the components need.
    Setup,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let project = Project::find()?;
    match command {
        Command::Up { host } => return up::up(&project, &host),
        Command::Test { filter } => test::test(&project, filter.as_deref())?,
        Command::Build { component } => build::components(&project, &component)?,
        Command::Bench(arguments) => bench::bench(&project, &arguments)?,
        Command::Setup => setup::targets(&project)?,
    }
    Ok(ExitCode::SUCCESS)
}
