//! The lines for standard error, of the host and of guests, wait in a bounded queue for a thread that writes them. So a reader of
//! the log that stalls holds up no request: what does not fit is dropped and counted, and a line says how much it was.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::Duration;

/// How many bytes wait at most, and what a line takes besides its bytes.
const MAX_WAITING: usize = 4 * 1024 * 1024;
const PER_LINE: usize = 64;

/// Makes a line of a number of lines.
type Tell = fn(u64) -> Vec<u8>;

/// The queue of the process.
static QUEUE: Queue = Queue::new(MAX_WAITING);

struct Queue {
    max_bytes: usize,
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

struct Waiting {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    dropped: u64,
    /// Whether the thread writes a line at this moment.
    is_writing: bool,
}

/// Starts the thread. Lines of before wait for it. `tell` makes the line that says how many were dropped; it does not go through
/// the queue that was full.
///
/// # Errors
///
/// The system has no thread left.
pub(crate) fn start(tell: Tell) -> io::Result<()> {
    let write = move || QUEUE.write_to(&mut io::stderr(), tell);
    Builder::new().name("log-writer".to_owned()).spawn(write).map(drop)
}

/// Queues a line, which has to end with a line break.
pub(crate) fn write(line: &[u8]) {
    QUEUE.push(line);
}

/// Waits until all lines are written, but no longer than `patience`: nobody may read them.
pub(crate) fn flush(patience: Duration) {
    QUEUE.flush(patience);
}

/// Writes each piece of text, which has to be a whole line, to the queue.
pub(crate) struct LineWriter;

impl Write for LineWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        write(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Queue {
    const fn new(max_bytes: usize) -> Self {
        let waiting = Waiting { lines: VecDeque::new(), bytes: 0, dropped: 0, is_writing: false };
        Self { max_bytes, waiting: Mutex::new(waiting), changed: Condvar::new() }
    }

    fn push(&self, line: &[u8]) {
        let mut waiting = self.lock();
        if waiting.bytes + line.len() + PER_LINE > self.max_bytes {
            waiting.dropped += 1;
            return;
        }
        waiting.bytes += line.len() + PER_LINE;
        waiting.lines.push_back(line.to_vec());
        drop(waiting);
        self.changed.notify_all();
    }

    /// Writes one line after the other, for ever.
    fn write_to(&self, output: &mut impl Write, tell: Tell) {
        loop {
            let line = self.next(tell);
            // A write error is ignored: if standard error is closed, nobody reads the log.
            _ = output.write_all(&line);
        }
    }

    /// The next line, or that about the lines that were dropped before it.
    fn next(&self, tell: Tell) -> Vec<u8> {
        let mut waiting = self.lock();
        waiting.is_writing = false;
        self.changed.notify_all();
        let idle = |waiting: &mut Waiting| waiting.lines.is_empty() && waiting.dropped == 0;
        waiting = self.changed.wait_while(waiting, idle).unwrap_or_else(PoisonError::into_inner);
        waiting.is_writing = true;
        match waiting.lines.pop_front() {
            Some(line) => {
                waiting.bytes -= line.len() + PER_LINE;
                line
            }
            None => tell(std::mem::take(&mut waiting.dropped)),
        }
    }

    fn flush(&self, patience: Duration) {
        let is_busy = |waiting: &mut Waiting| waiting.is_writing || !waiting.lines.is_empty() || waiting.dropped > 0;
        _ = self.changed.wait_timeout_while(self.lock(), patience, is_busy);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TELL: Tell = |lines| format!("{lines} dropped\n").into_bytes();

    #[test]
    fn what_does_not_fit_is_counted_and_told_after_what_fits() {
        let queue = Queue::new(10 + 2 * PER_LINE);
        for line in ["first\n", "two\n", "three\n", "four\n"] {
            queue.push(line.as_bytes());
        }
        assert_eq!([queue.next(TELL), queue.next(TELL)], [b"first\n".to_vec(), b"two\n".to_vec()]);
        assert_eq!(queue.next(TELL), b"2 dropped\n");
        queue.push(b"later\n");
        assert_eq!(queue.next(TELL), b"later\n");
    }

    #[test]
    fn nobody_waits_for_long_for_a_reader_that_stalls() {
        let queue = Queue::new(10 + 2 * PER_LINE);
        queue.push(b"line\n");
        queue.flush(Duration::from_millis(10));
        assert_eq!(queue.next(TELL), b"line\n");
        // It is being written, and nobody says that it has been.
        queue.flush(Duration::from_millis(10));
        assert!(queue.lock().is_writing);
    }
}
