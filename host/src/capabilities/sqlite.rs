//! Implements `fermyon:spin/sqlite@2.0.0` on [`Connection`]s, with the answers of Spin.

use std::sync::Arc;

use rusqlite::types::Value as Stored;
use tokio::sync::OwnedSemaphorePermit;
use wasmtime::component::Resource;

use super::bindings::sqlite::fermyon::spin::sqlite::{self, Error, QueryResult, RowResult, Value};
use super::{Answer, Caller, Data, record};
use crate::instance::InstanceState;
use crate::sqlite::Connection;

/// The `connection` resource.
#[expect(unreachable_pub, reason = "`bindgen!` exports it again")]
pub struct OpenConnection {
    connection: Connection,
    _place: OwnedSemaphorePermit,
}

impl sqlite::Host for InstanceState {}

impl sqlite::HostConnection for InstanceState {}

impl sqlite::HostConnectionWithStore<InstanceState> for Data {
    fn open(mut caller: Caller<'_>, database: String) -> Answer<Resource<OpenConnection>, Error> {
        let state = caller.get();
        let Some(database) = state.grants.databases.get(&database) else { return Ok(Err(Error::AccessDenied)) };
        let Ok(place) = Arc::clone(&state.connections).try_acquire_owned() else {
            return Ok(Err(Error::Io("too many connections opened".to_owned())));
        };
        let connection = Connection::new(Arc::clone(database));
        Ok(Ok(state.table.push(OpenConnection { connection, _place: place })?))
    }

    async fn execute(
        mut caller: Caller<'_>,
        connection: Resource<OpenConnection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> Answer<QueryResult, Error> {
        // Before the statement runs: what has begun to write is not given up. In doubt it writes.
        let record = record(&mut caller)?;
        if is_select(&statement) {
            record.count_store_read();
        } else {
            record.count_store_write();
        }
        let connection = caller.get().table.get(&connection)?.connection.clone();
        let answer = connection.execute(statement, parameters.into_iter().map(stored).collect()).await;
        Ok(answer.map_err(Error::Io).map(|answer| QueryResult {
            columns: answer.columns,
            rows: answer
                .rows
                .into_iter()
                .map(|values| RowResult { values: values.into_iter().map(value).collect() })
                .collect(),
        }))
    }

    fn drop(mut caller: Caller<'_>, connection: Resource<OpenConnection>) -> wasmtime::Result<()> {
        caller.get().table.delete(connection)?;
        Ok(())
    }
}

/// Whether a statement begins with the word that only those begin with which read.
fn is_select(statement: &str) -> bool {
    let word = statement.split_whitespace().next().unwrap_or_default();
    word.eq_ignore_ascii_case("select")
}

fn stored(value: Value) -> Stored {
    match value {
        Value::Null => Stored::Null,
        Value::Integer(number) => Stored::Integer(number),
        Value::Real(number) => Stored::Real(number),
        Value::Text(text) => Stored::Text(text),
        Value::Blob(bytes) => Stored::Blob(bytes),
    }
}

fn value(stored: Stored) -> Value {
    match stored {
        Stored::Null => Value::Null,
        Stored::Integer(number) => Value::Integer(number),
        Stored::Real(number) => Value::Real(number),
        Stored::Text(text) => Value::Text(text),
        Stored::Blob(bytes) => Value::Blob(bytes),
    }
}
