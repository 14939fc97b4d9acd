//! The metrics of our host, and whether it is ready.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::actors;
use crate::harness::client::{Client, ask};
use crate::harness::database;
use crate::harness::host::{Host, Setup};
use crate::harness::http2::{END_HEADERS, END_STREAM, HEADERS, frame, head, open, wait_for_frame};
use crate::harness::raw::Connection;
use crate::harness::{wait_for, workspace};

/// Metric names with their labels, and the values.
type Samples = BTreeMap<String, f64>;

fn with_metrics(setup: Setup) -> (Host, Client) {
    let app = setup.flag("--metrics-listen", "127.0.0.1:0").start();
    let lines = app.output().wait_for_events("address of the metrics", 1, |line| line["event"] == "metrics_served");
    let metrics = Client::own(&format!("http://{}", lines[0]["address"].as_str().unwrap()));
    (app, metrics)
}

#[track_caller]
fn scrape(metrics: &Client) -> Samples {
    let reply = metrics.get("/metrics");
    assert_eq!(reply.status, 200, "{}", reply.said());
    assert_eq!(reply.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    parse(&reply.text())
}

/// Reads the text as strictly as OpenMetrics 1.0 has it, as far as our metrics go: each family is described before its samples, and
/// is there once; the names of samples are those of its type; classes of a histogram grow up to its count.
#[track_caller]
fn parse(text: &str) -> Samples {
    let lines = text.strip_suffix("# EOF\n").unwrap_or_else(|| panic!("no end: {text}"));
    let (mut samples, mut families) = (Samples::new(), BTreeSet::new());
    let (mut family, mut kind) = (String::new(), String::new());
    for line in lines.lines() {
        if let Some(described) = line.strip_prefix("# ") {
            let [word, name, rest] = described.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            match word {
                "HELP" => assert!(families.insert(name) && !rest.is_empty(), "{line}"),
                "TYPE" => (family, kind) = (name.to_owned(), rest.to_owned()),
                "UNIT" => assert!(name.ends_with(&format!("_{rest}")), "{line}"),
                _ => panic!("{line}"),
            }
            assert!(families.contains(name), "{line}");
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap();
        let name = sample.split('{').next().unwrap();
        let suffix = name.strip_prefix(&*family).unwrap_or_else(|| panic!("{line} is not of {family}"));
        let suffixes: &[&str] = match &*kind {
            "counter" => &["_total"],
            "gauge" => &[""],
            "histogram" => &["_bucket", "_sum", "_count"],
            _ => panic!("{family} is a {kind}"),
        };
        assert!(suffixes.contains(&suffix), "{line} in a {kind}");
        let value: f64 = value.parse().unwrap();
        assert_eq!(samples.insert(sample.to_owned(), value), None, "{sample} is there twice");
    }
    for (count, value) in samples.iter().filter(|(sample, _)| sample.contains("_count")) {
        let labels = count.split_once('{').map(|(_, labels)| labels.trim_end_matches('}')).unwrap();
        let prefix = format!("{}_bucket{{", count.split("_count").next().unwrap());
        let classes = samples.iter().filter(|(sample, _)| sample.starts_with(&prefix) && sample.contains(labels));
        let mut classes: Vec<_> = classes.map(|(sample, value)| (end_of_class(sample), *value)).collect();
        classes.sort_by(|one, other| one.0.total_cmp(&other.0));
        assert!(classes.is_sorted_by(|one, other| one.1 <= other.1), "{classes:?}");
        assert_eq!(classes.last(), Some(&(f64::INFINITY, *value)), "{count}");
    }
    samples
}

fn end_of_class(sample: &str) -> f64 {
    let end = sample.split("le=\"").nth(1).unwrap().split('"').next().unwrap();
    if end == "+Inf" { f64::INFINITY } else { end.parse().unwrap() }
}

/// The samples of a name whose labels include these.
fn sum(samples: &Samples, name: &str, labels: &[&str]) -> f64 {
    let fits =
        |sample: &str| sample.split('{').next() == Some(name) && labels.iter().all(|label| sample.contains(label));
    samples.iter().filter(|(sample, _)| fits(sample)).map(|(_, value)| value).sum()
}

case!(OwnHost, requests_are_counted_one_by_one);
fn requests_are_counted_one_by_one() {
    let (app, metrics) = with_metrics(Setup::app());
    let alice = actors::alice(&app);
    let before = scrape(&metrics);
    for _ in 0..3 {
        app.get("/api/messages");
    }
    alice.post(&app, "one");
    for method in ["BREW", "WHEN"] {
        app.try_send(ask(method, "/api/messages")).unwrap();
    }
    assert_eq!(app.try_send(ask("GET", "/.well-known/spin/nothing")).unwrap().status, 404);
    let mut http2 = open(&app, &[]);
    http2.write(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &head("GET", "a", "/api/messages")));
    wait_for_frame(&mut http2, "answer", |frame| frame.kind == HEADERS);
    let after = scrape(&metrics);

    let more = |name: &str, labels: &[&str]| sum(&after, name, labels) - sum(&before, name, labels);
    let requests = "latchkey_requests_total";
    let is_messages = r#"component="messages""#;
    for (labels, count) in [
        (&[is_messages, r#"method="GET""#, r#"status="200""#][..], 4.0),
        (&[is_messages, r#"method="POST""#, r#"status="201""#], 1.0),
        (&[is_messages, r#"method="other""#, r#"status="405""#], 2.0),
        (&[r#"component="host""#, r#"method="GET""#, r#"status="404""#], 1.0),
        (&[], 8.0),
    ] {
        assert_eq!(more(requests, labels), count, "{labels:?}: {after:#?}");
    }
    assert_eq!(more("latchkey_request_duration_seconds_count", &[is_messages]), 7.0);
    assert!(more("latchkey_store_call_duration_seconds_count", &[r#"operation="increment""#]) >= 1.0);
    assert!(more("latchkey_store_call_duration_seconds_sum", &[]) > 0.0);
    assert!(sum(&after, "latchkey_request_duration_seconds_sum", &[r#"component="login""#]) > 0.0);
    assert_eq!(sum(&after, "latchkey_limit", &[r#"of="connections""#]), 1024.0);
    // A connection of HTTP/2 and those that the client keeps.
    assert!(sum(&after, "latchkey_connections", &[]) >= 2.0);
    drop(http2);
    for name in ["latchkey_requests_running", "latchkey_store_writes_waiting", "latchkey_instances_wanted"] {
        assert_eq!(sum(&after, name, &[]), 0.0, "{name}");
    }
    // What a client makes up is not among the labels.
    assert!(!after.keys().any(|sample| sample.contains("BREW") || sample.contains("nothing")), "{after:#?}");
}

case!(OwnHost, the_names_in_the_documentation_are_those_of_the_host);
fn the_names_in_the_documentation_are_those_of_the_host() {
    let (app, metrics) = with_metrics(Setup::app());
    actors::alice(&app);
    let samples = scrape(&metrics);
    let known: BTreeSet<_> = samples.keys().map(|sample| sample.split('{').next().unwrap()).collect();
    let text = std::fs::read_to_string(workspace().join("docs/operate.md")).unwrap();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named: BTreeSet<_> = words.filter(|word| word.starts_with("latchkey_")).collect();
    assert!(named.len() >= 8 && named.is_subset(&known), "{:?}", named.difference(&known));
    for label in text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).filter(|label| label.contains('=')) {
        let (name, _) = label.split_once('=').unwrap();
        assert!(samples.keys().any(|sample| sample.contains(&format!("{name}=\""))), "{label}");
    }
}

case!(OwnHost, what_runs_and_what_is_turned_away_is_seen);
fn what_runs_and_what_is_turned_away_is_seen() {
    let flags = Setup::fixture().flag("--max-concurrent-requests", "1").flag("--header-timeout", "1");
    let (app, metrics) = with_metrics(flags.flag("--request-timeout", "5"));
    let of_fixture = r#"component="fixture""#;
    std::thread::scope(|scope| {
        let client: &Client = &app;
        let busy = scope.spawn(move || client.get("/busy").status);
        wait_for("instance", || (sum(&scrape(&metrics), "latchkey_instances", &[of_fixture]) == 1.0).then_some(()));
        assert_eq!(sum(&scrape(&metrics), "latchkey_requests_running", &[]), 1.0);
        assert_eq!(app.get("/empty").status, 503);
        assert_eq!(sum(&scrape(&metrics), "latchkey_requests_total", &[of_fixture, r#"status="503""#]), 1.0);
        assert_eq!(busy.join().unwrap(), 504);
    });
    assert_eq!(sum(&scrape(&metrics), "latchkey_requests_total", &[of_fixture, r#"status="504""#]), 1.0);
    let mut slow = Connection::open(&app);
    slow.write(b"GET / ");
    slow.read_until("end", |_| false);
    assert_eq!(sum(&scrape(&metrics), "latchkey_connections_cut_total", &[r#"reason="head""#]), 1.0);
}

case!(OwnHost, the_app_tells_nothing_of_it);
fn the_app_tells_nothing_of_it() {
    let app = Setup::app().start();
    for path in ["/metrics", "/ready", "/.well-known/spin/metrics", "/.well-known/spin/ready"] {
        let text = app.try_send(ask("GET", path)).unwrap().text();
        assert!(!text.contains("latchkey_requests") && text != "ready\n", "{path}: {text}");
    }
    assert!(!app.output().stderr().contains("metrics_served"));
}

case!(OwnHost, ready_means_that_the_store_would_take_a_write);
/// Another process holds the lock of the file for longer than the host waits.
fn ready_means_that_the_store_would_take_a_write() {
    let state = tempfile::tempdir().unwrap();
    let (mut app, metrics) = with_metrics(Setup::app().state(state.path()));
    let status = |path: &str| metrics.get(path).status;
    assert_eq!(status("/ready"), 200);
    assert_eq!(app.get("/.well-known/spin/health").text(), "OK");
    let other = database::open(state.path());
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    wait_for("refusal", || (status("/ready") == 503).then_some(()));
    // It is alive all the time, and ready again without a restart.
    assert_eq!(app.get("/.well-known/spin/health").text(), "OK");
    other.execute_batch("COMMIT").unwrap();
    wait_for("readiness", || (status("/ready") == 200).then_some(()));
    // Many who ask cost as much as one.
    let calls = || sum(&scrape(&metrics), "latchkey_store_call_duration_seconds_count", &[r#"operation="check""#]);
    let (before, started) = (calls(), std::time::Instant::now());
    for _ in 0..100 {
        status("/ready");
    }
    let most = 2.0 * (2 + started.elapsed().as_secs()) as f64;
    assert!(calls() - before <= most, "{} calls", calls() - before);
    app.stop();
}

case!(OwnHost, a_host_that_ends_is_not_ready);
fn a_host_that_ends_is_not_ready() {
    let (mut app, metrics) = with_metrics(Setup::fixture());
    let mut busy = Connection::open(&app);
    busy.write(b"POST /slow-read HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n1");
    wait_for("instance", || (sum(&scrape(&metrics), "latchkey_requests_running", &[]) == 1.0).then_some(()));
    app.ask_to_end();
    wait_for("refusal", || (metrics.get("/ready").status == 503).then_some(()));
    busy.write(b"2");
    assert_eq!(app.wait_for_end().code(), Some(0), "{}", app.output().stderr());
}
