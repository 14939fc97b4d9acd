//! Limits on sign-ups and posts.

use super::*;
use crate::world::signup_body;

fn sign_up_from(world: &World, address: &str, username: &str) -> Answer {
    let mut request = anon("POST", "/api/signup", &signup_body(username));
    request.headers_mut().append("spin-client-addr", address.parse().unwrap());
    world.send(request)
}

#[test]
fn twenty_accounts_in_an_hour_from_an_address() {
    let world = world();
    for n in 0..20 {
        assert_eq!(sign_up_from(&world, HOME, &format!("name-{n}")).status(), 201);
        world.advance_millis(MINUTE);
    }
    let refused = sign_up_from(&world, HOME, "one-more");
    assert_eq!(verdict(&refused), (429, Some(40 * 60)));
    assert_eq!(refused.json()["detail"], "Too many sign-ups. Try again in 40 minutes.");
    assert_eq!(verdict(&sign_up_from(&world, HOME, "name-1")), (429, Some(40 * 60)), "nothing of who has the name");
    let line = &world.events("excess_rate_limit_exceeded")[0];
    assert_eq!((&line["limit"], &line["client_address"]), (&"signups".into(), &"192.0.2.7".into()));
    assert_eq!((line.get("username"), &line["hash_rounds"], &line["store_writes"]), (None, &0.into(), &0.into()));
    assert_eq!(sign_up_from(&world, "192.0.2.8:1", "one-more").status(), 201, "others are not concerned");
    world.advance_millis(40 * MINUTE);
    assert_eq!(sign_up_from(&world, HOME, "and-another").status(), 201);
}

#[test]
fn a_form_that_is_wrong_does_not_count_and_a_taken_name_does() {
    let world = world();
    for _ in 0..30 {
        assert_eq!(sign_up_from(&world, HOME, "a!").status(), 422);
    }
    sign_up_from(&world, HOME, "alice");
    for _ in 0..100 {
        assert_eq!(sign_up_from(&world, HOME, "alice").status(), 409);
    }
    assert_eq!(sign_up_from(&world, HOME, "alice").status(), 429, "nobody asks for names without end");
    assert_eq!(sign_up_from(&world, HOME, "bobby").status(), 429);
    assert_eq!(sign_up_from(&world, "192.0.2.8:1", "bobby").status(), 201, "others are not concerned");
}

#[test]
fn an_ipv6_network_may_do_as_much_as_five_clients() {
    let world = world();
    world.set("signups_per_hour", "2");
    for n in 0..10 {
        let address = format!("[2001:db8:1:{n}::1]:1");
        assert_eq!(sign_up_from(&world, &address, &format!("name-{n}")).status(), 201, "{n}");
    }
    assert_eq!(sign_up_from(&world, "[2001:db8:1:99::1]:1", "one-more").status(), 429);
    assert_eq!(sign_up_from(&world, "[2001:db8:2:99::1]:1", "one-more").status(), 201);
}

#[test]
fn twenty_messages_in_a_minute_of_an_account() {
    let world = world();
    let (alice, bobby) = (world.join("alice"), world.join("bobby"));
    for n in 0..20 {
        assert_eq!(world.say(&alice, &format!("message {n}")).status(), 201);
        world.advance_millis(1000);
    }
    let refused = world.say(&alice, "one more");
    assert_eq!(verdict(&refused), (429, Some(40)));
    assert_eq!(refused.json()["detail"], "Too many messages. Try again in 40 seconds.");
    assert_eq!(world.events("excess_rate_limit_exceeded")[0]["username"], "alice");
    assert_eq!(world.say(&bobby, "hello").status(), 201, "others are not concerned");
    world.advance_millis(40_000);
    assert_eq!(world.say(&alice, "one more").status(), 201);
    assert_eq!(world.texts("/api/messages?author=alice&limit=100").len(), 21);
}

#[test]
fn the_figures_are_variables() {
    let world = world();
    world.set("signups_per_hour", "1");
    world.set("posts_per_minute", "2");
    assert_eq!(sign_up_from(&world, HOME, "alice").status(), 201);
    assert_eq!(sign_up_from(&world, HOME, "bobby").status(), 429);
    let token = world.log_in("alice").json()["token"].as_str().unwrap().to_owned();
    assert_eq!([1, 2, 3].map(|_| world.say(&token, "x").status()), [201, 201, 429]);
    for (variable, send) in [
        (
            "signups_per_hour",
            Box::new(|world: &World| sign_up_from(world, HOME, "bobby").status()) as Box<dyn Fn(&World) -> u16>,
        ),
        ("posts_per_minute", Box::new(|world: &World| world.say(&token, "x").status())),
    ] {
        world.set(variable, "-1");
        assert_eq!(send(&world), 500, "{variable}");
        world.set(variable, "0");
        assert_eq!(send(&world), 201, "0 is no limit: {variable}");
    }
}

#[test]
fn a_clock_that_steps_back_ends_the_window() {
    let world = world();
    for n in 0..20 {
        sign_up_from(&world, HOME, &format!("name-{n}"));
    }
    world.step_back_millis(24 * 60 * MINUTE);
    assert_eq!(verdict(&sign_up_from(&world, HOME, "one-more")), (429, Some(1)), "the slot is repaired");
    assert_eq!(sign_up_from(&world, HOME, "one-more").status(), 201);
}
