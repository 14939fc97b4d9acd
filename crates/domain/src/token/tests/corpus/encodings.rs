//! The ways in which a token can be written: parts, base64url, JSON.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    [parts(), base64url(), json_text(), lengths()].into_iter().flatten().collect()
}

fn malformed(name: impl Into<String>, token: impl Into<String>) -> Case {
    case(name, token, Refused(TokenError::Malformed))
}

fn parts() -> Vec<Case> {
    let good = token();
    let parts: Vec<&str> = good.split('.').collect();
    let [head, claims, tag] = parts[..] else { panic!() };
    let flattened = json!({"protected": head, "payload": claims, "signature": tag}).to_string();
    let general = json!({"payload": claims, "signatures": [{"protected": head, "signature": tag}]}).to_string();
    let jwe = encode(r#"{"alg":"dir","enc":"A256GCM"}"#);
    vec![
        malformed("nothing", ""),
        malformed("one point", "."),
        malformed("two points", ".."),
        malformed("three points", "..."),
        malformed("one part", head),
        malformed("two parts", format!("{head}.{claims}")),
        malformed("four parts, the last empty", format!("{good}.")),
        malformed("four parts, the first empty", format!(".{good}")),
        malformed("four parts", format!("{good}.{tag}")),
        malformed("five parts", format!("{good}.{tag}.{tag}")),
        malformed("1000 parts", format!("{good}{}", ".".repeat(997))),
        malformed("no header", format!(".{claims}.{tag}")),
        malformed("an empty header, signed", attach(7, format!(".{claims}"))),
        malformed("empty claims, signed", attach(7, format!("{head}."))),
        case("no claims", format!("{head}..{tag}"), Refused(TokenError::Signature)),
        case(
            "header and claims swapped, signed",
            attach(7, format!("{claims}.{head}")),
            Refused(TokenError::Malformed),
        ),
        case("claims and signature swapped", format!("{head}.{tag}.{claims}"), Refused(TokenError::Signature)),
        malformed("flattened JSON serialisation", &*flattened),
        malformed("general JSON serialisation", &*general),
        malformed("flattened JSON serialisation in base64url", format!("{}.{claims}.{tag}", encode(&flattened))),
        case("a JWE", format!("{jwe}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"), Refused(TokenError::Algorithm)),
        malformed("a JWE that says ES256", format!("{head}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA")),
        malformed("the scheme once more", format!("Bearer {good}")),
        malformed("a second token", format!("{good},{good}")),
        malformed("commas for points", good.replace('.', ",")),
        malformed("other points", good.replace('.', "。")),
    ]
}

fn base64url() -> Vec<Case> {
    let good = token();
    let parts: Vec<&str> = good.split('.').collect();
    let [head, claims, tag] = parts[..] else { panic!() };
    let mut cases = Vec::new();
    for (name, text) in [
        ("a space in front", format!(" {good}")),
        ("a space at the end", format!("{good} ")),
        ("a line break at the end", format!("{good}\n")),
        ("a tab at the end", format!("{good}\t")),
        ("NUL at the end", format!("{good}\0")),
        ("a percent sign", format!("{good}%00")),
        ("quotes", format!("\"{good}\"")),
        ("a byte order mark", format!("\u{feff}{good}")),
        ("an invisible space", format!("{good}\u{200b}")),
    ] {
        cases.push(malformed(name, text));
    }
    // The signature covers the text of the parts, so each part that decodes like a good one is signed again.
    type Change = fn(&str) -> String;
    let spellings: [(&str, Change); 7] = [
        ("padding", |part| format!("{part}=")),
        ("double padding", |part| format!("{part}==")),
        ("a line break within", |part| format!("{}\n{}", &part[..4], &part[4..])),
        ("a space within", |part| format!("{} {}", &part[..4], &part[4..])),
        ("a letter beyond ASCII", |part| format!("{part}é")),
        ("one letter too many", |part| part[..part.len() / 4 * 4].to_owned() + "A"),
        ("escaped as in an address", |part| format!("%{:02x}{}", part.as_bytes()[0], &part[1..])),
    ];
    for (name, change) in spellings {
        cases.push(malformed(format!("header: {name}"), attach(7, format!("{}.{claims}", change(head)))));
        cases.push(malformed(format!("claims: {name}"), attach(7, format!("{head}.{}", change(claims)))));
        cases.push(malformed(format!("signature: {name}"), format!("{head}.{claims}.{}", change(tag))));
    }
    // Letters of base64 that base64url does not have.
    let question = |json: &str| behind(json, "\"x\":\"???>>>~~~\"");
    let plain = |json: &str| encode(&question(json)).replace('_', "/").replace('-', "+");
    assert!(plain(&header()).contains('/') && plain(&body()).contains('/'), "or it tests nothing");
    cases.push(malformed("header: + and /", attach(7, format!("{}.{claims}", plain(&header())))));
    cases.push(malformed("claims: + and /", attach(7, format!("{head}.{}", plain(&body())))));
    // A last letter with spare bits, which belong to no byte and are not zero. In a signature there are four such bits.
    for spare in 1..4 {
        cases.push(malformed(
            format!("header: spare bits {spare}"),
            attach(7, format!("{}.{claims}", spoiled(&header(), spare))),
        ));
        cases.push(malformed(
            format!("claims: spare bits {spare}"),
            attach(7, format!("{head}.{}", spoiled(&body(), spare))),
        ));
    }
    for spare in 1..16 {
        let text = format!("{head}.{claims}.{}", next_letter(tag, spare));
        cases.push(malformed(format!("signature: spare bits {spare}"), text));
    }
    cases
}

/// JSON in base64url whose last letter has two spare bits: they are set to `spare` instead of zero.
fn spoiled(json: &str, spare: usize) -> String {
    let padded = (0..3).map(|spaces| encode(&format!("{json}{}", " ".repeat(spaces))));
    next_letter(&padded.into_iter().find(|part| part.len() % 4 == 3).unwrap(), spare)
}

fn next_letter(part: &str, by: usize) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (front, last) = part.split_at(part.len() - 1);
    let at = LETTERS.find(last).unwrap() + by;
    format!("{front}{}", &LETTERS[at..=at])
}

