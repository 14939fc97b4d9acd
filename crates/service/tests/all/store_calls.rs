//! How many calls of the store each request makes, as docs/performance.md says it. A store may be a network away, so each
//! call is time that somebody waits.

use std::collections::BTreeMap;

use crate::second_factor;
use crate::standing::decide;
use crate::world::{Answer, Data, PASSWORD, World, anon, bearer, signup_body};

const DOCUMENT: &str = include_str!("../../../../docs/performance.md");
const HOME: &str = "192.0.2.7:4711";

type Calls = (u32, u32);

/// The rows of the table: a request, its calls, and its calls where the store takes one key at a time.
fn documented() -> BTreeMap<String, (Calls, Calls)> {
    let begin = DOCUMENT.find("| request | reads, writes |").expect("the table of store calls");
    let rows = DOCUMENT[begin..].lines().skip(2).take_while(|line| line.starts_with('|'));
    let calls = |cell: &str| {
        let (reads, writes) = cell.split_once(", ").unwrap();
        (reads.parse().unwrap(), writes.parse().unwrap())
    };
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        (cells[0].to_owned(), (calls(cells[1]), calls(cells[2])))
    })
    .collect()
}

/// An app as its users have it: with the limits, with accounts, and with messages of several authors.
struct App {
    world: World,
    /// The token of an admin.
    ada: String,
    refresh_token: String,
    /// A recovery code of ada, who has no second factor.
    adas_code: String,
    /// A set-up of ada's that waits for its code: the body that confirms it.
    confirmation: String,
    /// Of cyd, who has a second factor: a token, a recovery code, and the ticket of a login that waits for a code.
    cyd: [String; 3],
    invitation: String,
}

