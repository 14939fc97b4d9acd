use std::marker::PhantomData;
use std::rc::Rc;

use crate::backend::{Backend, Error};
use crate::bindings::exports::wasi::keyvalue::{atomics, batch, store};
use crate::swap::{Swap, Swapped};

/// The exported functions, for one kind of store.
pub struct Component<B>(PhantomData<B>);

/// The resource `bucket`.
pub struct Bucket<B>(Rc<B>);

impl From<Error> for store::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuchStore => Self::NoSuchStore,
            Error::AccessDenied => Self::AccessDenied,
            Error::Other(reason) => Self::Other(reason),
        }
    }
}

impl<B: Backend> store::Guest for Component<B> {
    type Bucket = Bucket<B>;

    fn open(identifier: String) -> Result<store::Bucket, store::Error> {
        Ok(store::Bucket::new(Bucket(Rc::new(B::open(&identifier)?))))
    }
}

impl<B: Backend> store::GuestBucket for Bucket<B> {
    fn get(&self, key: String) -> Result<Option<Vec<u8>>, store::Error> {
        Ok(self.0.get(&key)?)
    }

    fn set(&self, key: String, value: Vec<u8>) -> Result<(), store::Error> {
        Ok(self.0.set(&key, &value)?)
    }

    fn delete(&self, key: String) -> Result<(), store::Error> {
        Ok(self.0.delete(&key)?)
    }

    fn exists(&self, key: String) -> Result<bool, store::Error> {
        Ok(self.0.exists(&key)?)
    }

    /// Nothing in the app lists keys, and no store does it without reading all of them.
    fn list_keys(&self, _cursor: Option<String>) -> Result<store::KeyResponse, store::Error> {
        Err(store::Error::Other("this adapter does not list keys".to_owned()))
    }
}

impl<B: Backend> atomics::Guest for Component<B> {
    type Cas = Swap<B>;

    fn increment(bucket: atomics::BucketBorrow<'_>, key: String, delta: i64) -> Result<i64, atomics::Error> {
        Ok(bucket.get::<Bucket<B>>().0.add(&key, delta)?)
    }

    fn swap(cas: atomics::Cas, value: Vec<u8>) -> Result<(), atomics::CasError> {
        match cas.into_inner::<Swap<B>>().end(&value) {
            Ok(Swapped::Done) => Ok(()),
            Ok(Swapped::Lost(again)) => Err(atomics::CasError::CasFailed(atomics::Cas::new(again))),
            Err(error) => Err(atomics::CasError::StoreError(error.into())),
        }
    }
}

impl<B: Backend> atomics::GuestCas for Swap<B> {
    fn new(bucket: atomics::BucketBorrow<'_>, key: String) -> Result<atomics::Cas, atomics::Error> {
        let backend = Rc::clone(&bucket.get::<Bucket<B>>().0);
        Ok(atomics::Cas::new(Self::begin(backend, key)?))
    }

    fn current(&self) -> Result<Option<Vec<u8>>, atomics::Error> {
        Ok(self.current().map(<[u8]>::to_vec))
    }
}

impl<B: Backend> batch::Guest for Component<B> {
    fn get_many(
        bucket: batch::BucketBorrow<'_>,
        keys: Vec<String>,
    ) -> Result<Vec<(String, Option<Vec<u8>>)>, batch::Error> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let values = bucket.get::<Bucket<B>>().0.get_many(&keys)?;
        Ok(keys.into_iter().zip(values).collect())
    }

    fn set_many(bucket: batch::BucketBorrow<'_>, pairs: Vec<(String, Vec<u8>)>) -> Result<(), batch::Error> {
        if pairs.is_empty() {
            return Ok(());
        }
        Ok(bucket.get::<Bucket<B>>().0.set_many(&pairs)?)
    }

    fn delete_many(bucket: batch::BucketBorrow<'_>, keys: Vec<String>) -> Result<(), batch::Error> {
        if keys.is_empty() {
            return Ok(());
        }
        Ok(bucket.get::<Bucket<B>>().0.delete_many(&keys)?)
    }
}
