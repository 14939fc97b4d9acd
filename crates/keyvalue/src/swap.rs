use std::rc::Rc;

use crate::backend::{Backend, Error};

/// A compare-and-swap that has begun: a key with the value that it had then. It is the resource `cas`.
pub struct Swap<B> {
    backend: Rc<B>,
    key: String,
    current: Option<Vec<u8>>,
}

/// What came of a compare-and-swap.
pub(crate) enum Swapped<B> {
    Done,
    /// Somebody else has changed the value. This begins again, with the value of now.
    Lost(Swap<B>),
}

impl<B: Backend> Swap<B> {
    pub(crate) fn begin(backend: Rc<B>, key: String) -> Result<Self, Error> {
        let current = backend.get(&key)?;
        Ok(Self { backend, key, current })
    }

    pub(crate) fn current(&self) -> Option<&[u8]> {
        self.current.as_deref()
    }

    pub(crate) fn end(self, value: &[u8]) -> Result<Swapped<B>, Error> {
        if self.backend.replace(&self.key, self.current(), value)? {
            return Ok(Swapped::Done);
        }
        Self::begin(self.backend, self.key).map(Swapped::Lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;

    fn begin(backend: &Rc<Memory>) -> Swap<Memory> {
        Swap::begin(Rc::clone(backend), "key".to_owned()).unwrap()
    }

    #[test]
    fn of_two_that_begin_together_one_swaps_and_the_other_begins_again() {
        let backend = Rc::new(Memory::open("default").unwrap());
        let (first, second) = (begin(&backend), begin(&backend));
        assert_eq!((first.current(), second.current()), (None, None));
        assert!(matches!(first.end(b"first").unwrap(), Swapped::Done));
        let Swapped::Lost(again) = second.end(b"second").unwrap() else {
            panic!("it swaps a value that it has not seen")
        };
        assert_eq!(backend.get("key"), Ok(Some(b"first".to_vec())));
        assert_eq!(again.current(), Some(&b"first"[..]));
        assert!(matches!(again.end(b"second").unwrap(), Swapped::Done));
        assert_eq!(backend.get("key"), Ok(Some(b"second".to_vec())));
    }
}
