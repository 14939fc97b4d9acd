//! Serves one client's connection: TLS if there is a certificate, and then HTTP/1.1, one request after the other, or HTTP/2.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::CONNECTION;
use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};
use tokio_rustls::server::TlsStream;

use crate::client_stream::{ClientStream, Socket, Transport, socket};
use crate::metrics::Metrics;
use crate::progress::{NextRequest, WaitsFor};
use crate::request::{Addresses, MAX_HEAD};
use crate::request_body::BodyFate;
use crate::seats::{Seat, Seats};
use crate::service::Service;
use crate::tls::Tls;

/// When a guest did not read a body to its end, the host still reads up to this many bytes of it, for at most this long.
const MAX_LINGER: usize = 16 * 1024 * 1024;
const LINGER: Duration = Duration::from_secs(2);

/// The answers to a request that has not arrived in time, and to one that would have to wait for too long.
const TIMEOUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
const OVERLOADED: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\nretry-after: 1\r\n\r\n";

/// What all connections have in common.
pub(crate) struct Connections {
    pub(crate) service: Arc<Service>,
    pub(crate) next_request: NextRequest,
    /// For a client to read at least some of an answer.
    pub(crate) write_timeout: Duration,
    pub(crate) seats: Arc<Seats>,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) metrics: Metrics,
}

impl Connections {
    /// Serves a connection until either side closes it. When `stop` becomes true, the connection ends after the running
    /// requests.
    pub(crate) async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        addresses: Addresses,
        seat: Seat,
        mut stop: watch::Receiver<bool>,
    ) {
        // Without this, the second write of a small answer would wait until the client acknowledges the first write (Nagle's
        // algorithm).
        _ = stream.set_nodelay(true);
        let _open = self.metrics.begin_connection();
        let progress = seat.progress().clone();
        let socket = socket(stream, self.write_timeout);
        let (transport, addresses) = match &self.tls {
            None => (Transport::Plain(socket), addresses),
            Some(tls) => match handshake(tls, socket, &seat, &mut stop).await {
                Some(stream) => (Transport::Tls(Box::new(stream)), addresses.by_https()),
                None => return self.metrics.cut_connection("handshake"),
            },
        };
        let mut stream = ClientStream::new(transport, progress.clone());
        match is_http2(&mut stream, &seat, &mut stop).await {
            Some(true) => self.serve_http2(stream, addresses, seat, stop).await,
            Some(false) => self.serve_http1(stream, &addresses, &seat, stop).await,
            None if progress.is_idle() => close(stream, false).await,
            None => self.refuse(stream, &seat).await,
        }
    }

    async fn serve_http1(
        &self,
        mut stream: ClientStream,
        addresses: &Addresses,
        seat: &Seat,
        mut stop: watch::Receiver<bool>,
    ) {
        let progress = seat.progress();
        let fate = BodyFate::new(progress);
        let is_stopping = stop.clone();
        let answer = service_fn(|request: Request<Incoming>| {
            progress.begin_answer();
            Box::pin(async {
                let mut response = self.service.answer(request, addresses, &fate).await;
                // A client that knows of it sends no further request, which could get lost.
                if !fate.is_read() || *is_stopping.borrow() || seat.is_wanted() {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                response.body_mut().set_progress(progress.clone());
                Ok::<_, Infallible>(response)
            })
        });
        let mut is_over = false;
        while !is_over {
            let mut connection = protocol().serve_connection(TokioIo::new(stream), &answer);
            // The result is ignored: a reset or malformed input is the client's fault, and nobody is left to tell.
            let poll = |context: &mut Context<'_>| connection.poll_without_shutdown(context).map(drop);
            is_over = drive(poll, seat, stopping(&mut stop)).await.is_some();
            let parts = connection.into_parts();
            stream = parts.io.into_inner();
            if !is_over && progress.is_idle() {
                // The connection may be closed now, unless a request has begun to arrive at this very moment.
                is_over = !stream.take_back(parts.read_buf);
                progress.received();
            } else if !is_over {
                return self.refuse(stream, seat).await;
            }
        }
        close(stream, !fate.is_read()).await;
    }

    /// Ends a connection whose client or whose place does not come in time, or whose seat is taken away, with words if no part of
    /// an answer may have been sent.
    async fn refuse(&self, mut stream: ClientStream, seat: &Seat) {
        self.metrics.cut_connection(if seat.is_taken_away() { "crowd" } else { "head" });
        let last = match seat.progress().waits_for() {
            WaitsFor::Head(_) | WaitsFor::Body(_) => TIMEOUT,
            WaitsFor::Place(_) => OVERLOADED,
            WaitsFor::Request(_) | WaitsFor::Answer | WaitsFor::Client(_) => b"",
        };
        _ = stream.write_all(last).await;
        // What the client still sends is not read while another connection waits for the seat.
        close(stream, !seat.is_taken_away()).await;
    }
}

