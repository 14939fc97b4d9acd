use anyhow::{Result, ensure};

use super::store::Store;
use crate::manifest::beside_components;

/// What grants a component the key-value store in `spin.toml`.
const KEY_VALUE: &str = "key_value_stores = [\"default\"]";

/// The end of the comment on the variable `store`.
const LABEL: &str = " It has to be in key_value_stores too.";

/// What a component gets in the place of the key-value store.
struct Grant {
    /// What takes the place of [`LABEL`].
    label: &'static str,
    /// What it may reach.
    reach: &'static str,
    /// The variables of the adapter as the application declares them, with comments.
    declared: &'static [&'static str],
    /// The names of those that the component gets.
    variables: &'static [&'static str],
}

const SQLITE: Grant = Grant {
    label: " It has to be in sqlite_databases too.",
    reach: "sqlite_databases = [\"default\"]",
    declared: &[],
    variables: &[],
};

const REDIS: Grant = Grant {
    label: "",
    reach: "allowed_outbound_hosts = [\"redis://{{ redis_host }}\", \"rediss://{{ redis_host }}\"]",
    declared: &[
        "# The address of the Redis server: redis://USER:PASSWORD@HOST:PORT/NUMBER, or rediss:// for TLS.",
        "redis_url = { required = true, secret = true }",
        "# HOST:PORT of that address. The components may connect to nothing else.",
        "redis_host = { required = true }",
    ],
    variables: &["redis_url"],
};

const DYNAMODB: Grant = Grant {
    label: "",
    reach: "allowed_outbound_hosts = [\"{{ dynamodb_endpoint }}\"]",
    declared: &[
        "dynamodb_region = { required = true }",
        "# The name of a table whose key is the string \"k\".",
        "dynamodb_table = { required = true }",
        "# The address of the service: https://dynamodb.REGION.amazonaws.com. The components may connect to nothing else.",
        "dynamodb_endpoint = { required = true }",
        "aws_access_key_id = { required = true, secret = true }",
        "aws_secret_access_key = { required = true, secret = true }",
        "# Only for keys that are lent for a time.",
        "aws_session_token = { default = \"\", secret = true }",
    ],
    variables: &[
        "dynamodb_region",
        "dynamodb_table",
        "dynamodb_endpoint",
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
    ],
};

/// The text of `spin.toml`, changed for the components with a store: each that had the key-value store has what its adapter
/// needs instead.
pub(super) fn with_store(manifest: &str, store: Store) -> Result<String> {
    let Grant { label, reach, declared, variables } = match store {
        Store::Sqlite => SQLITE,
        Store::Redis => REDIS,
        Store::Dynamodb => DYNAMODB,
    };
    let manifest = beside_components(manifest, &format!("--store {}", store.name()))?;
    let mut lines: Vec<String> = Vec::new();
    let mut has_store = false;
    for line in manifest.lines() {
        let is_variables = line.ends_with(".variables]");
        if line.starts_with("[component.") && !is_variables {
            has_store = false;
        }
        if line == KEY_VALUE {
            has_store = true;
            lines.push(reach.to_owned());
            continue;
        }
        lines.push(line.replace(LABEL, label));
        if line == "[variables]" {
            lines.extend(declared.iter().map(ToString::to_string));
        }
        if is_variables && has_store {
            lines.extend(variables.iter().map(|name| format!("{name} = \"{{{{ {name} }}}}\"")));
        }
    }
    ensure!(!lines.iter().any(|line| line.contains("key_value_stores")), "a component has another key-value store");
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use toml::{Table, Value};

    use super::*;

    const OURS: &str = include_str!("../../../spin.toml");

    fn made(store: Store) -> Table {
        with_store(OURS, store).unwrap().parse().unwrap()
    }

    /// The keys of a component's table, and those of its variables.
    fn keys(manifest: &Table, component: &str) -> [BTreeSet<String>; 2] {
        let table = manifest["component"][component].as_table().unwrap();
        let keys = |table: &Table| table.keys().cloned().collect();
        [keys(table), table.get("variables").and_then(Value::as_table).map(keys).unwrap_or_default()]
    }

    #[test]
    fn components_with_a_store_get_what_its_adapter_needs_and_others_stay_as_they_are() {
        let ours: Table = OURS.parse().unwrap();
        for (store, grant, variables) in [
            (Store::Sqlite, "sqlite_databases", &[][..]),
            (Store::Redis, "allowed_outbound_hosts", &["redis_url"]),
            (Store::Dynamodb, "allowed_outbound_hosts", DYNAMODB.variables),
        ] {
            let made = made(store);
            for component in ours["component"].as_table().unwrap().keys() {
                let [mut granted, mut given] = keys(&ours, component);
                if granted.remove("key_value_stores") {
                    granted.insert(grant.to_owned());
                    given.extend(variables.iter().map(ToString::to_string));
                }
                assert_eq!(keys(&made, component), [granted, given], "{component}");
            }
            assert_eq!(made["trigger"], ours["trigger"]);
        }
    }

    #[test]
    fn what_the_adapters_need_is_declared_and_secrets_are_marked() {
        let ours: Table = OURS.parse().unwrap();
        for (store, secrets) in [
            (Store::Sqlite, &[][..]),
            (Store::Redis, &["redis_url"]),
            (Store::Dynamodb, &["aws_access_key_id", "aws_secret_access_key", "aws_session_token"]),
        ] {
            let declared = made(store)["variables"].as_table().unwrap().clone();
            let new: Vec<_> =
                declared.iter().filter(|(name, _)| ours["variables"].get(name.as_str()).is_none()).collect();
            let secret = new.iter().filter(|(_, variable)| variable.get("secret").is_some());
            assert_eq!(
                secret.map(|(name, _)| name.as_str()).collect::<BTreeSet<_>>(),
                secrets.iter().copied().collect()
            );
            for template in ["redis_url", "redis_host", "dynamodb_endpoint"].map(|name| format!("{{{{ {name} }}}}")) {
                let name = template.trim_matches(['{', '}', ' ']);
                let is_used = with_store(OURS, store).unwrap().contains(&template);
                assert_eq!(is_used, declared.contains_key(name), "{store:?} {name}");
            }
        }
    }
}
