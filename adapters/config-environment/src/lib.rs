//! Takes the variables of the app from the environment, for hosts without `wasi:config`: `token_issuer` is the environment's
//! `LATCHKEY_TOKEN_ISSUER`.

mod bindings;

use std::collections::BTreeMap;

use crate::bindings::exports::wasi::config::store::{Error, Guest};
use crate::bindings::wasi::cli::environment::get_environment;

const PREFIX: &str = "LATCHKEY_";

/// Hosts other than Spin do not say in `spin-client-addr` who asks, and pass a header of this name from a client on. An operator whose
/// host does say it sets `LATCHKEY_HOST_NAMES_PEER=true`.
const DEFAULT: (&str, &str) = ("host_names_peer", "false");

struct Component;

impl Guest for Component {
    fn get(key: String) -> Result<Option<String>, Error> {
        Ok(variables(get_environment()).remove(&key))
    }

    fn get_all() -> Result<Vec<(String, String)>, Error> {
        Ok(variables(get_environment()).into_iter().collect())
    }
}

fn variables(environment: Vec<(String, String)>) -> BTreeMap<String, String> {
    let (name, value) = DEFAULT;
    let set = environment
        .into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?.to_ascii_lowercase(), value)));
    [(name.to_owned(), value.to_owned())].into_iter().chain(set).collect()
}

bindings::export!(Component with_types_in bindings);

#[cfg(test)]
mod tests {
    use super::*;

    fn of(environment: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        variables(environment.iter().map(owned).collect()).into_iter().collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_begins_with_the_name_of_the_app_is_a_variable_and_nothing_else_is() {
        let environment =
            [("PATH", "/bin"), ("LATCHKEY_TOKEN_ISSUER", "a=b"), ("XLATCHKEY_STAGE", "x"), ("STAGE", "y")];
        assert_eq!(of(&environment), pairs(&[("host_names_peer", "false"), ("token_issuer", "a=b")]));
    }

    #[test]
    fn the_host_says_no_address_of_a_client_unless_the_operator_says_that_it_does() {
        assert_eq!(of(&[("LATCHKEY_HOST_NAMES_PEER", "true")]), pairs(&[("host_names_peer", "true")]));
    }
}
