use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::build;
use crate::project::Project;
use crate::wasi::Wasi;

/// The username of the account that posts and logs in.
const USERNAME: &str = "ada";
const PASSWORD: &str = "a long enough secret";
/// Flags for tests: password hashes are cheap, to save time.
pub(crate) const TESTING: [&str; 4] = ["--variable", "stage=test", "--variable", "pbkdf2_iterations=1000"];
/// An address of this machine with any free port.
pub(crate) const ANY_PORT: &str = "127.0.0.1:0";

/// The limits of attempts, posts and reports.
const LIMITS: [&str; 7] = [
    "login_free_failures",
    "login_address_free_failures",
    "logins_per_ten_minutes",
    "address_logins_per_ten_minutes",
    "signups_per_hour",
    "posts_per_minute",
    "reports_per_hour",
];

/// Flags of a host that turn the limits off. A load comes from one account and one address, which they would stop.
pub(crate) fn without_limits() -> impl Iterator<Item = String> {
    LIMITS.iter().flat_map(|limit| ["--variable".to_owned(), format!("{limit}=0")])
}

/// Writes a manifest of the app and an empty component into a folder. Returns its path.
pub(crate) fn write_manifest(project: &Project, wasi: Wasi, folder: &Path) -> Result<PathBuf> {
    let mut manifest = fs::read_to_string(project.path("spin.toml"))?;
    for name in build::names() {
        let ours = wasi.component(project, name).display().to_string();
        manifest = manifest.replace(&format!("\"target/components/{name}.wasm\""), &format!("{ours:?}"));
    }
    let empty = build::compiled(project, wasi, "fixture").display().to_string();
    manifest += &format!(
        "\n[[trigger.http]]\nroute = \"/bench/...\"\ncomponent = \"empty\"\n\n[component.empty]\nsource = {empty:?}\n"
    );
    let path = folder.join("spin.toml");
    fs::write(&path, manifest)?;
    Ok(path)
}

/// The app and an empty component, on a host of their own with a fresh store. Dropping it ends the host.
pub(crate) struct App {
    host: Child,
    address: String,
    agent: ureq::Agent,
    folder: PathBuf,
}

impl App {
    /// Starts the app with one build of the components. The host's files are in a folder of the project.
    pub(crate) fn start(project: &Project, wasi: Wasi, folder: &str) -> Result<Self> {
        Self::start_with(project, wasi, folder, &[])
    }

    /// The same with additional flags for the host.
    pub(crate) fn start_with(project: &Project, wasi: Wasi, folder: &str, flags: &[&str]) -> Result<Self> {
        Self::start_on(ANY_PORT, project, wasi, folder, flags)
    }

    /// The same for an app whose tokens name its own URL as their issuer.
    pub(crate) fn start_as_issuer(project: &Project, wasi: Wasi, folder: &str, flags: &[&str]) -> Result<Self> {
        // The variable has to be known before the host starts, so the port is chosen before. It is free again when the
        // listener is dropped.
        let address = TcpListener::bind(ANY_PORT)?.local_addr()?.to_string();
        let issuer = format!("token_issuer=http://{address}");
        Self::start_on(&address, project, wasi, folder, &[flags, &["--variable", &issuer]].concat())
    }

    fn start_on(listen: &str, project: &Project, wasi: Wasi, folder: &str, flags: &[&str]) -> Result<Self> {
        let folder = project.path(folder);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let manifest = write_manifest(project, wasi, &folder)?;
        let mut host = Command::new(project.host())
            .arg("--from")
            .arg(manifest)
            .args(["--listen", listen, "--log", "error"])
            .args(without_limits())
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.join("log"))?)
            .spawn()?;
        let mut line = String::new();
        BufReader::new(host.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("Serving ").context("the host does not start: see its log there")?;
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        Ok(Self { address: address.to_owned(), host, agent, folder })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The process id of the host.
    pub(crate) fn id(&self) -> u32 {
        self.host.id()
    }

    /// The folder with the host's files.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file of the host, by name.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Signs up and posts messages. Returns an access token.
    pub(crate) fn fill(&self, messages: u32) -> Result<String> {
        let account = json!({ "username": USERNAME, "password": PASSWORD, "name": "Ada" });
        ensure!(self.post("/api/signup", None, &account)?.0 == 201, "sign-up failed");
        let credentials = json!({ "username": USERNAME, "password": PASSWORD });
        let (_, session) = self.post("/api/login", None, &credentials)?;
        let token = session.get("token").and_then(Value::as_str).context("login failed")?;
        for number in 1..=messages {
            let text = format!("Message {number}: as long as what people write, give or take a few words.");
            ensure!(self.post("/api/messages", Some(token), &json!({ "text": text }))?.0 == 201, "a post failed");
        }
        Ok(token.to_owned())
    }

    fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Result<(u16, Value)> {
        let mut request = self.agent.post(self.url(path)).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.send(body.to_string())?;
        let text = response.body_mut().read_to_string()?;
        Ok((response.status().as_u16(), serde_json::from_str(&text)?))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // It fails when the host has already ended.
        let _ = self.host.kill();
        let _ = self.host.wait();
    }
}
