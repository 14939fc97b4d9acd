//! A dynalite for one test, with the table of `deploy/dynamodb`.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use keyvalue_dynamodb::{Request, Transport, sign};
use serde_json::{Value, json};

use crate::client::{Http, settings};

/// How long a server may take to create the table, and to answer.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    process: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start() -> Self {
        let server = loop {
            // The port is free again when the listener is dropped. Another test may take it before this server does.
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut server = Self { process: run(port), port };
            if server.starts() {
                break server;
            }
        };
        let deadline = Instant::now() + PATIENCE;
        let table = serde_json::from_str(include_str!("../../../../deploy/dynamodb/table.json")).unwrap();
        server.ask("CreateTable", &table);
        while server.ask("DescribeTable", &json!({ "TableName": "latchkey" }))["Table"]["TableStatus"] != "ACTIVE" {
            assert!(Instant::now() < deadline, "the table is not created");
        }
        server
    }

    /// Waits until this process says that it listens. Returns false if it has ended instead.
    fn starts(&mut self) -> bool {
        let said = BufReader::new(self.process.stdout.take().unwrap());
        said.lines().map_while(Result::ok).any(|line| line.starts_with("Dynalite listening at"))
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks as somebody else.
    pub(crate) fn ask(&self, action: &str, parameters: &Value) -> Value {
        let settings = settings(&self.url());
        let body = parameters.to_string().into_bytes();
        let headers = sign(&settings, action, &body, SystemTime::now()).unwrap();
        let request = Request { endpoint: settings.endpoint(), headers, body };
        let answer = Http::default().send(&request, Instant::now() + PATIENCE).unwrap();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn run(port: u16) -> Child {
    Command::new(std::env::var_os("LATCHKEY_TEST_DYNALITE").unwrap())
        .args(["--port", &port.to_string(), "--createTableMs", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}
