//! Passkeys while something else happens to the account, and where the process dies.

use bytes::Bytes;
use futures::executor::block_on;
use futures::future::join;
use http::Request;
use serde_json::json;

use super::{ORIGIN, Site, password};
use crate::cookies::with;
use crate::crashes::at_each_call;
use crate::passkeys::authenticator::Authenticator;
use crate::world::{Answer, PASSWORD, World, anon, bearer, yield_once};

async fn after(world: &World, yields: u32, request: Request<Bytes>) -> Answer {
    for _ in 0..yields {
        yield_once().await;
    }
    world.send_async(request).await
}

fn login(site: &Site, authenticator: &mut Authenticator) -> Request<Bytes> {
    let (options, browser) = site.begin_login();
    let body = json!({ "credential": authenticator.get(&options, ORIGIN) }).to_string();
    with(anon("POST", "/api/login/passkey", &body), &[("cookie", &browser)])
}

fn registration(site: &Site, authenticator: &mut Authenticator) -> Request<Bytes> {
    let (options, browser) = site.begin_registration();
    let body = json!({ "name": "Telephone", "credential": authenticator.create(&options, ORIGIN) }).to_string();
    with(bearer(&site.token, "POST", "/api/account/passkeys", &body), &[("cookie", &browser)])
}

#[test]
fn of_two_logins_with_one_response_one_succeeds() {
    for lead in 0..40 {
        let site = Site::new();
        let mut telephone = Authenticator::new(1);
        site.add(&mut telephone);
        let request = login(&site, &mut telephone);
        let both = join(after(&site.world, 0, request.clone()), after(&site.world, lead, request));
        let (one, other) = block_on(both);
        let mut came = [one.status(), other.status()];
        came.sort_unstable();
        assert_eq!(came, [200, 401], "{lead}: {} {}", one.said(), other.said());
    }
}

#[test]
fn of_two_registrations_with_one_response_one_succeeds() {
    for lead in 0..40 {
        let site = Site::new();
        let request = registration(&site, &mut Authenticator::new(1));
        let both = join(after(&site.world, 0, request.clone()), after(&site.world, lead, request));
        let (one, other) = block_on(both);
        let mut came = [one.status(), other.status()];
        came.sort_unstable();
        assert_eq!(came, [201, 422], "{lead}: {} {}", one.said(), other.said());
        assert_eq!(site.list().len(), 1);
    }
}

#[test]
fn what_is_registered_beside_a_deletion_leaves_nothing() {
    for lead in 0..80 {
        let site = Site::new();
        let request = registration(&site, &mut Authenticator::new(1));
        let delete = bearer(&site.token, "POST", "/api/account/delete", &password().to_string());
        let (added, deleted) = block_on(join(after(&site.world, lead, request), after(&site.world, 10, delete)));
        assert_eq!(deleted.status(), 204, "{lead}: {}", deleted.said());
        assert!([201, 401, 409].contains(&added.status()), "{lead}: {}", added.said());
        let keys = site.world.data.keys();
        assert!(!keys.iter().any(|key| key.starts_with("latchkey:handle:")), "{lead}: {keys:?}");
    }
}

/// Somebody who has the password, and a session, changes nothing for the owner who ends it.
#[test]
fn a_session_that_has_ended_leaves_no_passkey_behind() {
    let mut refused = 0;
    for lead in 0..60 {
        let site = Site::new();
        let owner = site.world.begin("alice").0;
        let request = registration(&site, &mut Authenticator::new(1));
        let body = json!({ "current_password": PASSWORD, "new_password": "a quite different secret" }).to_string();
        let change = bearer(&owner, "POST", "/api/account/password", &body);
        let (added, changed) = block_on(join(after(&site.world, lead, request), after(&site.world, 25, change)));
        assert_eq!(changed.status(), 204, "{lead}: {}", changed.said());
        let owner = Site { world: site.world, token: owner };
        let is_there = owner.list().len() == 1;
        assert_eq!(is_there, added.status() == 201, "{lead}: {}", added.said());
        refused += u32::from(!is_there);
    }
    assert!((1..60).contains(&refused), "{refused}");
}

