//! `hashes SECONDS`: how many password hashes the `pbkdf2` crate makes a second on all cores, which no server with these
//! hashes can exceed in logins.

use sha2::Sha512;
use std::thread::{available_parallelism, scope};
use std::time::{Duration, Instant};

const ROUNDS: u32 = 220_000;

fn main() {
    let seconds = std::env::args().nth(1).and_then(|seconds| seconds.parse().ok()).expect("usage: hashes SECONDS");
    let cores = available_parallelism().map_or(1, usize::from);
    let start = Instant::now();
    let count: u32 = scope(|scope| {
        let hash = |_| {
            scope.spawn(move || {
                let mut count = 0;
                while start.elapsed() < Duration::from_secs(seconds) {
                    pbkdf2::pbkdf2_hmac::<Sha512>(b"a bridge of 9 arches", &[7; 16], ROUNDS, &mut [0; 32]);
                    count += 1;
                }
                count
            })
        };
        let threads: Vec<_> = (0..cores).map(hash).collect();
        threads.into_iter().map(|thread| thread.join().expect("does not panic")).sum()
    });
    println!("{:.2}", f64::from(count) / start.elapsed().as_secs_f64());
}
