//! Accepts connections until a signal arrives, then lets the running requests finish.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Semaphore, watch};

use crate::connection;
use crate::failure::Failure;
use crate::service::Service;

/// The pause after a failed accept, for example when the system has no more descriptors. Trying again at once would only
/// use the processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The time limits of a server.
pub(crate) struct Timeouts {
    /// For the head of a request, and between requests.
    pub(crate) header: Duration,
    /// For a client to read at least some of an answer.
    pub(crate) write: Duration,
    /// For running requests to finish.
    pub(crate) shutdown: Duration,
}

/// SIGTERM and SIGINT.
pub(crate) struct Signals(Signal, Signal);

impl Signals {
    /// Catches both signals: from now on they no longer end the process by themselves.
    ///
    /// # Errors
    ///
    /// The system does not let the process catch signals.
    pub(crate) fn new() -> Result<Self, Failure> {
        let catch = |kind| signal(kind).map_err(|error| Failure::new(format_args!("cannot catch signals: {error}")));
        Ok(Self(catch(SignalKind::terminate())?, catch(SignalKind::interrupt())?))
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

/// Serves until a signal arrives. Returns when no request is running any more or the shutdown timeout has passed. A
/// second signal ends the process at once.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    timeouts: &Timeouts,
    max_connections: usize,
    mut signals: Signals,
) {
    let (permits, instances) = (Arc::clone(&service.permits), Arc::clone(&service.instances));
    let all_permits = u32::try_from(permits.available_permits()).unwrap_or(u32::MAX);
    let (stop, _) = watch::channel(false);
    tokio::select! {
        () = accept(&listener, service, timeouts, max_connections, &stop) => {}
        () = signals.next() => {}
    }
    drop(listener);
    tracing::info!("stopping");
    stop.send_replace(true);
    let finished = async {
        // Every connection holds a receiver of `stop`, every request holds a permit, and every instance holds an instance
        // permit.
        stop.closed().await;
        _ = permits.acquire_many(all_permits).await;
        instances.close().await;
    };
    tokio::select! {
        outcome = tokio::time::timeout(timeouts.shutdown, finished) => {
            if outcome.is_err() {
                let running = u64::from(all_permits) - permits.available_permits() as u64;
                tracing::warn!(running, shutdown_timeout_s = timeouts.shutdown.as_secs(), "requests_abandoned");
            }
        }
        () = signals.next() => std::process::exit(1),
    }
}

async fn accept(
    listener: &TcpListener,
    service: Arc<Service>,
    timeouts: &Timeouts,
    max_connections: usize,
    stop: &watch::Sender<bool>,
) {
    let protocol = connection::protocol(timeouts.header);
    let permits_to_connect = Arc::new(Semaphore::new(max_connections));
    // The semaphore is never closed, so the loop does not end. When all permits are taken, new clients wait in the
    // system's queue.
    while let Ok(permit) = Arc::clone(&permits_to_connect).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, address)) => {
                let (service, protocol) = (Arc::clone(&service), protocol.clone());
                let serve = connection::serve(stream, address, service, protocol, timeouts.write, stop.subscribe());
                tokio::spawn(async move {
                    serve.await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "accept_failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
