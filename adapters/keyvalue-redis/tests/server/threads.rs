//! Many clients at once, each with a connection of its own.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use keyvalue::Backend;
use keyvalue_redis::Store;

use crate::server::Server;
use crate::store;

const THREADS: usize = 64;

/// Does the same in all threads at the same time, and returns what each returns.
fn race<T: Send>(server: &Server, act: impl Fn(usize, &Store) -> T + Sync) -> Vec<T> {
    let (barrier, url) = (Barrier::new(THREADS), server.url());
    thread::scope(|scope| {
        let run = |number| {
            let store = store(&url);
            store.exists("key").unwrap();
            barrier.wait();
            act(number, &store)
        };
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || run(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn no_number_is_given_twice() {
    let server = Server::start();
    let numbers = race(&server, |_, store| [(); 20].map(|()| store.add("count", 1).unwrap()));
    let distinct: BTreeSet<i64> = numbers.into_iter().flatten().collect();
    assert_eq!(distinct, (1..=20 * 64).collect());
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn one_of_those_that_expect_no_value_writes() {
    let server = Server::start();
    for round in 0..20 {
        let key = format!("name:{round}");
        let value = |number: usize| number.to_string().into_bytes();
        let wrote = race(&server, |number, store| store.replace(&key, None, &value(number)).unwrap());
        let winners: Vec<usize> = (0..THREADS).filter(|number| wrote.get(*number) == Some(&true)).collect();
        let [winner] = winners[..] else { panic!("{winners:?} wrote") };
        assert_eq!(store(&server.url()).get(&key), Ok(Some(value(winner))));
    }
}

#[test]
#[ignore = "needs LATCHKEY_TEST_REDIS"]
fn no_replacement_gets_lost() {
    let server = Server::start();
    store(&server.url()).set("sum", b"0").unwrap();
    race(&server, |_, store| {
        for _ in 0..5 {
            loop {
                let found = store.get("sum").unwrap().unwrap();
                let sum: u64 = String::from_utf8(found.clone()).unwrap().parse().unwrap();
                if store.replace("sum", Some(&found), (sum + 1).to_string().as_bytes()).unwrap() {
                    break;
                }
            }
        }
    });
    assert_eq!(store(&server.url()).get("sum"), Ok(Some((5 * THREADS).to_string().into_bytes())));
}
