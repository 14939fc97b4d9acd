//! The test that every [`Backend`] has to pass on its store.

#![expect(clippy::expect_used, reason = "a test that can not go on fails")]

use crate::backend::Backend;

/// The keys that the test uses. They have a colon, as those of the app do.
const KEYS: [&str; 6] =
    ["conformance:a", "conformance:b", "conformance:c", "conformance:d", "conformance:empty", "conformance:counter"];

const ABSENT: &str = "conformance:absent";

/// Tests everything that the trait promises and that one client can see.
///
/// # Panics
/// A promise is not kept.
pub fn check(backend: &impl Backend) {
    forget(backend);
    values(backend);
    forget(backend);
    many(backend);
    forget(backend);
    counters(backend);
    forget(backend);
    replacing(backend);
    forget(backend);
}

fn forget(backend: &impl Backend) {
    backend.delete_many(&KEYS.map(str::to_owned)).expect("keys that are there, and others, are removed");
}

/// Every byte, so also those that are no UTF-8.
fn binary() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

fn values(backend: &impl Backend) {
    let [a, .., empty, _] = KEYS;
    assert_eq!(backend.get(a), Ok(None));
    assert_eq!(backend.exists(a), Ok(false));
    assert_eq!(backend.delete(a), Ok(()), "to remove what is not there is no error");
    for value in [&b"one"[..], &binary(), b""] {
        backend.set(a, value).expect("a value is written over another");
        assert_eq!(backend.get(a), Ok(Some(value.to_vec())));
        assert_eq!(backend.exists(a), Ok(true), "also an empty value is there");
    }
    backend.set(empty, b"").expect("an empty value is written first");
    assert_eq!(backend.get(empty), Ok(Some(Vec::new())));
    assert_eq!(backend.delete(a), Ok(()));
    assert_eq!((backend.get(a), backend.exists(a)), (Ok(None), Ok(false)));
}

fn many(backend: &impl Backend) {
    let [a, b, c, _, empty, counter] = KEYS.map(str::to_owned);
    let pairs =
        [(a.clone(), b"1".to_vec()), (b.clone(), binary()), (empty.clone(), Vec::new()), (a.clone(), b"2".to_vec())];
    backend.set_many(&pairs).expect("several values are written");
    backend.add(&counter, 7).expect("a counter begins");
    let keys = [b.clone(), ABSENT.to_owned(), a.clone(), counter.clone(), empty, a.clone(), c.clone()];
    let two = || Some(b"2".to_vec());
    let values = vec![Some(binary()), None, two(), Some(b"7".to_vec()), Some(Vec::new()), two(), None];
    assert_eq!(backend.get_many(&keys), Ok(values), "in the order of the keys, also those that are missing or doubled");
    assert_eq!(backend.delete_many(&[a.clone(), ABSENT.to_owned(), a.clone(), counter.clone()]), Ok(()));
    assert_eq!(backend.get_many(&[a, b, counter]), Ok(vec![None, Some(binary()), None]));
}

fn counters(backend: &impl Backend) {
    let [a, .., counter] = KEYS;
    assert_eq!(backend.add(counter, 1), Ok(1), "the first of those that add 1 is the one that gets 1");
    assert_eq!(backend.add(counter, 1), Ok(2));
    assert_eq!(backend.add(counter, 0), Ok(2));
    assert_eq!(backend.add(counter, -5), Ok(-3));
    assert_eq!(backend.get(counter), Ok(Some(b"-3".to_vec())));
    assert_eq!(backend.exists(counter), Ok(true));
    let large = 1 << 62;
    assert_eq!(backend.add(counter, large), Ok(large - 3), "a number that no float holds");
    backend.set(counter, b"text").expect("a value is written over a counter");
    assert_eq!(backend.get(counter), Ok(Some(b"text".to_vec())));
    assert!(backend.add(counter, 1).is_err(), "text is no counter");
    assert_eq!(backend.get(counter), Ok(Some(b"text".to_vec())), "and stays as it is");
    assert_eq!(backend.delete(counter), Ok(()));
    assert_eq!(backend.add(counter, 4), Ok(4), "a counter that was removed begins again");
    backend.set(a, b"").expect("an empty value is written");
    assert!(backend.add(a, 1).is_err(), "an empty value is no counter");
}

fn replacing(backend: &impl Backend) {
    let [a, b, c, d, _, counter] = KEYS;
    let value = |key: &str| backend.get(key).expect("the store answers");
    assert_eq!(backend.replace(a, Some(b"one"), b"two"), Ok(false), "nothing is there");
    assert_eq!(value(a), None);
    assert_eq!(backend.replace(a, None, b"one"), Ok(true), "nothing is there, as expected");
    assert_eq!(backend.replace(a, None, b"two"), Ok(false), "something is there");
    assert_eq!(backend.replace(a, Some(b"two"), b"three"), Ok(false), "something else is there");
    assert_eq!(value(a), Some(b"one".to_vec()));
    assert_eq!(backend.replace(a, Some(b"one"), &binary()), Ok(true));
    assert_eq!(backend.replace(a, Some(&binary()), b"two"), Ok(true));
    assert_eq!(value(a), Some(b"two".to_vec()));
    assert_eq!(backend.replace(b, Some(b""), b"one"), Ok(false), "an empty value is not the same as none");
    assert_eq!(backend.replace(b, None, b""), Ok(true));
    assert_eq!(backend.replace(b, None, b"one"), Ok(false), "an empty value is there");
    assert_eq!(backend.replace(b, Some(b""), b"one"), Ok(true));
    assert_eq!(value(b), Some(b"one".to_vec()));
    backend.set(c, b"1").expect("a value is written");
    assert_eq!(backend.replace(c, Some(b"1"), b"2"), Ok(true), "digits that were set");
    assert_eq!(value(c), Some(b"2".to_vec()));
    backend.add(counter, 12).expect("a counter begins");
    assert_eq!(backend.replace(counter, None, b"one"), Ok(false), "a counter is there");
    assert_eq!(backend.replace(counter, Some(b"13"), b"one"), Ok(false));
    assert_eq!(backend.replace(counter, Some(b"12"), b"one"), Ok(true), "a counter is what it reads as");
    assert_eq!(value(counter), Some(b"one".to_vec()));
    assert_eq!(value(d), None);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;

    #[test]
    fn a_store_in_memory_passes() {
        check(&Memory::open("default").unwrap());
    }
}
