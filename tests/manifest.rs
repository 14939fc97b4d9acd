//! Compares `spin.toml` with this suite: a component or route that is added there and not tested here makes a test fail.

use std::collections::BTreeSet;

use crate::harness::client::ask;
use crate::harness::host::Setup;
use crate::harness::{self, Wasi};

/// Each component of `spin.toml`, and a module of this suite that tests it.
const COMPONENTS: [(&str, &str); 10] = [
    ("account", "account"),
    ("authorizer", "authorizer"),
    ("login", "login"),
    ("messages", "messages"),
    ("moderation", "moderation"),
    ("openapi", "openapi"),
    ("passkeys", "passkeys"),
    ("session", "session"),
    ("signup", "signup"),
    ("site", "site"),
];

/// Each route of `spin.toml`, its component, and a method and path that reach it.
const ROUTES: [(&str, &str, &str, &str); 43] = [
    ("/...", "site", "GET", "/anything-else"),
    ("/.well-known/jwks.json", "login", "GET", "/.well-known/jwks.json"),
    ("/.well-known/oauth-authorization-server", "login", "GET", "/.well-known/oauth-authorization-server"),
    ("/.well-known/openid-configuration", "login", "GET", "/.well-known/openid-configuration"),
    ("/api/...", "openapi", "GET", "/api/anything-else"),
    ("/api/account", "account", "GET", "/api/account"),
    ("/api/account/activity", "account", "GET", "/api/account/activity"),
    ("/api/account/delete", "account", "POST", "/api/account/delete"),
    ("/api/account/export", "account", "GET", "/api/account/export"),
    ("/api/account/messages", "account", "DELETE", "/api/account/messages"),
    ("/api/account/passkeys", "passkeys", "GET", "/api/account/passkeys"),
    ("/api/account/passkeys/:id", "passkeys", "POST", "/api/account/passkeys/1"),
    ("/api/account/passkeys/:id/delete", "passkeys", "POST", "/api/account/passkeys/1/delete"),
    ("/api/account/passkeys/begin", "passkeys", "POST", "/api/account/passkeys/begin"),
    ("/api/account/passkeys/confirm", "passkeys", "POST", "/api/account/passkeys/confirm"),
    ("/api/account/password", "account", "POST", "/api/account/password"),
    ("/api/account/recovery-codes", "account", "POST", "/api/account/recovery-codes"),
    ("/api/account/totp", "account", "POST", "/api/account/totp"),
    ("/api/account/totp/confirm", "account", "POST", "/api/account/totp/confirm"),
    ("/api/account/totp/remove", "account", "POST", "/api/account/totp/remove"),
    ("/api/admin/accounts/:username", "moderation", "GET", "/api/admin/accounts/ada"),
    ("/api/admin/accounts/:username/reset-link", "moderation", "POST", "/api/admin/accounts/ada/reset-link"),
    ("/api/admin/accounts/:username/role", "moderation", "PUT", "/api/admin/accounts/ada/role"),
    ("/api/admin/accounts/:username/sessions", "moderation", "DELETE", "/api/admin/accounts/ada/sessions"),
    ("/api/admin/invitations", "moderation", "POST", "/api/admin/invitations"),
    ("/api/authorizer", "authorizer", "GET", "/api/authorizer"),
    ("/api/login", "login", "POST", "/api/login"),
    ("/api/login/code", "login", "POST", "/api/login/code"),
    ("/api/login/passkey", "passkeys", "POST", "/api/login/passkey"),
    ("/api/login/passkey/begin", "passkeys", "POST", "/api/login/passkey/begin"),
    ("/api/logout", "account", "POST", "/api/logout"),
    ("/api/messages", "messages", "GET", "/api/messages"),
    ("/api/messages/:id", "messages", "DELETE", "/api/messages/1"),
    ("/api/messages/:id/report", "moderation", "POST", "/api/messages/1/report"),
    ("/api/moderation/accounts/:username/suspension", "moderation", "PUT", "/api/moderation/accounts/ada/suspension"),
    ("/api/moderation/reports", "moderation", "GET", "/api/moderation/reports"),
    ("/api/moderation/reports/:id/resolve", "moderation", "POST", "/api/moderation/reports/1/resolve"),
    ("/api/openapi.yaml", "openapi", "GET", "/api/openapi.yaml"),
    ("/api/recovery", "account", "POST", "/api/recovery"),
    ("/api/session/refresh", "session", "POST", "/api/session/refresh"),
    ("/api/sessions", "account", "GET", "/api/sessions"),
    ("/api/sessions/:id", "account", "DELETE", "/api/sessions/1"),
    ("/api/signup", "signup", "POST", "/api/signup"),
];

fn manifest() -> toml::Table {
    std::fs::read_to_string(Wasi::tested().manifest()).unwrap().parse().unwrap()
}

case!(OwnHost, every_component_has_a_test_module);
fn every_component_has_a_test_module() {
    let manifest = manifest();
    let components: Vec<_> = manifest["component"].as_table().unwrap().keys().map(String::as_str).collect();
    assert_eq!(components, COMPONENTS.map(|(component, _)| component), "name a module that tests the new component");
    for (component, module) in COMPONENTS {
        assert!(harness::cases().any(|case| case.subject() == module), "no test of {component} in {module}");
    }
}