/// Finds out by its first bytes what a client speaks. `None` if they do not come in time.
async fn is_http2(stream: &mut ClientStream, seat: &Seat, stop: &mut watch::Receiver<bool>) -> Option<bool> {
    loop {
        let known = {
            let mut reading = pin!(stream.speaks_http2());
            drive(|context| reading.as_mut().poll(context), seat, stopping(stop)).await
        };
        // The connection may be closed now, unless a request has begun to arrive at this very moment.
        if known.is_some() || !seat.progress().is_idle() || !stream.take_back(Bytes::new()) {
            return known;
        }
        seat.progress().received();
    }
}

/// The handshake has the time limits of a head. `None` if it failed, or the connection is not wanted any more.
async fn handshake(
    tls: &Tls,
    socket: Socket,
    seat: &Seat,
    stop: &mut watch::Receiver<bool>,
) -> Option<TlsStream<Socket>> {
    let begin = |context: &mut Context<'_>| socket.get_ref().poll_peek(context, &mut ReadBuf::new(&mut [0]));
    drive(begin, seat, stopping(stop)).await?.ok()?;
    seat.progress().received();
    let mut handshake = pin!(tls.acceptor().accept(socket));
    let stream = drive(|context| handshake.as_mut().poll(context), seat, stopping(stop)).await?;
    seat.progress().received_no_request();
    stream.inspect_err(|error| tracing::debug!(%error, "tls_handshake_failed")).ok()
}

/// Returns when the host ends.
pub(crate) async fn stopping(stop: &mut watch::Receiver<bool>) {
    _ = stop.wait_for(|stop| *stop).await;
}

/// The HTTP/1.1 settings of every connection. [`Progress`] has the time limit of heads.
fn protocol() -> http1::Builder {
    let mut protocol = http1::Builder::new();
    // A client that has closed its side has gone, as for Spin and most proxies, and nobody waits for its answer any more.
    protocol.header_read_timeout(None).half_close(false);
    protocol.max_buf_size(MAX_HEAD).max_header_size(MAX_HEAD);
    protocol
}

/// Polls the connection until it has a result. Returns `None` if a time limit of its progress ends first, if `stop` comes while it
/// waits for a request, or if its seat is taken away while it waits for anything.
async fn drive<T>(
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
    seat: &Seat,
    stop: impl Future<Output = ()>,
) -> Option<T> {
    let progress = seat.progress();
    let (mut alarm, mut stop, mut taken_away) =
        (pin!(sleep_until(Instant::now())), pin!(stop), pin!(seat.taken_away()));
    std::future::poll_fn(|context| {
        if let Poll::Ready(result) = poll(context) {
            return Poll::Ready(Some(result));
        }
        if progress.is_idle() && stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        if progress.waits_since().is_some() && taken_away.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        let (WaitsFor::Request(end) | WaitsFor::Head(end)) = progress.waits_for() else { return Poll::Pending };
        if end != alarm.deadline() {
            alarm.as_mut().reset(end);
        }
        alarm.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// Closes the connection after reading the rest of what the client still sends. Closing while it sends would reset the
/// connection, and the client might never see the answer.
async fn close(mut stream: ClientStream, still_sends: bool) {
    if stream.shutdown().await.is_err() || !still_sends {
        return;
    }
    let drain = async {
        let mut buffer = vec![0; 64 * 1024];
        let mut drained = 0;
        while drained < MAX_LINGER {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(length) => drained += length,
            }
        }
    };
    _ = tokio::time::timeout(LINGER, drain).await;
}
