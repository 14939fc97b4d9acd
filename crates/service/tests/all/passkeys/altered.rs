//! Ceremonies that are altered in one thing each. All of them get one answer; the log says what was wrong.

use p256::ecdsa::SigningKey;
use serde_json::{Value, json};

use super::{ORIGIN, Site, password};
use crate::cookies::cookie;
use crate::passkeys::authenticator::{Authenticator, Ceremony, USER_PRESENT, USER_VERIFIED, base64url};
use crate::world::{World, bearer};

type Alter = fn(&mut Ceremony);

/// What is altered in both ceremonies, and the reason in the log.
const ALTERED: &[(&str, &str, Alter)] = &[
    ("challenge that is none", "challenge", |it| it.challenge = base64url(b"0.alice.300.seal")),
    ("challenge with another seal", "challenge", |it| it.challenge.replace_range(40..41, "_")),
    ("challenge that is empty", "challenge", |it| it.challenge.clear()),
    ("challenge that is no base64url", "challenge", |it| it.challenge.push('=')),
    ("origin by http", "origin", |it| it.origin = "http://board.example.com".to_owned()),
    ("origin on another port", "origin", |it| it.origin = "https://board.example.com:8443".to_owned()),
    ("origin of a subdomain", "origin", |it| it.origin = "https://www.board.example.com".to_owned()),
    ("origin that begins the same", "origin", |it| it.origin = "https://board.example.com.evil.example".to_owned()),
    ("origin null", "origin", |it| it.origin = "null".to_owned()),
    ("frame of another origin", "cross_origin", |it| it.cross_origin = true),
    ("RP ID of the domain above", "rp_id", |it| it.rp_id = "example.com".to_owned()),
    ("RP ID of another site", "rp_id", |it| it.rp_id = "evil.example".to_owned()),
    ("nobody there", "user_not_verified", |it| it.flags &= !USER_PRESENT),
    ("user not verified", "user_not_verified", |it| it.flags &= !USER_VERIFIED),
    ("backed up without being eligible", "backup", |it| it.flags |= crate::passkeys::authenticator::BACKED_UP),
];

