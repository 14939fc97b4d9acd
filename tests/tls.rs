//! TLS with real clients, and how its certificate is replaced.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::certificate::Certificate;
use crate::harness::curl::curl;
use crate::harness::host::{Host, Setup};
use crate::harness::raw::Connection;

fn with(setup: Setup, files: &Certificate) -> Setup {
    setup.flag("--tls-cert", files.certificate.to_str().unwrap()).flag("--tls-key", files.key.to_str().unwrap())
}

fn secure(setup: Setup) -> (Host, Certificate, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let files = Certificate::make(folder.path());
    (with(setup, &files).start(), files, folder)
}

case!(OwnHost, curl_speaks_each_version);
fn curl_speaks_each_version() {
    let (app, files, _folder) = secure(Setup::app());
    assert!(app.base().starts_with("https://"), "{}", app.base());
    for (flag, version) in [("--http1.1", "1.1"), ("--http2", "2"), ("--http2-prior-knowledge", "2")] {
        let answer = curl(&app, "/api/messages", Some(&files.certificate), &[flag]).unwrap();
        assert_eq!((answer.status, answer.version.as_str()), (200, version), "{answer:?}");
        assert!(answer.text.ends_with(r#"{"messages":[],"next":null}"#), "{answer:?}");
    }
    assert_eq!(curl(&app, "/", None, &[]).unwrap_err(), 60, "curl trusts a certificate that nobody has signed");
}

case!(OwnHost, components_see_https);
/// curl sends no `Origin`, so only the scheme of the connection tells that cookies may be for https alone. `:scheme`, which the
/// client sets, does not count.
fn components_see_https() {
    let (app, files, _folder) = secure(Setup::app());
    for version in ["--http1.1", "--http2"] {
        let name = version.trim_matches(|c: char| !c.is_ascii_alphanumeric()).replace('.', "-");
        let post = |path: &str, body: &str| {
            let more = [version, "--header", "content-type: application/json", "--data", body];
            curl(&app, path, Some(&files.certificate), &more).unwrap()
        };
        let account = format!(r#"{{"username":"{name}","password":"a long enough secret","name":"Ada"}}"#);
        assert_eq!(post("/api/signup", &account).status, 201);
        let login = post("/api/login", &format!(r#"{{"username":"{name}","password":"a long enough secret"}}"#));
        let cookie = login.text.lines().find(|line| line.to_lowercase().starts_with("set-cookie: "));
        let cookie = cookie.unwrap_or_else(|| panic!("{login:?}"));
        assert!(cookie.contains(": __Secure-") && cookie.trim_end().ends_with("; Secure"), "{cookie}");
    }
}

case!(OwnHost, a_new_certificate_is_taken_without_a_restart);
fn a_new_certificate_is_taken_without_a_restart() {
    let (mut app, files, folder) = secure(Setup::app());
    let before = folder.path().join("before.pem");
    fs::copy(&files.certificate, &before).unwrap();
    let is_trusted = |app: &Host, certificate| curl(app, "/", Some(certificate), &[]).map(|answer| answer.status);
    // Until the signal, files that have changed mean nothing.
    Certificate::make(folder.path());
    assert_eq!(is_trusted(&app, &before), Ok(200));
    app.hang_up();
    app.output().wait_for_events("new certificate", 1, |line| line["event"] == "tls_certificate_replaced");
    assert_eq!((is_trusted(&app, &files.certificate), is_trusted(&app, &before)), (Ok(200), Err(60)));
    // A certificate that can't be used is no reason to stop.
    let after = folder.path().join("after.pem");
    fs::copy(&files.certificate, &after).unwrap();
    fs::write(&files.certificate, "no certificate").unwrap();
    app.hang_up();
    let lines = app.output().wait_for_events("refusal", 1, |line| line["event"] == "tls_certificate_not_replaced");
    assert!(lines[0]["error"].as_str().unwrap().starts_with("--tls-cert "), "{lines:?}");
    assert_eq!(is_trusted(&app, &after), Ok(200));
    app.stop();
}

case!(OwnHost, spins_variables_name_the_files);
fn spins_variables_name_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let files = Certificate::make(folder.path());
    let app = Setup::app()
        .environment("SPIN_TLS_CERT", files.certificate.to_str().unwrap())
        .environment("SPIN_TLS_KEY", files.key.to_str().unwrap())
        .start();
    assert_eq!(curl(&app, "/", Some(&files.certificate), &[]).unwrap().status, 200);
}

case!(OwnHost, files_that_can_not_be_used_are_refused_at_the_start);
fn files_that_can_not_be_used_are_refused_at_the_start() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (files, others) = (Certificate::make(folder.path()), Certificate::make(other.path()));
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    let missing = folder.path().join("missing.pem");
    for (certificate, key, words) in [
        (&missing, &files.key, ["--tls-cert ", "missing.pem"]),
        (&files.certificate, &missing, ["--tls-key ", "missing.pem"]),
        (&empty, &files.key, ["--tls-cert ", "no certificate"]),
        (&files.key, &files.key, ["--tls-cert ", "no certificate"]),
        (&files.certificate, &empty, ["--tls-key ", "empty.pem"]),
        (&files.certificate, &files.certificate, ["--tls-key ", "certificate.pem"]),
        (&files.certificate, &others.key, ["--tls-cert ", "--tls-key "]),
    ] {
        let pair = Certificate { certificate: certificate.clone(), key: key.clone() };
        let error = with(Setup::app(), &pair).refused();
        assert!(words.iter().all(|word| error.contains(word)), "{certificate:?} {key:?}: {error}");
        assert!(!error.contains("PRIVATE KEY"), "{error}");
    }
}

case!(OwnHost, a_key_that_all_users_can_read_is_reported);
fn a_key_that_all_users_can_read_is_reported() {
    let is_reported = |app: &Host| {
        let is_warning = |line: &Value| line["event"] == "tls_key_is_readable_by_all_users";
        app.output().wait_for_events("start", 1, |line| line["event"] == "started");
        app.output().events().iter().any(is_warning)
    };
    let (app, files, _folder) = secure(Setup::app());
    assert!(!is_reported(&app));
    fs::set_permissions(&files.key, Permissions::from_mode(0o644)).unwrap();
    assert!(is_reported(&with(Setup::app(), &files).start()));
}

case!(OwnHost, a_handshake_has_the_time_limits_of_a_head);
fn a_handshake_has_the_time_limits_of_a_head() {
    let (app, ..) = secure(Setup::app().flag("--idle-timeout", "1").flag("--header-timeout", "86400"));
    let mut silent = Connection::open(&app);
    silent.read_until("end", |_| false);
    let (app, ..) = secure(Setup::app().flag("--idle-timeout", "86400").flag("--header-timeout", "1"));
    let mut half = Connection::open(&app);
    // The beginning of a handshake of 512 bytes.
    half.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc");
    half.read_until("end", |_| false);
    let mut silent = Connection::open(&app);
    thread::sleep(Duration::from_secs(2));
    assert!(silent.read_for(Duration::from_millis(10)), "a connection without a handshake may be idle");
}
