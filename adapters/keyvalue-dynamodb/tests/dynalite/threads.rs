//! Many clients at once.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use keyvalue::Backend;
use keyvalue_dynamodb::Store;

use crate::client::{Http, store};
use crate::server::Server;

const THREADS: usize = 64;

/// Does the same in all threads at the same time, and returns what each returns. A machine that is busy may be slow to answer.
fn race<T: Send>(server: &Server, act: impl Fn(usize, &Store<Http>) -> T + Sync) -> Vec<T> {
    let (barrier, url) = (Barrier::new(THREADS), server.url());
    thread::scope(|scope| {
        let run = |number| {
            let store = store(&url).with_patience(Duration::from_secs(120));
            barrier.wait();
            act(number, &store)
        };
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || run(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
#[ignore = "needs LATCHKEY_TEST_DYNALITE"]
fn no_number_is_given_twice() {
    let server = Server::start();
    let numbers = race(&server, |_, store| [(); 10].map(|()| store.add("count", 1).unwrap()));
    let distinct: BTreeSet<i64> = numbers.iter().flatten().copied().collect();
    assert_eq!(distinct.len(), 10 * THREADS, "a repeated request may skip a number, and gives none twice");
}

#[test]
#[ignore = "needs LATCHKEY_TEST_DYNALITE"]
fn one_of_those_that_expect_no_value_writes() {
    let server = Server::start();
    for round in 0..5 {
        let key = format!("name:{round}");
        let value = |number: usize| number.to_string().into_bytes();
        let wrote = race(&server, |number, store| store.replace(&key, None, &value(number)).unwrap());
        let winners: Vec<usize> = (0..THREADS).filter(|number| wrote.get(*number) == Some(&true)).collect();
        let [winner] = winners[..] else { panic!("{winners:?} wrote") };
        assert_eq!(store(&server.url()).get(&key), Ok(Some(value(winner))));
    }
}

#[test]
#[ignore = "needs LATCHKEY_TEST_DYNALITE"]
fn no_replacement_gets_lost() {
    const ROUNDS: usize = 3;
    let server = Server::start();
    store(&server.url()).set("sum", b"0").unwrap();
    race(&server, |_, store| {
        for _ in 0..ROUNDS {
            loop {
                let found = store.get("sum").unwrap().unwrap();
                let sum: u64 = String::from_utf8(found.clone()).unwrap().parse().unwrap();
                if store.replace("sum", Some(&found), (sum + 1).to_string().as_bytes()).unwrap() {
                    break;
                }
            }
        }
    });
    assert_eq!(store(&server.url()).get("sum"), Ok(Some((ROUNDS * THREADS).to_string().into_bytes())));
}
