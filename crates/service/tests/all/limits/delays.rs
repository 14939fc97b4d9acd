//! Limits for an account.

use super::*;

#[test]
fn delays_grow_after_five_failures_for_known_and_unknown_names_alike() {
    for username in ["alice", "nobody", "no user name!"] {
        let world = world();
        world.sign_up("alice");
        for _ in 0..5 {
            assert_eq!(guess(&world, username), FAILED);
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert_eq!(guess(&world, username), (429, Some(seconds)), "{username}");
            world.advance_millis(1000 * seconds - 1);
            assert_eq!(guess(&world, username), (429, Some(1)), "{username} just before {seconds} seconds");
            world.advance_millis(1);
            assert_eq!(guess(&world, username), FAILED, "{username} after {seconds} seconds");
        }
    }
}

#[test]
fn the_answer_says_how_long_to_wait_and_nothing_of_the_account() {
    let world = world();
    world.sign_up("alice");
    let mut answers = Vec::new();
    for username in ["alice", "nobody"] {
        for _ in 0..7 {
            world.send(login(username, WRONG));
        }
        let answer = world.send(login(username, WRONG));
        let mut headers = answer.response.headers().clone();
        headers.remove("x-request-id");
        let refused = world.events("authn_login_fail_max").pop().unwrap();
        let cost = ["store_reads", "store_writes", "hash_rounds"].map(|field| refused[field].as_u64().unwrap());
        assert_eq!(refused["username"] == "alice", username == "alice", "a name that nobody has may be a password");
        answers.push((answer.text().to_owned(), headers, cost));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].2[1..], [0, 0], "no write and no hash");
    let expected = r#"{"type":"urn:latchkey:problem:too_many_requests","title":"Too many requests","status":429,"detail":"Too many attempts. Try again in 1 second.","code":"too_many_requests"}"#;
    assert_eq!(answers[0].0, expected);
}

#[test]
fn who_is_refused_costs_no_hash_and_no_write_and_does_not_wait_longer_for_it() {
    let world = world();
    world.sign_up("alice");
    for _ in 0..5 {
        guess(&world, "alice");
    }
    let before: Vec<_> = world.data.keys().iter().map(|key| world.data.get(key)).collect();
    for millis in 0..100 {
        assert_eq!(guess(&world, "alice"), (429, Some(1)), "after {millis} ms");
        world.advance_millis(1);
    }
    assert_eq!(world.data.keys().iter().map(|key| world.data.get(key)).collect::<Vec<_>>(), before);
    let refused = world.events("authn_login_fail_max");
    assert_eq!(refused.len(), 100);
    for line in refused {
        assert_eq!(
            (&line["level"], &line["limit"], &line["username"]),
            (&"warn".into(), &"account".into(), &"alice".into())
        );
        assert_eq!([&line["store_writes"], &line["hash_rounds"]], [0, 0], "{line}");
    }
    world.advance_millis(900);
    assert_eq!(guess(&world, "alice"), FAILED);
    guess(&world, "nobody");
    assert!(!world.whole_log().contains("nobody"), "people type passwords there");
}

#[test]
fn the_right_password_waits_too_and_is_not_counted() {
    let world = world();
    world.sign_up("alice");
    for _ in 0..7 {
        assert_eq!(guess(&world, "alice"), FAILED);
        world.advance_millis(2000);
    }
    world.advance_millis(4000);
    assert_eq!(guess(&world, "alice"), FAILED);
    assert_eq!(verdict(&world.send(login("alice", PASSWORD))), (429, Some(8)));
    world.advance_millis(8000);
    assert_eq!(world.log_in("Alice").status(), 200);
    assert_eq!(guess(&world, "alice"), FAILED);
    assert_eq!(guess(&world, "alice"), (429, Some(16)));
}

