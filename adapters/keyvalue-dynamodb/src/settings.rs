/// Where the table is, and who asks for it.
pub struct Settings {
    pub(crate) region: String,
    pub(crate) table: String,
    pub(crate) endpoint: Endpoint,
    pub(crate) credentials: Credentials,
}

/// Static credentials of AWS: a component has no other way to get some.
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) session_token: Option<String>,
}

/// The server that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Whether it is asked over TLS.
    pub is_https: bool,
    /// Its host, with a port if it is not the usual one.
    pub authority: String,
}

impl Endpoint {
    /// The URL that all requests go to.
    pub fn url(&self) -> String {
        let scheme = if self.is_https { "https" } else { "http" };
        format!("{scheme}://{}/", self.authority)
    }
}

impl Settings {
    /// Reads the settings from variables. One that is empty is as good as one that is not set.
    ///
    /// # Errors
    /// A sentence that names the variable that is wrong, and never its value.
    pub fn read(variable: impl Fn(&str) -> Result<Option<String>, String>) -> Result<Self, String> {
        let optional = |name: &str| -> Result<Option<String>, String> {
            let value = variable(name).map_err(|_| format!("the variable {name} can't be read"))?;
            Ok(value.filter(|value| !value.is_empty()))
        };
        let checked = |name: &str, form: &str, is_good: fn(&str) -> bool| -> Result<Option<String>, String> {
            match optional(name)? {
                Some(value) if !is_good(&value) => Err(format!("the variable {name} is not {form}")),
                value => Ok(value),
            }
        };
        let required = |name: &str, form: &str, is_good: fn(&str) -> bool| {
            checked(name, form, is_good)?.ok_or_else(|| format!("the variable {name} is not set"))
        };
        let region = required("dynamodb_region", "the name of a region", is_region)?;
        let table = required("dynamodb_table", "the name of a table", is_table)?;
        let endpoint = match optional("dynamodb_endpoint")? {
            None => Endpoint { is_https: true, authority: aws(&region) },
            Some(url) => endpoint(&url).ok_or("the variable dynamodb_endpoint is not a URL like https://HOST:PORT")?,
        };
        let credential = "one word of ASCII";
        Ok(Self {
            region,
            table,
            endpoint,
            credentials: Credentials {
                id: required("aws_access_key_id", credential, is_word)?,
                secret: required("aws_secret_access_key", credential, is_word)?,
                session_token: checked("aws_session_token", credential, is_word)?,
            },
        })
    }

    /// The server of the table.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }
}

/// The host of AWS for a region.
fn aws(region: &str) -> String {
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("dynamodb.{region}.{domain}")
}

fn endpoint(url: &str) -> Option<Endpoint> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let is_https = match scheme {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    (!authority.is_empty() && authority.chars().all(is_host))
        .then(|| Endpoint { is_https, authority: authority.to_owned() })
}

/// Whether it is safe to make a part of a host's name of it: the host gets the requests.
fn is_region(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn is_table(value: &str) -> bool {
    (3..=255).contains(&value.len()) && value.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

/// Whether it can be a part of a header. The line break at the end of a file is none.
fn is_word(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: [(&str, &str); 4] = [
        ("dynamodb_region", "eu-west-1"),
        ("dynamodb_table", "latchkey"),
        ("aws_access_key_id", "AKIDEXAMPLE"),
        ("aws_secret_access_key", "the/secret+key"),
    ];

    fn read(changes: &[(&str, &str)]) -> Result<Settings, String> {
        let all: Vec<_> = changes.iter().chain(&GOOD).collect();
        Settings::read(|name| Ok(all.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned())))
    }

    #[test]
    fn the_server_is_that_of_aws_unless_a_variable_says_another() {
        let url = |changes: &[(&str, &str)]| read(changes).unwrap().endpoint.url();
        assert_eq!(url(&[]), "https://dynamodb.eu-west-1.amazonaws.com/");
        assert_eq!(url(&[("dynamodb_endpoint", "")]), "https://dynamodb.eu-west-1.amazonaws.com/");
        assert_eq!(url(&[("dynamodb_region", "cn-north-1")]), "https://dynamodb.cn-north-1.amazonaws.com.cn/");
        assert_eq!(url(&[("dynamodb_endpoint", "http://127.0.0.1:4567")]), "http://127.0.0.1:4567/");
        assert_eq!(url(&[("dynamodb_endpoint", "https://[::1]:8000/")]), "https://[::1]:8000/");
    }

    #[test]
    fn a_missing_or_wrong_variable_is_named_without_its_value() {
        for (name, _) in GOOD {
            assert_eq!(read(&[(name, "")]).err(), Some(format!("the variable {name} is not set")));
        }
        for (name, value) in [
            ("dynamodb_region", "eu-west-1.evil.example/"),
            ("dynamodb_table", "??"),
            ("dynamodb_table", "a/b/c"),
            ("dynamodb_endpoint", "evil.example"),
            ("dynamodb_endpoint", "ftp://evil.example"),
            ("dynamodb_endpoint", "https://user@evil.example"),
            ("dynamodb_endpoint", "https://evil.example/path"),
            ("dynamodb_endpoint", "http://"),
            ("aws_access_key_id", "two words"),
            ("aws_secret_access_key", "evil.example\n"),
            ("aws_session_token", "évil"),
        ] {
            let error = read(&[(name, value)]).err().unwrap();
            assert!(error.starts_with(&format!("the variable {name} is not ")), "{error}");
            assert!(!error.contains(value) && !error.contains("evil"), "{error}");
        }
        let unread = Settings::read(|name| Err(format!("{name}: secret"))).err();
        assert_eq!(unread.as_deref(), Some("the variable dynamodb_region can't be read"));
    }
}
