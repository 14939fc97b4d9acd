//! Passkeys: how one is added, logs in, confirms and is removed, by an authenticator in software.

mod altered;
pub(crate) mod authenticator;
mod origins;
mod races;
mod store_calls;

use serde_json::{Value, json};

use self::authenticator::{Authenticator, BACKED_UP, BACKUP_ELIGIBLE};
use crate::cookies::{cookie, with};
use crate::world::{Answer, PASSWORD, World, anon, bearer};

pub(crate) const ORIGIN: &str = "https://board.example.com";

/// A world with the account `alice`, and one browser.
pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) token: String,
}

pub(crate) fn password() -> Value {
    json!({ "password": PASSWORD })
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::over(World::new())
    }

    pub(crate) fn over(world: World) -> Self {
        world.set("site_origin", ORIGIN);
        let token = world.join("alice");
        Self { world, token }
    }

    /// Another ceremony begins at another time.
    fn later(&self) {
        self.world.advance_millis(1);
    }

    pub(crate) fn post(&self, path: &str, body: &Value, cookie: &str) -> Answer {
        let request = bearer(&self.token, "POST", path, &body.to_string());
        self.world.send(with(request, &[("cookie", cookie)]))
    }

    /// The options for a new passkey, and the cookie of the browser.
    pub(crate) fn begin_registration(&self) -> (Value, String) {
        self.later();
        let answer = self.post("/api/account/passkeys/begin", &password(), "");
        assert_eq!(answer.status(), 200, "{}", answer.said());
        (answer.json()["options"].take(), cookie(&answer))
    }

    pub(crate) fn register(&self, response: &Value, cookie: &str) -> Answer {
        self.post("/api/account/passkeys", &json!({ "name": "Telephone", "credential": response }), cookie)
    }

    /// Adds a passkey to the account, and returns its id.
    pub(crate) fn add(&self, authenticator: &mut Authenticator) -> String {
        let (options, cookie) = self.begin_registration();
        let answer = self.register(&authenticator.create(&options, ORIGIN), &cookie);
        assert_eq!(answer.status(), 201, "{}", answer.said());
        answer.json()["passkey"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn begin_login(&self) -> (Value, String) {
        self.later();
        let answer = self.world.post("/api/login/passkey/begin", "");
        assert_eq!(answer.status(), 200, "{}", answer.said());
        (answer.json()["options"].take(), cookie(&answer))
    }

    pub(crate) fn log_in(&self, response: &Value, cookie: &str) -> Answer {
        let body = json!({ "credential": response, "refresh_token_in": "body" }).to_string();
        self.world.send(with(anon("POST", "/api/login/passkey", &body), &[("cookie", cookie)]))
    }

    /// Logs in with a passkey.
    pub(crate) fn enter(&self, authenticator: &mut Authenticator) -> Answer {
        let (options, cookie) = self.begin_login();
        self.log_in(&authenticator.get(&options, ORIGIN), &cookie)
    }

    /// What a passkey says in the place of the password, and the cookie of the browser.
    pub(crate) fn confirmation(&self, authenticator: &mut Authenticator) -> (Value, String) {
        self.later();
        let answer = self.post("/api/account/passkeys/confirm", &json!({}), "");
        assert_eq!(answer.status(), 200, "{}", answer.said());
        let response = authenticator.get(&answer.json()["options"], ORIGIN);
        (json!({ "credential": response }), cookie(&answer))
    }

    pub(crate) fn list(&self) -> Vec<Value> {
        let answer = self.world.send(bearer(&self.token, "GET", "/api/account/passkeys", ""));
        assert_eq!(answer.status(), 200, "{}", answer.said());
        answer.json()["passkeys"].as_array().unwrap().clone()
    }
}

fn claims(token: &str) -> Value {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bytes, mut word, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in token.split('.').nth(1).unwrap().chars() {
        word = word << 6 | u32::try_from(DIGITS.find(digit).unwrap()).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits & 0xff) as u8);
        }
    }
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_passkey_that_was_added_logs_in_and_its_token_says_how() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    let id = site.add(&mut telephone);
    let added = json!({
        "id": id, "name": "Telephone", "created_at": "2027-01-15T08:00:00.001Z", "last_used_at": null, "backed_up": false,
    });
    assert_eq!(site.list(), [added]);
    assert_eq!(site.world.events("passkey_added")[0]["username"], "alice");

    let answer = site.enter(&mut telephone);
    assert_eq!(answer.status(), 200, "{}", answer.said());
    assert_eq!(answer.json()["user"]["username"], "alice");
    let (token, refresh_token) = answer.tokens();
    assert_eq!(site.world.accepts(&token), 200);
    assert_eq!(claims(&token)["amr"], json!(["pop", "user", "mfa"]));
    let refreshed = site.world.refresh(&refresh_token).tokens();
    assert_eq!(claims(&refreshed.0)["amr"], json!(["pop", "user", "mfa"]), "a refresh does not change it");
    assert_eq!(site.list()[0]["last_used_at"], "2027-01-15T08:00:00.002Z");
    assert_eq!(site.enter(&mut telephone).status(), 200, "and again");
}

