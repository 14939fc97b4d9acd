//! Starts the server by the arguments of the command line, and runs it to its end.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use wasmtime_wasi_http::handler::ProxyPre;

use crate::arguments::Arguments;
use crate::connection::Connections;
use crate::failure::Failure;
use crate::instance::{Grants, InstanceState};
use crate::manifest::{Application, ComponentGrants};
use crate::metrics::Metrics;
use crate::metrics_server::MetricsServer;
use crate::permits::Permits;
use crate::places::{AllPlaces, Places};
use crate::progress::NextRequest;
use crate::request_body::BodyLimits;
use crate::route::Router;
use crate::seats::Seats;
use crate::server::Signals;
use crate::service::Service;
use crate::share::Percent;
use crate::storage::Storage;
use crate::tls::Tls;
use crate::worker::{Handler, InstanceLimits, Worker};
use crate::{component, descriptors, engine, manifest, metrics, server, variables};

/// After this many polls of tasks a thread looks for new data, new connections and tasks of other threads. One poll of a
/// busy guest takes 10 ms or more. With tokio's default of 61 all other requests would wait for half a second whenever
/// every thread has such a guest.
const POLL_INTERVAL: u32 = 4;

/// How many requests that compute for long run at the same time, for each processor: one of them computes while the other waits
/// for the store. And how many wait in the queue, for each that runs.
const LONG_PER_PROCESSOR: u32 = 2;
const LONG_QUEUE: u32 = 4;

/// Serves until a signal arrives.
///
/// # Errors
///
/// Anything that keeps the server from starting.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let application = manifest::read(&arguments.from, arguments.profile.as_deref())?;
    let environment = variables::environment(Path::new(variables::DOTENV))?;
    let values = variables::resolve(&application.variables, &arguments.variables, environment)?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = arguments.worker_threads {
        runtime.worker_threads(threads.into());
    }
    let runtime = runtime
        .event_interval(POLL_INTERVAL)
        .global_queue_interval(POLL_INTERVAL)
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format_args!("cannot start the threads: {error}")))?;
    let result = runtime.block_on(start(arguments, &application, &values));
    // The process does not wait for a guest that did not finish in time.
    runtime.shutdown_background();
    result
}

async fn start(
    arguments: &Arguments,
    application: &Application,
    values: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let started = Instant::now();
    descriptors::allow(arguments.max_connections);
    let listener = listen(arguments.listen).await?;
    let address = listener.local_addr().map_err(|error| Failure::new(format_args!("cannot listen: {error}")))?;
    let tls = tls(arguments)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let metrics = counted(arguments);
    let storage = Arc::new(Storage::open(arguments, application, &metrics)?);
    let share = share(arguments, application, values);
    let instances = Arc::new(Permits::new(max_instances(arguments)));
    // The routes are checked before the components are compiled, because compiling takes longer.
    let router = Router::new(application.routes.clone())?;
    let service = Service {
        router,
        handlers: handlers(arguments, application, values, &storage, &instances, &metrics)?,
        instances,
        places: Arc::new(places(arguments, share)),
        body_limits: BodyLimits {
            bytes: arguments.max_request_body as usize * 1024,
            time: Duration::from_secs(arguments.body_timeout),
        },
        metrics: metrics.clone(),
    };
    let connections = Connections {
        service: Arc::new(service),
        next_request: NextRequest {
            idle: Duration::from_secs(arguments.idle_timeout),
            head: Duration::from_secs(arguments.header_timeout),
        },
        write_timeout: Duration::from_secs(arguments.write_timeout),
        seats: Seats::new(arguments.max_connections as usize, share),
        tls,
        metrics: metrics.clone(),
    };
    let signals = Signals::new()?;
    serve_metrics(arguments, metrics, &storage).await?;
    let start_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(components = application.components.len() as u64, start_ms, "started");
    announce(&format!("Serving {scheme}://{address}"));
    server::serve(listener, connections, Duration::from_secs(arguments.shutdown_timeout), signals).await;
    storage.close();
    tracing::info!("stopped");
    Ok(())
}

/// What one client address may hold. Behind a proxy all clients come from the address of the proxy, so there is no limit.
fn share(arguments: &Arguments, application: &Application, values: &BTreeMap<String, String>) -> Percent {
    let is_behind_proxy =
        application.behind_proxy.as_ref().is_some_and(|template| !template.render(values).trim().is_empty());
    Percent(arguments.max_share_per_address.unwrap_or(if is_behind_proxy { 100 } else { 25 }))
}

fn places(arguments: &Arguments, share: Percent) -> AllPlaces {
    let patience = Duration::from_secs(arguments.request_timeout);
    let long = max_long_requests(arguments);
    AllPlaces {
        short: Places::new(arguments.max_concurrent_requests, 0, share, patience),
        long: Places::new(long, long.saturating_mul(LONG_QUEUE), share, patience),
    }
}

