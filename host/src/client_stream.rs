//! The stream of bytes from and to one client.

use std::io;
use std::os::fd::AsFd;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::server::TlsStream;

use crate::http2_heads::{Frames, Heads, PREFACE};
use crate::progress::Progress;

/// How much is read at once to find out which protocol the client speaks: mostly a whole request.
const FIRST_READ: usize = 4096;

/// The socket of a client. Writing fails when the client takes nothing for some time.
pub(crate) type Socket = Pin<Box<TimeoutStream<TcpStream>>>;

pub(crate) fn socket(stream: TcpStream, write_timeout: Duration) -> Socket {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(write_timeout));
    Box::pin(stream)
}

/// The bytes of HTTP, as they are or by TLS.
pub(crate) enum Transport {
    Plain(Socket),
    Tls(Box<TlsStream<Socket>>),
}

impl Transport {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket.get_ref(),
            Self::Tls(stream) => stream.get_ref().0.get_ref(),
        }
    }
}

/// Reports to the progress of its connection, and can be given back bytes that were read too early.
pub(crate) struct ClientStream {
    stream: Transport,
    unused: Bytes,
    /// `None` in HTTP/1.1.
    frames: Option<Frames>,
    progress: Progress,
}

impl ClientStream {
    pub(crate) fn new(stream: Transport, progress: Progress) -> Self {
        Self { stream, unused: Bytes::new(), frames: None, progress }
    }

    /// Reads until it is clear whether the client speaks HTTP/2, and keeps what it has read for the next reader.
    pub(crate) async fn speaks_http2(&mut self) -> bool {
        let mut begin = BytesMut::with_capacity(FIRST_READ);
        while begin.len() < PREFACE.len() && PREFACE.starts_with(&begin) {
            match self.read_buf(&mut begin).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        self.unused = begin.freeze();
        let is_http2 = self.unused.starts_with(PREFACE);
        if is_http2 {
            self.frames = Some(Frames::new());
            self.progress.received_no_request();
        }
        is_http2
    }

    /// Takes bytes back that somebody has read and not used. Returns whether a request has begun to arrive: in these bytes, or
    /// in those that the operating system holds.
    pub(crate) fn take_back(&mut self, unused: Bytes) -> bool {
        self.unused = unused;
        let arrived = || {
            let socket = self.stream.tcp().as_fd().try_clone_to_owned();
            socket.and_then(|socket| std::net::TcpStream::from(socket).peek(&mut [0]))
        };
        begin_request(&self.unused) || arrived().is_ok_and(|count| count > 0)
    }

    fn report(&mut self, bytes: &[u8]) {
        match &mut self.frames {
            None if begin_request(bytes) => self.progress.received(),
            None => {}
            Some(frames) => match frames.read(bytes) {
                Heads::Outside => {}
                Heads::Begun => self.progress.received(),
                Heads::Complete => self.progress.received_no_request(),
            },
        }
    }
}

/// Whether a request begins in these bytes. Some clients send a line break too many after a body (RFC 9112, section 2.2).
fn begin_request(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| !b"\r\n".contains(byte))
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = if self.unused.is_empty() {
            match &mut self.stream {
                Transport::Plain(socket) => socket.as_mut().poll_read(context, buffer),
                Transport::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
            }
        } else {
            let count = self.unused.len().min(buffer.remaining());
            buffer.put_slice(&self.unused.split_to(count));
            Poll::Ready(Ok(()))
        };
        self.report(buffer.filled().get(before..).unwrap_or_default());
        result
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Transport::Plain(socket) => socket.as_mut().poll_write(context, bytes),
            Transport::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Transport::Plain(socket) => socket.as_mut().poll_write_vectored(context, pieces),
            Transport::Tls(stream) => Pin::new(stream).poll_write_vectored(context, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Transport::Plain(socket) => socket.is_write_vectored(),
            Transport::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = match &mut self.stream {
            Transport::Plain(socket) => socket.as_mut().poll_flush(context),
            Transport::Tls(stream) => Pin::new(stream).poll_flush(context),
        };
        if matches!(result, Poll::Ready(Ok(()))) {
            self.progress.flushed();
        }
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Transport::Plain(socket) => socket.as_mut().poll_shutdown(context),
            Transport::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
