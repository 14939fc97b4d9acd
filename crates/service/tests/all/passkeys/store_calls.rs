//! How many calls of the store each request makes that has to do with passkeys, as docs/performance.md says it.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::authenticator::Authenticator;
use super::{ORIGIN, Site, password};
use crate::cookies::with;
use crate::world::{anon, bearer};

const DOCUMENT: &str = include_str!("../../../../../docs/performance.md");

fn ask(site: &Site, is_guarded: bool, path: &str, body: &Value, cookie: &str) -> Request<Bytes> {
    let (token, body) = (&site.token, body.to_string());
    let request = if is_guarded { bearer(token, "POST", path, &body) } else { anon("POST", path, &body) };
    with(request, &[("spin-client-addr", "192.0.2.7:4711"), ("cookie", cookie)])
}

/// Adds a passkey, and returns its address.
fn added(site: &Site, authenticator: &mut Authenticator) -> String {
    format!("/api/account/passkeys/{}", site.add(authenticator))
}

fn login(site: &Site, authenticator: &mut Authenticator) -> Request<Bytes> {
    let (options, cookie) = site.begin_login();
    let body = json!({ "credential": authenticator.get(&options, ORIGIN) });
    ask(site, false, "/api/login/passkey", &body, &cookie)
}

/// What comes before the request that is returned is not counted.
type Row = (&'static str, u16, fn(&Site) -> Request<Bytes>);

const ROWS: &[Row] = &[
    ("the options for a login", 200, |site| ask(site, false, "/api/login/passkey/begin", &json!({}), "")),
    ("a login", 200, |site| {
        let mut telephone = Authenticator::new(1);
        site.add(&mut telephone);
        login(site, &mut telephone)
    }),
    ("a login that fails", 401, |site| login(site, &mut Authenticator::new(1))),
    ("the list", 200, |site| bearer(&site.token, "GET", "/api/account/passkeys", "")),
    ("the options for a new one", 200, |site| ask(site, true, "/api/account/passkeys/begin", &password(), "")),
    ("a new one", 201, |site| {
        let (options, cookie) = site.begin_registration();
        let body = json!({ "name": "Telephone", "credential": Authenticator::new(1).create(&options, ORIGIN) });
        ask(site, true, "/api/account/passkeys", &body, &cookie)
    }),
    ("the options for a confirmation", 200, |site| ask(site, true, "/api/account/passkeys/confirm", &json!({}), "")),
    ("another name", 204, |site| {
        let path = added(site, &mut Authenticator::new(1));
        ask(site, true, &path, &json!({ "name": "Old telephone" }), "")
    }),
    ("the removal, by the password", 204, |site| {
        let path = added(site, &mut Authenticator::new(1));
        ask(site, true, &format!("{path}/delete"), &password(), "")
    }),
    ("the removal, by a passkey", 204, |site| {
        let mut telephone = Authenticator::new(1);
        let path = added(site, &mut telephone);
        let (body, cookie) = site.confirmation(&mut telephone);
        ask(site, true, &format!("{path}/delete"), &body, &cookie)
    }),
];

fn calls(&(name, status, request): &Row, batches: bool) -> String {
    let site = Site::new();
    // The secret of the deployment is made once.
    site.begin_login();
    site.world.use_limits();
    if !batches {
        site.world.data.refuse_batches();
    }
    let request = request(&site);
    let (answer, (reads, writes)) = site.world.data.work_of(|| site.world.send(request));
    assert_eq!(answer.status(), status, "{name}: {}", answer.said());
    format!("{reads}, {writes}")
}

#[test]
fn each_request_makes_the_calls_that_the_document_says() {
    let row = |row: &Row| format!("| {} | {} | {} |\n", row.0, calls(row, true), calls(row, false));
    let rows: String = ROWS.iter().map(row).collect();
    let table = format!("| of passkeys | reads, writes | one key at a time |\n| --- | --- | --- |\n{rows}");
    assert!(DOCUMENT.contains(&table), "docs/performance.md has to have this table:\n{table}");
}