fn max_long_requests(arguments: &Arguments) -> u32 {
    let default = || LONG_PER_PROCESSOR * std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
    arguments.max_long_requests.unwrap_or_else(default)
}

fn max_instances(arguments: &Arguments) -> u32 {
    arguments.max_concurrent_requests + max_long_requests(arguments)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let failed = |error| Failure::new(format_args!("cannot listen on {address}: {error}"));
    TcpListener::bind(address).await.map_err(failed)
}

fn counted(arguments: &Arguments) -> Metrics {
    let counted = Metrics::new();
    counted.limit(metrics::REQUESTS, arguments.max_concurrent_requests);
    counted.limit(metrics::LONG_REQUESTS, max_long_requests(arguments));
    counted.limit("connections", arguments.max_connections);
    counted
}

async fn serve_metrics(arguments: &Arguments, metrics: Metrics, storage: &Arc<Storage>) -> Result<(), Failure> {
    let Some(address) = arguments.metrics_listen else { return Ok(()) };
    let listener = listen(address).await?;
    let address = listener.local_addr().map_or_else(|_| address.to_string(), |address| address.to_string());
    tokio::spawn(MetricsServer::new(metrics, Arc::clone(storage)).serve(listener, Signals::new()?));
    tracing::info!(address, "metrics_served");
    Ok(())
}

fn announce(line: &str) {
    let mut output = std::io::stdout().lock();
    // A write error is ignored: if standard output is closed, nobody reads the line.
    _ = writeln!(output, "{line}");
    _ = output.flush();
}

fn tls(arguments: &Arguments) -> Result<Option<Arc<Tls>>, Failure> {
    let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) else { return Ok(None) };
    let tls = Arc::new(Tls::open(certificate, key)?);
    tls.reread_on_hangup()?;
    Ok(Some(tls))
}

/// Returns the handler of every component by the component's ID.
fn handlers(
    arguments: &Arguments,
    application: &Application,
    values: &BTreeMap<String, String>,
    storage: &Storage,
    instances: &Arc<Permits>,
    metrics: &Metrics,
) -> Result<BTreeMap<String, Handler>, Failure> {
    let memory_bytes = arguments.max_instance_memory as usize * 1024 * 1024;
    let limits = Arc::new(InstanceLimits {
        request_time: Duration::from_secs(arguments.request_timeout),
        memory_bytes,
        requests: arguments.max_instance_reuse_count as usize,
        concurrent_requests: arguments.max_instance_concurrent_reuse_count as usize,
        idle_time: Duration::from_secs(arguments.idle_instance_timeout),
    });
    let engine = engine::new(max_instances(arguments), memory_bytes, arguments.cache_dir.as_deref())?;
    let linker = component::linker(&engine, arguments.tls_cert.is_some())?;
    let mut handlers = BTreeMap::new();
    for (id, component) in load_all(&application.components, &linker)? {
        if let Some(component_grants) = application.components.get(&id) {
            let grants = Arc::new(grants(component_grants, values, storage));
            let (limits, instances) = (Arc::clone(&limits), Arc::clone(instances));
            let long_requests = component_grants.long_requests.clone();
            let metrics = metrics.clone();
            let worker = Worker { id: id.clone(), component, grants, limits, instances, long_requests, metrics };
            handlers.insert(id, Handler::new(worker));
        }
    }
    Ok(handlers)
}

/// Compiles all components at the same time.
fn load_all(
    components: &BTreeMap<String, ComponentGrants>,
    linker: &wasmtime::component::Linker<InstanceState>,
) -> Result<Vec<(String, ProxyPre<InstanceState>)>, Failure> {
    std::thread::scope(|scope| {
        let loads: Vec<_> = components
            .iter()
            .map(|(id, component)| (id, scope.spawn(|| component::load(id, &component.source, linker))))
            .collect();
        let finish = |(id, load): (&String, std::thread::ScopedJoinHandle<'_, _>)| match load.join() {
            Ok(component) => Ok((id.clone(), component?)),
            Err(_) => Err(Failure::new(format_args!("component \"{id}\": the compiler panicked"))),
        };
        loads.into_iter().map(finish).collect()
    })
}

fn grants(component: &ComponentGrants, values: &BTreeMap<String, String>, storage: &Storage) -> Grants {
    Grants {
        stores: component.stores.iter().filter_map(|label| Some((label.clone(), storage.stores.get(label)?))).collect(),
        databases: component
            .databases
            .iter()
            .filter_map(|label| Some((label.clone(), storage.databases.get(label)?)))
            .collect(),
        variables: component.variables.iter().map(|(name, text)| (name.clone(), text.render(values))).collect(),
        environment: component.environment.clone().into_iter().collect(),
    }
}
