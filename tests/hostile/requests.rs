//! The generator of hostile requests.

use crate::harness::actors::Actor;
use crate::harness::random::Random;

const METHODS: [&str; 16] = [
    "GET",
    "POST",
    "HEAD",
    "OPTIONS",
    "PUT",
    "DELETE",
    "PATCH",
    "TRACE",
    "CONNECT",
    "PRI",
    "get",
    "G\0T",
    "",
    "POST POST",
    "A-VERY-LONG-METHOD-NAME-THAT-NOBODY-HAS-REGISTERED",
    "\u{fffd}",
];

const PATHS: [&str; 30] = [
    "/api/messages",
    "/api/signup",
    "/api/login",
    "/api/authorizer",
    "/.well-known/jwks.json",
    "/",
    "*",
    "",
    "//api//messages",
    "/api/../api/messages",
    "/api/%2e%2e/login",
    "/api/messages%00",
    "/api/messages/%ff",
    "/api/messages?limit=%",
    "/api/messages?limit=1&limit=1",
    "/api/messages?before=m99999999999999999999",
    "/api/messages?author=%zz",
    "/api/messages?&&==&=",
    "/api/messages#fragment",
    "/api/messages;a=b",
    "/api/\\messages",
    "http://evil.example/api/messages",
    "http://",
    "/.well-known/spin/health",
    "/\u{0}",
    "/api/messages?\u{7f}",
    "/é",
    "/api/login?x",
    "/api/messages HTTP/0.9",
    "/api/authorizer?methodArn=arn:latchkey:execute-api:::latchkey/*/*/*",
];

/// Headers that determine where the body of a request ends.
const FRAMING: [&str; 14] = [
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "Content-Length: 1e3",
    "Content-Length: 0",
    "Content-Length: 5, 5",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: identity",
    "transfer-encoding: CHUNKED",
    "Host: evil.example",
    "Connection: Upgrade, HTTP2-Settings",
    "No colon in this line",
    " folded: line",
    "Expect: the-unexpected",
];

/// Headers that do not change the framing of a request.
const OTHERS: [&str; 22] = [
    "Authorization: Bearer x.y.z",
    "Authorization: Bearer",
    "Authorization:",
    "authorization: Basic Og==",
    "Authorization: Bearer TOKEN",
    "Authorization: Bearer \u{1f511}",
    "Content-Type: text/plain",
    "Content-Type: application/json; charset=\"",
    "Content-Type: ;",
    "Content-Type: \u{ff}",
    "Expect: 100-continue",
    "Origin: null",
    "Origin: https://a.example, https://b.example",
    "Origin: \u{feff}",
    "If-None-Match: \"",
    "If-None-Match: W/",
    "If-None-Match: *, *",
    "Access-Control-Request-Method: \u{202e}TEG",
    "X-Request-Id: \"}\u{1b}[2J{",
    "Upgrade: h2c",
    "Range: bytes=0-18446744073709551615",
    "Cookie: \u{0}",
];

const BODIES: [&str; 20] = [
    "",
    "{}",
    "[]",
    "null",
    "\"",
    "{\"text\":\"hostile\"}",
    "{\"text\":\"hostile",
    "{\"text\":null,\"text\":1}",
    "{\"username\":\"a\",\"password\":\"b\"}",
    "{\"username\":\"\\u0000\",\"password\":\"\\ud800\"}",
    "{\"\\u0000\":1}",
    "{\"a\":1e999999}",
    "{\"a\":-0}",
    "{\"__proto__\":{}}",
    "5\r\nhello\r\n0\r\n\r\n",
    "0\r\n\r\n",
    "ffffffffffffffff\r\n",
    "-1\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "{\"methodArn\":\"arn:latchkey:execute-api:::latchkey/test/POST/api/messages\"}",
];

/// Half of the requests reach a component, on average.
pub(super) fn request(random: &mut Random, alice: &Actor) -> Vec<u8> {
    if random.one_in(2) { well_framed(random, alice) } else { ill_framed(random, alice) }
}

/// A request that reaches a component.
fn well_framed(random: &mut Random, alice: &Actor) -> Vec<u8> {
    let (method, path, body) = (random.pick(&METHODS[..3]), random.pick(&PATHS[..5]), body(random));
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    head += &format!("Content-Length: {}\r\n", body.len());
    if !random.one_in(5) {
        head += "Content-Type: application/json\r\n";
    }
    if random.one_in(2) {
        head += &format!("Authorization: Bearer {}\r\n", alice.token);
    }
    if random.one_in(3) {
        head += &format!("{}\r\n", random.pick(&OTHERS));
    }
    [head.as_bytes(), b"\r\n", &body].concat()
}

/// Bytes that may not be a valid request.
fn ill_framed(random: &mut Random, alice: &Actor) -> Vec<u8> {
    let version = random.pick(&["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "JUNK", ""]);
    let mut request = format!("{} {} {version}\r\n", random.pick(&METHODS), random.pick(&PATHS)).into_bytes();
    if !random.one_in(10) {
        request.extend(b"Host: localhost\r\nConnection: close\r\n");
    }
    for _ in 0..random.below(4) {
        let header = if random.one_in(2) { random.pick(&FRAMING) } else { random.pick(&OTHERS) };
        request.extend(header.replace("TOKEN", &alice.token).bytes());
        request.extend(if random.one_in(20) { &b"\n"[..] } else { b"\r\n" });
    }
    match random.below(10) {
        0 => request.extend(format!("X-Long: {}\r\n", "a".repeat(random.below(200_000))).bytes()),
        1 => (0..random.below(300)).for_each(|n| request.extend(format!("X-{n}: {n}\r\n").bytes())),
        2 => request.extend([&b"X-Bytes: "[..], &random.bytes(64), b"\r\n"].concat()),
        _ => {}
    }
    if random.one_in(20) {
        return request;
    }
    request.extend(b"\r\n");
    request.extend(body(random));
    request
}

fn body(random: &mut Random) -> Vec<u8> {
    match random.below(10) {
        0 => {
            let count = random.below(100_000);
            random.bytes(count)
        }
        1 => random.pick(&["[", "{\"a\":", "\"\\", "9", " "]).repeat(random.below(10_000)).into_bytes(),
        2 => {
            // A valid body with one byte changed.
            let mut body = format!("{{\"text\":\"hostile {}\"}}", random.next()).into_bytes();
            let at = random.below(body.len());
            body[at] = random.next().to_be_bytes()[0];
            body
        }
        _ => random.pick(&BODIES).as_bytes().to_vec(),
    }
}
