use std::fmt;

/// The name of one method of the API, in the form of Amazon resource names:
/// `arn:latchkey:execute-api:::latchkey/STAGE/METHOD/PATH`. The parts for region and account stay empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodArn(String);

/// The text is not a method ARN of this API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Not a method ARN: arn:latchkey:execute-api:::latchkey/STAGE/METHOD/PATH.")]
pub struct MethodArnError;

const PREFIX: &str = "arn:latchkey:execute-api:::latchkey/";
const MAX_BYTES: usize = 512;

impl MethodArn {
    /// Makes the name of a stage, an HTTP method and a path that starts with `/`.
    pub fn new(stage: &str, method: &str, path: &str) -> Self {
        Self(format!("{PREFIX}{stage}/{method}/{}", path.trim_start_matches('/')))
    }

    /// Makes the name of the method that a request calls, whatever its path is. What [`MethodArn::parse`] refuses in a path is
    /// percent-encoded, and what makes the name too long is left out: nothing has such an address, but whoever asks for it is
    /// told so, and not that the name can't be read.
    pub fn of_request(stage: &str, method: &str, path: &str) -> Self {
        let encoded = path.bytes().map(|byte| match byte {
            byte if is_plain(byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        });
        let Self(mut arn) = Self::new(stage, method, &encoded.collect::<String>());
        arn.truncate(MAX_BYTES);
        Self(arn)
    }

    /// Reads an ARN that a client sent. Wildcards are refused, because they belong only in policies.
    ///
    /// # Errors
    /// The text has another form, or more than 512 bytes.
    pub fn parse(raw: &str) -> Result<Self, MethodArnError> {
        let rest = raw.strip_prefix(PREFIX).ok_or(MethodArnError)?;
        let mut parts = rest.splitn(3, '/');
        let (stage, method, path) = (parts.next(), parts.next(), parts.next());
        let plain = raw.len() <= MAX_BYTES && raw.bytes().all(is_plain);
        match (stage, method, path) {
            (Some(stage), Some(method), Some(_)) if plain && !stage.is_empty() && !method.is_empty() => {
                Ok(Self(raw.to_owned()))
            }
            _ => Err(MethodArnError),
        }
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// No wildcard, and nothing outside visible ASCII.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"*?".contains(&byte)
}

impl AsRef<str> for MethodArn {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MethodArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_makes() {
        let arn = MethodArn::new("dev", "POST", "/api/messages");
        assert_eq!(arn.as_str(), "arn:latchkey:execute-api:::latchkey/dev/POST/api/messages");
        assert_eq!(MethodArn::parse(arn.as_str()), Ok(arn));
    }

    #[test]
    fn every_path_has_a_name_that_is_read() {
        let long = format!("/api/messages/{}", "9".repeat(600));
        for (path, end) in [
            ("/api/messages/7", "DELETE/api/messages/7"),
            ("/api/messages/*", "DELETE/api/messages/%2A"),
            ("/api/messages/a?b c\u{e9}", "DELETE/api/messages/a%3Fb%20c%C3%A9"),
            ("/api/messages/%2A", "DELETE/api/messages/%2A"),
            (&long, "99"),
        ] {
            let arn = MethodArn::of_request("dev", "DELETE", path);
            assert!(arn.as_str().ends_with(end) && arn.as_str().len() <= 512, "{arn}");
            assert_eq!(MethodArn::parse(arn.as_str()), Ok(arn));
        }
    }

    #[test]
    fn refuses_everything_else() {
        let too_long = format!("{PREFIX}dev/GET/{}", "a".repeat(512));
        for raw in [
            "",
            "arn:aws:execute-api:us-east-1:1:latchkey/dev/GET/a",
            "arn:latchkey:execute-api:::latchkey/dev",
            "arn:latchkey:execute-api:::latchkey/dev/GET",
            "arn:latchkey:execute-api:::latchkey//GET/a",
            "arn:latchkey:execute-api:::latchkey/dev//a",
            "arn:latchkey:execute-api:::latchkey/dev/*/a",
            "arn:latchkey:execute-api:::latchkey/dev/GET/a b",
            "arn:latchkey:execute-api:::latchkey/dev/GET/\u{e9}",
            &too_long,
        ] {
            assert_eq!(MethodArn::parse(raw), Err(MethodArnError), "{raw:?}");
        }
    }
}
