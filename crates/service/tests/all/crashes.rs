//! The store fails, or the process dies, at each call of each flow. There is never a 2xx without its effect, and never an
//! effect that breaks later requests.

use crate::world::{Answer, Data, Fault, World, anon, bearer};

const FAULTS: [Fault; 3] = [Fault::Refused, Fault::ReplyLost, Fault::Dead];

/// Runs a flow once for each of its calls and each kind of fault, in a fresh world, and then checks what remains.
pub(crate) fn at_each_call(
    prepare: impl Fn(&World),
    flow: impl Fn(&World) -> Answer,
    after: impl Fn(&World, u16, &str),
) {
    let mut happened = 0;
    for fault in FAULTS {
        for call in 1.. {
            let data = Data::default();
            let world = World::over(data.clone());
            prepare(&world);
            data.fail_at(call, fault);
            let answer = flow(&world);
            if !data.heal() {
                break;
            }
            happened += 1;
            let said = format!("{fault:?} at call {call}: {}", answer.text());
            if answer.status() >= 500 {
                assert_eq!(answer.status(), 503, "{said}");
                assert!(["store_unavailable", "authorizer_unavailable"].contains(&answer.code().as_str()), "{said}");
                assert_eq!(answer.header("retry-after"), Some("1"));
                assert!(!answer.text().contains("fire") && !answer.text().contains("reset"), "{said}");
                assert_eq!(world.events("store_error").len(), 1, "logged once: {said}");
            }
            after(&World::over(data), answer.status(), &said);
        }
    }
    assert!(happened >= FAULTS.len(), "no fault happened");
}

#[test]
fn sign_up() {
    at_each_call(
        |_| (),
        |world| world.sign_up("alice"),
        |world, status, said| {
            // The status is 409 when the reply to the claim was lost: the claim then belongs to nobody until its lease is
            // over.
            assert!([201, 409, 503].contains(&status), "{said}");
            let exists = world.log_in("alice").status() == 200;
            assert!(status != 201 || exists, "confirmed and not there: {said}");
            for _ in 0..3 {
                world.advance_millis(121_000);
                let again = world.sign_up("alice").status();
                assert!(again == 409 || again == 201 && !exists, "{again}: {said}");
            }
            assert_eq!(world.log_in("alice").status(), 200, "the name is blocked: {said}");
        },
    );
}

#[test]
fn login_that_renews_the_hash() {
    at_each_call(
        |world| {
            world.join("alice");
            world.set("pbkdf2_iterations", "3");
        },
        |world| world.log_in("alice"),
        |world, status, said| {
            assert!([200, 503].contains(&status), "{said}");
            assert_eq!(world.log_in("alice").status(), 200, "{said}");
        },
    );
}

#[test]
fn post() {
    let token = std::cell::RefCell::new(String::new());
    at_each_call(
        |world| *token.borrow_mut() = world.join("alice"),
        |world| world.say(&token.borrow(), "first"),
        |world, status, said| {
            assert!([201, 503].contains(&status), "{said}");
            let board = world.texts("/api/messages");
            let mine = world.texts("/api/messages?author=alice");
            assert!(status != 201 || board == ["first"], "confirmed and not there: {said}");
            assert!(board.is_empty() || mine == board, "on the board and not in its author's list: {said}");
            assert_eq!(world.say(&token.borrow(), "second").status(), 201, "{said}");
            assert_eq!(world.texts("/api/messages")[0], "second");
            assert_eq!(world.texts("/api/messages?author=alice")[0], "second");
            the_newest_page_comes_back(world, said);
        },
    );
}

/// After the lease, somebody's post brings the page back that costs two reads. It shows what the records say.
fn the_newest_page_comes_back(world: &World, said: &str) {
    let token = world.join("somebody");
    for _ in 0..2 {
        assert_eq!(world.say(&token, "later").status(), 201, "{said}");
        assert_eq!(world.get("/api/messages").text(), world.get("/api/messages?before=m999").text(), "{said}");
        world.advance_millis(121_000);
    }
    world.data.fail_at(usize::MAX, Fault::Refused);
    world.get("/api/messages");
    assert_eq!(world.data.calls(), 2, "{said}");
}

#[test]
fn reads() {
    let token = std::cell::RefCell::new(String::new());
    for uri in ["/api/messages", "/api/messages?before=m2", "/api/messages?author=alice", "/.well-known/jwks.json"] {
        at_each_call(
            |world| {
                *token.borrow_mut() = world.join("alice");
                world.say(&token.borrow(), "hello");
            },
            |world| world.send(anon("GET", uri, "")),
            |world, status, said| {
                assert!([200, 503].contains(&status), "{said}");
                assert_eq!(world.get(uri).status(), 200, "{said}");
            },
        );
    }
}

