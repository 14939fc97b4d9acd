//! Tables of dynalite, which answers as DynamoDB does: the program that `LATCHKEY_DYNALITE` names, else `dynalite` on PATH. One
//! process serves all tests, and each state folder has a table of its own.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{wait_for, workspace};

const REGION: &str = "eu-west-1";

/// The process, with its port.
static SERVER: Mutex<Option<(Child, u16)>> = Mutex::new(None);

/// A table with no item in it.
pub(crate) struct Table {
    name: String,
    port: u16,
}

impl Table {
    pub(super) fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("latchkey-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let port = port();
        // The table that operators are told to create.
        let file = workspace().join("deploy/dynamodb/table.json");
        let mut table: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        table["TableName"] = Value::from(name.as_str());
        call(port, "CreateTable", &table);
        Self { name, port }
    }

    /// Key and value of what is in it, as far as one answer has room.
    pub(super) fn rows(&self) -> Vec<(String, Vec<u8>)> {
        let found = call(self.port, "Scan", &json!({"TableName": self.name}));
        let row = |item: &Value| {
            let value = match &item["v"]["B"] {
                Value::String(bytes) => STANDARD.decode(bytes).unwrap(),
                _ => item["n"]["N"].as_str().unwrap().as_bytes().to_vec(),
            };
            (item["k"]["S"].as_str().unwrap().to_owned(), value)
        };
        found["Items"].as_array().unwrap().iter().map(row).collect()
    }

    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("dynamodb_endpoint", format!("http://127.0.0.1:{}", self.port)),
            ("dynamodb_region", REGION.to_owned()),
            ("dynamodb_table", self.name.clone()),
            ("aws_access_key_id", "AKIDEXAMPLE".to_owned()),
            ("aws_secret_access_key", "a-secret-that-dynalite-does-not-check".to_owned()),
        ]
    }
}

/// Ends the process.
pub(super) fn end() {
    if let Some((mut process, _)) = SERVER.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let _ = process.kill();
        let _ = process.wait();
    }
}

/// The port of the process, which is started if there is none.
fn port() -> u16 {
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, port)) = &*server {
        return *port;
    }
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let program = std::env::var_os("LATCHKEY_DYNALITE").unwrap_or_else(|| "dynalite".into());
    let mut command = Command::new(&program);
    command.args(["--port", &port.to_string(), "--createTableMs", "0"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let process = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    wait_for("answer of dynalite", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());
    *server = Some((process, port));
    port
}

/// Asks with a signature that names the right fields. Dynalite does not check more.
fn call(port: u16, operation: &str, body: &Value) -> Value {
    let signature = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/{REGION}/dynamodb/aws4_request, \
         SignedHeaders=host;x-amz-date;x-amz-target, Signature=0"
    );
    let request = ureq::post(format!("http://127.0.0.1:{port}/"))
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-date", "20260101T000000Z")
        .header("x-amz-target", &format!("DynamoDB_20120810.{operation}"))
        .header("authorization", &signature);
    let response = request.send(body.to_string());
    let mut response = response.unwrap_or_else(|error| panic!("{operation}: {error}"));
    serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
}
