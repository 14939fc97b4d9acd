//! A Redis server of a test: the program that `LATCHKEY_REDIS_SERVER` names, else `redis-server` on PATH.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process};

use super::{PATIENCE, wait_for};

/// A server on a port that stays its own when it is started again. It keeps its data in an append-only file, which it flushes at
/// each write.
pub(crate) struct Redis {
    folder: PathBuf,
    port: u16,
    process: Mutex<Child>,
}

/// A reply of the server, as far as tests need it.
enum Value {
    Nothing,
    Number,
    Bytes(Vec<u8>),
    List(Vec<Value>),
}

impl Redis {
    pub(super) fn start(state: &Path) -> Self {
        let folder = state.join("redis");
        std::fs::create_dir_all(&folder).unwrap();
        // Another process may take the port before the server does. Then it ends, and the next port is tried.
        loop {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            let mut process = launch(&folder, port);
            if answers(&mut process, port) {
                return Self { folder, port, process: Mutex::new(process) };
            }
        }
    }

    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `kill -9`.
    pub(crate) fn kill(&self) {
        let mut process = self.process();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Starts it again on its data.
    pub(crate) fn start_again(&self) {
        let mut process = self.process();
        *process = launch(&self.folder, self.port);
        assert!(answers(&mut process, self.port), "Redis does not start again");
    }

    /// From now on it takes connections and what they send, and answers nothing.
    pub(crate) fn swallow(&self) {
        self.signal(Signal::STOP);
    }

    /// It answers again.
    pub(crate) fn answer(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process()), signal).unwrap();
    }

    fn process(&self) -> MutexGuard<'_, Child> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Key and value of everything in it; nothing while it is down.
    pub(super) fn rows(&self) -> Vec<(String, Vec<u8>)> {
        let Ok(mut stream) = connect(self.port) else { return Vec::new() };
        let Some(Value::List(keys)) = ask(&mut stream, &[b"KEYS", b"*"]) else { return Vec::new() };
        let keys = keys.into_iter().filter_map(|key| match key {
            Value::Bytes(key) => Some(key),
            _ => None,
        });
        let mut rows = Vec::new();
        for key in keys {
            if let Some(Value::Bytes(value)) = ask(&mut stream, &[b"GET", &key]) {
                rows.push((String::from_utf8_lossy(&key).into_owned(), value));
            }
        }
        rows
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

fn launch(folder: &Path, port: u16) -> Child {
    let program = std::env::var_os("LATCHKEY_REDIS_SERVER").unwrap_or_else(|| "redis-server".into());
    let mut command = Command::new(&program);
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "yes"]);
    command.args(["--appendfsync", "always", "--maxmemory-policy", "noeviction", "--dir"]).arg(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()))
}

/// Waits until the server answers, or has ended.
fn answers(process: &mut Child, port: u16) -> bool {
    wait_for("answer of Redis", || match process.try_wait().unwrap() {
        Some(_) => Some(false),
        // While it reads its file, it answers with an error.
        None => matches!(ask(&mut connect(port).ok()?, &[b"DBSIZE"]), Some(Value::Number)).then_some(true),
    })
}

fn connect(port: u16) -> std::io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(BufReader::new(stream))
}

fn ask(stream: &mut BufReader<TcpStream>, words: &[&[u8]]) -> Option<Value> {
    let mut request = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        request.extend(format!("${}\r\n", word.len()).into_bytes());
        request.extend([word, &b"\r\n"[..]].concat());
    }
    stream.get_mut().write_all(&request).ok()?;
    read(stream)
}

fn read(stream: &mut BufReader<TcpStream>) -> Option<Value> {
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let (kind, text) = line.trim_end().split_at_checked(1)?;
    match kind {
        ":" => Some(Value::Number),
        "$" | "*" => match (kind, text.parse::<usize>()) {
            (_, Err(_)) => Some(Value::Nothing),
            ("$", Ok(length)) => {
                let mut bytes = vec![0; length + 2];
                stream.read_exact(&mut bytes).ok()?;
                bytes.truncate(length);
                Some(Value::Bytes(bytes))
            }
            (_, Ok(length)) => (0..length).map(|_| read(stream)).collect::<Option<_>>().map(Value::List),
        },
        _ => None,
    }
}