#[test]
fn refresh() {
    let tokens = std::cell::RefCell::new((String::new(), String::new()));
    at_each_call(
        |world| {
            world.join("alice");
            *tokens.borrow_mut() = world.begin("alice");
        },
        |world| world.refresh(&tokens.borrow().1),
        |world, status, said| {
            assert!([200, 503].contains(&status), "{said}");
            // The client lost the answer and asks again with the same refresh token.
            let again = world.refresh(&tokens.borrow().1);
            assert_eq!(again.status(), 200, "{said}");
            let (token, next) = again.tokens();
            assert_eq!((world.accepts(&token), world.refresh(&next).status()), (200, 200), "{said}");
            assert_eq!(world.send(bearer(&token, "POST", "/api/logout", "")).status(), 204, "{said}");
            assert_eq!(world.accepts(&token), 401, "a session that can't be ended: {said}");
        },
    );
}

#[test]
fn reuse_ends_the_session() {
    let tokens = std::cell::RefCell::new(Vec::new());
    at_each_call(
        |world| {
            world.join("alice");
            let first = world.begin("alice").1;
            let second = world.refresh(&first).tokens().1;
            let third = world.refresh(&second).tokens();
            *tokens.borrow_mut() = vec![first, third.0, third.1];
        },
        |world| world.refresh(&tokens.borrow()[0]),
        |world, status, said| {
            assert!([401, 503].contains(&status), "{said}");
            let alive = world.accepts(&tokens.borrow()[1]);
            assert!(status != 401 || alive == 401, "{said}");
            assert_eq!(world.refresh(&tokens.borrow()[0]).status(), 401, "{said}");
            assert_eq!(world.accepts(&tokens.borrow()[1]), 401, "{said}");
        },
    );
}

#[test]
fn login_leaves_no_session_that_can_not_be_found() {
    let mine = std::cell::RefCell::new(String::new());
    at_each_call(
        |world| *mine.borrow_mut() = world.join("alice"),
        |world| world.log_in("alice"),
        |world, status, said| {
            assert!([200, 503].contains(&status), "{said}");
            let sessions = world.sessions(&mine.borrow()).len();
            assert!(sessions <= 2 && (status != 200 || sessions == 2), "{said}");
            assert_eq!(world.send(bearer(&mine.borrow(), "DELETE", "/api/sessions", "")).status(), 204);
            assert_eq!(world.accepts(&mine.borrow()), 401, "{said}");
            let token = world.begin("alice").0;
            assert_eq!(world.sessions(&token).len(), 1, "{said}");
            let alive = world.data.keys().into_iter().filter(|key| key.starts_with("latchkey:session:")).count();
            assert_eq!(alive, 1, "the list has deleted the others: {said}");
        },
    );
}

#[test]
fn ends_of_sessions() {
    let tokens = std::cell::RefCell::new((String::new(), String::new()));
    for (method, uri) in [("POST", "/api/logout"), ("DELETE", "/api/sessions"), ("DELETE", "/api/sessions/ID")] {
        at_each_call(
            |world| *tokens.borrow_mut() = (world.join("alice"), world.begin("alice").0),
            |world| {
                let sessions = if uri.ends_with("ID") { world.data.keys() } else { Vec::new() };
                let id = sessions.iter().find_map(|key| key.strip_prefix("latchkey:session:")).unwrap_or_default();
                world.send(bearer(&tokens.borrow().0, method, &uri.replace("ID", id), ""))
            },
            |world, status, said| {
                assert!([204, 503].contains(&status) || status == 409 && uri == "/api/sessions", "{said}");
                let (one, other) = (world.accepts(&tokens.borrow().0), world.accepts(&tokens.borrow().1));
                let ended = [one, other].iter().filter(|status| **status == 401).count();
                let wanted = if uri == "/api/sessions" { 2 } else { 1 };
                assert!(status != 204 || ended == wanted, "{said}");
                assert_eq!(world.log_in("alice").status(), 200, "{said}");
            },
        );
    }
}

