//! A key-value store for the app in a SQLite database of Spin, for hosts whose own key-value store can't count atomically.
//! The label of the database is the name of the store that the app opens, so `default` unless the variable `store` differs.

mod bindings;
mod store;

use keyvalue::Error;

use crate::bindings::fermyon::spin::sqlite::{self, Connection, RowResult, Value};
use crate::store::{Database, Store};

impl Database for Connection {
    fn open(label: &str) -> Result<Self, Error> {
        Self::open(label).map_err(failed)
    }

    fn execute(&self, statement: &str, parameters: &[Value]) -> Result<Vec<RowResult>, Error> {
        self.execute(statement, parameters).map(|result| result.rows).map_err(failed)
    }
}

fn failed(error: sqlite::Error) -> Error {
    match error {
        sqlite::Error::NoSuchDatabase => Error::NoSuchStore,
        sqlite::Error::AccessDenied => Error::AccessDenied,
        sqlite::Error::InvalidConnection => Error::Other("the host does not know the connection".to_owned()),
        sqlite::Error::DatabaseFull => Error::Other("the database is full".to_owned()),
        // The text is SQLite's, which names tables and columns and no values.
        sqlite::Error::Io(reason) => Error::Other(reason),
    }
}

keyvalue::export!(Store<Connection>);
