//! Passes what a guest writes to its standard output and error on to the host's log. Each line is queued in one piece, so that lines
//! of concurrent requests never mix.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::log_queue;

/// A longer line is cut into lines of this length, in bytes.
const MAX_LINE: usize = 16 * 1024;

/// The output of one instance. Clones share its unfinished line.
#[derive(Clone, Default)]
pub(crate) struct GuestOutput(Arc<Mutex<Vec<u8>>>);

impl GuestOutput {
    fn append(&self, bytes: &[u8]) {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            for part in piece.chunks(MAX_LINE) {
                if pending.len() + part.len() > MAX_LINE {
                    write_line(&mut pending);
                }
                pending.extend_from_slice(part);
            }
            if pending.ends_with(b"\n") {
                write_line(&mut pending);
            }
        }
    }

    /// Writes the unfinished line. Called when the instance is idle or ends, since nothing will complete the line then.
    pub(crate) fn finish(&self) {
        write_line(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn write_line(line: &mut Vec<u8>) {
    if line.is_empty() {
        return;
    }
    if !line.ends_with(b"\n") {
        line.push(b'\n');
    }
    log_queue::write(line);
    line.clear();
}

impl IsTerminal for GuestOutput {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestOutput {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for GuestOutput {
    async fn ready(&mut self) {}
}

impl OutputStream for GuestOutput {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.append(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_LINE)
    }
}

/// WASI 0.3 writes through this trait, WASI 0.2 through `OutputStream`.
impl AsyncWrite for GuestOutput {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        self.append(bytes);
        std::task::Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}
