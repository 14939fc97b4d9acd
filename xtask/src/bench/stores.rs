//! The stores that servers begin with: accounts and messages, the same for all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::client::{Client, PASSWORD, login_accounts};
use super::peers::Peers;
use super::scenario::FEW;
use super::server::Server;
use super::subject::Subject;
use crate::project::Project;

/// How many accounts have posted what is on the board. The first of them is [`AUTHOR`](super::client::AUTHOR).
const AUTHORS: u64 = 4;

/// Makes the store of a peer through its API. Returns its folder.
pub(super) fn of_peer(project: &Project, peers: &Peers, subject: Subject) -> Result<PathBuf> {
    let folder = project.path(&format!("target/bench/stores/{}", subject.folder()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let server = Server::peer_in(peers, subject, FEW, folder.clone())?;
    fill(&server.client, FEW)?;
    Ok(folder)
}

/// Makes a store of the app with a number of messages, by `bench/seed`, unless it is there. Returns its folder.
pub(super) fn of_app(project: &Project, messages: u64) -> Result<PathBuf> {
    let folder = project.path(&format!("target/bench/stores/app-{messages}"));
    let seed = project.built("release/seed");
    let file = folder.join("sqlite_key_value.db");
    let modified = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    if modified(&file).is_some_and(|made| modified(&seed).is_some_and(|built| built < made)) {
        return Ok(folder);
    }
    let _ = fs::remove_dir_all(&folder);
    let mut command = Command::new(seed);
    command.arg(&file).args(["--messages", &messages.to_string(), "--password", PASSWORD]);
    command.args(["--authors", &authors().join(",")]);
    command.args(["--others", &login_accounts().collect::<Vec<_>>().join(",")]);
    project.run(&mut command)?;
    Ok(folder)
}

/// The accounts whose messages are on the board, in turn.
fn authors() -> Vec<String> {
    (0..AUTHORS).map(|number| format!("author{number}")).collect()
}

fn fill(client: &Client, messages: u64) -> Result<()> {
    login_accounts().try_for_each(|username| client.sign_up(&username))?;
    let mut tokens = Vec::new();
    for author in authors() {
        client.sign_up(&author)?;
        tokens.push(client.log_in(&author)?);
    }
    for (number, token) in (1..=messages).zip(tokens.iter().cycle()) {
        client.post_message(
            token,
            &format!("Message {number:07}: as long as what people write, give or take a few words."),
        )?;
    }
    Ok(())
}
