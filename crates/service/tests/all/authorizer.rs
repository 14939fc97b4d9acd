use domain::{Effect, Statement};
use serde_json::{Value, json};
use service::platform::{Authorization, Denial, UncheckedPrincipal};

use crate::description;
use crate::standing::decide;
use crate::world::{Fault, Verdict, World, anon, bearer};

const ARN: &str = "arn:latchkey:execute-api:::latchkey/test/POST/api/messages";

#[test]
fn the_endpoint_answers_with_the_policy() {
    let world = World::new();
    let token = world.join("alice");
    let sessions = world.send(bearer(&token, "GET", "/api/sessions", "")).json();
    let arn = |method: &str| format!("arn:latchkey:execute-api:::latchkey/test/{method}");
    let expected = serde_json::json!({
        "principalId": "alice",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{
                "Action": ["execute-api:Invoke"],
                "Effect": "Allow",
                "Resource": [
                    arn("POST/api/signup"),
                    arn("POST/api/login"),
                    arn("POST/api/login/code"),
                    arn("GET/.well-known/jwks.json"),
                    arn("HEAD/.well-known/jwks.json"),
                    arn("GET/.well-known/openid-configuration"),
                    arn("HEAD/.well-known/openid-configuration"),
                    arn("GET/.well-known/oauth-authorization-server"),
                    arn("HEAD/.well-known/oauth-authorization-server"),
                    arn("POST/api/session/refresh"),
                    arn("POST/api/logout"),
                    arn("GET/api/sessions"),
                    arn("HEAD/api/sessions"),
                    arn("DELETE/api/sessions"),
                    arn("DELETE/api/sessions/*"),
                    arn("GET/api/account"),
                    arn("HEAD/api/account"),
                    arn("PATCH/api/account"),
                    arn("POST/api/account/password"),
                    arn("GET/api/account/activity"),
                    arn("HEAD/api/account/activity"),
                    arn("GET/api/account/export"),
                    arn("HEAD/api/account/export"),
                    arn("DELETE/api/account/messages"),
                    arn("POST/api/account/delete"),
                    arn("POST/api/account/totp"),
                    arn("POST/api/account/totp/confirm"),
                    arn("POST/api/account/totp/remove"),
                    arn("POST/api/account/recovery-codes"),
                    arn("POST/api/recovery"),
                    arn("GET/api/messages"),
                    arn("HEAD/api/messages"),
                    arn("POST/api/messages"),
                    arn("GET/api/messages/*"),
                    arn("HEAD/api/messages/*"),
                    arn("DELETE/api/messages/*"),
                    arn("POST/api/messages/*/report"),
                    arn("GET/api/authorizer"),
                    arn("HEAD/api/authorizer"),
                    arn("POST/api/authorizer"),
                    arn("POST/api/login/passkey"),
                    arn("POST/api/login/passkey/begin"),
                    arn("GET/api/account/passkeys"),
                    arn("HEAD/api/account/passkeys"),
                    arn("POST/api/account/passkeys"),
                    arn("POST/api/account/passkeys/begin"),
                    arn("POST/api/account/passkeys/confirm"),
                    arn("POST/api/account/passkeys/*"),
                    arn("POST/api/account/passkeys/*/delete"),
                    arn("GET/api/openapi.yaml"),
                    arn("HEAD/api/openapi.yaml"),
                    arn("OPTIONS/*"),
                ],
            }, {
                "Action": ["messages:Delete"],
                "Effect": "Allow",
                "Resource": ["arn:latchkey:messages:::latchkey/test/alice/*"],
            }],
        },
        "context": { "name": "Name of alice", "session": sessions["sessions"][0]["id"] },
    });
    for method in ["GET", "POST"] {
        let answer = world.send(bearer(&token, method, "/api/authorizer", ""));
        assert_eq!((answer.status(), answer.header("cache-control")), (200, Some("no-store")), "{}", answer.said());
        assert_eq!(answer.json(), expected, "{}", answer.said());
    }
}

