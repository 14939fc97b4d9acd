//! Clients that try to keep the host from answering others, by few and slow requests. Each attack is bounded, and counts answers
//! and not time.

use std::net::Ipv4Addr;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::harness::actors;
use crate::harness::client::{Client, get};
use crate::harness::host::{Host, Setup};
use crate::harness::raw::{Connection, exchange};
use crate::harness::wait_for;

const PAGES: [&str; 4] = ["/", "/api/messages", "/.well-known/jwks.json", "/api/openapi.yaml"];

/// Every connection of an attack needs a descriptor here, and the host inherits the limit.
fn allow_many_connections() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
}

/// The loopback addresses of attackers. The suite's other client has 127.0.0.1.
fn attacker(number: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, 2 + u8::try_from(number).unwrap())
}

fn post(app: &Client, path: &str, length: usize) -> String {
    let host = app.authority();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// A request whose body does not come.
fn unfinished_body(app: &Client, source: Ipv4Addr) -> Connection {
    let mut connection = Connection::open_from(source, app);
    connection.write((post(app, "/api/session/refresh", 50) + "{").as_bytes());
    connection
}

fn login(app: &Client, source: Ipv4Addr) -> Connection {
    let body = r#"{"username":"nobody","password":"as costly as for somebody"}"#;
    let mut connection = Connection::open_from(source, app);
    connection.write((post(app, "/api/login", body.len()) + body).as_bytes());
    connection
}

/// Asks for pages, on a new connection each time.
#[track_caller]
fn is_answered(app: &Client) {
    for path in PAGES {
        // The client of the tests would take a connection that it has, and that the host may close just then.
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", app.authority());
        let reply = exchange(app, request.as_bytes()).unwrap();
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
    }
}

/// Waits until the host has seen that a connection waits for its body, so that the attack is under way.
fn wait_for_last(connections: &mut [Connection], app: &Client) {
    let last = connections.last_mut().unwrap();
    last.read_for(Duration::from_millis(100));
    app.send(get("/.well-known/spin/health").header("connection", "close"));
}

case!(OwnHost, unfinished_bodies_take_no_place);
/// There are more of them than places.
fn unfinished_bodies_take_no_place() {
    let app = Setup::app().flag("--max-concurrent-requests", "8").flag("--body-timeout", "86400").start();
    let mut bodies: Vec<_> = (0..130).map(|_| unfinished_body(&app, Ipv4Addr::LOCALHOST)).collect();
    wait_for_last(&mut bodies, &app);
    is_answered(&app);
    // None of them was answered or closed instead.
    for connection in &mut bodies {
        assert!(connection.read_for(Duration::from_millis(1)) && connection.received().is_empty());
    }
    bodies[0].write(&[b' '; 48]);
    bodies[0].write(b"}");
    assert_eq!(bodies[0].reply().unwrap().status, 401, "the body is complete now");
}

case!(OwnHost, a_body_has_its_time_and_its_size);
fn a_body_has_its_time_and_its_size() {
    let app = Setup::fixture().flag("--body-timeout", "1").flag("--max-request-body", "1").start();
    let head = |length: &str| format!("POST /slow-read HTTP/1.1\r\nHost: a\r\n{length}\r\n\r\n");
    let chunk = format!("400\r\n{}\r\n", "x".repeat(1024));
    for (request, status, code) in [
        (head("Content-Length: 1024") + "x".repeat(1024).as_str(), 200, "1024"),
        (head("Content-Length: 1025"), 413, "body_too_large"),
        (head("Content-Length: 9999999999999999"), 413, "body_too_large"),
        (head("Transfer-Encoding: chunked") + chunk.as_str() + "1\r\nx\r\n", 413, "body_too_large"),
        (head("Transfer-Encoding: chunked") + chunk.as_str() + "0\r\n\r\n", 200, "1024"),
        (head("Content-Length: 2") + "x", 408, "body_timeout"),
        (head("Transfer-Encoding: chunked") + "1\r\nx\r\n", 408, "body_timeout"),
        (head("Transfer-Encoding: chunked") + "zz\r\n", 400, "invalid_request"),
    ] {
        let mut connection = Connection::open(&app);
        connection.write(request.as_bytes());
        let reply = connection.reply().unwrap();
        assert!(reply.status == status && reply.body.contains(code), "{reply:?} to {request:.100}");
        assert_eq!(reply.head.contains("connection: close"), status != 200, "{reply:?}");
    }
}

case!(OwnHost, pages_do_not_wait_for_passwords);
/// Logins that take seconds fill the places of requests that hash a password, and the queue. Then a further request of each such
/// kind is refused, and all others are answered.
fn pages_do_not_wait_for_passwords() {
    let app = Setup::app()
        .variable("pbkdf2_iterations", "10000000")
        .flag("--max-long-requests", "1")
        .flag("--request-timeout", "86400")
        .start();
    let mut logins = Vec::new();
    for path in ["/api/login", "/api/signup", "/api/account/password", "/api/account/delete"] {
        let mut refused = wait_for("refusal", || {
            logins.push(login(&app, Ipv4Addr::LOCALHOST));
            let mut connection = Connection::open(&app);
            connection.write((post(&app, path, 2) + "{}").as_bytes());
            connection.read_for(Duration::from_millis(50));
            connection.received().starts_with(b"HTTP/1.1 503 ").then_some(connection)
        });
        let reply = refused.reply().unwrap();
        assert!(reply.head.contains("retry-after: 1\r\n") && reply.body.contains("overloaded"), "{path}: {reply:?}");
        is_answered(&app);
        assert_eq!(app.get("/api/sessions").status, 401, "another address of a component that hashes");
    }
}

case!(OwnHost, who_waits_to_log_in_is_answered_in_turn);
fn who_waits_to_log_in_is_answered_in_turn() {
    let app = Setup::app().flag("--max-long-requests", "1").start();
    let mut logins: Vec<_> = (0..5).map(|_| login(&app, Ipv4Addr::LOCALHOST)).collect();
    for connection in &mut logins {
        assert_eq!(connection.reply().unwrap().status, 401);
    }
}

case!(OwnHost, one_client_does_not_take_the_places_of_all);
/// Ten requests of one client never end; it may have two of the eight places.
fn one_client_does_not_take_the_places_of_all() {
    let app = Setup::fixture()
        .flag("--max-concurrent-requests", "8")
        .flag("--request-timeout", "86400")
        .default_flag("--max-share-per-address")
        .start();
    let busy = |source| {
        let mut connection = Connection::open_from(source, &app);
        connection.write(b"GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
        connection
    };
    let mut greedy: Vec<_> = (0..10).map(|_| busy(attacker(0))).collect();
    for _ in 0..20 {
        assert_eq!(app.send(get("/empty").header("connection", "close")).status, 200);
    }
    for connection in &mut greedy {
        assert!(connection.read_for(Duration::from_millis(1)) && connection.received().is_empty(), "each waits");
    }
}

case!(OwnHost, silent_connections_make_way_for_their_own_client);
fn silent_connections_make_way_for_their_own_client() {
    allow_many_connections();
    let app = Setup::app().default_flag("--max-share-per-address").flag("--idle-timeout", "86400").start();
    let silent: Vec<_> = (0..1100).map(|_| Connection::open(&app)).collect();
    is_answered(&app);
    drop(silent);
    is_answered(&app);
}

case!(OwnHost, slow_heads_and_bodies_make_way_too);
fn slow_heads_and_bodies_make_way_too() {
    let app = Setup::app()
        .default_flag("--max-share-per-address")
        .flag("--max-connections", "16")
        .flag("--header-timeout", "86400")
        .flag("--body-timeout", "86400")
        .start();
    for source in [Ipv4Addr::LOCALHOST, attacker(0)] {
        let mut heads: Vec<_> = (0..8).map(|_| Connection::open_from(source, &app)).collect();
        for head in &mut heads {
            head.write(b"GET / HTTP/1.1\r\nX: ");
        }
        is_answered(&app);
        let bodies: Vec<_> = (0..8).map(|_| unfinished_body(&app, source)).collect();
        is_answered(&app);
        drop((heads, bodies));
    }
    // The connections of many clients are too many too.
    let bodies: Vec<_> = (0..32).map(|number| unfinished_body(&app, attacker(number))).collect();
    is_answered(&app);
    drop(bodies);
}

case!(OwnHost, who_takes_no_answer_makes_way);
/// They ask for more than the operating system buffers, and read nothing.
fn who_takes_no_answer_makes_way() {
    let app = Setup::app().flag("--max-connections", "4").flag("--write-timeout", "86400").start();
    let alice = actors::alice(&app);
    for _ in 0..20 {
        alice.post(&app, &"🔑".repeat(1000));
    }
    let asking = format!("GET /api/messages HTTP/1.1\r\nHost: {}\r\n\r\n", app.authority()).repeat(400);
    let mut greedy: Vec<_> = (0..4).map(|_| Connection::open(&app)).collect();
    for connection in &mut greedy {
        connection.write(asking.as_bytes());
    }
    is_answered(&app);
}

case!(OwnHost, who_waits_for_a_place_makes_way);
/// All connections are those of logins, of which four are being hashed.
fn who_waits_for_a_place_makes_way() {
    let app = Setup::app()
        .variable("pbkdf2_iterations", "10000000")
        .flag("--max-long-requests", "4")
        .flag("--max-connections", "16")
        .flag("--request-timeout", "86400")
        .start();
    let mut logins: Vec<_> = (0..16).map(|_| login(&app, Ipv4Addr::LOCALHOST)).collect();
    logins[15].read_for(Duration::from_millis(200));
    is_answered(&app);
    assert!(!app.output().stderr().contains("authn_login_fail"), "no hash was done before");
    let turned_away = logins.iter_mut().find_map(|login| {
        login.read_for(Duration::from_millis(10));
        (!login.received().is_empty()).then(|| login.reply().unwrap())
    });
    let reply = turned_away.unwrap();
    assert!(reply.status == 503 && reply.head.contains("retry-after: 1"), "{reply:?}");
}

/// The attackers' silent connections, unfinished bodies and logins, from as many addresses as `source` says. Meanwhile everybody
/// else asks for the newest page.
fn attack(app: &Host, source: impl Fn(usize) -> Ipv4Addr + Sync) {
    let silent: Vec<_> = (0..1000).map(|number| Connection::open_from(source(number / 250), app)).collect();
    let bodies: Vec<_> = (0..500).map(|number| unfinished_body(app, source(4 + number / 250))).collect();
    let logins: Vec<_> = (0..64).map(|number| login(app, source(6 + number / 16))).collect();
    let (logins, bodies) = (Mutex::new(logins), Mutex::new(bodies));
    thread::scope(|scope| {
        scope.spawn(|| {
            for connection in &mut *bodies.lock().unwrap() {
                connection.write(b" ");
            }
        });
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let reply = app.send(get("/api/messages").header("connection", "close"));
                    assert_eq!(reply.status, 200, "{}", reply.said());
                }
            });
        }
    });
    drop((silent, bodies));
    for connection in &mut *logins.lock().unwrap() {
        let status = connection.reply().map(|reply| reply.status);
        assert!(matches!(status, Some(401 | 503)), "{status:?}");
    }
}

