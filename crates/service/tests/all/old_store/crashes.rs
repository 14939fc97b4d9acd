//! A process dies while it writes a store of an earlier release. Nothing is lost, wherever it dies.

use serde_json::Value;

use super::{NEW_PASSWORD, board, change_password, delete_account, log_in, password, sessions_of};
use crate::world::{Answer, Fault, World, bearer};

/// Runs a request on the old store once for each call that it makes, with a process that dies before that call. Then another
/// process looks what has become of it.
fn with_a_death_at_each_call(request: impl Fn(&World, &Value) -> Answer, look: impl Fn(&World, &Value, usize)) {
    for n in 1.. {
        let (world, known) = World::with_old_store();
        world.data.fail_at(n, Fault::Dead);
        request(&world, &known);
        if !world.data.heal() {
            return assert!(n > 1, "it makes no call");
        }
        look(&World::over(world.data.clone()), &known, n);
    }
}

#[test]
fn a_login_that_dies_leaves_an_account_that_can_log_in() {
    // Never changed, changed, hashed again, and both.
    for username in ["ada", "bob", "cyd", "dot"] {
        let request = |world: &World, known: &Value| {
            // More rounds than any hash of the store has, so that the login writes a new one.
            world.set("pbkdf2_iterations", "2500");
            log_in(world, username, &password(known, username))
        };
        with_a_death_at_each_call(request, |world, known, n| {
            assert_eq!(log_in(world, username, NEW_PASSWORD).status(), 401);
            let answer = log_in(world, username, &password(known, username));
            assert_eq!(answer.status(), 200, "{username}, dead before call {n}: {}", answer.said());
        });
    }
}

#[test]
fn a_password_change_that_dies_leaves_one_password() {
    for username in ["ada", "bob", "cyd", "fay"] {
        let token = |known: &Value| sessions_of(known, username)[0].access_tokens[0].clone();
        let request = |world: &World, known: &Value| change_password(world, &token(known), &password(known, username));
        with_a_death_at_each_call(request, |world, known, n| {
            let statuses = [password(known, username), NEW_PASSWORD.to_owned()]
                .map(|password| log_in(world, username, &password).status());
            assert!([[200, 401], [401, 200]].contains(&statuses), "{username}, dead before call {n}: {statuses:?}");
        });
    }
}

#[test]
fn a_refresh_that_dies_leaves_a_session_that_can_be_refreshed() {
    for username in ["ada", "bob", "cyd"] {
        let old = |known: &Value| sessions_of(known, username).remove(0);
        let request = |world: &World, known: &Value| world.refresh(&old(known).refresh_token);
        with_a_death_at_each_call(request, |world, known, n| {
            let answer = world.refresh(&old(known).refresh_token);
            assert_eq!(answer.status(), 200, "{username}, dead before call {n}: {}", answer.said());
            assert_eq!(world.refresh(&answer.tokens().1).status(), 200);
        });
    }
}

#[test]
fn a_post_or_a_deletion_that_dies_changes_one_message_or_none() {
    let ada = |known: &Value| sessions_of(known, "ada")[0].access_tokens[0].clone();
    let rest = |known: &Value| known["board"].as_array().unwrap().clone();
    with_a_death_at_each_call(
        |world, known| world.say(&ada(known), "and then"),
        |world, known, n| {
            let mut shown = board(world);
            if shown.len() > rest(known).len() {
                assert_eq!(shown.remove(0)["text"], "and then");
            }
            assert_eq!(shown, rest(known), "dead before call {n}");
            assert_eq!(world.say(&ada(known), "and so on").status(), 201);
            assert_eq!(board(world)[0]["text"], "and so on", "dead before call {n}");
        },
    );
    with_a_death_at_each_call(
        |world, known| world.send(bearer(&ada(known), "DELETE", "/api/messages/5", "")),
        |world, known, n| {
            let without: Vec<_> = rest(known).into_iter().filter(|message| message["id"] != "5").collect();
            let shown = board(world);
            assert!(shown == rest(known) || shown == without, "dead before call {n}: {shown:?}");
            let again = world.send(bearer(&ada(known), "DELETE", "/api/messages/5", "")).status();
            assert_eq!(again, if shown == without { 404 } else { 204 }, "dead before call {n}");
            assert_eq!(board(world), without, "dead before call {n}");
        },
    );
}

#[test]
fn a_deletion_of_an_account_that_dies_can_be_requested_again() {
    for username in ["bob", "cyd"] {
        let old = |known: &Value| sessions_of(known, username).remove(0);
        let request = |world: &World, known: &Value| {
            delete_account(world, &old(known).access_tokens[0], &password(known, username))
        };
        with_a_death_at_each_call(request, |world, known, n| {
            // Whoever can still log in, and a session that has outlived the account, can finish the deletion.
            let answer = log_in(world, username, &password(known, username));
            let fresh = (answer.status() == 200).then(|| answer.tokens().0);
            let token = fresh.unwrap_or_else(|| old(known).access_tokens.remove(0));
            if world.accepts(&token) == 200 {
                let again = delete_account(world, &token, &password(known, username)).status();
                assert!([204, 409].contains(&again), "dead before call {n}: {again}");
                if again == 409 {
                    world.advance_millis(121_000);
                    let token = log_in(world, username, &password(known, username)).tokens().0;
                    assert_eq!(delete_account(world, &token, &password(known, username)).status(), 204, "call {n}");
                }
            }
            assert_eq!(log_in(world, username, &password(known, username)).status(), 401, "dead before call {n}");
            assert_eq!(world.sign_up(username).code(), "username_taken", "dead before call {n}");
            assert_eq!(world.refresh(&old(known).refresh_token).status(), 401, "dead before call {n}");
            let shown = board(world);
            assert_eq!(shown.len(), known["board"].as_array().unwrap().len());
            let left = shown.iter().filter(|message| message["author"]["username"] == username).count();
            assert_eq!(left, 0, "dead before call {n}");
        });
    }
}