case!(OwnHost, every_route_is_served);
fn every_route_is_served() {
    let manifest = manifest();
    let triggers = manifest["trigger"]["http"].as_array().unwrap();
    let routes: BTreeSet<_> =
        triggers.iter().map(|http| (http["route"].as_str().unwrap(), http["component"].as_str().unwrap())).collect();
    assert_eq!(routes, ROUTES.iter().map(|(route, component, ..)| (*route, *component)).collect());
    let app = Setup::app().start();
    for (at, (_, component, method, path)) in ROUTES.into_iter().enumerate() {
        let reply = app.send(ask(method, path));
        assert!(reply.status < 500, "{method} {path}: {}", reply.said());
        let line = app.output().wait_for_events("request", at + 1, |line| line["event"] == "request").pop().unwrap();
        assert_eq!([&line["target_component"], &line["method"], &line["path"]], [component, method, path], "{line}");
        assert_eq!(line["status"], reply.status, "{}", reply.said());
    }
}

case!(OwnHost, a_guarded_component_without_an_authorizer_cannot_start);
fn a_guarded_component_without_an_authorizer_cannot_start() {
    for name in ["messages", "account", "moderation", "passkeys"] {
        cannot_start_alone(name);
    }
}

fn cannot_start_alone(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spin.toml");
    let [composed, uncomposed] = Wasi::tested().components().map(|folder| folder.join(format!("{name}.wasm")));
    assert!(uncomposed.is_file(), "{} is not built", uncomposed.display());
    let text = format!(
        "spin_manifest_version = 2\n[application]\nname = \"open\"\n[[trigger.http]]\nroute = \"/api/messages\"\n\
         component = \"guarded\"\n[component.guarded]\nsource = \"{}\"\nkey_value_stores = [\"default\"]\n",
        uncomposed.display()
    );
    std::fs::write(&file, &text).unwrap();
    let error = Setup::manifest(&file).refused();
    assert!(error.contains("latchkey:auth/authorizer"), "{error}");
    // This replacement shows that only the authorizer was missing.
    let composed = text.replace(&uncomposed.display().to_string(), &composed.display().to_string());
    std::fs::write(&file, composed).unwrap();
    Setup::manifest(&file).start();
}

case!(OwnHost, a_component_is_granted_no_more_than_this);
/// Each component may use only these variables and stores. They correspond to the execution role of a cloud function.
fn a_component_is_granted_no_more_than_this() {
    let manifest = manifest();
    let common = ["stage", "store", "cors_allowed_origins"];
    let verifying = ["token_issuer", "token_audience"];
    let sessions = ["session_lifetime_seconds", "session_idle_seconds"];
    let signing =
        [&verifying[..], &sessions, &["token_lifetime_seconds", "signing_key", "signing_key_lifetime_seconds"]]
            .concat();
    let proxies = ["client_address_header", "trusted_proxies"];
    let delays = ["login_free_failures", "login_max_delay_seconds"];
    let passwords = [&delays[..], &proxies, &["pbkdf2_iterations"]].concat();
    let logins = ["login_address_free_failures", "logins_per_ten_minutes", "address_logins_per_ten_minutes"];
    for (component, more) in [
        (
            "signup",
            [&proxies[..], &["pbkdf2_iterations", "signups", "reserved_usernames", "admins", "signups_per_hour"]]
                .concat(),
        ),
        ("login", [&signing[..], &passwords, &logins, &["admins"]].concat()),
        ("session", [&signing[..], &proxies, &["refresh_reuse_seconds", "admins"]].concat()),
        ("account", [&verifying[..], &passwords, &sessions, &["admins"]].concat()),
        ("passkeys", [&signing[..], &passwords, &logins, &["admins", "site_origin"]].concat()),
        ("messages", [&verifying[..], &proxies, &["posts_per_minute", "admins"]].concat()),
        ("moderation", [&verifying[..], &sessions, &proxies, &["reports_per_hour", "admins"]].concat()),
        ("authorizer", [&verifying[..], &["admins"]].concat()),
    ] {
        let granted = manifest["component"][component].as_table().unwrap();
        // The table `tool` grants nothing.
        let members: BTreeSet<_> = granted.keys().map(String::as_str).filter(|member| *member != "tool").collect();
        assert_eq!(members, BTreeSet::from(["source", "key_value_stores", "variables", "build"]), "{component}");
        let variables: BTreeSet<_> = granted["variables"].as_table().unwrap().keys().map(String::as_str).collect();
        assert_eq!(variables, common.iter().chain(&more).copied().collect(), "{component}");
    }
    let openapi = manifest["component"]["openapi"].as_table().unwrap();
    assert!(openapi.keys().eq(["build", "source", "variables"]), "it reaches no store");
    assert!(openapi["variables"].as_table().unwrap().keys().all(|variable| common.contains(&variable.as_str())));
    let site: Vec<_> = manifest["component"]["site"].as_table().unwrap().keys().map(String::as_str).collect();
    assert_eq!(site, ["build", "source"], "the site reaches nothing");
}
