//! Accepts connections until a signal arrives, then lets the running requests finish.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::connection::Connections;
use crate::failure::Failure;
use crate::request::Addresses;
use crate::trouble::Trouble;

/// The pause after a failed accept, for example when the system has no more descriptors. Trying again at once would only
/// use the processor.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Without a handler it would end the process when a file may grow no further (`ulimit -f`). With one, the write fails, as on a full
/// disk. The number is the same on all systems that have it.
const SIGXFSZ: SignalKind = SignalKind::from_raw(25);

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
        // The handler stays for as long as the process.
        _ = catch(SIGXFSZ)?;
        Ok(Self(catch(SignalKind::terminate())?, catch(SignalKind::interrupt())?))
    }

    /// Returns after the next signal. Each value of this type gets every signal.
    pub(crate) async fn next(&mut self) {
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
    connections: Connections,
    shutdown_timeout: Duration,
    mut signals: Signals,
) {
    let (places, instances) = (Arc::clone(&connections.service.places), Arc::clone(&connections.service.instances));
    let (stop, _) = watch::channel(false);
    tokio::select! {
        () = accept(&listener, Arc::new(connections), &stop) => {}
        () = signals.next() => {}
    }
    drop(listener);
    tracing::info!("stopping");
    stop.send_replace(true);
    let finished = async {
        // Every connection holds a receiver of `stop`, every request holds a place, and every instance holds an instance
        // permit.
        stop.closed().await;
        places.close().await;
        instances.close().await;
    };
    tokio::select! {
        outcome = tokio::time::timeout(shutdown_timeout, finished) => {
            if outcome.is_err() {
                let (running, connections) = (places.taken() as u64, stop.receiver_count() as u64);
                tracing::warn!(running, connections, shutdown_timeout_s = shutdown_timeout.as_secs(), "requests_abandoned");
            }
        }
        () = signals.next() => std::process::exit(1),
    }
}

async fn accept(listener: &TcpListener, connections: Arc<Connections>, stop: &watch::Sender<bool>) {
    let mut trouble = Trouble::default();
    loop {
        let accepted = listener.accept().await.and_then(|(stream, client)| Ok((client, stream.local_addr()?, stream)));
        match accepted {
            Ok((client, own, stream)) => {
                if trouble.is_over() {
                    tracing::info!("accepts_again");
                }
                let Some(addresses) = Addresses::new(client, own) else { continue };
                // While this client waits for a seat, the clients after it wait in the system's queue.
                let seat = connections.seats.take(addresses.network, connections.next_request).await;
                let Some(seat) = seat else {
                    connections.metrics.cut_connection("share");
                    continue;
                };
                let (connections, stop) = (Arc::clone(&connections), stop.subscribe());
                tokio::spawn(async move { connections.serve(stream, addresses, seat, stop).await });
            }
            Err(error) => {
                if let Some(times) = trouble.happened(Instant::now()) {
                    tracing::warn!(%error, times, "accept_failed");
                }
                // If there are no more descriptors, this frees one.
                connections.seats.make_way();
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