#[test]
fn change_of_password() {
    const NEW: &str = "a quite different secret";
    let tokens = std::cell::RefCell::new((String::new(), String::new()));
    let change = |world: &World, current: &str| {
        let body = format!(r#"{{"current_password":"{current}","new_password":"{NEW}"}}"#);
        world.send(bearer(&tokens.borrow().0, "POST", "/api/account/password", &body))
    };
    at_each_call(
        |world| *tokens.borrow_mut() = (world.join("alice"), world.begin("alice").0),
        |world| change(world, crate::world::PASSWORD),
        |world, status, said| {
            // The status is 409 when the reply to the claim was lost: the claim then belongs to nobody until its lease is over.
            assert!([204, 409, 503].contains(&status), "{said}");
            let new =
                world.post("/api/login", &format!(r#"{{"username":"alice","password":"{NEW}"}}"#)).status() == 200;
            let old = world.log_in("alice").status() == 200;
            assert!(new != old, "one password, and not both or none: {said}");
            assert!(status != 204 || new, "{said}");
            // The sessions are those of the password, whatever happened after it was written.
            let (mine, other) = (world.accepts(&tokens.borrow().0), world.accepts(&tokens.borrow().1));
            assert_eq!((mine, other), (200, if new { 401 } else { 200 }), "{said}");
            let current = if new { NEW } else { crate::world::PASSWORD };
            let again = change(world, current).status();
            assert!([204, 409].contains(&again), "{again}: {said}");
            world.advance_millis(121_000);
            let current = if again == 204 { NEW } else { current };
            assert_eq!(change(world, current).status(), 204, "after the lease: {said}");
            assert_eq!(world.sessions(&tokens.borrow().0).len(), 1, "{said}");
        },
    );
}

#[test]
fn deletion_of_an_account() {
    let token = std::cell::RefCell::new(String::new());
    let delete = |world: &World| {
        let body = format!(r#"{{"password":"{}"}}"#, crate::world::PASSWORD);
        world.send(bearer(&token.borrow(), "POST", "/api/account/delete", &body))
    };
    at_each_call(
        |world| {
            *token.borrow_mut() = world.join("alice");
            world.begin("alice");
            world.say(&token.borrow(), "one");
            world.say(&token.borrow(), "two");
        },
        delete,
        |world, status, said| {
            assert!([204, 409, 503].contains(&status), "{said}");
            world.advance_millis(121_000);
            let again = world.log_in("alice");
            assert!(status != 204 || again.status() == 401, "{said}");
            if again.status() == 200 {
                *token.borrow_mut() = again.json()["token"].as_str().unwrap().to_owned();
                let again = delete(world).status();
                assert!([204, 409].contains(&again), "{again}: {said}");
                world.advance_millis(121_000);
                if again == 409 {
                    let again = world.log_in("alice");
                    *token.borrow_mut() = again.json()["token"].as_str().unwrap().to_owned();
                    assert_eq!(delete(world).status(), 204, "after the lease: {said}");
                }
            }
            assert_eq!(world.accepts(&token.borrow()), 401, "{said}");
            assert_eq!(world.log_in("alice").status(), 401, "{said}");
            assert_eq!(world.sign_up("alice").status(), 409, "{said}");
            assert_eq!(world.texts("/api/messages"), ["two", "one"], "{said}");
            assert!(!world.get("/api/messages").text().contains("alice"), "{said}");
            the_newest_page_comes_back(world, said);
            // The records of messages are never written over. A process that dies after the account was deleted leaves records
            // of its sessions, which nobody can use.
            let stays = |key: &str| {
                key.starts_with("latchkey:message:") || status != 204 && key.starts_with("latchkey:session:")
            };
            let left = world
                .data
                .keys()
                .into_iter()
                .filter(|key| !stays(key))
                .filter(|key| String::from_utf8_lossy(&world.data.get(key).unwrap()).contains("alice"));
            assert_eq!(left.collect::<Vec<_>>(), [""; 0], "{said}");
        },
    );
}

#[test]
fn deletion_of_a_message() {
    let token = std::cell::RefCell::new(String::new());
    let delete =
        |world: &World, id: &str| world.send(bearer(&token.borrow(), "DELETE", &format!("/api/messages/{id}"), ""));
    at_each_call(
        |world| {
            *token.borrow_mut() = world.join("alice");
            for text in ["one", "two", "three", "four"] {
                world.say(&token.borrow(), text);
            }
            delete(world, "2");
        },
        |world| delete(world, "3"),
        |world, status, said| {
            assert!([204, 503].contains(&status), "{said}");
            let again = delete(world, "3").status();
            assert!(again == 404 || again == 204 && status == 503, "{again}: {said}");
            for uri in ["/api/messages", "/api/messages?author=alice"] {
                assert_eq!(world.texts(uri), ["four", "one"], "{said}");
            }
            the_newest_page_comes_back(world, said);
        },
    );
}