case!(OwnHost, everybody_else_is_answered_while_few_clients_attack);
fn everybody_else_is_answered_while_few_clients_attack() {
    allow_many_connections();
    let app = Setup::app().default_flag("--max-share-per-address").variable("pbkdf2_iterations", "220000").start();
    attack(&app, attacker);
    is_answered(&app);
}

case!(OwnHost, everybody_is_answered_while_one_client_attacks_from_their_own_address);
/// As from behind the same router. The limits of places and connections are those of one address then.
fn everybody_is_answered_while_one_client_attacks_from_their_own_address() {
    allow_many_connections();
    let app = Setup::app().default_flag("--max-share-per-address").variable("pbkdf2_iterations", "220000").start();
    attack(&app, |_| Ipv4Addr::LOCALHOST);
    is_answered(&app);
}

case!(OwnHost, behind_a_proxy_one_address_is_many_clients);
fn behind_a_proxy_one_address_is_many_clients() {
    let setup = || {
        let setup = Setup::app().default_flag("--max-share-per-address").flag("--max-connections", "8");
        setup.variable("pbkdf2_iterations", "10000000").flag("--request-timeout", "86400")
    };
    let answer = |app: &Client| exchange(app, b"GET /api/messages HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let app = setup().start();
    let mut logins = Vec::new();
    // Connections that are being answered make no way. One that has just begun may, and then the next one takes its place.
    wait_for("refusal", || {
        let mut login = login(&app, Ipv4Addr::LOCALHOST);
        login.read_for(Duration::from_millis(100));
        logins.push(login);
        answer(&app).is_none().then_some(())
    });
    for setup in
        [setup().variable("client_address_header", "x-forwarded-for"), setup().flag("--max-share-per-address", "100")]
    {
        let app = setup.start();
        let _logins: Vec<_> = (0..4).map(|_| login(&app, Ipv4Addr::LOCALHOST)).collect();
        assert_eq!(answer(&app).unwrap().status, 200);
    }
}

case!(OwnHost, who_has_gone_holds_no_place);
/// Requests that never end have all places, until their clients go.
fn who_has_gone_holds_no_place() {
    let app = Setup::fixture().flag("--max-concurrent-requests", "2").flag("--request-timeout", "86400").start();
    let mut busy = Vec::new();
    wait_for("refusal", || {
        let mut connection = Connection::open(&app);
        connection.write(b"GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
        busy.push(connection);
        (app.get("/empty").status == 503).then_some(())
    });
    drop(busy);
    wait_for("place", || (app.get("/empty").status == 200).then_some(()));
    let log = app.output().stderr();
    assert!(!log.contains("\"level\":\"error\""), "a client that goes is no fault: {log}");
}

case!(OwnHost, who_has_gone_before_their_turn_costs_no_hash);
fn who_has_gone_before_their_turn_costs_no_hash() {
    let app = Setup::app()
        .variable("pbkdf2_iterations", "4000000")
        .flag("--max-long-requests", "1")
        .flag("--request-timeout", "86400")
        .start();
    let mut first = login(&app, Ipv4Addr::LOCALHOST);
    first.read_for(Duration::from_millis(200));
    let waiting: Vec<_> = (0..4).map(|_| login(&app, Ipv4Addr::LOCALHOST)).collect();
    is_answered(&app);
    drop(waiting);
    assert_eq!(first.reply().unwrap().status, 401);
    assert_eq!(login(&app, Ipv4Addr::LOCALHOST).reply().unwrap().status, 401);
    let hashed = app.output().wait_for_events("login", 2, |line| line["event"] == "authn_login_fail");
    assert_eq!(hashed.len(), 2, "the first one and the last one");
}
