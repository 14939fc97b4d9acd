//! Signatures against those of AWS' own library, botocore: the variable LATCHKEY_TEST_BOTOCORE names a Python that has it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use keyvalue_dynamodb::{Settings, sign};
use serde_json::json;

#[test]
#[ignore = "needs LATCHKEY_TEST_BOTOCORE"]
fn they_are_those_of_botocore() {
    let mut requests = Vec::new();
    for region in ["eu-west-1", "us-gov-east-1", "cn-north-1"] {
        for endpoint in ["", "http://127.0.0.1:4567", "https://[::1]:8000/"] {
            for (id, secret, token) in [("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCY", ""), ("A", "/+=", "to/ken+=")]
            {
                let variables = [
                    ("dynamodb_region", region),
                    ("dynamodb_table", "latchkey"),
                    ("dynamodb_endpoint", endpoint),
                    ("aws_access_key_id", id),
                    ("aws_secret_access_key", secret),
                    ("aws_session_token", token),
                ];
                let find =
                    |name: &str| variables.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
                let settings = Settings::read(|name| Ok(find(name))).unwrap();
                for (body, seconds, time) in [
                    ("{}", 1_440_938_160, "20150830T123600Z"),
                    (r#"{"k":"é 😀 \n"}"#, 1_795_705_199, "20261126T145959Z"),
                    ("", 951_782_400, "20000229T000000Z"),
                ] {
                    let now = UNIX_EPOCH + Duration::from_secs(seconds);
                    let mut headers = sign(&settings, "BatchGetItem", body.as_bytes(), now).unwrap();
                    assert!(headers.contains(&("x-amz-date".to_owned(), time.to_owned())), "{headers:?}");
                    headers.push(("host".to_owned(), settings.endpoint().authority.clone()));
                    let token = (!token.is_empty()).then_some(token);
                    requests.push(json!({
                        "region": region, "id": id, "secret": secret, "token": token, "body": body,
                        "url": settings.endpoint().url(), "headers": headers,
                    }));
                }
            }
        }
    }
    let mut python = Command::new(std::env::var_os("LATCHKEY_TEST_BOTOCORE").unwrap())
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/signatures/check.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = requests.iter().map(|request| format!("{request}\n")).collect();
    python.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "a signature is another one");
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), requests.len().to_string());
}
