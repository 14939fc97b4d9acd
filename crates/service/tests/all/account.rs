//! The account of the caller: change of password, and deletion.

use futures::executor::block_on;
use futures::future::join;

use crate::world::{Answer, PASSWORD, World, anon, bearer, signup_body, yield_once};

const NEW: &str = "a quite different secret";

fn change(world: &World, token: &str, current: &str, new: &str) -> Answer {
    let body = format!(r#"{{"current_password":"{current}","new_password":"{new}"}}"#);
    world.send(bearer(token, "POST", "/api/account/password", &body))
}

fn delete(world: &World, token: &str, password: &str) -> Answer {
    world.send(bearer(token, "POST", "/api/account/delete", &format!(r#"{{"password":"{password}"}}"#)))
}

fn log_in_with(world: &World, password: &str) -> u16 {
    world.post("/api/login", &format!(r#"{{"username":"alice","password":"{password}"}}"#)).status()
}

#[test]
fn shows_the_account() {
    let world = World::new();
    let token = world.join("alice");
    let expected = r#"{"user":{"username":"alice","name":"Name of alice"},"created_at":"2027-01-15T08:00:00.000Z","role":"member","second_factor":false,"recovery_codes_left":0}"#;
    assert_eq!(world.send(bearer(&token, "GET", "/api/account", "")).text(), expected);
}

#[test]
fn changing_the_password_ends_all_other_sessions() {
    let world = World::new();
    let token = world.join("alice");
    let (other, refresh) = world.begin("alice");
    assert_eq!(change(&world, &token, PASSWORD, NEW).status(), 204);
    assert_eq!((log_in_with(&world, PASSWORD), log_in_with(&world, NEW)), (401, 200));
    assert_eq!((world.accepts(&token), world.accepts(&other), world.refresh(&refresh).status()), (200, 401, 401));
    assert_eq!(world.events("authn_password_change")[0]["username"], "alice");
    assert_eq!(change(&world, &token, NEW, PASSWORD).status(), 204, "and again");
    assert_eq!((log_in_with(&world, PASSWORD), log_in_with(&world, NEW)), (200, 401));
    assert!(!world.whole_log().contains(NEW));
}

#[test]
fn a_password_is_changed_by_who_knows_it_to_one_that_keeps_the_rules() {
    let world = World::new();
    let token = world.join("alice");
    for (current, new, errors) in [
        ("wrong horse battery", NEW, "current_password:wrong_password"),
        (PASSWORD, "short", "new_password:too_short"),
        (PASSWORD, "I am alice!", "new_password:contains_username"),
        (PASSWORD, "password1", "new_password:common_password"),
    ] {
        let answer = change(&world, &token, current, new);
        answer.is_invalid(&[errors]);
    }
    assert_eq!(log_in_with(&world, PASSWORD), 200);
    assert_eq!(world.send(anon("POST", "/api/account/password", "{}")).status(), 401);
}

#[test]
fn what_is_not_valid_is_refused() {
    let world = World::new();
    let token = world.join("alice");
    for (path, body, errors) in [
        ("/api/account/password", "{}", &["current_password:missing", "new_password:missing"][..]),
        ("/api/account/delete", "{}", &["password:missing"]),
        ("/api/account/delete", r#"{"password":7,"sure":true}"#, &["password:wrong_type", "sure:unknown_field"]),
    ] {
        world.send(bearer(&token, "POST", path, body)).is_invalid(errors);
    }
    assert_eq!(world.sessions(&token).len(), 1);
}

/// The owner and a thief, who both know the password, change it at the same moment.
#[test]
fn of_two_changes_at_once_one_wins_and_the_other_does_nothing() {
    for lead in 0..40 {
        let world = World::new();
        let (owner, thief) = (world.join("alice"), world.begin("alice").0);
        let change = |token: &str, new: &str, lead: u32| {
            let body = format!(r#"{{"current_password":"{PASSWORD}","new_password":"{new}"}}"#);
            let request = bearer(token, "POST", "/api/account/password", &body);
            let world = &world;
            async move {
                for _ in 0..lead {
                    yield_once().await;
                }
                world.send_async(request).await
            }
        };
        let answers = block_on(join(change(&owner, NEW, 0), change(&thief, "the secret of a thief", lead)));
        let [owners, thiefs] = [&answers.0, &answers.1].map(Answer::status);
        assert!(
            owners == 204 && [409, 422, 401].contains(&thiefs) || thiefs == 204 && owners == 409,
            "{lead}: {answers:?}"
        );
        let winner = if owners == 204 { (NEW, &owner, &thief) } else { ("the secret of a thief", &thief, &owner) };
        assert_eq!(log_in_with(&world, winner.0), 200, "{lead}");
        assert_eq!((world.accepts(winner.1), world.accepts(winner.2)), (200, 401), "{lead}");
        assert_eq!(log_in_with(&world, PASSWORD), 401, "{lead}");
    }
}

/// The account is deleted while its password is changed. If the change wins, it has lost no session of its own.
#[test]
fn a_deletion_that_loses_against_a_change_ends_no_session() {
    let mut lost = 0;
    for lead in 0..80 {
        let world = World::new();
        let (deleting, changing) = (world.join("alice"), world.begin("alice").0);
        let body = format!(r#"{{"current_password":"{PASSWORD}","new_password":"{NEW}"}}"#);
        let change = bearer(&changing, "POST", "/api/account/password", &body);
        let delete = bearer(&deleting, "POST", "/api/account/delete", &format!(r#"{{"password":"{PASSWORD}"}}"#));
        let after = async |yields: u32, request| {
            for _ in 0..yields {
                yield_once().await;
            }
            world.send_async(request).await
        };
        let (delete, change) = block_on(join(after(20, delete), after(lead, change)));
        if change.status() == 204 {
            assert_ne!(delete.status(), 204, "{lead}");
            assert_eq!((world.accepts(&changing), log_in_with(&world, NEW)), (200, 200), "{lead}");
            lost += 1;
        } else {
            assert_eq!((delete.status(), world.accepts(&changing)), (204, 401), "{lead}: {}", change.said());
            assert!(!world.data.keys().iter().any(|key| key.starts_with("latchkey:session:")), "{lead}");
        }
    }
    assert!((1..80).contains(&lost), "{lost}");
}

/// Logins with the new password begin while the change is still being answered.
#[test]
fn a_change_does_not_end_what_begins_after_it() {
    for lead in 0..60 {
        let world = World::new();
        let token = world.join("alice");
        let body = format!(r#"{{"current_password":"{PASSWORD}","new_password":"{NEW}"}}"#);
        let change = world.send_async(bearer(&token, "POST", "/api/account/password", &body));
        let login = async {
            for _ in 0..lead {
                yield_once().await;
            }
            world.send_async(anon("POST", "/api/login", &format!(r#"{{"username":"alice","password":"{NEW}"}}"#))).await
        };
        let (change, login) = block_on(join(change, login));
        assert_eq!(change.status(), 204);
        if login.status() == 200 {
            assert_eq!(world.accepts(login.json()["token"].as_str().unwrap()), 200, "{lead}");
        }
    }
}

/// All sessions are ended after the authorizer has let a change of the password through. The change does not bring its
/// session back.
#[test]
fn a_change_brings_no_session_back_that_has_ended() {
    for lead in 0..60 {
        let world = World::new();
        let (changing, ending) = (world.join("alice"), world.begin("alice").0);
        let body = format!(r#"{{"current_password":"{PASSWORD}","new_password":"{NEW}"}}"#);
        let change = world.send_async(bearer(&changing, "POST", "/api/account/password", &body));
        let end = async {
            for _ in 0..lead {
                yield_once().await;
            }
            world.send_async(bearer(&ending, "DELETE", "/api/sessions", "")).await
        };
        let (change, end) = block_on(join(change, end));
        if end.status() == 204 {
            assert_eq!(world.accepts(&changing), 401, "{lead}: {}", change.said());
        }
    }
}

/// A session whose slot was taken by another login at the same moment is in no list.
#[test]
fn a_session_that_is_in_no_list_ends_with_the_others() {
    type End = fn(&World, &str) -> Answer;
    let ends: [End; 2] = [
        |world, token| change(world, token, PASSWORD, NEW),
        |world, token| world.send(bearer(token, "DELETE", "/api/sessions", "")),
    ];
    for end in ends {
        let world = World::new();
        let token = world.join("alice");
        let (unlisted, refresh) = world.begin("alice");
        world.data.remove("latchkey:user:alice:sessions:2");
        assert_eq!(world.accepts(&unlisted), 200);
        assert_eq!(end(&world, &token).status(), 204);
        assert_eq!((world.accepts(&unlisted), world.refresh(&refresh).status()), (401, 401));
    }
}

/// A login with the old password runs while the password is changed. Whichever comes first, no session of the old password
/// remains.
#[test]
fn a_login_beside_a_change_leaves_no_session_of_the_old_password() {
    for lead in 0..40 {
        for login_first in [true, false] {
            let world = World::new();
            // The login also has to hash the password again with more rounds, and must not restore the old password by that.
            let token = world.join("alice");
            world.set("pbkdf2_iterations", "3");
            let login = async {
                for _ in 0..if login_first { 0 } else { lead } {
                    yield_once().await;
                }
                let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
                world.send_async(anon("POST", "/api/login", &body)).await
            };
            let change = async {
                for _ in 0..if login_first { lead } else { 0 } {
                    yield_once().await;
                }
                let body = format!(r#"{{"current_password":"{PASSWORD}","new_password":"{NEW}"}}"#);
                world.send_async(bearer(&token, "POST", "/api/account/password", &body)).await
            };
            let (login, change) = block_on(join(login, change));
            assert_eq!(change.status(), 204);
            assert_eq!((log_in_with(&world, PASSWORD), log_in_with(&world, NEW)), (401, 200), "{lead}");
            if login.status() == 200 {
                let begun = login.json()["token"].as_str().unwrap().to_owned();
                assert_eq!(world.accepts(&begun), 401, "{lead} {login_first}");
            }
            assert_eq!(world.sessions(&token).len(), 2, "this one and that of the new password");
        }
    }
}

#[test]
fn a_deleted_account_is_gone_and_its_name_is_nobodys() {
    let world = World::new();
    let token = world.join("alice");
    let (other, refresh) = world.begin("alice");
    let bob = world.join("bob");
    world.say(&token, "one");
    world.say(&bob, "two");
    world.say(&token, "three");
    change(&world, &token, PASSWORD, NEW);
    let answer = delete(&world, &token, PASSWORD);
    answer.is_invalid(&["password:wrong_password"]);
    assert_eq!(delete(&world, &token, NEW).status(), 204);

    assert_eq!((world.accepts(&token), world.accepts(&other), world.refresh(&refresh).status()), (401, 401, 401));
    assert_eq!((log_in_with(&world, PASSWORD), log_in_with(&world, NEW)), (401, 401));
    let taken = world.post("/api/signup", &signup_body("alice"));
    taken.is_refused(409, "username_taken", &[]);

    let page = world.get("/api/messages").json();
    let shown: Vec<_> = page["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["text"].as_str().unwrap(), m["author"].to_string()))
        .collect();
    let nobody = r#"{"username":null,"name":"deleted user"}"#.to_owned();
    let bob = r#"{"username":"bob","name":"Name of bob"}"#.to_owned();
    assert_eq!(shown, [("three", sorted(&nobody)), ("two", sorted(&bob)), ("one", sorted(&nobody))]);
    assert!(world.texts("/api/messages?author=alice").is_empty());
    assert_eq!(world.events("user_deleted")[0]["username"], "alice");
    let left = world.data.keys().into_iter().filter(|key| key.contains("alice"));
    assert_eq!(left.filter(|key| !key.starts_with("latchkey:author:")).collect::<Vec<_>>(), ["latchkey:user:alice"]);
    // The records of messages are never written over. Readers look whether the account is there.
    for key in world.data.keys().into_iter().filter(|key| !key.starts_with("latchkey:message:")) {
        let value = String::from_utf8_lossy(&world.data.get(&key).unwrap()).into_owned();
        assert!(!value.contains("alice") && !value.contains("Alice"), "{key}: {value}");
    }
}

fn sorted(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json).unwrap().to_string()
}

#[test]
fn a_deleted_name_costs_a_login_what_an_unknown_one_costs() {
    let world = World::new();
    let token = world.join("alice");
    assert_eq!(delete(&world, &token, PASSWORD).status(), 204);
    let before = world.events("authn_login_fail").len();
    let gone = world.log_in("alice");
    let unknown = world.log_in("nobody");
    assert_eq!(gone.text(), unknown.text());
    let events = &world.events("authn_login_fail")[before..];
    for field in ["store_reads", "store_writes", "hash_rounds", "hash_pauses"] {
        assert_eq!(events[0][field], events[1][field], "{field}");
    }
}

/// Posts run while the account is deleted.
#[test]
fn nothing_posted_beside_a_deletion_keeps_the_name() {
    for lead in 0..60 {
        let world = World::new();
        let token = world.join("alice");
        world.say(&token, "before");
        let post = async {
            for _ in 0..lead {
                yield_once().await;
            }
            world.send_async(bearer(&token, "POST", "/api/messages", r#"{"text":"beside"}"#)).await
        };
        let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
        let delete = world.send_async(bearer(&token, "POST", "/api/account/delete", &body));
        let (post, delete) = block_on(join(post, delete));
        assert_eq!(delete.status(), 204);
        assert!([201, 401].contains(&post.status()), "{}", post.said());
        let page = world.get("/api/messages").text().to_owned();
        assert!(!page.contains("alice"), "{lead}: {page}");
        assert!(world.texts("/api/messages?author=alice").is_empty(), "{lead}");
    }
}
