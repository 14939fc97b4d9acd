//! Tokens with unusual or wrong headers: algorithms, keys, extensions.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use super::*;

/// The seed of the attacker's key.
const MALLORY: u8 = 8;

pub(super) fn cases() -> Vec<Case> {
    [algorithms(), public_key_as_secret(), keys_brought_along(), key_ids(), twice(), extensions(), kinds()]
        .into_iter()
        .flatten()
        .collect()
}

/// The header with one more member, still signed by the real key.
fn with(name: &str, value: &Value) -> String {
    let mut header = segment(&token(), 0);
    header[name] = value.clone();
    signed(&header.to_string(), &body())
}

fn algorithms() -> Vec<Case> {
    let mut cases = Vec::new();
    for name in ["none", "None", "NONE", "nOnE", "none ", " none", "none\0", "ｎｏｎｅ", ""] {
        let full = with("alg", &name.into());
        let unsigned = full.rsplit_once('.').unwrap().0;
        cases.push(case(
            format!("alg {name:?} without a signature"),
            format!("{unsigned}."),
            Refused(TokenError::Algorithm),
        ));
        cases.push(case(format!("alg {name:?} in two parts"), unsigned, Refused(TokenError::Algorithm)));
        cases.push(case(format!("alg {name:?}, signed"), full, Refused(TokenError::Algorithm)));
    }
    for name in [
        "es256",
        "Es256",
        "eS256",
        "ES256 ",
        " ES256",
        "ES256\0",
        "ES256\n",
        "ＥＳ２５６",
        "ES-256",
        "ES256,none",
        "ES256K",
        "ES384",
        "ES512",
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "EdDSA",
        "Ed25519",
        "ESP256",
        "SHA256withECDSA",
        "dir",
        "A256KW",
        "RSA-OAEP",
        "ECDH-ES",
        "PBES2-HS256+A128KW",
        "HS2",
    ] {
        cases.push(case(format!("alg {name:?}"), with("alg", &name.into()), Refused(TokenError::Algorithm)));
    }
    for value in [json!(null), json!(0), json!(256), json!(true), json!(["ES256"]), json!({"ES256": 1})] {
        cases.push(case(format!("alg {value}"), with("alg", &value), Refused(TokenError::Malformed)));
    }
    cases.push(case("no alg", signed(&changed(&header(), "alg", None), &body()), Refused(TokenError::Malformed)));
    // JSON treats both spellings as the same text, so every JSON parser reads the same name.
    const SAME: &str = "JSON's escapes are another spelling of the same characters (RFC 8259, section 7)";
    let escaped = |from, to| signed(&header().replace(from, to), &body());
    cases.push(case("the name alg escaped", escaped("\"alg\"", r#""\u0061lg""#), Accepted(SAME)));
    cases.push(case("the value ES256 escaped", escaped("ES256", r"ES\u003256"), Accepted(SAME)));
    cases.push(case("alg none, escaped", escaped("ES256", r"\u006eone"), Refused(TokenError::Algorithm)));
    cases
}

/// The public key as the secret of a MAC, in each form in which a server may store it.
fn public_key_as_secret() -> Vec<Case> {
    let public = key().public_key();
    let (pem, jwk) = (public.key.to_pem().unwrap(), public.to_jwk());
    let parsed: Value = serde_json::from_str(&jwk).unwrap();
    let member = |name: &str| parsed[name].as_str().unwrap().to_owned();
    let raw = |name: &str| Base64::decode_to_vec(member(name), None).unwrap();
    let der = public.key.to_der().unwrap();
    let secrets: Vec<(&str, Vec<u8>)> = vec![
        ("PEM", pem.clone().into()),
        ("PEM without its last line break", pem.trim_end().into()),
        ("PEM with CRLF", pem.replace('\n', "\r\n").into()),
        ("PEM in one line", pem.replace('\n', "").into()),
        ("PEM without its frame", pem.lines().filter(|line| !line.starts_with('-')).collect::<String>().into()),
        ("DER", der.clone()),
        ("DER in hexadecimal", der.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()),
        ("JWK", jwk.clone().into()),
        ("JWK set", format!("{{\"keys\":[{jwk}]}}").into()),
        (
            "JWK for a thumbprint",
            format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, member("x"), member("y")).into(),
        ),
        ("compressed point", public.key.to_bytes()),
        ("uncompressed point", [vec![4], raw("x"), raw("y")].concat()),
        ("x and y", [raw("x"), raw("y")].concat()),
        ("x", raw("x")),
        ("x in base64url", member("x").into()),
        ("kid", member("kid").into()),
        ("nothing", Vec::new()),
    ];
    let mut cases = Vec::new();
    for (form, secret) in secrets {
        for alg in ["HS256", "HS384", "HS512", "ES256"] {
            let text = format!(
                "{}.{}",
                encode(&changed(&header(), "alg", None).replace('{', &format!("{{\"alg\":{alg:?},"))),
                encode(&body())
            );
            let tag = match alg {
                "HS384" => tag::<Hmac<Sha384>>(&secret, &text),
                "HS512" => tag::<Hmac<Sha512>>(&secret, &text),
                _ => tag::<Hmac<Sha256>>(&secret, &text),
            };
            let error = if alg == "ES256" { TokenError::Signature } else { TokenError::Algorithm };
            cases.push(case(
                format!("MAC by the public key ({form}) as {alg}"),
                format!("{text}.{tag}"),
                Refused(error),
            ));
        }
    }
    cases
}

fn tag<M: Mac + KeyInit>(secret: &[u8], text: &str) -> String {
    let mut mac = <M as KeyInit>::new_from_slice(secret).unwrap();
    mac.update(text.as_bytes());
    Base64::encode_to_string(mac.finalize().into_bytes()).unwrap()
}

/// Keys, and addresses of keys, in the header, which a careless verifier would trust. Each token is signed by the key that
/// it brings.
fn keys_brought_along() -> Vec<Case> {
    let mallory = SigningKey::from_seed(&[MALLORY; 32]).unwrap().public_key();
    let jwk: Value = serde_json::from_str(&mallory.to_jwk()).unwrap();
    let ours: Value = serde_json::from_str(&key().public_key().to_jwk()).unwrap();
    let mut cases = Vec::new();
    let members = [
        ("jwk", jwk.clone(), TokenError::Malformed),
        ("jwk", jwk.to_string().into(), TokenError::Signature),
        ("jku", "https://mallory.example/keys".into(), TokenError::Signature),
        ("jku", "http://127.0.0.1:9/keys".into(), TokenError::Signature),
        ("jku", "file:///etc/passwd".into(), TokenError::Signature),
        ("x5u", "https://mallory.example/key.pem".into(), TokenError::Signature),
        ("x5c", json!(["MIIB"]), TokenError::Signature),
        ("x5c", "MIIB".into(), TokenError::Malformed),
        ("x5t", "dGh1bWJwcmludA".into(), TokenError::Signature),
        ("x5t#S256", "dGh1bWJwcmludA".into(), TokenError::Signature),
        ("epk", jwk.clone(), TokenError::Signature),
        ("key", jwk.clone(), TokenError::Signature),
        ("pem", mallory.key.to_pem().unwrap().into(), TokenError::Signature),
    ];
    for (name, value, error) in members {
        for (whose, kid, error) in [
            ("our kid", json!(key().id().as_str()), error),
            ("the kid of that key", json!(mallory.id().as_str()), error),
            ("no kid", Value::Null, error),
        ] {
            let mut header = segment(&token(), 0);
            header[name] = value.clone();
            header["kid"] = kid.clone();
            let error =
                if error == TokenError::Signature && whose != "our kid" { TokenError::UnknownKey } else { error };
            let token = signed_by(MALLORY, &header.to_string(), &body());
            cases.push(case(format!("{whose} and {name}: {value:.60}"), token, Refused(error)));
        }
    }
    let mut smuggled = jwk;
    smuggled["kid"] = ours["kid"].clone();
    cases.push(case("jwk of another key under our kid", with("jwk", &smuggled), Refused(TokenError::Malformed)));
    cases.push(case(
        "another key under our kid",
        signed_by(MALLORY, &header(), &body()),
        Refused(TokenError::Signature),
    ));
    const IGNORED: &str = "signed by our key; the address of another is not looked at (RFC 8725, section 3.10)";
    cases.push(case("our key, and jku", with("jku", &"https://mallory.example/keys".into()), Accepted(IGNORED)));
    cases.push(case("our key, and x5u", with("x5u", &"https://mallory.example/keys".into()), Accepted(IGNORED)));
    cases
}

fn key_ids() -> Vec<Case> {
    let ours = key().id().as_str().to_owned();
    let mut swapped: String = ours.chars().rev().collect();
    swapped.truncate(43);
    let texts = [
        String::new(),
        " ".to_owned(),
        "../../../../dev/null".to_owned(),
        "/etc/passwd".to_owned(),
        "file:///dev/null".to_owned(),
        "https://mallory.example/key".to_owned(),
        "' OR '1'='1".to_owned(),
        "x' UNION SELECT 'key' --".to_owned(),
        "; cat /etc/passwd".to_owned(),
        "| sleep 9".to_owned(),
        "*".to_owned(),
        "\0".to_owned(),
        format!("{ours}\0"),
        format!("{ours} "),
        format!(" {ours}"),
        format!("{ours}\n"),
        format!("{ours}="),
        format!("../{ours}"),
        format!("{ours}/../{ours}"),
        format!("{ours}{ours}"),
        ours.to_lowercase(),
        ours.to_uppercase(),
        ours[..42].to_owned(),
        swapped,
        "latchkey:keys".to_owned(),
        "latchkey:jwks".to_owned(),
        "__proto__".to_owned(),
        "constructor".to_owned(),
        "A".repeat(43),
        "A".repeat(2000),
        "ключ".to_owned(),
        "é".repeat(43),
        SigningKey::from_seed(&[MALLORY; 32]).unwrap().id().as_str().to_owned(),
    ];
    let text = |kid: &String| {
        case(
            format!("kid {kid:.60?} ({})", kid.len()),
            with("kid", &kid.as_str().into()),
            Refused(TokenError::UnknownKey),
        )
    };
    let mut cases: Vec<Case> = texts.iter().map(text).collect();
    for value in [json!(0), json!(true), json!([ours]), json!({"kid": ours}), json!([])] {
        cases.push(case(format!("kid {value}"), with("kid", &value), Refused(TokenError::Malformed)));
    }
    cases.push(case("kid null", with("kid", &Value::Null), Refused(TokenError::UnknownKey)));
    cases.push(case("no kid", signed(&changed(&header(), "kid", None), &body()), Refused(TokenError::UnknownKey)));
    cases
}

/// Names that occur twice: two parsers may read different values (RFC 7515, section 4).
fn twice() -> Vec<Case> {
    let mut cases = Vec::new();
    for member in [
        r#""alg":"none""#,
        r#""alg":"HS256""#,
        r#""alg":"ES256""#,
        r#""\u0061lg":"none""#,
        r#""\u0061lg":"ES256""#,
        r#""kid":"x""#,
        r#""k\u0069d":"x""#,
        r#""typ":"JWT""#,
        r#""alg":null"#,
        r#""kid":null"#,
    ] {
        for (place, text) in [("before", in_front(member, &header())), ("after", behind(&header(), member))] {
            cases.push(case(
                format!("{member} {place} the good one"),
                signed(&text, &body()),
                Refused(TokenError::Malformed),
            ));
        }
    }
    for members in [r#""x":1,"x":1"#, r#""jku":"a","jku":"b""#, r#""x":1,"\u0078":2"#, r#""":1,"":1"#] {
        cases.push(case(members, signed(&behind(&header(), members), &body()), Refused(TokenError::Malformed)));
    }
    const OTHER: &str = "another name: names are case-sensitive, and unknown ones are ignored (RFC 7515, section 4)";
    for member in [r#""ALG":"none""#, r#""Alg":"none""#, r#""alg ":"none""#, r#""KID":"x""#, r#""x":{"alg":"none"}"#] {
        cases.push(case(
            format!("{member} beside the good one"),
            signed(&behind(&header(), member), &body()),
            Accepted(OTHER),
        ));
    }
    cases
}

fn extensions() -> Vec<Case> {
    let mut cases = Vec::new();
    for value in [
        json!(["b64"]),
        json!(["exp"]),
        json!(["alg"]),
        json!(["crit"]),
        json!([""]),
        json!(["urn:example"]),
        json!(["b64", "b64"]),
        json!([]),
        json!(null),
    ] {
        cases.push(case(format!("crit {value}"), with("crit", &value), Refused(TokenError::CriticalHeader)));
    }
    for value in [json!("b64"), json!({}), json!(true), json!([1])] {
        cases.push(case(format!("crit {value}"), with("crit", &value), Refused(TokenError::Malformed)));
    }
    let escaped = behind(&header(), r#""cr\u0069t":["x"]"#);
    cases.push(case("crit, escaped", signed(&escaped, &body()), Refused(TokenError::CriticalHeader)));
    for value in [json!(false), json!(true), json!("false"), json!(null)] {
        cases.push(case(format!("b64 {value} without crit"), with("b64", &value), Refused(TokenError::CriticalHeader)));
    }
    // RFC 7797: the claims are neither encoded in the token nor for the signature.
    for members in [r#""b64":false"#, r#""b64":false,"crit":["b64"]"#] {
        let header = behind(&header(), members);
        let raw = attach(7, format!("{}.{}", encode(&header), body()));
        cases.push(case(format!("{members}, and the claims in no base64"), raw, Refused(TokenError::CriticalHeader)));
        let detached = attach(7, format!("{}.{}", encode(&header), body()));
        let (head, tag) = (detached.split('.').next().unwrap(), detached.rsplit('.').next().unwrap());
        cases.push(case(
            format!("{members}, and the claims elsewhere"),
            format!("{head}..{tag}"),
            Refused(TokenError::CriticalHeader),
        ));
    }
    const NOT_OURS: &str = "a member of encryption or of another library, which means nothing in a signed token";
    cases.push(case("zip", with("zip", &"DEF".into()), Accepted(NOT_OURS)));
    cases.push(case("enc", with("enc", &"A256GCM".into()), Accepted(NOT_OURS)));
    cases.push(case("salt", with("salt", &"AAAA".into()), Accepted(NOT_OURS)));
    cases.push(case("salt in no base64", with("salt", &"%".into()), Refused(TokenError::Malformed)));
    let deep = format!("\"x\":{}{}", "[".repeat(1200), "]".repeat(1200));
    const DEEP: &str = "what is in an unknown member is skipped, without recursion";
    cases.push(case("a member 1200 arrays deep", signed(&behind(&header(), &deep), &body()), Accepted(DEEP)));
    cases
}

/// `typ` and `cty` (RFC 8725, section 3.11).
fn kinds() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in [
        "at+jwt",
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "application/at+jwt",
        "JWE",
        "JOSE",
        "JWS",
        "",
        " JWT",
        "jwt\0",
        "application/jwt",
    ] {
        cases.push(case(format!("typ {kind:?}"), with("typ", &kind.into()), Refused(TokenError::Malformed)));
    }
    for value in [json!(0), json!(["JWT"]), json!({})] {
        cases.push(case(format!("typ {value}"), with("typ", &value), Refused(TokenError::Malformed)));
    }
    const OPTIONAL: &str = "optional (RFC 7519, section 5.1); our key signs nothing else";
    cases.push(case("no typ", signed(&changed(&header(), "typ", None), &body()), Accepted(OPTIONAL)));
    cases.push(case("typ null", with("typ", &Value::Null), Accepted(OPTIONAL)));
    cases.push(case(
        "typ in lower case",
        with("typ", &"jwt".into()),
        Accepted("a media type, which has no case (RFC 7515, section 4.1.9)"),
    ));
    cases.push(case(
        "cty JWT over claims",
        with("cty", &"JWT".into()),
        Accepted("the claims are read as claims whatever it says"),
    ));
    let nested = signed(r#"{"alg":"ES256","cty":"JWT"}"#, &token());
    cases.push(case("a token in a token, without kid", nested, Refused(TokenError::UnknownKey)));
    cases.push(case(
        "a token in a token",
        signed(&behind(&header(), r#""cty":"JWT""#), &token()),
        Refused(TokenError::Malformed),
    ));
    let quoted = signed(&behind(&header(), r#""cty":"JWT""#), &format!("{:?}", token()));
    cases.push(case("a token in a token, as a JSON string", quoted, Refused(TokenError::Malformed)));
    cases
}
