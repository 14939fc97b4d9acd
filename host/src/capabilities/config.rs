//! `wasi:config/store`: the values that the manifest grants the component. The component cannot tell a key that is not
//! granted from one that does not exist.

use super::bindings::config::wasi::config::store::{Error, Host};
use crate::instance::InstanceState;

impl Host for InstanceState {
    fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<String>, Error>> {
        Ok(Ok(self.grants.variables.get(&key).cloned()))
    }

    fn get_all(&mut self) -> wasmtime::Result<Result<Vec<(String, String)>, Error>> {
        Ok(Ok(self.grants.variables.clone().into_iter().collect()))
    }
}
