//! A Redis server for one test.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server with a folder of its own, in which it keeps each write before it answers.
pub(crate) struct Server {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        loop {
            let folder = tempfile::tempdir().unwrap();
            // The port is free again when the listener is dropped. Another test may take it before this server does.
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut server = Self { process: run(port, &folder), port, folder };
            if server.starts() {
                return server;
            }
        }
    }

    /// Ends the process at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        self.process = run(self.port, &self.folder);
        assert!(self.starts(), "the server ends at once");
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Sends a command as somebody else, and returns the reply.
    pub(crate) fn command<T: redis::FromRedisValue>(&self, words: &str) -> T {
        let mut connection = redis::Client::open(self.url()).unwrap().get_connection().unwrap();
        let mut words = words.split(' ');
        let mut command = redis::cmd(words.next().unwrap());
        words.for_each(|word| _ = command.arg(word));
        command.query(&mut connection).unwrap()
    }

    /// Waits until this process answers at its port. Returns false if it has ended instead.
    fn starts(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let (own, url) = (format!("process_id:{}\r\n", self.process.id()), self.url());
        let asked = || {
            let mut connection = redis::Client::open(&*url)?.get_connection()?;
            redis::cmd("INFO").arg("server").query::<String>(&mut connection)
        };
        while !asked().is_ok_and(|answer| answer.contains(&own)) {
            if self.process.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(Instant::now() < deadline, "the server does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        true
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn run(port: u16, folder: &TempDir) -> Child {
    let program = std::env::var_os("LATCHKEY_TEST_REDIS").unwrap();
    Command::new(program)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "always", "--dir"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}
