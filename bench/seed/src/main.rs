//! Fills the key-value store of the host for the benchmark: accounts, and as many messages as wanted, in a minute or two for a
//! million. The services themselves make each record, so the store is what the app would have left. Only the token of a post
//! is not checked here.

mod platform;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use clap::Parser;
use http::{Request, Response};
use platform::{Seeding, immediately};
use serde_json::json;

/// What to fill the store with.
#[derive(Parser)]
struct Arguments {
    /// The SQLite file to make.
    file: PathBuf,
    /// How many messages to post.
    #[arg(long)]
    messages: u64,
    /// The accounts that post, in turn.
    #[arg(long, value_delimiter = ',', required = true)]
    authors: Vec<String>,
    /// The accounts that don't post.
    #[arg(long, value_delimiter = ',')]
    others: Vec<String>,
    /// The password of all accounts.
    #[arg(long)]
    password: String,
}

fn main() -> Result<()> {
    let Arguments { file, messages, authors, others, password } = Arguments::parse();
    let world = Seeding::new(messages);
    for username in authors.iter().chain(&others) {
        let body = json!({ "username": username, "password": password, "name": format!("The {username}") });
        let request = request("/api/signup").body(Bytes::from(body.to_string()))?;
        created(&immediately(service::signup::handle(&world, request))?)?;
    }
    for (number, author) in (1..=messages).zip(authors.iter().cycle()) {
        let text = format!("Message {number:07}: as long as what people write, give or take a few words.");
        let request = request("/api/messages").header("authorization", format!("Bearer {author}"));
        let request = request.body(Bytes::from(json!({ "text": text }).to_string()))?;
        created(&immediately(service::messages::handle(&world, request))?)?;
        world.advance();
    }
    world.write(&file).with_context(|| file.display().to_string())
}

fn request(path: &str) -> http::request::Builder {
    Request::builder().method("POST").uri(path).header("content-type", "application/json")
}

fn created(response: &Response<Bytes>) -> Result<()> {
    let body = String::from_utf8_lossy(response.body());
    ensure!(response.status() == 201, "{}: {body}", response.status());
    Ok(())
}