#[test]
fn the_options_are_those_that_the_standard_asks_for() {
    let site = Site::new();
    let (creation, cookie) = site.begin_registration();
    let expected = json!({
        "rp": { "id": "board.example.com", "name": "Latchkey" },
        "user": { "id": creation["user"]["id"], "name": "alice", "displayName": "Name of alice" },
        "challenge": creation["challenge"],
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }, { "type": "public-key", "alg": -8 }],
        "timeout": 300_000,
        "excludeCredentials": [],
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "none",
    });
    assert_eq!(creation, expected);
    assert!(cookie.starts_with("latchkey-passkey="));
    let mut telephone = Authenticator::new(1);
    site.add(&mut telephone);
    let known = json!([{ "type": "public-key", "id": "AQEBAQEBAQEBAQEBAQEBAQ" }]);
    let (creation, _) = site.begin_registration();
    assert_eq!(creation["excludeCredentials"], known);
    assert!(!creation["user"]["id"].to_string().contains("YWxpY2"), "the handle is not the name");

    let (request, cookie) = site.begin_login();
    let expected = json!({
        "challenge": request["challenge"], "timeout": 300_000, "rpId": "board.example.com", "allowCredentials": [],
        "userVerification": "required",
    });
    assert_eq!(request, expected);
    assert!(cookie.starts_with("latchkey-passkey-login="));
    let confirm = site.post("/api/account/passkeys/confirm", &json!({}), "").json();
    assert_eq!(confirm["options"]["allowCredentials"], known);
}

#[test]
fn a_ceremony_that_nobody_ends_writes_nothing() {
    let site = Site::new();
    site.begin_login();
    let before = site.world.data.snapshot();
    for _ in 0..3 {
        site.begin_login();
        site.begin_registration();
    }
    assert_eq!(site.world.data.snapshot(), before);
}

#[test]
fn adding_and_removing_asks_for_the_password_or_a_passkey() {
    let site = Site::new();
    let (mut telephone, mut key) = (Authenticator::new(1), Authenticator::new(2));
    for body in [json!({ "password": "wrong horse battery" }), json!({})] {
        let answer = site.post("/api/account/passkeys/begin", &body, "");
        answer.is_invalid(&[if body == json!({}) { "password:missing" } else { "password:wrong_password" }]);
    }
    let first = site.add(&mut telephone);
    let (body, browser) = site.confirmation(&mut telephone);
    let answer = site.post("/api/account/passkeys/begin", &body, &browser);
    assert_eq!(answer.status(), 200, "{}", answer.said());
    let response = key.create(&answer.json()["options"], ORIGIN);
    assert_eq!(site.register(&response, &cookie(&answer)).status(), 201);
    assert_eq!(site.list().len(), 2);

    let remove = format!("/api/account/passkeys/{first}/delete");
    site.post(&remove, &json!({ "password": "wrong horse battery" }), "").is_invalid(&["password:wrong_password"]);
    let (both, browser) = site.confirmation(&mut key);
    let mut given = both.clone();
    given["password"] = PASSWORD.into();
    site.post(&remove, &given, &browser).is_invalid(&["credential:invalid"]);
    assert_eq!(site.post(&remove, &both, &browser).status(), 204);
    site.post(&remove, &password(), "").is_refused(404, "not_found", &[]);
    assert_eq!(site.list().len(), 1);
    site.enter(&mut telephone).is_refused(401, "invalid_credentials", &[]);
    assert_eq!(site.enter(&mut key).status(), 200);
    assert_eq!(site.world.events("passkey_removed")[0]["username"], "alice");
}

