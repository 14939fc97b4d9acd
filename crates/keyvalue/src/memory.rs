use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::backend::{Backend, Error};

/// A store for the tests of this crate.
pub(crate) struct Memory(RefCell<BTreeMap<String, Value>>);

#[derive(Clone)]
enum Value {
    Bytes(Vec<u8>),
    Number(i64),
}

impl Value {
    fn read(self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Number(number) => number.to_string().into_bytes(),
        }
    }
}

impl Backend for Memory {
    fn open(_: &str) -> Result<Self, Error> {
        Ok(Self(RefCell::default()))
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.0.borrow().get(key).cloned().map(Value::read))
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        self.0.borrow_mut().insert(key.to_owned(), Value::Bytes(value.to_vec()));
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), Error> {
        self.0.borrow_mut().remove(key);
        Ok(())
    }

    fn exists(&self, key: &str) -> Result<bool, Error> {
        Ok(self.0.borrow().contains_key(key))
    }

    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<(), Error> {
        pairs.iter().try_for_each(|(key, value)| self.set(key, value))
    }

    fn delete_many(&self, keys: &[String]) -> Result<(), Error> {
        keys.iter().try_for_each(|key| self.delete(key))
    }

    fn add(&self, key: &str, delta: i64) -> Result<i64, Error> {
        match self.0.borrow_mut().entry(key.to_owned()).or_insert(Value::Number(0)) {
            Value::Number(number) => {
                *number += delta;
                Ok(*number)
            }
            Value::Bytes(_) => Err(Error::Other("no integer".to_owned())),
        }
    }

    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Error> {
        let is_expected = self.get(key)?.as_deref() == expected;
        if is_expected {
            self.set(key, value)?;
        }
        Ok(is_expected)
    }
}