/// A right password costs as much as a wrong one.
#[test]
fn thirty_logins_of_an_account_in_ten_minutes_and_sixty_from_an_address() {
    let world = world();
    for username in ["alice", "bobby", "carol"] {
        world.sign_up(username);
    }
    let log_in = |address, username| verdict(&world.send(login_from(address, username, PASSWORD)));
    for n in 0..30 {
        assert_eq!(log_in(HOME, "alice").0, 200, "{n}");
    }
    assert_eq!(log_in(HOME, "alice"), (429, Some(600)));
    assert_eq!(log_in("198.51.100.9:1", "alice"), (429, Some(600)), "wherever from");
    let refused = world.events("authn_login_fail_max").pop().unwrap();
    assert_eq!((&refused["limit"], &refused["hash_rounds"]), (&"logins".into(), &0.into()), "before the hash");
    for n in 0..30 {
        assert_eq!(log_in(HOME, "bobby").0, 200, "{n}");
    }
    assert_eq!(log_in(HOME, "carol"), (429, Some(600)));
    assert_eq!(log_in("198.51.100.9:1", "carol").0, 200);
    world.advance_millis(10 * MINUTE);
    assert_eq!(log_in(HOME, "alice").0, 200);
    world.set("logins_per_ten_minutes", "0");
    world.set("address_logins_per_ten_minutes", "0");
    for _ in 0..100 {
        assert_eq!(log_in(HOME, "alice").0, 200);
    }
}

/// People type their e-mail address.
#[test]
fn texts_that_are_no_usernames_are_counted_apart() {
    let world = world();
    for n in 0..50 {
        let text = format!("person-{n}@mail.example");
        assert_eq!(guess(&world, &text), FAILED, "{text}");
    }
}

#[test]
fn failures_are_forgotten_after_a_quarter_of_an_hour_without_any() {
    let world = world();
    for _ in 0..5 {
        guess(&world, "alice");
    }
    world.advance_millis(15 * MINUTE - 1);
    assert_eq!(guess(&world, "alice"), FAILED);
    assert_eq!(guess(&world, "alice"), (429, Some(2)), "not a moment before");
    world.advance_millis(15 * MINUTE);
    for _ in 0..5 {
        assert_eq!(guess(&world, "alice"), FAILED);
    }
    assert_eq!(guess(&world, "alice"), (429, Some(1)));
}

#[test]
fn a_clock_that_steps_back_locks_nobody_out() {
    for step in [1000, MINUTE, MINUTE + 1, 24 * 60 * MINUTE] {
        let world = world();
        for _ in 0..20 {
            guess(&world, "alice");
            world.advance_millis(61_000);
        }
        guess(&world, "alice");
        world.step_back_millis(step);
        let (_, wait) = guess(&world, "alice");
        assert!(wait.unwrap_or(0) <= 120, "{wait:?} seconds after {step} ms");
        world.advance_millis(1000 * wait.unwrap_or(0));
        assert_eq!(guess(&world, "alice").0, 401, "{step}");
    }
}

#[test]
fn the_figures_are_variables() {
    let world = world();
    world.set("login_free_failures", "2");
    world.set("login_max_delay_seconds", "3");
    for _ in 0..2 {
        assert_eq!(guess(&world, "alice"), FAILED);
    }
    for seconds in [1, 2, 3, 3] {
        assert_eq!(guess(&world, "alice"), (429, Some(seconds)));
        world.advance_millis(1000 * seconds);
        assert_eq!(guess(&world, "alice"), FAILED);
    }
    world.set("login_free_failures", "0");
    for _ in 0..100 {
        assert_eq!(guess(&world, "alice"), FAILED);
    }
}

#[test]
fn known_and_unknown_names_cost_the_same() {
    let world = world();
    world.set("pbkdf2_iterations", "25000");
    world.sign_up("alice");
    // The first failed login of all also creates the secret, which costs more.
    guess(&world, "somebody");
    for username in ["alice", "nobody", "no user name!", "alice", "nobody", "no user name!"] {
        assert_eq!(
            guess_from(&world, &format!("198.51.100.{}", world.events("authn_login_fail").len()), username),
            FAILED
        );
    }
    let work = |event: &serde_json::Value| {
        ["store_reads", "store_writes", "hash_rounds", "hash_pauses"].map(|field| event[field].as_u64().unwrap())
    };
    let costs: Vec<_> = world.events("authn_login_fail").iter().skip(1).map(work).collect();
    // The account, the secret, and all slots; and a write for the name and for the address, and two for the owner's list.
    assert_eq!(costs, [[3, 4, 24_999, 10]; 6]);
}
