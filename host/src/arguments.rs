//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Serves the HTTP components of a Spin manifest (version 2) without Spin.
///
/// Prints one line on standard output once it accepts connections: `Serving http://ADDRESS:PORT`, or `https` with TLS. Logs go to
/// standard error, one JSON object a line; so does what the components write.
#[derive(Debug, Parser)]
#[command(name = "latchkey", version)]
pub(crate) struct Arguments {
    /// The manifest to serve
    #[arg(short, long, value_name = "FILE", default_value = "spin.toml")]
    pub(crate) from: PathBuf,

    /// The build profile to serve, `[component.ID.profile.NAME]` in the manifest; a component without this profile is
    /// served as it is [default: none]
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// The address to listen on; port 0 means any free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub(crate) listen: SocketAddr,

    /// The certificate to serve https with, in PEM format: the chain, that of the server first. SIGHUP makes the host read it and its
    /// key again [default: serve http]
    #[arg(long, value_name = "FILE", env = "SPIN_TLS_CERT", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The private key of the certificate, in PEM format
    #[arg(long, value_name = "FILE", env = "SPIN_TLS_KEY", requires = "tls_cert", hide_env_values = true)]
    pub(crate) tls_key: Option<PathBuf>,

    /// A second address, which answers `/metrics` in the text of OpenMetrics, and `/ready` with 200 while the store answers. Whoever
    /// reaches it may ask, so it should not be that of the app [default: none]
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics_listen: Option<SocketAddr>,

    /// The folder that holds the default key-value store [default: .spin beside the manifest]
    #[arg(long, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,

    /// The runtime configuration: which key-value stores exist besides the default one [default: none]
    #[arg(long, value_name = "FILE")]
    pub(crate) runtime_config_file: Option<PathBuf>,

    /// A value for a variable that the manifest declares, or a file to read it from; may be repeated. It overrides the
    /// environment variable `SPIN_VARIABLE_NAME`, which overrides the manifest's default
    #[arg(long = "variable", value_name = "NAME=VALUE | NAME=@FILE")]
    pub(crate) variables: Vec<String>,

    /// The folder for compiled components, so that the next start is quick [default: wasmtime's own folder in the user's
    /// cache folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,

    /// How many requests may be in a component at the same time; further requests get 503 at once.
    /// Of one client, they wait
    #[arg(long, value_name = "NUMBER", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) max_concurrent_requests: u32,

    /// How many requests that compute for long may be in components at the same time, besides the others: those that the manifest
    /// lists as `tool.latchkey.long_requests`. Four times as many wait in a queue, and further ones get 503 at once [default:
    /// two per processor]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub(crate) max_long_requests: Option<u32>,

    /// How much of all connections, and of all requests at the same time, one client address may have, in percent; of IPv6, one
    /// network of 64 bits. Its further requests wait, and its further connections take the place of one that sends nothing [default:
    /// 25, or 100 where the manifest's `application.tool.latchkey.behind_proxy` is not empty, because all clients of a proxy come from
    /// one address]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) max_share_per_address: Option<u8>,

    /// How many requests one instance of a component answers before it is dropped: of WASI 0.2 one after another. A request that
    /// the manifest lists as one that computes for long is the last of its instance, since it handles a password
    #[arg(long, value_name = "NUMBER", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_instance_reuse_count: u32,

    /// How many requests one instance of a WASI 0.3 component may answer at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_instance_concurrent_reuse_count: u32,

    /// How long an instance of a component is kept without a request, in seconds. It ends earlier when a request
    /// to another component waits for an instance
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub(crate) idle_instance_timeout: u64,

    /// How many connections are served at the same time; a further client takes the place of the one that has waited for
    /// longest for its client, or waits
    #[arg(long, value_name = "NUMBER", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) max_connections: u32,

    /// How long a component may work on one request, in seconds; then the client gets 504
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) request_timeout: u64,

    /// How long a connection may be idle, before its first request and between two, in seconds; then it is closed. Load balancers
    /// keep idle connections for a minute, and have to be the first to close one: else a request gets lost that is sent at that
    /// moment
    #[arg(long, value_name = "SECONDS", default_value_t = 75, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) idle_timeout: u64,

    /// How long the head of a request may take to arrive, from its first byte on, in seconds; then the client gets 408
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) header_timeout: u64,

    /// How large the body of a request may be, in KiB; a larger one gets 413. The host reads it whole before it calls a
    /// component, so it needs this much memory for each connection that sends one
    #[arg(long, value_name = "KIB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) max_request_body: u32,

    /// How long a connection may take to send a whole request body, in seconds; then the client gets 408
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) body_timeout: u64,

    /// How long a client may go without reading any of an answer that is being sent, in seconds; then the connection is
    /// closed
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) write_timeout: u64,

    /// How much memory one instance of a component may have, in MiB, summed over all its linear memories
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4095))]
    pub(crate) max_instance_memory: u32,

    /// How long running requests may take to finish after SIGTERM or SIGINT, in seconds; a second signal ends the
    /// process at once
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub(crate) shutdown_timeout: u64,

    /// How many threads run requests [default: one per processor]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) worker_threads: Option<u16>,

    /// The least severe level that is logged
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub(crate) log: LogLevel,
}

/// How much is logged; `debug` adds one line per request.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}
