//! A store that was filled, on the host, beside one that clients have filled through the API. It needs the host and the components
//! of WASI 0.2, which `cargo xtask test` has built by then.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that can not go on fails")]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

const MESSAGES: u64 = 50;
const AUTHORS: [&str; 3] = ["ada", "grace", "hedy"];
const PASSWORD: &str = "a bridge of 9 arches";
/// Limits that one client would reach at once.
const LIMITS: [&str; 4] =
    ["logins_per_ten_minutes", "address_logins_per_ten_minutes", "signups_per_hour", "posts_per_minute"];

struct Host {
    process: Child,
    address: String,
    agent: ureq::Agent,
}

impl Host {
    fn start(state: &Path) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().parent().unwrap();
        let binary =
            std::env::var_os("LATCHKEY_HOST").map_or_else(|| root.join("target/release/latchkey"), PathBuf::from);
        let mut command = Command::new(&binary);
        command
            .arg("--from")
            .arg(root.join("spin.toml"))
            .arg("--state-dir")
            .arg(state)
            .args(["--listen", "127.0.0.1:0"]);
        command.arg("--cache-dir").arg(root.join("target/code-cache"));
        for limit in LIMITS {
            command.args(["--variable", &format!("{limit}=0")]);
        }
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Serving ").unwrap().to_owned();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        Self { process, address, agent }
    }

    fn get(&self, path: &str) -> Value {
        let mut response = self.agent.get(format!("{}{path}", self.address)).call().unwrap();
        assert_eq!(response.status(), 200, "{path}");
        serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap()
    }

    fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let request = self.agent.post(format!("{}{path}", self.address)).header("content-type", "application/json");
        let mut response = request.header("authorization", format!("Bearer {token}")).send(body.to_string()).unwrap();
        let body = response.body_mut().read_to_string().unwrap();
        assert!(response.status().is_success(), "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    fn log_in(&self, username: &str) -> String {
        let credentials = json!({ "username": username, "password": PASSWORD });
        self.post("/api/login", "none", &credentials)["token"].as_str().unwrap().to_owned()
    }

    /// All pages of a list, without the times.
    fn pages(&self, query: &str) -> Vec<Value> {
        let mut pages: Vec<Value> = Vec::new();
        let mut before = String::new();
        loop {
            let mut page = self.get(&format!("/api/messages?limit=7{query}{before}"));
            for message in page["messages"].as_array_mut().unwrap() {
                message.as_object_mut().unwrap().remove("created_at").unwrap();
            }
            if let Some(author) = page.get_mut("author") {
                author.as_object_mut().unwrap().remove("member_since").unwrap();
            }
            let next = page["next"].as_str().map(|next| format!("&before={next}"));
            pages.push(page);
            match next {
                Some(next) => before = next,
                None => return pages,
            }
        }
    }

    /// What clients see of the board.
    fn board(&self) -> Vec<Vec<Value>> {
        let by_author = AUTHORS.map(|author| format!("&author={author}"));
        let newest =
            self.get("/api/messages")["messages"].as_array().unwrap().iter().map(|m| m["id"].clone()).collect();
        [vec![newest], vec![self.pages("")], by_author.map(|query| self.pages(&query)).to_vec()].concat()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn text(number: u64) -> Value {
    json!({ "text": format!("Message {number:07}: as long as what people write, give or take a few words.") })
}

#[test]
fn a_store_that_was_filled_is_one_that_clients_have_filled() {
    let folder = tempfile::tempdir().unwrap();
    let [seeded, used] = ["seeded", "used"].map(|name| folder.path().join(name));
    let mut seed = Command::new(env!("CARGO_BIN_EXE_seed"));
    seed.arg(seeded.join("sqlite_key_value.db")).args(["--messages", &MESSAGES.to_string(), "--password", PASSWORD]);
    assert!(seed.args(["--authors", &AUTHORS.join(",")]).status().unwrap().success());
    let [seeded, used] = [seeded, used].map(|state| Host::start(&state));
    for author in AUTHORS {
        let account = json!({ "username": author, "password": PASSWORD, "name": format!("The {author}") });
        used.post("/api/signup", "none", &account);
    }
    let tokens = AUTHORS.map(|author| used.log_in(author));
    for (number, token) in (1..=MESSAGES).zip(tokens.iter().cycle()) {
        used.post("/api/messages", token, &text(number));
    }
    assert_eq!(seeded.pages("").iter().map(|page| page["messages"].as_array().unwrap().len()).sum::<usize>(), 50);
    assert_eq!(seeded.board(), used.board());
    // Both go on in the same way.
    let posted = [&seeded, &used].map(|host| {
        let message = host.post("/api/messages", &host.log_in("grace"), &json!({ "text": "One more." }));
        message["message"]["id"].clone()
    });
    assert_eq!(posted, ["51", "51"]);
    assert_eq!(seeded.board(), used.board());
}
