//! The project's commands; `cargo xtask help` lists them.

mod adapters;
mod app;
mod audit;
mod bench;
mod browser;
mod build;
mod compose;
mod contract;
mod debian;
mod description;
mod frontend;
mod fuzz;
mod hosts;
mod interop;
mod key;
mod manifest;
mod mutants;
mod npm;
mod openmetrics;
mod portability;
mod progress;
mod project;
mod python;
mod reproducible;
mod scaling;
mod schemathesis;
mod setup;
mod spin;
mod stores;
mod supply_chain;
mod targets;
mod test;
mod tools;
mod up;
mod wasi;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::ensure;
use clap::{Parser, Subcommand};

use crate::adapters::Store;
use crate::project::Project;
use crate::wasi::Wasi;

/// Builds, runs and tests Latchkey. Each command installs what it needs, and only Rust has to be installed before.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds what has changed, and runs the app until Ctrl-C. Then open its address in a browser.
    Up {
        /// Builds the site again and serves it whenever its sources change: frontend/, crates/wire and crates/rules. The
        /// page does not reload by itself.
        #[arg(long)]
        watch: bool,
        /// The version of WASI whose HTTP the components answer.
        #[arg(long, value_enum, default_value = "0.2")]
        wasi: Wasi,
        /// Flags of the host, for example --listen 127.0.0.1:8080 or --state-dir DIR; --help lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        host: Vec<OsString>,
    },
    /// Formats, lints and tests everything.
    Test {
        /// The host to test on. `spin` runs only the black-box suite, on the Spin that SPIN=/path/to/spin names, or else on
        /// the one on PATH. Tests that can't pass there are reported as not run, with the reason.
        #[arg(long, value_enum, env = "LATCHKEY_LAUNCHER", default_value = "latchkey")]
        host: test::Host,
        /// Runs only the black-box and browser tests whose names contain this; `openapi` also runs invented requests,
        /// linters and generated clients.
        filter: Option<String>,
    },
    /// Builds the components into target/components, as `spin build` does through spin.toml. For the site it first builds
    /// frontend/, encodes its files, prints how much each of its pages loads, and fails when that is too much. The sizes of all
    /// files are in target/xtask/site.log.
    Build {
        /// The version of WASI whose HTTP the components answer. Those of 0.3 are put into target/components/wasi-0.3, with
        /// their own manifest beside them.
        #[arg(long, value_enum, default_value = "0.2")]
        wasi: Wasi,
        /// Builds an adapter of this store into the components, for hosts whose own key-value store can't count atomically.
        /// They are put into target/components/STORE, with their own manifest beside them, for `spin up --from` or
        /// `spin cloud deploy --from`. Only for WASI 0.2.
        #[arg(long, value_enum)]
        store: Option<Store>,
        /// Makes one file of all components with the store, target/components/latchkey-STORE.wasm, for hosts that run one
        /// component, such as wasmtime serve and wasmCloud. It takes its variables from the environment: LATCHKEY_STAGE
        /// and so on.
        #[arg(long, requires = "store", conflicts_with = "component")]
        single: bool,
        /// The components to build; all of them when none is named.
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(build::names()))]
        component: Vec<String>,
    },
    /// Measures the app on this machine, beside an empty component on the same host in the same run.
    Bench(bench::Arguments),
    /// Makes and replaces a signing key of your own. Without one, the app makes its keys by itself, and you need none of
    /// this.
    #[command(subcommand)]
    Key(key::Command),
    /// Sends inputs that look for new paths through the code to everything that meets the outside (tokens, bodies, queries,
    /// headers, manifests), and stops at the first input that breaks a rule. Needs a C++ compiler.
    Fuzz(fuzz::Arguments),
    /// Changes the code of `domain` and of what a promise rests on in `service`, in one place at a time, and runs the tests
    /// each time. Writes docs/mutants.md, and fails when less than 95 % of the changes are noticed by a test, or when one
    /// that is not has no reason there. A full run takes some hours.
    Mutants(mutants::Arguments),
    /// Prints the report of Lighthouse about the site, in its mobile profile, and fails when accessibility, best practices or SEO
    /// is not 100, when something moves while a page is loaded, or when it loads more than it should. Needs Node.js with npm,
    /// and Chromium. Then it measures a first visit on slow 3G with a slow processor: when the first message is there, when the
    /// app is ready, and how long the page can't answer.
    Audit(audit::Arguments),
    /// Runs the black-box suite on each host with each store that this machine can have, prints the table of what passed, failed and
    /// did not run, and fails when a test fails. Spin is the one that SPIN=/path/to/spin names. Takes about half an hour.
    Portability(portability::Arguments),
    /// Simulates how many requests some cores answer with Redis or DynamoDB at a distance, from what this machine's Redis takes for
    /// a call.
    Scaling(scaling::Arguments),
    /// Adds the compilation targets, and installs into target/tools what the frontend is built by (Trunk, wasm-bindgen,
    /// wasm-opt) and what the tests need that run in a browser or with the libraries of other languages. A tool on PATH in
    /// the right version is used as it is. The other commands do this when they need it.
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
        Command::Up { watch, wasi, host } => return up::up(&project, wasi, watch, &host),
        Command::Test { host: test::Host::Latchkey, filter } => test::test(&project, filter.as_deref())?,
        Command::Test { host: test::Host::Spin, filter } => test::on_spin(&project, filter.as_deref())?,
        Command::Build { wasi, store: None, component, .. } => {
            project.progress.expect(build::steps(&project, &component));
            build::components(&project, wasi, &component)?;
        }
        Command::Build { wasi, store: Some(store), single, component } => {
            ensure!(wasi == Wasi::V0_2, "--store is for WASI 0.2: the adapters and what they use are not asynchronous");
            project.progress.expect(build::steps(&project, &component) + 1);
            build::components(&project, wasi, &component)?;
            match single {
                true => adapters::single(&project, store)?,
                false => adapters::components(&project, store, &component)?,
            }
        }
        Command::Bench(arguments) => bench::bench(&project, &arguments)?,
        Command::Fuzz(arguments) => fuzz::fuzz(&project, &arguments)?,
        Command::Mutants(arguments) => return mutants::mutants(&project, &arguments),
        Command::Scaling(arguments) => scaling::scaling(&project, &arguments)?,
        Command::Portability(arguments) => portability::portability(&project, &arguments)?,
        Command::Audit(arguments) => audit::audit(&project, &arguments)?,
        Command::Key(command) => key::key(&command)?,
        Command::Setup => setup::all(&project)?,
    }
    Ok(ExitCode::SUCCESS)
}
