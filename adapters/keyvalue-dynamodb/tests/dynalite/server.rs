//! A dynalite for one test, with the table of `deploy/dynamodb`.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use keyvalue_dynamodb::{Request, Transport, sign};
use serde_json::{Value, json};

use crate::client::{Http, settings};

/// How long a server may take to start, and to answer.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    process: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start() -> Self {
        // The port is free again when the listener is dropped.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(std::env::var_os("LATCHKEY_TEST_DYNALITE").unwrap())
            .args(["--port", &port.to_string(), "--createTableMs", "0"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, port };
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "dynalite does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        let table = serde_json::from_str(include_str!("../../../../deploy/dynamodb/table.json")).unwrap();
        server.ask("CreateTable", &table);
        while server.ask("DescribeTable", &json!({ "TableName": "latchkey" }))["Table"]["TableStatus"] != "ACTIVE" {
            assert!(Instant::now() < deadline, "the table is not created");
        }
        server
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
