//! Nobody reads the log. A pipe holds 64 KiB, and the host keeps 4 MiB of lines for its reader.

use crate::harness::client::{Client, get};
use crate::harness::host::Setup;

/// A request whose line in the log is long.
fn ask(app: &Client) -> u16 {
    let path = format!("/{}/empty", "x".repeat(8000));
    app.send(get(&path)).status
}

case!(OwnHost, requests_are_answered_and_the_log_says_what_is_missing);
fn requests_are_answered_and_the_log_says_what_is_missing() {
    let mut app = Setup::fixture().log_unread().start();
    let asked = 600;
    for _ in 0..asked {
        assert_eq!(ask(&app), 200);
    }
    app.read_log();
    let dropped = app.output().wait_for_events("line", 1, |line| line["event"] == "log_lines_dropped").remove(0);
    let dropped = usize::try_from(dropped["lines"].as_u64().unwrap()).unwrap();
    let written = app.output().events().iter().filter(|line| line["event"] == "request").count();
    assert_eq!(written + dropped, asked, "each line was written or counted");
    assert_eq!(ask(&app), 200);
    app.output().wait_for_events("request", written + 1, |line| line["event"] == "request");
}

case!(OwnHost, the_end_does_not_wait_for_ever_for_a_reader);
fn the_end_does_not_wait_for_ever_for_a_reader() {
    let mut app = Setup::fixture().log_unread().start();
    for _ in 0..20 {
        assert_eq!(ask(&app), 200);
    }
    app.ask_to_end();
    assert_eq!(app.wait_for_exit().code(), Some(0));
    app.read_log();
}

case!(OwnHost, at_the_end_the_last_lines_are_written);
fn at_the_end_the_last_lines_are_written() {
    let mut app = Setup::fixture().log_unread().start();
    for _ in 0..20 {
        assert_eq!(ask(&app), 200);
    }
    app.ask_to_end();
    app.read_log();
    assert_eq!(app.wait_for_end().code(), Some(0));
    let events = app.output().events();
    assert_eq!(events.iter().filter(|line| line["event"] == "request").count(), 20);
    assert_eq!(events.last().unwrap()["event"], "stopped");
}