#[test]
fn a_login_beside_a_change_of_the_password_leaves_no_session_of_before() {
    for lead in 0..60 {
        let site = Site::new();
        let mut telephone = Authenticator::new(1);
        site.add(&mut telephone);
        let request = login(&site, &mut telephone);
        let body = json!({ "current_password": PASSWORD, "new_password": "a quite different secret" }).to_string();
        let change = bearer(&site.token, "POST", "/api/account/password", &body);
        let (entered, changed) = block_on(join(after(&site.world, lead, request), after(&site.world, 0, change)));
        assert_eq!(changed.status(), 204, "{lead}: {}", changed.said());
        let sessions = site.world.sessions(&site.token).len();
        let is_alive = entered.status() == 200 && site.world.accepts(entered.json()["token"].as_str().unwrap()) == 200;
        assert_eq!(sessions, 1 + usize::from(is_alive), "{lead}: {}", entered.said());
        assert_eq!(site.enter(&mut telephone).status(), 200, "a passkey outlives the password");
    }
}

#[test]
fn a_registration_that_breaks_off_is_done_or_can_be_repeated() {
    let token = std::cell::RefCell::new(String::new());
    at_each_call(
        |world| {
            world.set("site_origin", ORIGIN);
            *token.borrow_mut() = world.join("alice");
        },
        |world| {
            let begun =
                world.send(bearer(&token.borrow(), "POST", "/api/account/passkeys/begin", &password().to_string()));
            if begun.status() != 200 {
                return begun;
            }
            world.advance_millis(1);
            let response = Authenticator::new(1).create(&begun.json()["options"], ORIGIN);
            let body = json!({ "name": "Telephone", "credential": response }).to_string();
            let request = bearer(&token.borrow(), "POST", "/api/account/passkeys", &body);
            world.send(with(request, &[("cookie", &crate::cookies::cookie(&begun))]))
        },
        |world, status, said| {
            world.set("site_origin", ORIGIN);
            // The 422 comes where the reply to the write was lost, and it was done.
            assert!([201, 409, 422, 503].contains(&status), "{said}");
            let site = Site { world: World::over(world.data.clone()), token: token.borrow().clone() };
            site.world.set("site_origin", ORIGIN);
            site.world.advance_millis(11_000);
            let mut telephone = Authenticator::new(1);
            if site.list().is_empty() {
                assert_ne!(status, 201, "{said}");
                site.add(&mut telephone);
            } else {
                // The authenticator has what the registration has given it.
                telephone.create(&site.begin_registration().0, ORIGIN);
            }
            let entered = site.enter(&mut telephone);
            assert_eq!(entered.status(), 200, "{said}: {}", entered.said());
        },
    );
}

#[test]
fn a_login_that_breaks_off_can_be_repeated() {
    at_each_call(
        |world| {
            world.set("site_origin", ORIGIN);
            let site = Site { token: world.join("alice"), world: World::over(world.data.clone()) };
            site.world.set("site_origin", ORIGIN);
            site.add(&mut Authenticator::new(1));
        },
        |world| {
            world.advance_millis(1);
            let begun = world.post("/api/login/passkey/begin", "");
            if begun.status() != 200 {
                return begun;
            }
            let body = json!({ "credential": owner(world).get(&begun.json()["options"], ORIGIN) }).to_string();
            let cookie = crate::cookies::cookie(&begun);
            world.send(with(anon("POST", "/api/login/passkey", &body), &[("cookie", &cookie)]))
        },
        |world, status, said| {
            world.set("site_origin", ORIGIN);
            assert!([200, 401, 503].contains(&status), "{said}");
            world.advance_millis(11_000);
            let site = Site { world: World::over(world.data.clone()), token: String::new() };
            site.world.set("site_origin", ORIGIN);
            let entered = site.enter(&mut owner(world));
            assert_eq!(entered.status(), 200, "{said}: {}", entered.said());
        },
    );
}

/// The authenticator of `alice`, who has the one handle that there is.
fn owner(world: &World) -> Authenticator {
    let keys = world.data.keys();
    let handle = keys.iter().find_map(|key| key.strip_prefix("latchkey:handle:")).unwrap();
    let id = crate::passkeys::authenticator::base64url(handle.as_bytes());
    let mut authenticator = Authenticator::new(1);
    let options = json!({ "user": { "id": id }, "challenge": "", "rp": { "id": "" } });
    authenticator.create(&options, ORIGIN);
    authenticator
}