impl App {
    fn new(batches: bool) -> Self {
        let world = World::over(Data::default());
        world.join("ada");
        for username in ["ada", "bob", "cyd"] {
            let token = if username == "ada" { world.begin("ada").0 } else { world.join(username) };
            for n in 0..20 {
                assert_eq!(world.say(&token, &format!("message {n}")).status(), 201);
            }
        }
        let (ada, refresh_token) = world.begin("ada");
        for n in 0..5 {
            assert_eq!(world.say(&ada, &format!("more {n}")).status(), 201);
        }
        world.use_limits();
        world.post("/api/login", r#"{"username":"nobody","password":"wrong"}"#);
        world.advance_millis(16 * 60 * 1000);
        let (ada, refresh_token) = world.refresh(&refresh_token).tokens();
        decide(&world, "ada", &serde_json::json!({"role": "admin"}));
        assert_eq!(world.send(bearer(&ada, "POST", "/api/messages/31/report", r#"{"reason":"spam"}"#)).status(), 204);
        let invitation = world.send(bearer(&ada, "POST", "/api/admin/invitations", "")).json();
        let invitation = invitation["invitation"].as_str().unwrap().to_owned();
        let mut app = Self {
            world,
            ada,
            refresh_token,
            adas_code: String::new(),
            confirmation: String::new(),
            cyd: Default::default(),
            invitation,
        };
        app.prepare_factors();
        if !batches {
            app.world.data.refuse_batches();
        }
        app
    }

    fn prepare_factors(&mut self) {
        let token = self.log_in_as("cyd", PASSWORD).json()["token"].as_str().unwrap().to_owned();
        let cyds_code = second_factor::enrol_with_codes(&self.world, &token).1.remove(0);
        let ticket = self.log_in_as("cyd", PASSWORD).json()["ticket"].as_str().unwrap().to_owned();
        self.cyd = [token, cyds_code, ticket];
        self.adas_code = second_factor::make_codes(&self.world, &self.ada).remove(0);
        let (key, ticket) = second_factor::begin(&self.world, &self.ada);
        let code = second_factor::code(&self.world, &key);
        self.confirmation = format!(r#"{{"ticket":"{ticket}","code":"{code}"}}"#);
    }

    fn resolve(&self, body: &str) -> Answer {
        self.as_ada("POST", "/api/moderation/reports/1/resolve", body)
    }

    fn ask(&self, method: &str, uri: &str, body: &str) -> Answer {
        let mut request = anon(method, uri, body);
        request.headers_mut().append("spin-client-addr", HOME.parse().unwrap());
        self.world.send(request)
    }

    fn as_ada(&self, method: &str, uri: &str, body: &str) -> Answer {
        let mut request = bearer(&self.ada, method, uri, body);
        request.headers_mut().append("spin-client-addr", HOME.parse().unwrap());
        self.world.send(request)
    }

    fn log_in(&self, password: &str) -> Answer {
        self.log_in_as("ada", password)
    }

    fn log_in_as(&self, username: &str, password: &str) -> Answer {
        self.ask("POST", "/api/login", &format!(r#"{{"username":"{username}","password":"{password}"}}"#))
    }

    fn recover(&self, code: &str) -> Answer {
        let body = format!(r#"{{"username":"ada","code":"{code}","new_password":"a quite different secret"}}"#);
        self.ask("POST", "/api/recovery", &body)
    }
}

type Request = (&'static str, u16, fn(&App) -> Answer);

const REQUESTS: &[Request] = &[
    ("the newest page", 200, |app| app.ask("GET", "/api/messages", "")),
    ("the newest page, not changed", 304, |app| {
        let tag = app.ask("GET", "/api/messages", "").header("etag").unwrap().parse().unwrap();
        let mut request = anon("GET", "/api/messages", "");
        request.headers_mut().insert("if-none-match", tag);
        app.world.send(request)
    }),
    ("an older page, of one author's messages", 200, |app| app.ask("GET", "/api/messages?before=m41", "")),
    ("an older page, of three authors' messages", 200, |app| app.ask("GET", "/api/messages?before=m42&limit=25", "")),
    ("one message", 200, |app| app.ask("GET", "/api/messages/41", "")),
    ("a page of one author", 200, |app| app.ask("GET", "/api/messages?author=ada", "")),
    ("a post", 201, |app| app.as_ada("POST", "/api/messages", r#"{"text":"hello"}"#)),
    ("a post with an idempotency key", 201, |app| {
        let mut request = bearer(&app.ada, "POST", "/api/messages", r#"{"text":"hello"}"#);
        request.headers_mut().insert("idempotency-key", "one".parse().unwrap());
        app.world.send(request)
    }),
    ("the deletion of a message", 204, |app| app.as_ada("DELETE", "/api/messages/64", "")),
    ("the deletion of an old message", 204, |app| app.as_ada("DELETE", "/api/messages/3", "")),
    ("a report", 204, |app| app.as_ada("POST", "/api/messages/30/report", r#"{"reason":"spam"}"#)),
    ("a report, again", 204, |app| app.as_ada("POST", "/api/messages/31/report", r#"{"reason":"spam"}"#)),
    ("the open reports", 200, |app| app.as_ada("GET", "/api/moderation/reports", "")),
    ("a report that is dismissed", 204, |app| app.resolve(r#"{"action":"dismiss"}"#)),
    ("a report whose message is removed", 204, |app| app.resolve(r#"{"action":"remove"}"#)),
    ("a report whose author is suspended", 204, |app| app.resolve(r#"{"action":"suspend","reason":"spam"}"#)),
    ("whether an account may be suspended", 200, |app| {
        app.as_ada("GET", "/api/moderation/accounts/bob/suspension", "")
    }),
    ("a suspension", 204, |app| app.as_ada("PUT", "/api/moderation/accounts/bob/suspension", r#"{"reason":"spam"}"#)),
    ("the lifting of a suspension", 204, |app| app.as_ada("DELETE", "/api/moderation/accounts/bob/suspension", "")),
    ("an account, to an admin", 200, |app| app.as_ada("GET", "/api/admin/accounts/bob", "")),
    ("a role", 204, |app| app.as_ada("PUT", "/api/admin/accounts/bob/role", r#"{"role":"moderator"}"#)),
    ("the end of an account's sessions, by an admin", 204, |app| {
        app.as_ada("DELETE", "/api/admin/accounts/bob/sessions", "")
    }),
    ("a reset link", 201, |app| app.as_ada("POST", "/api/admin/accounts/bob/reset-link", "")),
    ("an invitation", 201, |app| app.as_ada("POST", "/api/admin/invitations", "")),
    ("a sign-up by invitation", 201, |app| {
        app.world.set("signups", "invited");
        let body = signup_body("eve").replace('}', &format!(r#","invitation":"{}"}}"#, app.invitation));
        app.ask("POST", "/api/signup", &body)
    }),
    ("a sign-up", 201, |app| app.ask("POST", "/api/signup", &signup_body("eve"))),
    ("a sign-up for a name that is taken", 409, |app| app.ask("POST", "/api/signup", &signup_body("ada"))),
    ("a login", 200, |app| app.log_in(PASSWORD)),
    ("a login that fails", 401, |app| app.log_in("wrong")),
    ("a login that is refused by a delay", 429, |app| app.log_in("wrong")),
    ("a login with a second factor, the password", 202, |app| app.log_in_as("cyd", PASSWORD)),
    ("a login with a second factor, the code", 200, |app| {
        let [_, code, ticket] = &app.cyd;
        app.ask("POST", "/api/login/code", &format!(r#"{{"ticket":"{ticket}","code":"{code}"}}"#))
    }),
    ("a wrong code at a login", 401, |app| {
        let body = format!(r#"{{"ticket":"{}","code":"0000-0000-0000-0000"}}"#, app.cyd[2]);
        app.ask("POST", "/api/login/code", &body)
    }),
    ("a reset of the password", 204, |app| app.recover(&app.adas_code)),
    ("a reset of the password that fails", 401, |app| app.recover("0000-0000-0000-0000")),
    ("a key for an authenticator app", 200, |app| {
        app.as_ada("POST", "/api/account/totp", &format!(r#"{{"password":"{PASSWORD}"}}"#))
    }),
    ("turning the second factor on", 204, |app| app.as_ada("POST", "/api/account/totp/confirm", &app.confirmation)),
    ("turning the second factor off", 204, |app| {
        let [token, code, _] = &app.cyd;
        let body = format!(r#"{{"password":"{PASSWORD}","code":"{code}"}}"#);
        app.world.send(bearer(token, "POST", "/api/account/totp/remove", &body))
    }),
    ("new recovery codes", 200, |app| {
        app.as_ada("POST", "/api/account/recovery-codes", &format!(r#"{{"password":"{PASSWORD}"}}"#))
    }),
    ("a refresh", 200, |app| app.world.refresh(&app.refresh_token)),
    ("who am I", 200, |app| app.as_ada("GET", "/api/account", "")),
    ("the authorizer's share of a guarded call", 200, |app| app.as_ada("GET", "/api/authorizer", "")),
    ("a new name", 200, |app| app.as_ada("PATCH", "/api/account", r#"{"name":"Ada King"}"#)),
    ("what has happened to an account", 200, |app| app.as_ada("GET", "/api/account/activity", "")),
    ("a copy of an account, the first page", 200, |app| app.as_ada("GET", "/api/account/export", "")),
    ("the deletion of 20 of one's messages", 200, |app| app.as_ada("DELETE", "/api/account/messages", "")),
    ("the list of sessions", 200, |app| app.as_ada("GET", "/api/sessions", "")),
    ("logging out", 204, |app| app.as_ada("POST", "/api/logout", "")),
    ("the key set", 200, |app| app.ask("GET", "/.well-known/jwks.json", "")),
    ("a change of the password", 204, |app| {
        let body = format!(r#"{{"current_password":"{PASSWORD}","new_password":"a quite different secret"}}"#);
        app.as_ada("POST", "/api/account/password", &body)
    }),
    ("the deletion of an account, however many messages it has", 204, |app| {
        app.as_ada("POST", "/api/account/delete", &format!(r#"{{"password":"{PASSWORD}"}}"#))
    }),
];

fn calls(&(name, status, request): &Request, batches: bool) -> Calls {
    let app = App::new(batches);
    if name.contains("delay") {
        (0..5).for_each(|_| _ = app.log_in("wrong"));
    }
    // The request for the entity tag is not measured.
    let before = if name.contains("not changed") {
        app.world.data.work_of(|| app.ask("GET", "/api/messages", "")).1
    } else {
        (0, 0)
    };
    let (answer, work) = app.world.data.work_of(|| request(&app));
    assert_eq!(answer.status(), status, "{name}: {}", answer.said());
    (work.0 - before.0, work.1 - before.1)
}

#[test]
fn each_request_makes_the_calls_that_the_document_says() {
    let documented = documented();
    let measured = REQUESTS.iter().map(|request| (request.0.to_owned(), (calls(request, true), calls(request, false))));
    let measured: BTreeMap<_, _> = measured.collect();
    let row = |(name, (with, without)): (&String, &(Calls, Calls))| {
        format!("| {name} | {}, {} | {}, {} |\n", with.0, with.1, without.0, without.1)
    };
    let rows: String = REQUESTS.iter().map(|request| row((&request.0.to_owned(), &measured[request.0]))).collect();
    assert!(documented == measured, "the rows of docs/performance.md have to be:\n{rows}");
}

/// The work is the same however much there is.
#[test]
fn the_deletion_of_an_account_costs_the_same_with_many_messages() {
    let calls = |messages: u32| {
        let world = World::new();
        let token = world.join("ada");
        (0..messages).for_each(|n| _ = world.say(&token, &format!("message {n}")));
        let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
        let (answer, work) = world.data.work_of(|| world.send(bearer(&token, "POST", "/api/account/delete", &body)));
        assert_eq!(answer.status(), 204);
        work
    };
    assert_eq!(calls(21), calls(300));
}
