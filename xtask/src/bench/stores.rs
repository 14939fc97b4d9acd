//! The stores that servers begin with: accounts and messages, the same for all.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use super::client::{AUTHOR, Client, login_accounts};
use super::peers::Peers;
use super::scenario::FEW;
use super::server::{Server, start_app};
use super::subject::Subject;
use crate::project::Project;
use crate::wasi::Wasi;

/// The accounts whose messages are on the board, in turn.
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

/// Makes a store of the app in the same way.
pub(super) fn of_app(project: &Project) -> Result<PathBuf> {
    let folder = project.path("target/bench/stores/app");
    let _ = fs::remove_dir_all(&folder);
    let code_cache = project.path("target/bench/code-cache");
    let app = start_app(project, Wasi::V0_2, "target/bench/stores/app-host", &folder, &code_cache)?;
    fill(&Client::new(&app.url("")), FEW)?;
    Ok(folder)
}

fn fill(client: &Client, messages: u64) -> Result<()> {
    login_accounts().try_for_each(|username| client.sign_up(&username))?;
    let authors: Vec<String> = (0..AUTHORS).map(|number| format!("author{number}")).collect();
    let mut tokens = Vec::new();
    for author in &authors {
        client.sign_up(author)?;
        tokens.push(client.log_in(author)?);
    }
    debug_assert!(authors.iter().any(|author| author == AUTHOR));
    for (number, token) in (1..=messages).zip(tokens.iter().cycle()) {
        client.post_message(token, &format!("Message {number:07}: as long as what people write, give or take a few words."))?;
    }
    Ok(())
}
