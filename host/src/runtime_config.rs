//! The runtime configuration file: which key-value stores and SQLite databases exist besides the default ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Value;

use crate::failure::Failure;
use crate::toml_file;

/// The store and the database that exist without any configuration.
const DEFAULT_LABEL: &str = "default";
/// The names that Spin gives its files, so that each host finds the data of the other.
const DEFAULT_STORE: &str = "sqlite_key_value.db";
const DEFAULT_DATABASE: &str = "sqlite_db.db";

/// The files of an application, by label.
pub(crate) struct Files {
    pub(crate) stores: BTreeMap<String, PathBuf>,
    pub(crate) databases: BTreeMap<String, PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuntimeConfig {
    #[serde(default)]
    key_value_store: BTreeMap<String, BTreeMap<String, Value>>,
    #[serde(default)]
    sqlite_database: BTreeMap<String, BTreeMap<String, Value>>,
}

/// Returns the SQLite file of every label.
///
/// As in Spin a relative `path` is relative to the folder of the configuration file.
///
/// # Errors
///
/// The file is unreadable, has an unknown field, or asks for a kind of store that only Spin offers.
pub(crate) fn files(config: Option<&Path>, state_dir: &Path) -> Result<Files, Failure> {
    let by_default = |file: &str| BTreeMap::from([(DEFAULT_LABEL.to_owned(), state_dir.join(file))]);
    let mut files = Files { stores: by_default(DEFAULT_STORE), databases: by_default(DEFAULT_DATABASE) };
    if let Some(path) = config {
        let configured = toml_file::read(path, parse)?;
        files.stores.extend(configured.stores);
        files.databases.extend(configured.databases);
    }
    Ok(files)
}

/// Returns what the text of a configuration file names. Relative paths are relative to `folder`.
///
/// # Errors
///
/// An unknown field, or a kind of store that only Spin offers.
pub(crate) fn parse(text: &str, folder: &Path) -> Result<Files, Failure> {
    let config: RuntimeConfig = toml_file::parse(text)?;
    Ok(Files {
        stores: check("key_value_store", config.key_value_store, folder)?,
        databases: check("sqlite_database", config.sqlite_database, folder)?,
    })
}

fn check(
    table: &str,
    entries: BTreeMap<String, BTreeMap<String, Value>>,
    folder: &Path,
) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let mut files = BTreeMap::new();
    for (label, fields) in entries {
        let path =
            check_store(&fields, folder).map_err(|problem| Failure::new(format_args!("{table}.{label}: {problem}")))?;
        files.insert(label, path);
    }
    Ok(files)
}

/// Checks the fields by hand instead of by serde: which fields are known depends on the type of the store, so the type
/// must be checked first.
fn check_store(fields: &BTreeMap<String, Value>, folder: &Path) -> Result<PathBuf, Failure> {
    match fields.get("type").and_then(Value::as_str) {
        Some("spin") => {}
        Some(other) => {
            return Err(Failure::new(format_args!("type \"{other}\": this host offers only type \"spin\"")));
        }
        None => return Err(Failure::new("type is missing: this host offers only type \"spin\"")),
    }
    if let Some(unknown) = fields.keys().find(|name| !["type", "path"].contains(&name.as_str())) {
        return Err(Failure::new(format_args!("unknown field \"{unknown}\", expected \"type\" or \"path\"")));
    }
    match fields.get("path") {
        Some(Value::String(path)) if !path.is_empty() => Ok(folder.join(path)),
        Some(_) => Err(Failure::new("path: expected the name of a file")),
        None => Err(Failure::new("path is missing: this host keeps no store in memory only, as Spin would without it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Files, Failure> {
        super::parse(text, Path::new("/etc/latchkey"))
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let text = "[key_value_store.a]\ntype = \"spin\"\npath = \"a.db\"\n[key_value_store.b]\ntype = \"spin\"\npath = \"/b.db\"\n";
        let stores = parse(text).unwrap().stores;
        assert_eq!(stores["a"], Path::new("/etc/latchkey/a.db"));
        assert_eq!(stores["b"], Path::new("/b.db"));
        let databases = parse(&text.replace("key_value_store", "sqlite_database")).unwrap().databases;
        assert_eq!(databases, stores);
        let default = files(None, Path::new("state")).unwrap();
        assert_eq!(default.stores["default"], Path::new("state/sqlite_key_value.db"));
        assert_eq!(default.databases["default"], Path::new("state/sqlite_db.db"));
    }

    #[test]
    fn refusals() {
        for (text, part) in [
            ("nope = 1", "line 1: unknown field `nope`"),
            ("[llm_compute]\ntype = \"spin\"", "unknown field `llm_compute`"),
            (
                "[key_value_store.a]\ntype = \"redis\"\nurl = \"x\"",
                "key_value_store.a: type \"redis\": this host offers only",
            ),
            ("[key_value_store.a]\ntype = \"azure_cosmos\"", "this host offers only type \"spin\""),
            ("[key_value_store.a]\ntype = \"aws_dynamo\"", "this host offers only type \"spin\""),
            ("[key_value_store.a]\npath = \"x\"", "key_value_store.a: type is missing"),
            ("[key_value_store.a]\ntype = \"spin\"", "key_value_store.a: path is missing"),
            ("[key_value_store.a]\ntype = \"spin\"\npath = 1", "key_value_store.a: path: expected the name"),
            (
                "[key_value_store.a]\ntype = \"spin\"\npath = \"x\"\nnope = 1",
                "key_value_store.a: unknown field \"nope\"",
            ),
            ("key_value_store = 1", "line 1: "),
            (
                "[sqlite_database.a]\ntype = \"libsql\"\nurl = \"x\"",
                "sqlite_database.a: type \"libsql\": this host offers",
            ),
            (
                "[sqlite_database.a]\ntype = \"spin\"\npath = \"x\"\nallow_attach_file = true",
                "sqlite_database.a: unknown field \"allow_attach_file\"",
            ),
        ] {
            let failure = parse(text).map(|_| ()).unwrap_err().to_string();
            assert!(failure.contains(part), "{failure}");
        }
        assert!(files(Some(Path::new("/no/such/file")), Path::new("")).is_err());
    }
}
