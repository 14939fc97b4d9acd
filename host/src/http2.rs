//! Serves one client's connection by HTTP/2, many requests at a time.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::client_stream::ClientStream;
use crate::connection::{Connections, stopping};
use crate::exchanges::{Exchanges, SentBody};
use crate::progress::WaitsFor;
use crate::request::{Addresses, MAX_HEAD};
use crate::request_body::BodyFate;
use crate::seats::Seat;

/// How many requests of one connection are worked on at the same time. Answers up to 64 KiB are kept until the client takes them, so
/// this also limits the memory that a connection may hold.
const MAX_STREAMS: u32 = 32;
/// How many streams that the client has reset before anybody looked at them, and how many that the host had to reset, end the
/// connection (CVE-2023-44487, RUSTSEC-2024-0003).
const MAX_UNSEEN_RESETS: usize = 20;
const MAX_OWN_RESETS: usize = 64;
/// How much a client may send ahead of what is read: of one body, and of all bodies of the connection.
const BODY_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;
/// How much of an answer waits for a client that reads slowly.
const MAX_UNSENT: usize = 64 * 1024;
/// How long a client that has been told to go may stay without a request, and how long if another one has its seat.
const LEAVING: Duration = Duration::from_secs(2);
const CROWDED: Duration = Duration::from_millis(100);

/// Why a connection is no longer served as it was.
#[derive(PartialEq, Eq)]
enum End {
    /// One side has closed it.
    Over,
    /// It has to go, and what has begun is finished before.
    Leave,
    /// The client has used up a time limit, or cancels too much. The reason is for the metrics.
    Cut(&'static str),
}

impl Connections {
    /// Serves a connection until either side closes it. When `stop` becomes true, or another client needs the seat, the
    /// connection takes no further request and ends after those that it has.
    pub(crate) async fn serve_http2(
        self: Arc<Self>,
        stream: ClientStream,
        addresses: Addresses,
        seat: Seat,
        mut stop: watch::Receiver<bool>,
    ) {
        let exchanges = Exchanges::new(seat.progress().clone());
        let (connections, addresses, begun) = (Arc::clone(&self), Arc::new(addresses), exchanges.clone());
        let answer = service_fn(move |request: Request<Incoming>| {
            let (connections, addresses, exchange) = (Arc::clone(&connections), Arc::clone(&addresses), begun.begin());
            Box::pin(async move {
                let fate = BodyFate::new(exchange.progress());
                let response = connections.service.answer(request, &addresses, &fate).await;
                Ok::<_, Infallible>(response.map(|body| SentBody::new(body, exchange)))
            })
        });
        let mut connection = pin!(protocol().serve_connection(TokioIo::new(stream), answer));
        let mut watch = Watch { exchanges, seat, is_leaving: false, write_timeout: self.write_timeout };
        let mut end = watch.drive(connection.as_mut(), stopping(&mut stop)).await;
        if end == End::Leave {
            connection.as_mut().graceful_shutdown();
            watch.seat.progress().limit_idle(if watch.seat.is_taken_away() { CROWDED } else { LEAVING });
            watch.is_leaving = true;
            end = watch.drive(connection, std::future::pending()).await;
        }
        if let End::Cut(reason) = end {
            self.metrics.cut_connection(reason);
        }
    }
}

/// The settings of every connection. [`Watch`] has the time limits.
fn protocol() -> http2::Builder<TokioExecutor> {
    let mut protocol = http2::Builder::new(TokioExecutor::new());
    protocol
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(MAX_UNSEEN_RESETS)
        .max_local_error_reset_streams(MAX_OWN_RESETS)
        .initial_stream_window_size(BODY_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(MAX_UNSENT);
    protocol
}

/// Holds a connection to its time limits.
struct Watch {
    exchanges: Exchanges,
    seat: Seat,
    is_leaving: bool,
    write_timeout: Duration,
}

impl Watch {
    async fn drive(&self, mut connection: Pin<&mut impl Future>, leave: impl Future<Output = ()>) -> End {
        let (mut alarm, mut leave, mut taken_away) =
            (pin!(sleep_until(Instant::now())), pin!(leave), pin!(self.seat.taken_away()));
        std::future::poll_fn(|context| {
            self.exchanges.wake(context.waker());
            // The result is ignored: a reset or malformed input is the client's fault, and nobody is left to tell.
            if connection.as_mut().poll(context).is_ready() {
                return Poll::Ready(End::Over);
            }
            let progress = self.seat.progress();
            let is_taken_away = self.seat.is_taken_away() || taken_away.as_mut().poll(context).is_ready();
            if is_taken_away && !progress.is_idle() && progress.waits_since().is_some() {
                return Poll::Ready(End::Cut("crowd"));
            }
            if !self.is_leaving && (self.seat.is_wanted() || leave.as_mut().poll(context).is_ready()) {
                return Poll::Ready(End::Leave);
            }
            if self.exchanges.are_mostly_cancelled() {
                return Poll::Ready(End::Cut("cancelled"));
            }
            let Some((end, deadline)) = self.next_end() else { return Poll::Pending };
            if deadline != alarm.deadline() {
                alarm.as_mut().reset(deadline);
            }
            alarm.as_mut().poll(context).map(|()| end)
        })
        .await
    }

    /// What ends the connection next unless something happens before, and when.
    fn next_end(&self) -> Option<(End, Instant)> {
        match self.seat.progress().waits_for() {
            WaitsFor::Request(end) => Some((End::Leave, end)),
            WaitsFor::Head(end) => Some((End::Cut("head"), end)),
            WaitsFor::Body(_) | WaitsFor::Place(_) | WaitsFor::Answer | WaitsFor::Client(_) => {
                let since = self.exchanges.waits_for_client_since()?;
                Some((End::Cut("answer"), since + self.write_timeout))
            }
        }
    }
}
