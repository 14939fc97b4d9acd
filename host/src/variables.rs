//! The values of the manifest's variables. The first source that has a value wins: `--variable`, then the environment,
//! then the file `.env`, then the default in the manifest.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;

use crate::failure::Failure;
use crate::manifest::Declaration;

/// A file in the folder that the host is started in. Spin reads variables from the same file.
pub(crate) const DOTENV: &str = ".env";

/// Returns a function that looks an environment variable up: first in the process, then in the file, if the file exists.
///
/// # Errors
///
/// The file cannot be read, or a line of it is not `NAME=VALUE`. The message contains nothing of the file's text, which
/// may be secret.
pub(crate) fn environment(file: &Path) -> Result<impl Fn(&str) -> Option<OsString>, Failure> {
    let of_file: HashMap<String, String> = match dotenvy::from_path_iter(file) {
        Err(dotenvy::Error::Io(error)) if error.kind() == ErrorKind::NotFound => HashMap::new(),
        Err(_) => return Err(Failure::new(format_args!("cannot read {}", file.display()))),
        Ok(lines) => lines
            .collect::<Result<_, _>>()
            .map_err(|_| Failure::new(format_args!("{}: a line is not NAME=VALUE", file.display())))?,
    };
    Ok(move |name: &str| std::env::var_os(name).or_else(|| of_file.get(name).map(OsString::from)))
}

/// The value of every declared variable. `environment` is a function, so that tests need not change the environment of
/// the process.
///
/// # Errors
///
/// An argument that is not `NAME=VALUE` or names an undeclared variable, an unreadable `@FILE`, a value that is not
/// UTF-8, a required variable without a value. No message contains a value, because a value may be secret.
pub(crate) fn resolve(
    declared: &BTreeMap<String, Declaration>,
    arguments: &[String],
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<BTreeMap<String, String>, Failure> {
    let given = from_arguments(declared, arguments)?;
    let mut values = BTreeMap::new();
    for (name, declaration) in declared {
        let variable = format!("SPIN_VARIABLE_{}", name.to_ascii_uppercase());
        let value = if let Some(value) = given.get(name) {
            value.clone()
        } else if let Some(value) = environment(&variable) {
            value.into_string().map_err(|_| Failure::new(format_args!("the value of {variable} is not UTF-8")))?
        } else if let Some(value) = &declaration.default {
            value.clone()
        } else {
            return Err(Failure::new(format_args!(
                "variable \"{name}\" is required: give it with --variable {name}=VALUE or {variable}"
            )));
        };
        values.insert(name.clone(), value);
    }
    Ok(values)
}

fn from_arguments(
    declared: &BTreeMap<String, Declaration>,
    arguments: &[String],
) -> Result<BTreeMap<String, String>, Failure> {
    let mut given = BTreeMap::new();
    for argument in arguments {
        // The message does not repeat the argument, which may be a secret.
        let (name, value) = argument
            .split_once('=')
            .ok_or_else(|| Failure::new("--variable: expected NAME=VALUE or NAME=@FILE, found no \"=\""))?;
        if !declared.contains_key(name) {
            return Err(Failure::new(format_args!("--variable {name}: the manifest declares no such variable")));
        }
        let value = match value.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(file)
                .map_err(|error| Failure::new(format_args!("--variable {name}: cannot read {file}: {error}")))?,
            None => value.to_owned(),
        };
        given.insert(name.to_owned(), value);
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> BTreeMap<String, Declaration> {
        let optional = Declaration { default: Some("default".to_owned()) };
        BTreeMap::from([("stage".to_owned(), optional), ("signing_key".to_owned(), Declaration { default: None })])
    }

    fn resolve_with(arguments: &[&str], environment: &[(&str, &str)]) -> Result<BTreeMap<String, String>, Failure> {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        resolve(&declared(), &arguments, |name| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_command_line_wins_over_the_environment_and_that_over_the_default() {
        let key = ("SPIN_VARIABLE_SIGNING_KEY", "from environment");
        let stage = ("SPIN_VARIABLE_STAGE", "from environment");
        assert_eq!(resolve_with(&[], &[key]).unwrap()["stage"], "default");
        assert_eq!(resolve_with(&[], &[key, stage]).unwrap()["stage"], "from environment");
        let values = resolve_with(&["stage=a=b", "signing_key="], &[key, stage]).unwrap();
        assert_eq!((values["stage"].as_str(), values["signing_key"].as_str()), ("a=b", ""));
    }

    #[test]
    fn a_value_may_come_from_a_file_as_it_is() {
        let file = std::env::temp_dir().join(format!("latchkey-variable-{}", std::process::id()));
        std::fs::write(&file, "two\nlines\n").unwrap();
        let values = resolve_with(&[&format!("signing_key=@{}", file.display())], &[]).unwrap();
        std::fs::remove_file(file).unwrap();
        assert_eq!(values["signing_key"], "two\nlines\n");
    }

    #[test]
    fn a_file_stands_in_for_the_environment() {
        let file = std::env::temp_dir().join(format!("latchkey-dotenv-{}", std::process::id()));
        let path_variable = std::env::var_os("PATH");
        std::fs::write(&file, "# c\nPATH=other\nSPIN_VARIABLE_STAGE='from file'\n").unwrap();
        let look_up = environment(&file).unwrap();
        assert_eq!(look_up("SPIN_VARIABLE_STAGE"), Some("from file".into()));
        assert_eq!(look_up("PATH"), path_variable);
        std::fs::write(&file, "secret words\n").unwrap();
        let failure = environment(&file).map(|_| ()).unwrap_err().to_string();
        assert!(failure.ends_with(": a line is not NAME=VALUE") && !failure.contains("secret"), "{failure}");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(environment(&file).unwrap()("SPIN_VARIABLE_STAGE"), None);
    }

    #[test]
    fn refusals() {
        for (arguments, part) in [
            (&[][..], "variable \"signing_key\" is required"),
            (&["signing_key"], "expected NAME=VALUE"),
            (&["nope=1"], "--variable nope: the manifest declares no such variable"),
            (&["signing_key=@/does/not/exist"], "signing_key: cannot read /does/not/exist"),
        ] {
            let failure = resolve_with(arguments, &[]).unwrap_err().to_string();
            assert!(failure.contains(part), "{failure}");
        }
    }
}
