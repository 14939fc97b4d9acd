//! The stream of bytes from and to one client.

use std::io;
use std::os::fd::AsFd;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;

use crate::progress::Progress;

/// Reports to the progress of its connection, and can be given back bytes that were read too early.
pub(crate) struct ClientStream {
    stream: Pin<Box<TimeoutStream<TcpStream>>>,
    unused: Bytes,
    progress: Progress,
}

impl ClientStream {
    /// Writing fails when the client takes nothing for as long as `write_timeout`.
    pub(crate) fn new(stream: TcpStream, write_timeout: Duration, progress: Progress) -> Self {
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(write_timeout));
        Self { stream: Box::pin(stream), unused: Bytes::new(), progress }
    }

    /// Takes bytes back that somebody has read and not used. Returns whether a request has begun to arrive: in these bytes, or
    /// in those that the operating system holds.
    pub(crate) fn take_back(&mut self, unused: Bytes) -> bool {
        self.unused = unused;
        let arrived = || {
            let socket = self.stream.get_ref().as_fd().try_clone_to_owned();
            socket.and_then(|socket| std::net::TcpStream::from(socket).peek(&mut [0]))
        };
        begin_request(&self.unused) || arrived().is_ok_and(|count| count > 0)
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
        if !self.unused.is_empty() {
            let count = self.unused.len().min(buffer.remaining());
            buffer.put_slice(&self.unused.split_to(count));
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let result = self.stream.as_mut().poll_read(context, buffer);
        if buffer.filled().get(before..).is_some_and(begin_request) {
            self.progress.received();
        }
        result
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = self.stream.as_mut().poll_flush(context);
        if matches!(result, Poll::Ready(Ok(()))) {
            self.progress.flushed();
        }
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(context)
    }
}
