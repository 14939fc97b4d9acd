//! `kill -9` while work is going on: what was acknowledged is there afterwards.

use std::path::Path;
use std::sync::Mutex;
use std::thread;

use crate::harness::actors::{self, log_in, sign_up, signing_up};
use crate::harness::board::all;
use crate::harness::host::{Host, Setup};
use crate::harness::wait_or_give_up;

cases! {
    AnyHost: []
    OwnHost: [
        an_acknowledged_message_survives_a_kill,
        an_acknowledged_sign_up_survives_a_kill,
    ]
}

fn host(state: &Path) -> Host {
    Setup::app().state(state).start()
}

/// Lets workers run until `enough` things are acknowledged, kills the host, and returns what was acknowledged.
/// A worker returns whether the host still answers.
fn kill_amid<T: Send>(
    app: &mut Host,
    enough: usize,
    work: impl Fn(&Host, usize, usize, &Mutex<Vec<T>>) -> bool + Sync,
) -> Vec<T> {
    let acknowledged = Mutex::new(Vec::new());
    let reached = thread::scope(|scope| {
        for worker in 0..8 {
            let (app, work, acknowledged) = (&*app, &work, &acknowledged);
            scope.spawn(move || (0..).take_while(|&turn| work(app, worker, turn, acknowledged)).count());
        }
        let reached = wait_or_give_up(|| (acknowledged.lock().unwrap().len() >= enough).then_some(()));
        // In any case, because the workers go on until then.
        app.kill();
        reached
    });
    app.wait_for_end();
    assert!(reached.is_some(), "{} of {enough} were acknowledged", acknowledged.lock().unwrap().len());
    acknowledged.into_inner().unwrap()
}

fn an_acknowledged_message_survives_a_kill() {
    let state = tempfile::tempdir().unwrap();
    let mut app = host(state.path());
    let alice = actors::alice(&app);
    let mut expected = Vec::new();
    for round in 0..4 {
        let acknowledged = kill_amid(&mut app, 50, |app, worker, turn, acknowledged| {
            let text = format!("round {round}, worker {worker}, turn {turn}");
            let Ok(reply) = app.try_send(alice.posting(&text)) else { return false };
            assert_eq!(reply.status, 201, "{}", reply.text());
            acknowledged.lock().unwrap().push(text);
            true
        });
        expected.extend(acknowledged);
        app = host(state.path());
        let mut found = all(&app, 100, "");
        let mut by_alice = all(&app, 100, "&author=alice");
        let count = found.len();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), count, "no message is there twice");
        by_alice.sort();
        for text in &expected {
            assert!(found.contains(text), "{text} was acknowledged and is lost");
            assert!(by_alice.contains(text), "{text} is not in the list of its author");
        }
        alice.post(&app, &format!("after kill {round}"));
        assert_eq!(all(&app, 1, "").first(), Some(&format!("after kill {round}")));
    }
}

fn an_acknowledged_sign_up_survives_a_kill() {
    let state = tempfile::tempdir().unwrap();
    let password = "correct horse 7";
    for round in 0..4 {
        let mut app = host(state.path());
        let tried = Mutex::new(Vec::new());
        let acknowledged = kill_amid(&mut app, 50, |app, worker, turn, acknowledged| {
            let name = format!("user-{round}-{worker}-{turn}");
            tried.lock().unwrap().push(name.clone());
            let Ok(reply) = app.try_send(signing_up(&name, password, "Somebody")) else { return false };
            assert_eq!(reply.status, 201, "{}", reply.text());
            acknowledged.lock().unwrap().push(name);
            true
        });
        app = host(state.path());
        for name in tried.into_inner().unwrap() {
            let login = log_in(&app, &name, password).status;
            if acknowledged.contains(&name) {
                assert_eq!(login, 200, "{name} was acknowledged");
            } else if login != 200 {
                // Its sign-up died half way. The name may stay blocked for up to two minutes.
                assert_eq!(login, 401, "{name}");
                let again = sign_up(&app, &name, password, "Somebody");
                assert!(matches!(again.status, 201 | 409), "{name}: {}", again.text());
            }
        }
        actors::actor(&app, &format!("after-{round}"), password, "Somebody else");
    }
}
