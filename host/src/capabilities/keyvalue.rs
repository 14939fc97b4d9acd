//! Implements `wasi:keyvalue@0.2.0-draft2` on [`Bucket`]s. Where the draft leaves a choice, the answers are those of
//! Spin.
//!
//! The functions of the draft are synchronous in both versions of WASI: while a write is going on, the instance waits
//! with all its requests, but the thread does not.

use wasmtime::component::Resource;

use super::bindings::keyvalue::wasi::keyvalue::atomics::{self, CasError};
use super::bindings::keyvalue::wasi::keyvalue::batch;
use super::bindings::keyvalue::wasi::keyvalue::store::{self, Error, KeyResponse};
use super::{Caller, Data, record};
use crate::instance::InstanceState;
use crate::store::{Bucket, StoreError};

/// The `bucket` resource.
#[expect(unreachable_pub, reason = "`bindgen!` exports it again")]
pub struct OpenBucket(Bucket);

/// The `cas` resource. It has no values, because the host does not offer compare-and-swap: under Spin a swap of an absent
/// key never fails in SQLite and always fails in Redis, so a component that relied on it here would be wrong there.
#[expect(unreachable_pub, reason = "`bindgen!` exports it again")]
pub enum Cas {}

fn no_compare_and_swap() -> Error {
    Error::Other("compare-and-swap: this host does not offer it".to_owned())
}

/// What the guest gets, or a trap.
type Answer<T, E = Error> = super::Answer<T, E>;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Other(error.to_string())
    }
}

fn bucket(caller: &mut Caller<'_>, handle: &Resource<OpenBucket>) -> wasmtime::Result<Bucket> {
    Ok(caller.get().table.get(handle)?.0.clone())
}

fn bucket_to_read(caller: &mut Caller<'_>, handle: &Resource<OpenBucket>) -> wasmtime::Result<Bucket> {
    record(caller)?.count_store_read();
    bucket(caller, handle)
}

fn bucket_to_write(caller: &mut Caller<'_>, handle: &Resource<OpenBucket>) -> wasmtime::Result<Bucket> {
    record(caller)?.count_store_write();
    bucket(caller, handle)
}

impl store::Host for InstanceState {}

impl store::HostWithStore<InstanceState> for Data {
    fn open(mut caller: Caller<'_>, identifier: String) -> Answer<Resource<OpenBucket>> {
        let state = caller.get();
        Ok(match state.grants.stores.get(&identifier) {
            None => Err(Error::AccessDenied),
            Some(bucket) => Ok(state.table.push(OpenBucket(bucket.clone()))?),
        })
    }
}

impl store::HostBucket for InstanceState {}

impl store::HostBucketWithStore<InstanceState> for Data {
    fn get(mut caller: Caller<'_>, bucket: Resource<OpenBucket>, key: String) -> Answer<Option<Vec<u8>>> {
        Ok(bucket_to_read(&mut caller, &bucket)?.get(&key).map_err(Error::from))
    }

    async fn set(mut caller: Caller<'_>, bucket: Resource<OpenBucket>, key: String, value: Vec<u8>) -> Answer<()> {
        Ok(bucket_to_write(&mut caller, &bucket)?.set_many(vec![(key, value)]).await.map_err(Error::from))
    }

    async fn delete(mut caller: Caller<'_>, bucket: Resource<OpenBucket>, key: String) -> Answer<()> {
        Ok(bucket_to_write(&mut caller, &bucket)?.delete_many(vec![key]).await.map_err(Error::from))
    }

    fn exists(mut caller: Caller<'_>, bucket: Resource<OpenBucket>, key: String) -> Answer<bool> {
        Ok(bucket_to_read(&mut caller, &bucket)?.exists(&key).map_err(Error::from))
    }

    fn list_keys(mut caller: Caller<'_>, bucket: Resource<OpenBucket>, cursor: Option<String>) -> Answer<KeyResponse> {
        let bucket = bucket_to_read(&mut caller, &bucket)?;
        if cursor.is_some() {
            return Ok(Err(Error::Other("list-keys: cursors are not supported".to_owned())));
        }
        Ok(bucket.keys().map(|keys| KeyResponse { keys, cursor: None }).map_err(Error::from))
    }

    fn drop(mut caller: Caller<'_>, bucket: Resource<OpenBucket>) -> wasmtime::Result<()> {
        caller.get().table.delete(bucket)?;
        Ok(())
    }
}

impl batch::Host for InstanceState {}

impl batch::HostWithStore<InstanceState> for Data {
    fn get_many(
        mut caller: Caller<'_>,
        bucket: Resource<OpenBucket>,
        keys: Vec<String>,
    ) -> Answer<Vec<(String, Option<Vec<u8>>)>> {
        Ok(bucket_to_read(&mut caller, &bucket)?.get_many(keys).map_err(Error::from))
    }

    async fn set_many(
        mut caller: Caller<'_>,
        bucket: Resource<OpenBucket>,
        pairs: Vec<(String, Vec<u8>)>,
    ) -> Answer<()> {
        Ok(bucket_to_write(&mut caller, &bucket)?.set_many(pairs).await.map_err(Error::from))
    }

    async fn delete_many(mut caller: Caller<'_>, bucket: Resource<OpenBucket>, keys: Vec<String>) -> Answer<()> {
        Ok(bucket_to_write(&mut caller, &bucket)?.delete_many(keys).await.map_err(Error::from))
    }
}

impl atomics::Host for InstanceState {}

impl atomics::HostWithStore<InstanceState> for Data {
    async fn increment(mut caller: Caller<'_>, bucket: Resource<OpenBucket>, key: String, delta: i64) -> Answer<i64> {
        Ok(bucket_to_write(&mut caller, &bucket)?.increment(key, delta).await.map_err(Error::from))
    }

    async fn swap(_: Caller<'_>, _: Resource<Cas>, _: Vec<u8>) -> Answer<(), CasError> {
        Ok(Err(CasError::StoreError(no_compare_and_swap())))
    }
}

impl atomics::HostCas for InstanceState {}

impl atomics::HostCasWithStore<InstanceState> for Data {
    fn new(_: Caller<'_>, _: Resource<OpenBucket>, _: String) -> Answer<Resource<Cas>> {
        Ok(Err(no_compare_and_swap()))
    }

    fn current(_: Caller<'_>, _: Resource<Cas>) -> Answer<Option<Vec<u8>>> {
        Ok(Err(no_compare_and_swap()))
    }

    fn drop(mut caller: Caller<'_>, cas: Resource<Cas>) -> wasmtime::Result<()> {
        caller.get().table.delete(cas)?;
        Ok(())
    }
}