/// The statements of an account's policy after the first one, which has the methods of members: what each does, its actions,
/// and its resources without what all have in common.
fn further_statements(world: &World, token: &str) -> Vec<(String, String, String)> {
    let json = world.send(bearer(token, "GET", "/api/authorizer", "")).json();
    let statements = json["policyDocument"]["Statement"].as_array().unwrap().clone();
    let words = |list: &Value| {
        let words: Vec<_> = list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        words.join(" ").replace("arn:latchkey:", "").replace(":::latchkey/test/", ":")
    };
    let further = statements.iter().skip(1);
    further
        .map(|one| (one["Effect"].as_str().unwrap().to_owned(), words(&one["Action"]), words(&one["Resource"])))
        .collect()
}

const OF_MODERATORS: &str = "execute-api:GET/api/moderation/reports execute-api:HEAD/api/moderation/reports \
                             execute-api:POST/api/moderation/reports/*/resolve \
                             execute-api:GET/api/moderation/accounts/*/suspension \
                             execute-api:HEAD/api/moderation/accounts/*/suspension \
                             execute-api:PUT/api/moderation/accounts/*/suspension \
                             execute-api:DELETE/api/moderation/accounts/*/suspension";
const OF_ADMINS: &str = "execute-api:GET/api/admin/accounts/* execute-api:HEAD/api/admin/accounts/* \
                         execute-api:PUT/api/admin/accounts/*/role execute-api:DELETE/api/admin/accounts/*/sessions \
                         execute-api:POST/api/admin/accounts/*/reset-link execute-api:POST/api/admin/invitations";

#[test]
fn a_role_has_a_statement_of_its_methods_and_of_what_they_may_do() {
    let world = World::new();
    let token = world.join("alice");
    let allow = |actions: &str, resources: &str| ("Allow".to_owned(), actions.to_owned(), resources.to_owned());
    let moderators = allow("execute-api:Invoke", OF_MODERATORS);
    let any_message = allow("messages:Delete", "messages:*");
    let admins = [
        moderators.clone(),
        allow("execute-api:Invoke", OF_ADMINS),
        any_message.clone(),
        allow(
            "accounts:Suspend accounts:SetRole accounts:EndSessions accounts:ResetPassword",
            "accounts:member/* accounts:moderator/* accounts:admin/*",
        ),
    ];
    assert_eq!(further_statements(&world, &token), [allow("messages:Delete", "messages:alice/*")]);
    decide(&world, "alice", &json!({"role": "moderator"}));
    let suspends = allow("accounts:Suspend", "accounts:member/*");
    assert_eq!(further_statements(&world, &token), [moderators, any_message, suspends]);
    decide(&world, "alice", &json!({"role": "admin"}));
    assert_eq!(further_statements(&world, &token), admins);
    decide(&world, "alice", &json!({"role": "member"}));
    world.set("admins", "alice");
    assert_eq!(further_statements(&world, &token), admins, "the operator has named it");
}

#[test]
fn a_suspension_denies_what_the_role_allows() {
    let world = World::new();
    let token = world.join("alice");
    for role in ["member", "moderator", "admin"] {
        let suspension = json!({"by": "ruth", "reason": "spam", "since_ms": world.data.now_millis()});
        decide(&world, "alice", &json!({"role": role, "suspension": suspension}));
        let statements = further_statements(&world, &token);
        let denied: Vec<_> = statements.iter().filter(|(effect, ..)| effect == "Deny").collect();
        assert!(
            denied[0].2.contains("execute-api:POST/api/messages ") && !denied[0].2.contains("GET/api/account "),
            "{role}"
        );
        assert_eq!(denied.iter().any(|(.., methods)| methods == OF_MODERATORS), role != "member", "{role}");
        assert_eq!(denied.iter().any(|(.., methods)| methods == OF_ADMINS), role == "admin", "{role}");
        let last: Vec<_> = denied.iter().rev().take(2).map(|(_, action, on)| (action.as_str(), on.as_str())).collect();
        assert_eq!(last, [("accounts:*", "accounts:*"), ("messages:Delete", "messages:*")], "{role}");
    }
}

