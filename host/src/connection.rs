//! Serves one client's connection: HTTP/1.1, one request after the other.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_io_timeout::TimeoutStream;

use crate::request::MAX_HEAD;
use crate::request_body::BodyFate;
use crate::service::Service;

/// When a guest did not read a body to its end, the host still reads up to this many bytes of it, for at most this long.
const MAX_LINGER: usize = 16 * 1024 * 1024;
const LINGER: Duration = Duration::from_secs(2);

/// The HTTP/1.1 settings of every connection.
pub(crate) fn protocol(header_timeout: Duration) -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(header_timeout).half_close(true);
    protocol.max_buf_size(MAX_HEAD).max_header_size(MAX_HEAD);
    protocol
}

/// Serves the connection until either side closes it. When `stop` becomes true, the connection ends after the running
/// request.
pub(crate) async fn serve(
    stream: TcpStream,
    address: SocketAddr,
    service: Arc<Service>,
    protocol: http1::Builder,
    write_timeout: Duration,
    mut stop: watch::Receiver<bool>,
) {
    // Without this, the second write of a small answer would wait until the client acknowledges the first write (Nagle's
    // algorithm).
    _ = stream.set_nodelay(true);
    let Ok(client) = HeaderValue::from_str(&address.to_string()) else { return };
    let fate = BodyFate::default();
    let answer = service_fn(|request: Request<Incoming>| {
        let (service, client, fate) = (&service, &client, &fate);
        Box::pin(async move { Ok::<_, Infallible>(service.answer(request, client, fate).await) })
    });
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(write_timeout));
    let mut connection = protocol.serve_connection(TokioIo::new(Box::pin(stream)), answer);
    let mut stopping = false;
    // The result is ignored: a reset, a timeout or malformed input is the client's fault, and nobody is left to tell.
    loop {
        tokio::select! {
            _ = std::future::poll_fn(|context| connection.poll_without_shutdown(context)) => break,
            _ = stop.wait_for(|stop| *stop), if !stopping => {
                stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    let stream = connection.into_parts().io.into_inner();
    close(stream, fate.is_unread()).await;
}

/// Closes the connection after reading the rest of an unread body. Closing while the client still sends would reset the
/// connection, and the client might never see the answer.
async fn close(mut stream: Pin<Box<TimeoutStream<TcpStream>>>, unread: bool) {
    if stream.shutdown().await.is_err() || !unread {
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
