//! `wasi:keyvalue@0.2.0-draft2` on [`Bucket`]s, with Spin's answers where the draft leaves a choice.

use super::bindings::keyvalue::wasi::keyvalue::atomics::{self, CasError};
use super::bindings::keyvalue::wasi::keyvalue::batch;
use super::bindings::keyvalue::wasi::keyvalue::store::{self, Error, KeyResponse};
use crate::instance::InstanceState;
use crate::store::{Bucket, StoreError};
use wasmtime::component::Resource;

/// The `bucket` resource.
#[expect(unreachable_pub, reason = "`bindgen!` exports it again")]
pub struct OpenBucket(Bucket);

/// The `cas` resource: a key and the value that it must still have to be swapped.
#[expect(unreachable_pub, reason = "`bindgen!` exports it again")]
pub struct Cas {
    bucket: Bucket,
    key: String,
    expected: Option<Vec<u8>>,
}

/// A trap outside, because the guest broke the rules of resources; an error inside, for the guest.
type Answer<T, E = Error> = wasmtime::Result<Result<T, E>>;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Other(error.to_string())
    }
}

impl InstanceState {
    fn bucket(&self, handle: &Resource<OpenBucket>) -> wasmtime::Result<Bucket> {
        Ok(self.table.get(handle)?.0.clone())
    }

    fn bucket_to_read(&self, handle: &Resource<OpenBucket>) -> wasmtime::Result<Bucket> {
        self.record.count_store_read();
        self.bucket(handle)
    }

    fn bucket_to_write(&self, handle: &Resource<OpenBucket>) -> wasmtime::Result<Bucket> {
        self.record.count_store_write();
        self.bucket(handle)
    }
}

impl store::Host for InstanceState {
    async fn open(&mut self, identifier: String) -> Answer<Resource<OpenBucket>> {
        Ok(match self.grants.stores.get(&identifier) {
            None => Err(Error::AccessDenied),
            Some(bucket) => Ok(self.table.push(OpenBucket(bucket.clone()))?),
        })
    }
}

impl store::HostBucket for InstanceState {
    async fn get(&mut self, bucket: Resource<OpenBucket>, key: String) -> Answer<Option<Vec<u8>>> {
        Ok(self.bucket_to_read(&bucket)?.get(&key).map_err(Error::from))
    }

    async fn set(&mut self, bucket: Resource<OpenBucket>, key: String, value: Vec<u8>) -> Answer<()> {
        Ok(self.bucket_to_write(&bucket)?.set_many(vec![(key, value)]).await.map_err(Error::from))
    }

    async fn delete(&mut self, bucket: Resource<OpenBucket>, key: String) -> Answer<()> {
        Ok(self.bucket_to_write(&bucket)?.delete_many(vec![key]).await.map_err(Error::from))
    }

    async fn exists(&mut self, bucket: Resource<OpenBucket>, key: String) -> Answer<bool> {
        Ok(self.bucket_to_read(&bucket)?.exists(&key).map_err(Error::from))
    }

    async fn list_keys(&mut self, bucket: Resource<OpenBucket>, cursor: Option<String>) -> Answer<KeyResponse> {
        let bucket = self.bucket_to_read(&bucket)?;
        if cursor.is_some() {
            return Ok(Err(Error::Other("list-keys: cursors are not supported".to_owned())));
        }
        Ok(bucket.keys().map(|keys| KeyResponse { keys, cursor: None }).map_err(Error::from))
    }

    async fn drop(&mut self, bucket: Resource<OpenBucket>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl batch::Host for InstanceState {
    async fn get_many(
        &mut self,
        bucket: Resource<OpenBucket>,
        keys: Vec<String>,
    ) -> Answer<Vec<(String, Option<Vec<u8>>)>> {
        Ok(self.bucket_to_read(&bucket)?.get_many(keys).map_err(Error::from))
    }

    async fn set_many(&mut self, bucket: Resource<OpenBucket>, pairs: Vec<(String, Vec<u8>)>) -> Answer<()> {
        Ok(self.bucket_to_write(&bucket)?.set_many(pairs).await.map_err(Error::from))
    }

    async fn delete_many(&mut self, bucket: Resource<OpenBucket>, keys: Vec<String>) -> Answer<()> {
        Ok(self.bucket_to_write(&bucket)?.delete_many(keys).await.map_err(Error::from))
    }
}

impl atomics::Host for InstanceState {
    async fn increment(&mut self, bucket: Resource<OpenBucket>, key: String, delta: i64) -> Answer<i64> {
        Ok(self.bucket_to_write(&bucket)?.increment(key, delta).await.map_err(Error::from))
    }

    async fn swap(&mut self, cas: Resource<Cas>, value: Vec<u8>) -> Answer<(), CasError> {
        self.record.count_store_write();
        let Cas { bucket, key, expected } = self.table.delete(cas)?;
        match bucket.swap(key.clone(), expected, value).await {
            Ok(true) => Ok(Ok(())),
            Err(error) => Ok(Err(CasError::StoreError(error.into()))),
            // The draft wants a handle to try again with, on the value of now.
            Ok(false) => match bucket.get(&key) {
                Err(error) => Ok(Err(CasError::StoreError(error.into()))),
                Ok(expected) => {
                    let cas = self.table.push(Cas { bucket, key, expected })?;
                    Ok(Err(CasError::CasFailed(cas)))
                }
            },
        }
    }
}

impl atomics::HostCas for InstanceState {
    async fn new(&mut self, bucket: Resource<OpenBucket>, key: String) -> Answer<Resource<Cas>> {
        let bucket = self.bucket_to_read(&bucket)?;
        Ok(match bucket.get(&key) {
            Err(error) => Err(error.into()),
            Ok(expected) => Ok(self.table.push(Cas { bucket, key, expected })?),
        })
    }

    async fn current(&mut self, cas: Resource<Cas>) -> Answer<Option<Vec<u8>>> {
        self.record.count_store_read();
        let cas = self.table.get_mut(&cas)?;
        Ok(match cas.bucket.get(&cas.key) {
            Err(error) => Err(error.into()),
            Ok(value) => {
                cas.expected.clone_from(&value);
                Ok(value)
            }
        })
    }

    async fn drop(&mut self, cas: Resource<Cas>) -> wasmtime::Result<()> {
        self.table.delete(cas)?;
        Ok(())
    }
}
