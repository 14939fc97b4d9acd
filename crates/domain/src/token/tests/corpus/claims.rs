//! Tokens with a good signature whose claims are unusual or wrong.

use super::*;

pub(super) fn cases() -> Vec<Case> {
    [moments(), twice(), texts(), audiences(), depth()].into_iter().flatten().collect()
}

/// The claims with this text as the value of one claim, or without that claim when there is no text.
fn with(name: &str, text: impl Into<Option<&'static str>>) -> String {
    signed(&header(), &changed(&body(), name, text))
}

/// The claims `exp`, `nbf` and `iat`. The time is 1,800,000,000.5 seconds after 1970, and a difference of a minute is
/// tolerated.
#[expect(clippy::too_many_lines, reason = "a table")]
fn moments() -> Vec<Case> {
    use TokenError::{Claims, Expired, Malformed, NotYetValid};
    const WHOLE: &str = "that very second counts";
    const TOLERATED: &str = "clocks may differ by a minute";
    const FAR: &str = "a whole number, however far; the session ends before";
    const PAST: &str = "it is not in the future, and nothing is asked of it but that";
    let mut cases = Vec::new();
    // Each lower-case letter stands for a claim: `e` for `exp`, `n` for `nbf`, `i` for `iat`.
    for (which, text, expected) in [
        ("e", "1800000000", Accepted(WHOLE)),
        ("e", "1799999999", Accepted(TOLERATED)),
        ("e", "1799999940", Accepted(TOLERATED)),
        ("e", "1799999939", Refused(Expired)),
        ("ni", "1800000000", Accepted(WHOLE)),
        ("ni", "1800000001", Accepted(TOLERATED)),
        ("ni", "1800000060", Accepted(TOLERATED)),
        ("ni", "1800000061", Refused(NotYetValid)),
        ("e", "0", Refused(Expired)),
        ("e", "1", Refused(Expired)),
        ("ni", "0", Accepted(PAST)),
        ("ni", "1", Accepted(PAST)),
        // Some libraries write milliseconds.
        ("e", "1800000900000", Accepted(FAR)),
        ("ni", "1800000000000", Refused(NotYetValid)),
        ("e", "4294967295", Accepted(FAR)),
        ("e", "4294967296", Accepted(FAR)),
        ("e", "9007199254740993", Accepted(FAR)),
        ("e", "9223372036854775808", Accepted(FAR)),
        ("e", "18446744073709551615", Accepted(FAR)),
        ("ni", "4294967295", Refused(NotYetValid)),
        // The limits of 32 and of 64 bits.
        ("ni", "4294967296", Refused(NotYetValid)),
        ("ni", "6094967296", Refused(NotYetValid)),
        ("ni", "9007199254740993", Refused(NotYetValid)),
        ("ni", "9223372036854775808", Refused(NotYetValid)),
        ("ni", "18446744073709551615", Refused(NotYetValid)),
        ("e", "18446744073709551616", Refused(Malformed)),
        ("ni", "18446744073709551616", Refused(NotYetValid)),
        ("e", "18446744075509552516", Refused(Malformed)),
        ("e", "100000000000000000000000000000000000000000", Refused(Malformed)),
        ("e", "1800000900.5", Refused(Malformed)),
        ("e", "1800000900.0", Refused(Malformed)),
        ("e", "1.8000009e9", Refused(Malformed)),
        ("e", "1e300", Refused(Malformed)),
        ("e", "1e400", Refused(Malformed)),
        ("e", "1.5", Refused(Expired)),
        ("e", "1e3", Refused(Expired)),
        ("e", "-0.0", Refused(Expired)),
        ("ni", "1.5", Refused(Malformed)),
        ("ni", "1e3", Refused(Malformed)),
        ("ni", "-0", Refused(Malformed)),
        ("ni", "1799999999.5", Refused(Malformed)),
        ("eni", "-1", Refused(Malformed)),
        ("eni", "-1800000900", Refused(Malformed)),
        ("eni", "-9223372036854775808", Refused(Malformed)),
        ("e", "-9223372036854775809", Refused(Expired)),
        ("ni", "-9223372036854775809", Refused(Malformed)),
        ("eni", "null", Refused(Malformed)),
        ("eni", "true", Refused(Malformed)),
        ("eni", "false", Refused(Malformed)),
        ("eni", "\"\"", Refused(Malformed)),
        ("eni", "\"1800000000\"", Refused(Malformed)),
        ("eni", "\"2027-01-15T08:00:00Z\"", Refused(Malformed)),
        ("eni", "\"never\"", Refused(Malformed)),
        ("eni", "[1800000000]", Refused(Malformed)),
        ("eni", "{\"seconds\":1800000000}", Refused(Malformed)),
        ("eni", "01800000000", Refused(Malformed)),
        ("eni", "+1800000000", Refused(Malformed)),
        ("eni", "0x6b49d200", Refused(Malformed)),
        ("eni", "1_800_000_000", Refused(Malformed)),
        ("eni", "Infinity", Refused(Malformed)),
        ("eni", "NaN", Refused(Malformed)),
    ] {
        for letter in which.chars() {
            let name = match letter {
                'e' => "exp",
                'n' => "nbf",
                _ => "iat",
            };
            let expected = match &expected {
                Accepted(reason) => Accepted(reason),
                Refused(error) => Refused(*error),
            };
            cases.push(case(format!("{name} {text}"), with(name, text), expected));
        }
    }
    cases.push(case("no exp", with("exp", None), Refused(Claims)));
    cases.push(case("no iat", with("iat", None), Refused(Claims)));
    let escaped = signed(&header(), &body().replace("\"exp\"", r#""\u0065xp""#).replace("1800000900", "1"));
    cases.push(case("a past exp, its name escaped", escaped, Refused(Expired)));
    let other_case = signed(&header(), &behind(&changed(&body(), "exp", None), "\"EXP\":1800000900"));
    cases.push(case("EXP for exp", other_case, Refused(Claims)));
    cases
}

/// Names that occur twice (RFC 7519, section 4).
fn twice() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, value, other) in [
        ("iss", "\"latchkey\"", "\"other\""),
        ("sub", "\"alice\"", "\"mallory\""),
        ("aud", "\"latchkey\"", "\"other\""),
        ("aud", "[\"latchkey\"]", "[]"),
        ("exp", "1800000900", "1"),
        ("exp", "1900000000", "null"),
        ("nbf", "1800000000", "1900000000"),
        ("iat", "1800000000", "1900000000"),
        ("jti", "\"0123456789abcdef\"", "\"x\""),
        ("name", "\"Alice ❤\"", "\"Mallory\""),
        ("sid", "\"abababababababababababababababab\"", "\"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\""),
        ("nonce", "\"a\"", "\"b\""),
        ("x", "1", "2"),
        ("", "1", "1"),
        ("__proto__", "{}", "{}"),
    ] {
        let rest = changed(&body(), name, None);
        for (order, first, second) in [("last", other, value), ("first", value, other), ("both times", value, value)] {
            let claims = behind(&rest, &format!("{name:?}:{first},{name:?}:{second}"));
            cases.push(case(
                format!("{name:?} twice, {value} {order}, not {other}"),
                signed(&header(), &claims),
                Refused(TokenError::Malformed),
            ));
        }
    }
    for members in
        [r#""\u0073ub":"mallory""#, r#""su\u0062":"alice""#, r#""s\u0069d":"abababababababababababababababab""#]
    {
        let claims = behind(&body(), members);
        cases.push(case(
            format!("{members}, and once more as usual"),
            signed(&header(), &claims),
            Refused(TokenError::Malformed),
        ));
    }
    const OTHER: &str = "another name, which is ignored (RFC 7519, section 4)";
    for members in
        [r#""SUB":"mallory""#, r#""sub ":"mallory""#, r#""Sub":7"#, r#""x":{"sub":"mallory"}"#, r#""roles":["admin"]"#]
    {
        cases.push(case(
            format!("{members} beside the good ones"),
            signed(&header(), &behind(&body(), members)),
            Accepted(OTHER),
        ));
    }
    cases
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn texts() -> Vec<Case> {
    use TokenError::{Claims, Issuer, Malformed};
    let mut cases = Vec::new();
    for (name, refused, texts) in [
        (
            "iss",
            Issuer,
            &[
                "null",
                "\"\"",
                "\"Latchkey\"",
                "\"latchkey \"",
                "\" latchkey\"",
                "\"latchkey/\"",
                "\"latchkey\\u0000\"",
                "\"lаtchkey\"",
                "\"https://latchkey\"",
            ][..],
        ),
        ("iss", Malformed, &["7", "[]", "[\"latchkey\"]", "{}", "true"]),
        (
            "sub",
            Claims,
            &[
                "null",
                "\"\"",
                "\"no name\"",
                "\"../alice\"",
                "\"alice:sessions\"",
                "\"alice\\u0000\"",
                "\"alice \"",
                "\"аlice\"",
                "\"*\"",
                "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
            ],
        ),
        ("sub", Malformed, &["7", "[\"alice\"]", "{}", "true"]),
        ("name", Claims, &["\"\"", "\" \"", "\"a\\nb\"", "\"a\\u0000b\""]),
        ("name", Malformed, &["null", "7", "[\"Alice\"]", "{}"]),
        ("jti", Claims, &["null"]),
        ("jti", Malformed, &["7", "[]", "{}"]),
        (
            "sid",
            Claims,
            &[
                "\"\"",
                "\"ABABABABABABABABABABABABABABABAB\"",
                "\"ababababababababababababababab\"",
                "\"abababababababababababababababa\"",
                "\"ababababababababababababababababa\"",
                "\"abababab-abab-abab-abab-abababababab\"",
                "\"abababababababababababababababag\"",
                "\"../ababababababababababababababab\"",
                "\"ababababababababababababab:use  \"",
                "\"*\"",
                "\"abababababababababababababababa\\u0000\"",
                "\"ababababababababababababababab\\u00e9\"",
                "\"0\"",
            ],
        ),
        ("sid", Malformed, &["null", "0", "true", "[\"abababababababababababababababab\"]", "{}"]),
        ("amr", Malformed, &["\"pwd\"", "[7]", "[null]", "{}"]),
        ("auth_time", Malformed, &["\"1799999000\"", "1799999000.5", "-1", "4294967296", "[]"]),
    ] {
        for text in texts {
            cases.push(case(format!("{name} {text}"), with(name, *text), Refused(refused)));
        }
    }
    for (name, error) in [("iss", Issuer), ("sub", Claims), ("name", Malformed), ("jti", Claims), ("sid", Malformed)] {
        cases.push(case(format!("no {name}"), with(name, None), Refused(error)));
    }
    const SAME: &str = "the same text in JSON";
    cases.push(case("sub, escaped", with("sub", "\"\\u0061lice\""), Accepted(SAME)));
    cases.push(case("sid, escaped", with("sid", "\"\\u0061bababababababababababababababab\""), Accepted(SAME)));
    cases.push(case("iss, escaped", with("iss", "\"latch\\u006bey\""), Accepted(SAME)));
    cases.push(case(
        "sub in upper case",
        with("sub", "\"ALICE\""),
        Accepted("the same account: usernames have no case"),
    ));
    cases
}

fn audiences() -> Vec<Case> {
    use TokenError::{Audience, Malformed};
    const AMONG: &str = "we are among those it is meant for (RFC 7519, section 4.1.3)";
    let mut cases = vec![case("no aud", with("aud", None), Refused(Audience))];
    for (text, expected) in [
        ("[\"latchkey\"]", Accepted(AMONG)),
        ("[\"other\",\"latchkey\"]", Accepted(AMONG)),
        ("[\"latchkey\",\"latchkey\"]", Accepted(AMONG)),
        ("[]", Refused(Audience)),
        ("[\"other\"]", Refused(Audience)),
        ("[\"\"]", Refused(Audience)),
        ("\"\"", Refused(Audience)),
        ("\"other\"", Refused(Audience)),
        ("\"Latchkey\"", Refused(Audience)),
        ("\"latchkey other\"", Refused(Audience)),
        ("\"other,latchkey\"", Refused(Audience)),
        ("\"*\"", Refused(Audience)),
        ("\"[\\\"latchkey\\\"]\"", Refused(Audience)),
        ("[[\"latchkey\"]]", Refused(Malformed)),
        ("[\"latchkey\",7]", Refused(Malformed)),
        ("[\"latchkey\",null]", Refused(Malformed)),
        ("{\"latchkey\":true}", Refused(Malformed)),
        ("null", Refused(Malformed)),
        ("7", Refused(Malformed)),
        ("true", Refused(Malformed)),
    ] {
        cases.push(case(format!("aud {text}"), with("aud", text), expected));
    }
    cases
}

/// Deeply nested arrays and objects. They must not overflow the stack, neither here nor in the components.
fn depth() -> Vec<Case> {
    let mut cases = Vec::new();
    for (depth, expected) in
        [(100, Accepted("within what a JSON parser here takes")), (1000, Refused(TokenError::Malformed))]
    {
        let arrays = format!("\"x\":{}{}", "[".repeat(depth), "]".repeat(depth));
        cases.push(case(format!("{depth} arrays"), signed(&header(), &behind(&body(), &arrays)), expected));
    }
    let objects = format!("\"x\":{}0{}", "{\"x\":".repeat(400), "}".repeat(400));
    cases.push(case("400 objects", signed(&header(), &behind(&body(), &objects)), Refused(TokenError::Malformed)));
    let open = format!("{}\"x\":{}", &body()[..body().len() - 1], "[".repeat(2000));
    cases.push(case("2000 arrays that are not closed", signed(&header(), &open), Refused(TokenError::Malformed)));
    cases.push(case("2000 arrays as claims", signed(&header(), &"[".repeat(2000)), Refused(TokenError::Malformed)));
    cases
}
