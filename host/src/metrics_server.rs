//! Answers on the address of `--metrics-listen`: `/metrics` for Prometheus, `/ready` for load balancers. The address is off by
//! default and apart from that of the app: what is told here is not for everybody, and `/ready` costs the store something.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, timeout};

use crate::client_stream::socket;
use crate::metrics::Metrics;
use crate::server::{ACCEPT_PAUSE, Signals};
use crate::storage::Storage;

/// How many clients are answered at the same time; further ones wait.
const MAX_CONNECTIONS: usize = 16;
/// How long a client may take to send a head, and to take some of an answer.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an answer of the store counts, for all who ask.
const SHARED: Duration = Duration::from_secs(1);
/// A store that takes longer is not ready.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// What is answered.
pub(crate) struct MetricsServer {
    metrics: Metrics,
    storage: Arc<Storage>,
    /// The last answer of the store, and when it came.
    last: Mutex<Option<(Instant, bool)>>,
    is_stopping: AtomicBool,
}

impl MetricsServer {
    pub(crate) fn new(metrics: Metrics, storage: Arc<Storage>) -> Self {
        Self { metrics, storage, last: Mutex::default(), is_stopping: AtomicBool::new(false) }
    }

    /// Answers until the process ends. After a signal it is not ready, and goes on to answer.
    pub(crate) async fn serve(self, listener: TcpListener, mut signals: Signals) {
        let (server, places) = (Arc::new(self), Arc::new(Semaphore::new(MAX_CONNECTIONS)));
        let stopping = Arc::clone(&server);
        tokio::spawn(async move {
            signals.next().await;
            stopping.is_stopping.store(true, Ordering::Relaxed);
        });
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let server = Arc::clone(&server);
            tokio::spawn(async move {
                server.connection(stream).await;
                drop(place);
            });
        }
    }

    async fn connection(&self, stream: TcpStream) {
        let answer = service_fn(|request| async move { Ok::<_, Infallible>(self.answer(&request).await) });
        let mut protocol = http1::Builder::new();
        protocol.timer(TokioTimer::new()).header_read_timeout(CLIENT_TIMEOUT);
        // The result is ignored: nobody is left to tell.
        _ = protocol.serve_connection(TokioIo::new(socket(stream, CLIENT_TIMEOUT)), answer).await;
    }

    async fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return response(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "only GET and HEAD\n".to_owned());
        }
        match request.uri().path() {
            "/metrics" => match self.metrics.text() {
                Ok(text) => response(StatusCode::OK, OPEN_METRICS, text),
                Err(error) => response(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, error.to_string()),
            },
            "/ready" if self.is_ready().await => response(StatusCode::OK, PLAIN, "ready\n".to_owned()),
            "/ready" => response(StatusCode::SERVICE_UNAVAILABLE, PLAIN, "not ready\n".to_owned()),
            _ => response(StatusCode::NOT_FOUND, PLAIN, "there are /metrics and /ready\n".to_owned()),
        }
    }

    /// Whether the host takes requests and its store answers.
    async fn is_ready(&self) -> bool {
        if self.is_stopping.load(Ordering::Relaxed) {
            return false;
        }
        // Whoever asks meanwhile waits for the same answer.
        let mut last = self.last.lock().await;
        match *last {
            Some((at, is_ready)) if at.elapsed() < SHARED => is_ready,
            _ => {
                let is_ready = timeout(STORE_TIMEOUT, self.storage.is_ready()).await == Ok(true);
                *last = Some((Instant::now(), is_ready));
                is_ready
            }
        }
    }
}

fn response(status: StatusCode, content_type: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
