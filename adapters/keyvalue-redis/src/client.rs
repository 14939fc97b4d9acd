//! A connection that is kept, dropped when it is broken, and opened again.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use crate::connection::{Address, Connection, Failure, Reply};

/// How long a call waits for the server, in all: to connect, to send, and to get the reply.
const PATIENCE: Duration = Duration::from_secs(5);

/// A key that says for an hour that the log has the warning of a server that removes keys. No key of the app begins so.
const WARNED: &[u8] = b"keyvalue-redis:warned";

/// A client of one server.
pub struct Client {
    address: Address,
    patience: Duration,
    /// The connection, while no call uses it and it is good.
    kept: RefCell<Option<Connection>>,
    /// Whether the server has said what it does when its memory is full.
    knows_policy: Cell<bool>,
    warn: fn(&str),
}

impl Client {
    /// A client that connects at its first call. `warn` gets the name of the server's policy if it removes keys.
    pub fn new(address: Address, warn: fn(&str)) -> Self {
        Self { address, patience: PATIENCE, kept: RefCell::default(), knows_policy: Cell::new(false), warn }
    }

    /// The same client with calls that wait for this long.
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sends a command. A connection that was kept may have been closed meanwhile, by the server or on the way to it, which
    /// shows at its next use; so then the command is sent once more, over another connection.
    ///
    /// The server may have done the command before the connection broke, and then it does it twice: [`keyvalue::Backend`] says
    /// what that means.
    pub(crate) fn call(&self, command: &[&[u8]]) -> Result<Vec<Reply>, Failure> {
        let deadline = Instant::now() + self.patience;
        if let Some(connection) = self.kept.take() {
            match self.send(connection, command, deadline) {
                Err(Failure::Broken(_)) => {}
                other => return other,
            }
        }
        self.send(self.connect(deadline)?, command, deadline)
    }

    /// Keeps the connection only after a good reply. After a late one, the next command would get the reply of this one. And a
    /// server that refuses may no longer be the primary; then the name leads to another one.
    fn send(&self, mut connection: Connection, command: &[&[u8]], deadline: Instant) -> Result<Vec<Reply>, Failure> {
        let reply = connection.call(command, deadline)?;
        self.kept.replace(Some(connection));
        Ok(reply)
    }

    fn connect(&self, deadline: Instant) -> Result<Connection, Failure> {
        let mut connection = Connection::open(&self.address, deadline)?;
        if !self.knows_policy.get()
            && let Some(policy) = policy(&mut connection, deadline)
        {
            self.knows_policy.set(true);
            // The policies that begin with `volatile` remove keys that expire, and no key of the app does.
            if policy.starts_with("allkeys") && is_first_to_warn(&mut connection, deadline) {
                (self.warn)(&policy);
            }
        }
        Ok(connection)
    }
}

/// Whether no other client has given the warning within an hour. Where each request has an instance of its own, each would give
/// it.
fn is_first_to_warn(connection: &mut Connection, deadline: Instant) -> bool {
    let claim = connection.call(&[b"SET", WARNED, b"", b"NX", b"EX", b"3600"], deadline);
    !matches!(claim.as_deref(), Ok([Reply::Nothing]))
}

/// What the server does when its memory is full. It is among the statistics too, which more servers let their clients read than
/// their settings. An error is of no interest: a connection that is broken shows it at the next command.
fn policy(connection: &mut Connection, deadline: Instant) -> Option<String> {
    let statistics = connection.call(&[b"INFO", b"memory"], deadline).ok()?;
    let [Reply::Bytes(text)] = &statistics[..] else { return None };
    let text = String::from_utf8_lossy(text);
    text.lines().find_map(|line| line.strip_prefix("maxmemory_policy:")).map(str::to_owned)
}