/// Asks for the decision on a method in both possible ways: by the query and by the body.
fn asking(token: &str, arn: &str) -> [http::Request<bytes::Bytes>; 2] {
    let escaped = arn.replace('?', "%3F").replace('é', "%C3%A9");
    let body = serde_json::json!({"methodArn": arn}).to_string();
    [
        bearer(token, "GET", &format!("/api/authorizer?methodArn={escaped}"), ""),
        bearer(token, "POST", "/api/authorizer", &body),
    ]
}

#[test]
fn a_method_arn_gets_its_verdict() {
    let world = World::new();
    let token = world.join("alice");
    for (method, verdict) in [
        ("test/POST/api/messages", "Allow"),
        ("test/GET/api/messages", "Allow"),
        ("test/HEAD/api/messages", "Allow"),
        ("test/GET/api/openapi.yaml", "Allow"),
        ("test/POST/api/signup", "Allow"),
        ("test/HEAD/api/account", "Allow"),
        ("test/OPTIONS/api/account", "Allow"),
        ("test/OPTIONS/api/nothing", "Allow"),
        ("test/DELETE/api/messages", "Deny"),
        ("test/HEAD/api/signup", "Deny"),
        ("test/HEAD/api/sessions/1", "Deny"),
        ("test/GET/api/nothing", "Deny"),
        ("dev/GET/api/messages", "Deny"),
        ("dev/OPTIONS/api/messages", "Deny"),
        ("test/POST/api/messages/1", "Deny"),
        ("test/DELETE/api/messages/1", "Allow"),
        ("test/post/api/messages", "Deny"),
        ("dev/POST/api/messages", "Deny"),
        ("live/POST/api/messages", "Deny"),
        ("test/POST/api/nothing", "Deny"),
        ("test/POST/", "Deny"),
    ] {
        for request in asking(&token, &format!("arn:latchkey:execute-api:::latchkey/{method}")) {
            let answer = world.send(request);
            let json = answer.json();
            assert_eq!(answer.status(), 200, "{method}: {json}");
            assert_eq!((&json["verdict"], &json["principalId"]), (&verdict.into(), &"alice".into()), "{method}");
        }
    }
}

/// A gateway that goes by the verdict refuses nothing that the app does, and lets nothing through that has no such method.
#[test]
fn the_verdict_on_every_method_is_what_the_app_does() {
    for role in ["member", "moderator", "admin"] {
        let world = World::new();
        let token = world.join("alice");
        decide(&world, "alice", &json!({ "role": role }));
        says_what_the_app_does(&world, &token, role);
    }
}

fn says_what_the_app_does(world: &World, token: &str, role: &str) {
    let mut paths: Vec<String> = description::operations().into_iter().map(|(_, path, _)| path).collect();
    paths.extend(["/api/nothing".to_owned(), "/api/Account".to_owned()]);
    for path in paths {
        let path = path.replace(":id", "1").replace(":username", "ada");
        let is_for = match &path {
            path if path.starts_with("/api/admin/") => "admin",
            path if path.starts_with("/api/moderation/") => "admin moderator",
            _ => "admin moderator member",
        };
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            // An app with another store answers, so that no request ends the session of the token. Its issuer is a URL, so that
            // there is metadata of it.
            let app = World::new();
            app.set("token_issuer", "https://id.example");
            let status = app.send(bearer(token, method, &path, "")).status();
            // It has no messages, and says so by the status of an address that does not exist.
            let is_message = path == "/api/messages/1" && matches!(method, "GET" | "HEAD");
            let exists = method == "OPTIONS" || is_message || !matches!(status, 404 | 405);
            // A star goes on behind a slash, as in IAM, so `DELETE/api/messages/*` names what is not there too.
            if !exists && (path.contains("/1/") || path.contains("/ada/")) {
                continue;
            }
            let arn = format!("arn:latchkey:execute-api:::latchkey/test/{method}{path}");
            let [by_query, _] = asking(token, &arn);
            let verdict = world.send(by_query).json()["verdict"].take();
            let may = exists && (is_for.contains(role) || method == "OPTIONS");
            assert_eq!(verdict, if may { "Allow" } else { "Deny" }, "{role}: {method} {path}: {status}");
        }
    }
}