fn reasons(world: &World) -> Vec<String> {
    let events = world.events("authn_login_fail");
    events.iter().map(|event| event["reason"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn an_altered_login_is_refused() {
    let more: &[(&str, &str, Alter)] = &[
        ("type of the other ceremony", "type", |it| it.kind = "webauthn.create"),
        ("type that is none", "challenge", |it| it.kind = "payment.get"),
        ("key of another passkey", "signature", |it| it.key = SigningKey::from_slice(&[9; 32]).unwrap()),
        ("id of another passkey", "unknown_passkey", |it| it.id = vec![9; 16]),
        ("handle of nobody", "unknown_passkey", |it| it.handle = Some(base64url("0".repeat(32).as_bytes()))),
        ("handle that is none", "unknown_passkey", |it| it.handle = Some(base64url(b"alice"))),
        ("no handle", "unknown_passkey", |it| it.handle = None),
        ("counter that stands", "counter", |it| it.counter = 7),
        ("counter that goes back", "counter", |it| it.counter = 6),
        ("counter that is gone", "counter", |it| it.counter = 0),
    ];
    for (what, reason, alter) in ALTERED.iter().chain(more) {
        let site = Site::new();
        let mut telephone = Authenticator::new(1);
        telephone.counter = 6;
        site.add(&mut telephone);
        let (options, browser) = site.begin_login();
        let mut ceremony = telephone.ceremony("webauthn.get", &options, ORIGIN);
        alter(&mut ceremony);
        let answer = site.log_in(&ceremony.assertion(), &browser).of(what);
        answer.is_refused(401, "invalid_credentials", &[]);
        assert_eq!(answer.json()["detail"], "This passkey was not accepted.");
        assert_eq!(reasons(&site.world), [*reason], "{what}");
        let level = if *reason == "counter" { "error" } else { "warn" };
        assert_eq!(site.world.events("authn_login_fail")[0]["level"], level, "{what}");
        assert_eq!(site.enter(&mut telephone).status(), 200, "{what}: what was refused changes nothing");
    }
}

#[test]
fn an_altered_registration_is_refused() {
    let more: &[(&str, &str, Alter)] = &[
        ("type of the other ceremony", "type", |it| it.kind = "webauthn.get"),
        ("algorithm that was not offered", "algorithm", |it| it.algorithm = -9),
        ("id that is too long", "malformed", |it| it.id = vec![1; 1024]),
    ];
    for (what, reason, alter) in ALTERED.iter().chain(more) {
        let site = Site::new();
        let mut telephone = Authenticator::new(1);
        let (options, browser) = site.begin_registration();
        let mut ceremony = telephone.ceremony("webauthn.create", &options, ORIGIN);
        alter(&mut ceremony);
        site.register(&ceremony.registration(), &browser).of(what).is_invalid(&["credential:invalid"]);
        assert_eq!(reasons(&site.world), [*reason], "{what}");
        assert!(site.list().is_empty(), "{what}");
    }
}

/// Whoever changes what was signed can't make a signature for it.
#[test]
fn what_is_changed_after_it_was_signed_is_refused() {
    type AlterResponse = fn(&mut Value);
    let alter: &[(&str, AlterResponse)] = &[
        ("signature of something else", |response| response["signature"] = base64url(&[0x30; 70]).into()),
        ("no signature", |response| response["signature"] = "".into()),
        ("signature that is no text", |response| response["signature"] = 7.into()),
        ("no authenticator data", |response| response["authenticatorData"] = "".into()),
        ("authenticator data that is cut", |response| {
            let data = response["authenticatorData"].as_str().unwrap()[..40].to_owned();
            response["authenticatorData"] = data.into();
        }),
        ("client data that is no JSON", |response| response["clientDataJSON"] = base64url(b"{").into()),
        ("client data that is missing", |response| _ = response.as_object_mut().unwrap().remove("clientDataJSON")),
    ];
    for (what, alter) in alter {
        let site = Site::new();
        let mut telephone = Authenticator::new(1);
        site.add(&mut telephone);
        let (options, browser) = site.begin_login();
        let mut response = telephone.get(&options, ORIGIN);
        alter(&mut response["response"]);
        site.log_in(&response, &browser).of(what).is_refused(401, "invalid_credentials", &[]);
    }
    let site = Site::new();
    for response in [json!({}), json!({ "rawId": null, "response": [] })] {
        let (_, browser) = site.begin_login();
        site.log_in(&response, &browser).is_refused(401, "invalid_credentials", &[]);
        let (_, browser) = site.begin_registration();
        site.register(&response, &browser).is_invalid(&["credential:invalid"]);
    }
    let answer = site.world.post("/api/login/passkey", "{}");
    answer.is_invalid(&["credential:missing"]);
    site.world.post("/api/login/passkey", r#"{"credential":"a"}"#).is_invalid(&["credential:wrong_type"]);
}

#[test]
fn what_was_answered_once_is_refused() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    let (options, browser) = site.begin_registration();
    let response = telephone.create(&options, ORIGIN);
    assert_eq!(site.register(&response, &browser).status(), 201);
    site.register(&response, &browser).is_invalid(&["credential:invalid"]);
    let other = Authenticator::new(2).create(&options, ORIGIN);
    site.register(&other, &browser).of("another passkey").is_invalid(&["credential:invalid"]);
    let (next, browser) = site.begin_registration();
    let again = telephone.create(&next, ORIGIN);
    site.register(&again, &browser).of("the same passkey").is_invalid(&["credential:invalid"]);
    assert_eq!(site.list().len(), 1);

    let (earlier, early_browser) = site.begin_login();
    let (options, browser) = site.begin_login();
    let response = telephone.get(&options, ORIGIN);
    assert_eq!(site.log_in(&response, &browser).status(), 200);
    site.log_in(&response, &browser).is_refused(401, "invalid_credentials", &[]);
    let response = telephone.get(&earlier, ORIGIN);
    site.log_in(&response, &early_browser).of("an earlier one").is_refused(401, "invalid_credentials", &[]);
    assert_eq!(reasons(&site.world), ["used", "used", "known_passkey", "used", "used"]);
}

#[test]
fn a_challenge_lives_for_five_minutes() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    site.add(&mut telephone);
    for (millis, status) in [(299_999, 200), (300_000, 401)] {
        let (options, browser) = site.begin_login();
        let response = telephone.get(&options, ORIGIN);
        site.world.data.let_time_stand(true);
        site.world.advance_millis(millis);
        assert_eq!(site.log_in(&response, &browser).status(), status, "{millis}");
    }
}

#[test]
fn another_browser_is_refused() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    let (options, _) = site.begin_registration();
    let (_, other) = site.begin_registration();
    for browser in ["", "latchkey-passkey=", &other] {
        site.register(&telephone.create(&options, ORIGIN), browser).is_invalid(&["credential:invalid"]);
    }
    site.add(&mut telephone);
    let (options, _) = site.begin_login();
    let (_, other) = site.begin_login();
    for browser in ["", "latchkey-passkey-login=", &other] {
        site.log_in(&telephone.get(&options, ORIGIN), browser).is_refused(401, "invalid_credentials", &[]);
    }
}

#[test]
fn a_challenge_is_for_one_ceremony_one_session_and_one_account() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    let bob = Site { token: site.world.join("bob"), world: World::over(site.world.data.clone()) };
    bob.world.set("site_origin", ORIGIN);
    let other_session = Site { token: site.world.begin("alice").0, world: World::over(site.world.data.clone()) };
    other_session.world.set("site_origin", ORIGIN);
    let (options, browser) = site.begin_registration();
    for thief in [&bob, &other_session] {
        thief.register(&telephone.create(&options, ORIGIN), &browser).is_invalid(&["credential:invalid"]);
    }
    site.add(&mut telephone);

    let (options, browser) = site.begin_login();
    let value = browser.split_once('=').unwrap().1.to_owned();
    let body = json!({ "credential": telephone.get(&options, ORIGIN) });
    let answer = site.post("/api/account/passkeys/begin", &body, &format!("latchkey-passkey={value}"));
    answer.is_invalid(&["credential:invalid"]);
    let (body, browser) = site.confirmation(&mut telephone);
    let value = browser.split_once('=').unwrap().1.to_owned();
    let answer = site.log_in(&body["credential"], &format!("latchkey-passkey-login={value}"));
    answer.is_refused(401, "invalid_credentials", &[]);
}

