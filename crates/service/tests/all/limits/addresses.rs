//! Limits for a client address.

use super::*;

/// Sends six failed logins, each for another name. Returns whether the last one is refused, that is, whether they count as
/// one address.
pub(super) fn is_one_client(world: &World, requests: impl Fn(usize) -> Request<Bytes>) -> bool {
    let verdicts: Vec<_> = (0..6).map(|n| verdict(&world.send(requests(n)))).collect();
    assert_eq!(verdicts[..5], [FAILED; 5]);
    verdicts[5] == (429, Some(1))
}

#[test]
fn delays_grow_for_an_address_whatever_names_it_tries() {
    let world = world();
    for n in 0..5 {
        assert_eq!(guess_from(&world, HOME, &format!("name-{n}")), FAILED);
    }
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(guess_from(&world, HOME, &format!("other-{seconds}")), (429, Some(seconds)));
        world.advance_millis(1000 * seconds);
        assert_eq!(guess_from(&world, HOME, &format!("another-{seconds}-{}", world.whole_log().len())), FAILED);
    }
    assert_eq!(guess_from(&world, "192.0.2.8:4711", "name-99"), FAILED, "others do not wait");
    assert_eq!(world.events("authn_login_fail")[0]["client_address"], "192.0.2.7");
    let refused = world.events("authn_login_fail_max");
    assert_eq!((&refused[0]["limit"], &refused[0]["client_address"]), (&"address".into(), &"192.0.2.7".into()));
    assert!(refused[0].get("username").is_none());
}

#[test]
fn ports_do_not_count_and_ipv6_counts_by_64_bits() {
    let from = |address: String| {
        move |n: usize| login_from(&address.replace('#', &n.to_string()), &format!("name-{n}"), WRONG)
    };
    for (address, expected) in [
        ("192.0.2.7:100#", true),
        ("192.0.2.#:1000", false),
        ("[2001:db8:1:2::#]:1000", true),
        ("[2001:db8:1:2:#::1]:1000", true),
        ("[2001:db8:1:#::1]:1000", false),
        ("::ffff:192.0.2.7", true),
        ("garbage-#", true),
    ] {
        assert_eq!(is_one_client(&world(), from(address.to_owned())), expected, "{address}");
    }
    let folded = |n: usize| login_from(["192.0.2.7:1", "[::ffff:192.0.2.7]:2"][n % 2], &format!("name-{n}"), WRONG);
    assert!(is_one_client(&world(), folded));
}

#[test]
fn a_header_of_the_client_changes_nothing() {
    let forged = |n: usize| {
        let mut request = login(&format!("name-{n}"), WRONG);
        for (name, value) in [
            ("spin-client-addr", format!("198.51.100.{n}:1")),
            ("x-forwarded-for", format!("198.51.100.{n}")),
            ("forwarded", format!("for=198.51.100.{n}")),
            // The host appends its own value after the client's.
            ("spin-client-addr", HOME.to_owned()),
        ] {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        request
    };
    assert!(is_one_client(&world(), forged));
}

#[test]
fn without_an_address_only_accounts_are_counted() {
    assert!(!is_one_client(&world(), |n| login(&format!("name-{n}"), WRONG)));
}

#[test]
fn an_address_has_a_figure_of_its_own() {
    let world = world();
    world.set("login_address_free_failures", "8");
    for n in 0..8 {
        assert_eq!(guess_from(&world, HOME, &format!("name-{n}")), FAILED);
    }
    assert_eq!(guess_from(&world, HOME, "name-8"), (429, Some(1)));
    world.set("login_address_free_failures", "0");
    assert_eq!(guess_from(&world, HOME, "name-8"), FAILED);
}

/// Otherwise a user who logs in to their own account now and then could guess at other accounts without limit.
#[test]
fn ones_own_success_does_not_forgive_guesses_at_others() {
    let world = world();
    world.sign_up("mallory");
    let mut guesses = 0;
    for n in 0..200 {
        let own = world.send(login_from(HOME, "mallory", PASSWORD));
        assert!([200, 429].contains(&own.status()));
        guesses += usize::from(guess_from(&world, HOME, &format!("name-{n}")).0 == 401);
        world.advance_millis(500);
    }
    // Five guesses are free, and 100 seconds allow six more: after 1, 3, 7, 15, 31 and 63 seconds.
    assert!((5..=11).contains(&guesses), "{guesses}");
}

/// Otherwise a script that logs in to its account now and then would forgive the guesses of others each time.
#[test]
fn a_success_forgives_no_failure() {
    let world = world();
    world.sign_up("alice");
    for _ in 0..5 {
        assert_eq!(guess_from(&world, HOME, "alice"), FAILED);
    }
    assert_eq!(guess_from(&world, HOME, "alice"), (429, Some(1)));
    world.advance_millis(1000);
    assert_eq!(world.send(login_from(HOME, "alice", PASSWORD)).status(), 200);
    assert_eq!(guess_from(&world, HOME, "alice"), FAILED, "the success is not counted");
    assert_eq!(guess_from(&world, HOME, "alice"), (429, Some(2)));
}

/// The users share one address, as in an office. Their logins do not delay each other, and do not keep old failures alive.
#[test]
fn logging_in_does_not_keep_the_failures_of_others_alive() {
    let world = world();
    world.sign_up("alice");
    for n in 0..4 {
        guess_from(&world, HOME, &format!("name-{n}"));
    }
    for _ in 0..20 {
        assert_eq!(world.send(login_from(HOME, "alice", PASSWORD)).status(), 200);
        world.advance_millis(MINUTE);
    }
    for n in 0..5 {
        assert_eq!(guess_from(&world, HOME, &format!("name-{n}")), FAILED, "{n}");
    }
}