#[test]
fn a_malformed_method_arn_is_refused() {
    let world = World::new();
    let token = world.join("alice");
    const START: &str = "arn:latchkey:execute-api:::latchkey";
    for arn in [
        "",
        "arn",
        "nonsense",
        "arn:aws:execute-api:us-east-1:1:latchkey/test/GET/a",
        &format!("{START}/test"),
        &format!("{START}/test/GET"),
        &format!("{START}//GET/a"),
        &format!("{START}/test/*/api/messages"),
        &format!("{START}/test/POST/api/message?"),
        &format!("{START}/test/POST/api/é"),
        &format!("{START}/test/GET/{}", "a".repeat(512)),
    ] {
        let [by_query, by_body] = asking(&token, arn);
        world.send(by_query).is_refused(400, "invalid_request", &["methodArn:invalid"]);
        world.send(by_body).is_invalid(&["methodArn:invalid"]);
    }
}

#[test]
fn its_fields_are_checked() {
    let world = World::new();
    let token = world.join("alice");
    for (body, error) in [
        (r#"{"methodArn":7}"#, "methodArn:wrong_type"),
        (r#"{"methodArn":null}"#, "methodArn:wrong_type"),
        (r#"{"method_arn":"arn"}"#, "method_arn:unknown_field"),
        (r#"{"methodArn":"arn","methodArn":"arn"}"#, "methodArn:duplicate"),
    ] {
        world.send(bearer(&token, "POST", "/api/authorizer", body)).is_invalid(&[error]);
    }
    for (query, error) in [
        ("arn=arn", "arn:unknown_field"),
        ("what=1", "what:unknown_field"),
        ("methodArn=arn&methodArn=arn", "methodArn:duplicate"),
    ] {
        let answer = world.send(bearer(&token, "GET", &format!("/api/authorizer?{query}"), ""));
        answer.is_refused(400, "invalid_request", &[error]);
    }
}

#[test]
fn without_a_good_token_there_is_no_policy() {
    let world = World::new();
    let token = world.join("alice");
    for method in ["GET", "HEAD", "POST"] {
        let answer = world.send(anon(method, "/api/authorizer", ""));
        assert_eq!(
            (answer.status(), answer.header("www-authenticate")),
            (401, Some("Bearer realm=\"latchkey\"")),
            "{}",
            answer.said()
        );
        assert!(method == "HEAD" || answer.code() == "missing_token", "{method}: {}", answer.said());
    }
    world.advance_millis(900_000 + 61_000);
    let answer = world.send(bearer(&token, "GET", "/api/authorizer", ""));
    answer.is_refused(401, "invalid_token", &[]);
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer realm=\"latchkey\", error=\"invalid_token\", error_description=\"The token has expired.\"")
    );
    assert_eq!(world.events("authz_fail").last().unwrap()["reason"], "expired");
}

fn granted() -> Authorization {
    Authorization {
        principal: UncheckedPrincipal {
            username: "alice".to_owned(),
            name: "Alice".to_owned(),
            session: "0".repeat(32),
        },
        version: "2012-10-17".to_owned(),
        statements: vec![Statement {
            effect: Effect::Allow,
            actions: vec!["execute-api:Invoke".to_owned()],
            resources: vec!["*".to_owned()],
        }],
    }
}

fn guarded_by(verdict: Verdict) -> World {
    let mut world = World::new();
    world.authorizer = Some(verdict);
    world
}

#[test]
fn the_gateway_asks_with_the_header_and_the_method() {
    let world = guarded_by(Box::new(|authorization, method| {
        assert_eq!((authorization, method.as_str()), ("Bearer abc", ARN));
        Ok(granted())
    }));
    let answer = world.say("abc", "hello");
    assert_eq!((answer.status(), &answer.json()["message"]["author"]["name"]), (201, &"Alice".into()));
}

#[test]
fn the_gateway_does_not_ask_without_a_token_or_for_a_public_method() {
    let world = guarded_by(Box::new(|_, _| panic!("asked")));
    assert_eq!(world.get("/api/messages").status(), 200);
    for value in [None, Some(""), Some("Basic YWxpY2U6eA=="), Some("Bearer"), Some("Bearer ")] {
        let mut request = anon("POST", "/api/messages", r#"{"text":"x"}"#);
        if let Some(value) = value {
            request.headers_mut().insert("authorization", value.parse().unwrap());
        }
        let answer = world.send(request);
        assert_eq!((answer.status(), answer.code().as_str()), (401, "missing_token"), "{value:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"latchkey\""), "{}", answer.said());
    }
    let mut request = bearer("abc", "POST", "/api/messages", r#"{"text":"x"}"#);
    request.headers_mut().append("authorization", "Bearer abc".parse().unwrap());
    assert_eq!(world.send(request).code(), "invalid_request");
}

#[test]
fn what_the_policy_does_not_allow_is_refused() {
    let deny = Statement { effect: Effect::Deny, resources: vec![ARN.to_owned()], ..granted().statements[0].clone() };
    let other = Statement { resources: vec!["arn:other".to_owned()], ..granted().statements[0].clone() };
    for statements in [vec![granted().statements[0].clone(), deny], vec![other]] {
        let world = guarded_by(Box::new(move |_, _| Ok(Authorization { statements: statements.clone(), ..granted() })));
        let answer = world.say("abc", "hello");
        answer.is_refused(403, "insufficient_scope", &[]);
        let challenge = Some("Bearer realm=\"latchkey\", error=\"insufficient_scope\"");
        assert_eq!(answer.header("www-authenticate"), challenge, "{}", answer.said());
        assert_eq!(world.events("authz_fail")[0]["reason"], "policy");
        assert!(world.texts("/api/messages").is_empty());
    }
}

#[test]
fn output_that_is_malformed_lets_nobody_in() {
    let malformed: [fn(&mut Authorization); 8] = [
        |a| a.principal.username = String::new(),
        |a| a.principal.username = "not a username".to_owned(),
        |a| a.version = "2008-10-17".to_owned(),
        |a| a.statements.clear(),
        |a| a.statements[0].actions.clear(),
        |a| a.statements[0].resources = vec![String::new()],
        |a| a.principal.name = "\0".to_owned(),
        |a| a.principal.session = "../session".to_owned(),
    ];
    for spoil in malformed {
        let mut authorization = granted();
        spoil(&mut authorization);
        let said = format!("{authorization:?}");
        let world = guarded_by(Box::new(move |_, _| Ok(authorization.clone())));
        let answer = world.say("abc", "hello");
        answer.is_refused(500, "internal", &[]);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.said());
        assert_eq!(world.events("internal_error").len(), 1, "{said}");
        assert!(world.texts("/api/messages").is_empty());
    }
}

#[test]
fn an_authorizer_that_can_not_decide_lets_nobody_in() {
    let world = guarded_by(Box::new(|_, _| Err(Denial::Unavailable)));
    let answer = world.say("abc", "hello");
    answer.is_refused(503, "authorizer_unavailable", &[]);
    let world = guarded_by(Box::new(|_, _| Err(Denial::InvalidToken("anything".to_owned()))));
    assert_eq!(world.say("abc", "hello").status(), 401);
}

/// The store fails the authorizer: what it logs and what the gateway logs have the id that the client gets.
#[test]
fn the_lines_of_both_components_have_the_id_of_the_request() {
    let world = World::new();
    let token = world.join("alice");
    world.data.fail_at(1, Fault::Dead);
    let answer = world.say(&token, "hello");
    answer.is_refused(503, "authorizer_unavailable", &[]);
    let id = answer.header("x-request-id").unwrap();
    for (event, component) in [("store_error", "authorizer"), ("authorizer_unavailable", "messages")] {
        let events = world.events(event);
        assert_eq!(events.len(), 1, "{event}");
        assert_eq!((&events[0]["component"], &events[0]["request_id"]), (&component.into(), &id.into()), "{event}");
    }
}