/// Somebody registers the passkey of somebody else, whose id is no secret, with a key of their own.
#[test]
fn a_passkey_of_another_account_opens_that_account_alone() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    site.add(&mut telephone);
    let thief = Site { token: site.world.join("mallory"), world: World::over(site.world.data.clone()) };
    thief.world.set("site_origin", ORIGIN);
    let mut copy = Authenticator::new(1);
    thief.add(&mut copy);
    for (authenticator, username) in [(&mut telephone, "alice"), (&mut copy, "mallory")] {
        assert_eq!(site.enter(authenticator).json()["user"]["username"], username);
    }
    let (options, browser) = site.begin_login();
    let mut ceremony = copy.ceremony("webauthn.get", &options, ORIGIN);
    ceremony.handle = telephone.ceremony("webauthn.get", &options, ORIGIN).handle;
    ceremony.key = SigningKey::from_slice(&[9; 32]).unwrap();
    site.log_in(&ceremony.assertion(), &browser).is_refused(401, "invalid_credentials", &[]);
}

#[test]
fn without_a_token_nothing_of_an_account_is_told_or_done() {
    let site = Site::new();
    let id = site.add(&mut Authenticator::new(1));
    for (method, path) in [
        ("GET", "/api/account/passkeys".to_owned()),
        ("POST", "/api/account/passkeys".to_owned()),
        ("POST", "/api/account/passkeys/begin".to_owned()),
        ("POST", "/api/account/passkeys/confirm".to_owned()),
        ("POST", format!("/api/account/passkeys/{id}")),
        ("POST", format!("/api/account/passkeys/{id}/delete")),
    ] {
        let answer = site.world.send(bearer("a.b.c", method, &path, &password().to_string()));
        answer.is_refused(401, "invalid_token", &[]);
    }
    let bob = Site { token: site.world.join("bob"), world: World::over(site.world.data.clone()) };
    bob.world.set("site_origin", ORIGIN);
    let path = format!("/api/account/passkeys/{id}");
    bob.post(&path, &json!({ "name": "Mine" }), "").is_refused(404, "not_found", &[]);
    bob.post(&format!("{path}/delete"), &password(), "").is_refused(404, "not_found", &[]);
    assert!(bob.list().is_empty());
}

/// A login for somebody who is not there costs what one with a wrong signature costs before it is looked at.
#[test]
fn an_unknown_handle_costs_what_no_handle_costs() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    site.add(&mut telephone);
    site.world.use_limits();
    let cost = |handle: Option<String>| {
        let (options, browser) = site.begin_login();
        let mut ceremony = telephone.clone().ceremony("webauthn.get", &options, ORIGIN);
        ceremony.handle = handle;
        let response = ceremony.assertion();
        site.world.data.work_of(|| site.log_in(&response, &browser)).1
    };
    let unknown = cost(Some(base64url("0".repeat(32).as_bytes())));
    assert_eq!(cost(None), unknown);
    assert_eq!(cost(Some(base64url(b"alice"))), unknown);
}

#[test]
fn the_cookie_is_of_one_path_and_no_script_reads_it() {
    let site = Site::new();
    for (path, token) in [("/api/login/passkey/begin", None), ("/api/account/passkeys/confirm", Some(&site.token))] {
        let request = |method: &str| match token {
            Some(token) => bearer(token, method, path, ""),
            None => crate::world::anon(method, path, ""),
        };
        let answer = site.world.send(request("POST"));
        let set = answer.header("set-cookie").unwrap();
        let of = path.rsplit_once('/').unwrap().0;
        assert!(set.ends_with(&format!("; Path={of}; Max-Age=300; HttpOnly; SameSite=Strict")), "{set}");
        let secure = crate::cookies::with(request("POST"), &[("origin", ORIGIN)]);
        let answer = site.world.send(secure);
        assert!(cookie(&answer).starts_with("__Secure-latchkey-passkey"));
        assert!(answer.header("set-cookie").unwrap().ends_with("; Secure"));
    }
}