/// Texts that are not a JSON object, or that can be read in two ways. They replace the header or the claims.
fn json_text() -> Vec<Case> {
    let mut cases = Vec::new();
    let array = json!(["ES256", null, key().id().as_str(), "JWT"]);
    cases.push(malformed("the header as an array of its values", signed(&array.to_string(), &body())));
    for (place, json) in [("header", header()), ("claims", body())] {
        let place_it = |text: &[u8]| {
            let (head, claims) = match place {
                "header" => (text.to_vec(), body().into_bytes()),
                _ => (header().into_bytes(), text.to_vec()),
            };
            let part = |bytes: &[u8]| Base64::encode_to_string(bytes).unwrap();
            attach(7, format!("{}.{}", part(&head), part(&claims)))
        };
        for (name, text) in [
            ("an array", "[]".to_owned()),
            ("an object in an array", format!("[{json}]")),
            ("a string", "\"alice\"".to_owned()),
            ("null", "null".to_owned()),
            ("true", "true".to_owned()),
            ("a number", "7".to_owned()),
            ("an empty object", "{}".to_owned()),
            ("two objects", format!("{json}{json}")),
            ("an object and more", format!("{json}x")),
            ("cut short", json[..json.len() - 1].to_owned()),
            ("a comma too many", behind(&json, "")),
            ("a comment", json.replacen('{', "{/* */", 1)),
            ("single quotes", json.replace('"', "'")),
            ("names without quotes", json.replacen("\"alg\"", "alg", 1).replacen("\"sub\"", "sub", 1)),
            ("a byte order mark before the object", format!("\u{feff}{json}")),
            ("NUL behind the object", format!("{json}\0")),
            ("a line break in a string", behind(&json, "\"x\":\"\n\"")),
            ("half a surrogate in a name", behind(&json, r#""\ud800":1"#)),
            ("an unknown escape", behind(&json, r#""x":"\x""#)),
            ("NaN", behind(&json, r#""x":NaN"#)),
            ("a number with a zero in front", behind(&json, r#""x":01"#)),
            ("hexadecimal", behind(&json, r#""x":0x1"#)),
        ] {
            // These claims are readable but lack all required names. The first name that is looked for is `name`.
            cases.push(malformed(format!("{place}: {name}"), place_it(text.as_bytes())));
        }
        for (name, bytes) in [
            ("bytes that are no UTF-8", [behind(&json, "\"x\":\"").as_bytes(), &[0xff], b"\"}"].concat()),
            ("overlong UTF-8", [&json.as_bytes()[..json.len() - 1], b",\"x\":\"\xc0\xaf\"}"].concat()),
            ("a surrogate in UTF-8", [&json.as_bytes()[..json.len() - 1], b",\"x\":\"\xed\xa0\x80\"}"].concat()),
            ("UTF-16", json.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            ("no text", vec![0, 1, 2, 3]),
        ] {
            cases.push(malformed(format!("{place}: {name}"), place_it(&bytes)));
        }
        let spaced = format!("\n {} \r\n\t", json.replace(",\"", " ,\n \""));
        cases.push(case(
            format!("{place}: white space"),
            place_it(spaced.as_bytes()),
            Accepted("JSON may have it (RFC 8259, section 2)"),
        ));
    }
    cases
}

/// Tokens of an exact number of bytes. Apart from their length they are good.
fn lengths() -> Vec<Case> {
    let of_length = |length: usize| {
        let tokens = (0..3).flat_map(|spaces| (2800..2950).map(move |padding| (spaces, padding)));
        let made = tokens.map(|(spaces, padding)| {
            let header = format!("{}{}", header(), " ".repeat(spaces));
            signed(&header, &behind(&body(), &format!("\"x\":\"{}\"", "a".repeat(padding - body().len()))))
        });
        made.into_iter().find(|token| token.len() == length).unwrap()
    };
    vec![
        case("4096 bytes", of_length(MAX_TOKEN_BYTES), Accepted("as long as a token may be")),
        case("4097 bytes", of_length(MAX_TOKEN_BYTES + 1), Refused(TokenError::TooLong)),
        case("4097 bytes of nothing", "a".repeat(MAX_TOKEN_BYTES + 1), Refused(TokenError::TooLong)),
        case("4097 points", ".".repeat(MAX_TOKEN_BYTES + 1), Refused(TokenError::TooLong)),
        malformed("4096 bytes of nothing", "a".repeat(MAX_TOKEN_BYTES)),
        malformed("4096 points", ".".repeat(MAX_TOKEN_BYTES)),
        case("a megabyte", "a".repeat(1 << 20), Refused(TokenError::TooLong)),
    ]
}