#[test]
fn a_passkey_gets_another_name() {
    let site = Site::new();
    let id = site.add(&mut Authenticator::new(1));
    let path = format!("/api/account/passkeys/{id}");
    assert_eq!(site.post(&path, &json!({ "name": " Old telephone " }), "").status(), 204);
    assert_eq!(site.list()[0]["name"], "Old telephone");
    site.post(&path, &json!({ "name": "" }), "").is_invalid(&["name:too_short"]);
    site.post("/api/account/passkeys/1", &json!({ "name": "A" }), "").is_refused(404, "not_found", &[]);
}

#[test]
fn an_account_has_at_most_ten() {
    let site = Site::new();
    let (options, browser) = site.begin_registration();
    (1..=10).for_each(|seed| _ = site.add(&mut Authenticator::new(seed)));
    site.post("/api/account/passkeys/begin", &password(), "").is_refused(409, "conflict", &[]);
    // The challenge is older than those that were answered since.
    site.register(&Authenticator::new(11).create(&options, ORIGIN), &browser).is_invalid(&["credential:invalid"]);
    let id = site.list()[0]["id"].as_str().unwrap().to_owned();
    let (first, second) = (Site::begin_registration, Site::begin_registration);
    site.post(&format!("/api/account/passkeys/{id}/delete"), &password(), "");
    let (one, two) = (first(&site), second(&site));
    assert_eq!(site.register(&Authenticator::new(11).create(&one.0, ORIGIN), &one.1).status(), 201);
    let answer = site.register(&Authenticator::new(12).create(&two.0, ORIGIN), &two.1);
    answer.is_refused(409, "conflict", &[]);
    assert_eq!(site.list().len(), 10);
}

#[test]
fn whether_it_is_backed_up_is_told_as_the_authenticator_says_it() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    let (options, browser) = site.begin_registration();
    let mut ceremony = telephone.ceremony("webauthn.create", &options, ORIGIN);
    ceremony.flags |= BACKUP_ELIGIBLE;
    assert_eq!(site.register(&ceremony.registration(), &browser).status(), 201);
    assert_eq!(site.list()[0]["backed_up"], false);
    let (options, browser) = site.begin_login();
    let mut ceremony = telephone.ceremony("webauthn.get", &options, ORIGIN);
    ceremony.flags |= BACKUP_ELIGIBLE | BACKED_UP;
    assert_eq!(site.log_in(&ceremony.assertion(), &browser).status(), 200);
    assert_eq!(site.list()[0]["backed_up"], true);
    site.enter(&mut telephone).is_refused(401, "invalid_credentials", &[]);
    assert_eq!(site.world.events("authn_login_fail")[0]["reason"], "backup");
}

#[test]
fn the_deletion_of_the_account_takes_its_passkeys_along() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    site.add(&mut telephone);
    assert!(site.world.data.keys().iter().any(|key| key.starts_with("latchkey:handle:")));
    assert_eq!(site.post("/api/account/delete", &password(), "").status(), 204);
    assert!(!site.world.data.keys().iter().any(|key| key.starts_with("latchkey:handle:")));
    site.enter(&mut telephone).is_refused(401, "invalid_credentials", &[]);
}

/// The tabs of a browser share its cookie, and each ends the ceremony that it has begun.
#[test]
fn two_tabs_log_in() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    site.add(&mut telephone);
    let (first, browser) = site.begin_login();
    site.world.advance_millis(1);
    let request = with(anon("POST", "/api/login/passkey/begin", ""), &[("cookie", &browser)]);
    let second = site.world.send(request);
    assert_eq!(cookie(&second), browser);
    for options in [&first, &second.json()["options"]] {
        assert_eq!(site.log_in(&telephone.get(options, ORIGIN), &browser).status(), 200);
    }
}

#[test]
fn a_browser_that_logs_in_with_a_passkey_is_known_from_then_on() {
    let site = Site::new();
    let mut telephone = Authenticator::new(1);
    site.add(&mut telephone);
    site.world.use_limits();
    let (options, browser) = site.begin_login();
    let body = json!({ "credential": telephone.get(&options, ORIGIN) }).to_string();
    let answer = site.world.send(with(anon("POST", "/api/login/passkey", &body), &[("cookie", &browser)]));
    let set: Vec<_> =
        answer.response.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(set[0].starts_with("latchkey-refresh=") && set[1].starts_with("latchkey-device="), "{set:?}");
    assert!(answer.json().get("refresh_token").is_none());
}
