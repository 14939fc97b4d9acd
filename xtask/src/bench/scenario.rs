//! What is asked, in one table.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::client::{AUTHOR, MESSAGES, credentials, login_accounts};
use super::load::{Load, MAX_THREADS, Request};
use super::server::Server;

/// The number of messages on the smallest board, which is one page.
pub(super) const FEW: u64 = 20;
/// Enough messages that an older page and the page of one author are full.
pub(super) const MANY: u64 = 10_000;
/// The sizes of the board.
pub(super) const SIZES: [u64; 3] = [FEW, MANY, 1_000_000];
/// The connections at which the app is compared with others.
pub(super) const COMPARED: u32 = 16;
pub(super) const CONNECTIONS: [u32; 4] = [1, COMPARED, 64, 256];

const TEXT: &str = "As long as what people write, give or take a few words.";

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scenario {
    /// The name on the command line.
    pub(super) name: &'static str,
    /// The name in the document.
    pub(super) title: &'static str,
    asks: Asks,
    /// The fewest messages that it is measured with.
    pub(super) messages: u64,
    /// Whether it is measured with more messages too.
    pub(super) by_size: bool,
    /// Whether the peers answer it.
    pub(super) on_peers: bool,
    /// How many times as long as others it runs, because it answers few requests a second.
    pub(super) times: u64,
    pub(super) connections: &'static [u32],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asks {
    Empty,
    Newest,
    NotModified,
    Middle,
    Author,
    Account,
    Page,
    LargestFile,
    NewestWhileLoggingIn,
    Login,
    Refresh,
    Post,
    Mix,
}

const BASE: Scenario = Scenario {
    name: "",
    title: "",
    asks: Asks::Empty,
    messages: FEW,
    by_size: true,
    on_peers: false,
    times: 1,
    connections: &CONNECTIONS,
};

/// All scenarios. What changes the board comes last.
pub(super) const SCENARIOS: [Scenario; 13] = [
    Scenario { name: "empty", title: "an empty answer", by_size: false, on_peers: true, ..BASE },
    Scenario { name: "newest", title: "the newest 20", asks: Asks::Newest, on_peers: true, ..BASE },
    Scenario { name: "etag", title: "the same, not changed", asks: Asks::NotModified, on_peers: true, ..BASE },
    Scenario { name: "middle", title: "a page in the middle", asks: Asks::Middle, messages: MANY, ..BASE },
    Scenario { name: "author", title: "a page of one author", asks: Asks::Author, messages: MANY, ..BASE },
    Scenario { name: "account", title: "who am I", asks: Asks::Account, ..BASE },
    Scenario { name: "page", title: "the site's HTML", asks: Asks::Page, by_size: false, ..BASE },
    Scenario { name: "file", title: "the site's largest file", asks: Asks::LargestFile, by_size: false, ..BASE },
    Scenario {
        name: "beside",
        title: "the newest 20 while 16 connections log in",
        asks: Asks::NewestWhileLoggingIn,
        on_peers: true,
        times: 4,
        connections: &[1],
        ..BASE
    },
    Scenario { name: "login", title: "a login", asks: Asks::Login, on_peers: true, times: 4, ..BASE },
    Scenario { name: "refresh", title: "a refresh", asks: Asks::Refresh, ..BASE },
    Scenario { name: "post", title: "a post", asks: Asks::Post, on_peers: true, ..BASE },
    Scenario { name: "mix", title: "90 % newest 20, 8 % posts, 2 % logins", asks: Asks::Mix, on_peers: true, ..BASE },
];

/// What is measured at once.
pub(super) struct Loads {
    pub(super) measured: Load,
    /// Another load meanwhile, over [`COMPARED`] connections.
    pub(super) beside: Option<Load>,
    /// Whether the board has to have as many more messages as there were answers.
    pub(super) posts: bool,
}

