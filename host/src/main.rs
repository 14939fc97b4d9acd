//! `latchkey`: serves the WebAssembly components that a Spin manifest names, on machines without Spin.
//!
//! The host knows nothing of the application: it reads only `.wasm` files, `spin.toml` and a runtime configuration.

mod access_log;
mod arguments;
mod capabilities;
mod client_network;
mod client_stream;
mod component;
mod component_call;
mod connection;
mod descriptors;
mod engine;
mod exchanges;
mod expiration;
mod failure;
mod guest_output;
mod http2;
mod http2_heads;
mod instance;
mod log;
mod log_queue;
mod manifest;
mod metrics;
mod metrics_server;
mod permits;
mod places;
mod problem;
mod progress;
mod request;
mod request_body;
mod response;
mod route;
mod run;
mod running;
mod runtime_config;
mod seats;
mod server;
mod service;
mod share;
mod sqlite;
mod storage;
mod store;
mod template;
mod tls;
mod toml_file;
mod trouble;
mod variables;
mod worker;

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use arguments::Arguments;
use clap::Parser;
use failure::Failure;

/// How long the end of the process waits for the reader of the log.
const LOG_PATIENCE: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::start(arguments.log);
    let started = log_queue::start(log::lines_dropped)
        .map_err(|error| Failure::new(format_args!("cannot start a thread: {error}")));
    let result = started.and_then(|()| run::run(&arguments));
    log_queue::flush(LOG_PATIENCE);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If standard error is closed, there is nowhere left to report the failure.
            _ = writeln!(std::io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}