impl Scenario {
    /// The row with a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        SCENARIOS.into_iter().find(|scenario| scenario.name == name)
    }

    /// The loads for a server.
    pub(super) fn loads(self, server: &Server, connections: u32) -> Result<Loads> {
        let load = |requests| Ok::<_, anyhow::Error>(Load::Requests(requests));
        let half = server.messages / 2;
        let measured = match self.asks {
            Asks::Empty => load(vec![checked(server, Request::get(server.subject.empty_path()), 200)?])?,
            Asks::Newest | Asks::NewestWhileLoggingIn => load(vec![checked(server, Request::get(MESSAGES), 200)?])?,
            Asks::NotModified => load(vec![not_modified(server)?])?,
            Asks::Middle => load(vec![checked(server, Request::get(format!("{MESSAGES}?before=m{half}")), 200)?])?,
            Asks::Author => load(vec![checked(server, Request::get(format!("{MESSAGES}?author={AUTHOR}")), 200)?])?,
            Asks::Account => load(vec![checked(server, authorized(server, Request::get("/api/account"))?, 200)?])?,
            Asks::Page => load(vec![checked(server, compressed("/"), 200)?])?,
            Asks::LargestFile => load(vec![largest_file(server)?])?,
            Asks::Login => load(logins())?,
            Asks::Refresh => Load::Refreshes(refresh_tokens(server, connections)?),
            Asks::Post => load(vec![post(server)?])?,
            Asks::Mix => load(mix(server)?)?,
        };
        let beside = (self.asks == Asks::NewestWhileLoggingIn).then(|| Load::Requests(logins()));
        Ok(Loads { measured, beside, posts: self.asks == Asks::Post })
    }
}

/// Sends a GET request once, so that an answer which is no error and yet the wrong one is noticed.
fn checked(server: &Server, request: Request, expected: u16) -> Result<Request> {
    let status = server.client.get(&request.path, &request.headers)?.status;
    ensure!(status == expected, "GET {} at {}: {status}", request.path, server.subject.name());
    Ok(request)
}

fn not_modified(server: &Server) -> Result<Request> {
    let etag = server.client.get(MESSAGES, &[])?.etag.context("the newest page has no ETag")?;
    checked(server, Request::get(MESSAGES).with("if-none-match", etag), 304)
}

fn authorized(server: &Server, request: Request) -> Result<Request> {
    Ok(request.with("authorization", format!("Bearer {}", server.client.log_in(AUTHOR)?)))
}

fn compressed(path: &str) -> Request {
    Request::get(path).with("accept-encoding", "gzip, deflate, br")
}

/// The WebAssembly of the site, whose name the page says.
fn largest_file(server: &Server) -> Result<Request> {
    let page = String::from_utf8(server.client.get("/", &[])?.body)?;
    let wasm = page.split('"').map(|word| word.trim_matches('\'')).find(|word| word.ends_with(".wasm"));
    let path = wasm.context("the page names no .wasm")?;
    checked(server, compressed(path), 200)
}

fn logins() -> Vec<Request> {
    login_accounts().map(|username| Request::post("/api/login", &credentials(&username))).collect()
}

/// A token for each connection, and one for each thread of wrk, which asks for a request to look at it before it begins. Each
/// account has a few of the sessions.
fn refresh_tokens(server: &Server, connections: u32) -> Result<Vec<String>> {
    // Eight accounts would have too few sessions for 256 connections.
    let accounts: Vec<String> = login_accounts().chain([AUTHOR.to_owned()]).collect();
    let wanted = accounts.iter().cycle().take(usize::try_from(connections + MAX_THREADS)?);
    wanted.map(|username| server.client.begin_session(username)).collect()
}

fn post(server: &Server) -> Result<Request> {
    authorized(server, Request::post(MESSAGES, &json!({ "text": TEXT })))
}

/// 50 requests: 45 reads, 4 posts and a login, at even distances.
fn mix(server: &Server) -> Result<Vec<Request>> {
    let (post, logins) = (post(server)?, logins());
    let mut requests = Vec::new();
    for login in logins {
        requests.extend((0..50).map(|number| match number {
            6 | 18 | 31 | 43 => post.clone(),
            25 => login.clone(),
            _ => Request::get(MESSAGES),
        }));
    }
    Ok(requests)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_titles_differ() {
        let names: BTreeSet<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        let titles: BTreeSet<_> = SCENARIOS.iter().map(|scenario| scenario.title).collect();
        assert_eq!((names.len(), titles.len()), (SCENARIOS.len(), SCENARIOS.len()));
        assert!(SCENARIOS.iter().all(|scenario| scenario.connections.contains(&COMPARED) || scenario.name == "beside"));
    }
}
