//! Sessions: refresh, reuse of a refresh token, and end.

use futures::executor::block_on;
use futures::future::{join, join_all};

use crate::world::{Data, PASSWORD, World, anon, bearer, yield_once};

const DAY: u64 = 24 * 60 * 60 * 1000;

#[test]
fn a_refresh_gives_new_tokens_of_the_same_session() {
    let world = World::new();
    let (first, refresh) = {
        world.sign_up("alice");
        world.begin("alice")
    };
    world.advance_millis(600_000);
    let answer = world.refresh(&refresh);
    assert_eq!((answer.status(), answer.header("cache-control")), (200, Some("no-store")), "{}", answer.said());
    let (second, next) = answer.tokens();
    assert!(first != second && refresh != next);
    let json = answer.json();
    assert_eq!((json["expires_in"].as_u64(), json["refresh_expires_in"].as_u64()), (Some(900), Some(604_800)));
    assert_eq!(json["user"]["username"], "alice");
    assert_eq!((world.accepts(&first), world.accepts(&second)), (200, 200));
    world.advance_millis(600_000);
    assert_eq!((world.accepts(&first), world.accepts(&second)), (401, 200));
    assert_eq!(world.sessions(&second).len(), 1);
    assert_eq!(world.events("session_refreshed").len(), 1);
}

#[test]
fn a_refresh_costs_few_calls_of_the_store() {
    let world = World::new();
    world.sign_up("alice");
    let (_, refresh) = world.begin("alice");
    assert_eq!(world.refresh(&refresh).status(), 200);
    // Once more as another tab, and once more late.
    for seconds in [9, 2] {
        world.advance_millis(seconds * 1000);
        assert_eq!(world.refresh(&refresh).status(), 200);
    }
    let events = world.events("session_refreshed");
    let writes: Vec<_> = events.iter().map(|event| event["store_writes"].as_u64().unwrap()).collect();
    assert_eq!(writes, [1, 0, 1]);
    assert!(events.iter().all(|event| event["store_reads"].as_u64().unwrap() <= 5), "{events:?}");
}

#[test]
fn a_token_presented_again_after_its_successor_was_used_ends_the_session() {
    let world = World::new();
    world.sign_up("alice");
    let (_, stolen) = world.begin("alice");
    let (_, next) = world.refresh(&stolen).tokens();
    let (token, last) = world.refresh(&next).tokens();
    assert_eq!(world.accepts(&token), 200);
    let answer = world.refresh(&stolen);
    answer.is_refused(401, "invalid_refresh_token", &[]);
    assert_eq!(world.events("authn_token_reuse")[0]["username"], "alice");
    assert_eq!((world.accepts(&token), world.refresh(&last).status()), (401, 401), "thief and owner are out");
    assert_eq!(world.log_in("alice").status(), 200);
}

#[test]
fn a_thief_who_comes_first_is_found_when_the_owner_comes() {
    let world = World::new();
    world.sign_up("alice");
    let (_, refresh) = world.begin("alice");
    let (_, shared) = world.refresh(&refresh).tokens();
    world.advance_millis(11_000);
    // This may still be a lost answer. But from now on two have the same token, and use it at different times.
    assert_eq!(world.refresh(&refresh).tokens().1, shared);
    assert_eq!(world.events("authn_token_late").len(), 1);
    world.advance_millis(600_000);
    let (token, thiefs) = world.refresh(&shared).tokens();
    world.advance_millis(11_000);
    assert_eq!(world.refresh(&shared).status(), 401);
    assert_eq!((world.accepts(&token), world.refresh(&thiefs).status()), (401, 401));
    assert_eq!(world.events("authn_token_reuse").len(), 1);
}

#[test]
fn two_tabs_at_once_and_a_lost_answer_throw_nobody_out() {
    let world = World::new();
    world.sign_up("alice");
    let (_, refresh) = world.begin("alice");
    let (one, next) = world.refresh(&refresh).tokens();
    world.advance_millis(9_000);
    let (other, same) = world.refresh(&refresh).tokens();
    assert_eq!(next, same, "they go on with one token");
    assert_eq!((world.accepts(&one), world.accepts(&other)), (200, 200));
    assert_eq!(world.refresh(&next).status(), 200);
    assert!(world.events("authn_token_reuse").is_empty());
}

#[test]
fn instances_that_refresh_one_session_at_once() {
    for count in [2, 3, 16] {
        let data = Data::default();
        let worlds: Vec<World> = (0..count).map(|_| World::over(data.clone())).collect();
        worlds[0].sign_up("alice");
        let (_, mut refresh) = worlds[0].begin("alice");
        for _ in 0..3 {
            let body = format!(r#"{{"refresh_token":"{refresh}"}}"#);
            let refreshes = worlds.iter().map(|world| world.send_async(anon("POST", "/api/session/refresh", &body)));
            let answers = block_on(join_all(refreshes));
            refresh = answers[0].tokens().1;
            for answer in &answers {
                let (token, next) = answer.tokens();
                assert_eq!((worlds[0].accepts(&token), &next), (200, &refresh));
            }
            data.advance_millis(60_000);
        }
    }
}

#[test]
fn lifetimes_end() {
    let world = World::new();
    world.sign_up("alice");
    // Idle limit: 7 days without a refresh.
    let (_, refresh) = world.begin("alice");
    world.advance_millis(7 * DAY);
    let (_, refresh) = world.refresh(&refresh).tokens();
    world.advance_millis(7 * DAY + 1);
    assert_eq!(world.refresh(&refresh).status(), 401);
    assert_eq!(world.events("session_expired")[0]["reason"], "idle");
    // Absolute limit: 30 days, however often the session is refreshed. No token is valid longer than that.
    let (mut token, mut refresh) = world.begin("alice");
    for day in 0..30 {
        world.advance_millis(DAY - if day == 29 { 60_000 } else { 0 });
        (token, refresh) = world.refresh(&refresh).tokens();
        assert_eq!(world.accepts(&token), 200, "day {day}");
    }
    let answer = world.refresh(&refresh);
    assert_eq!(
        (answer.json()["expires_in"].as_u64(), answer.json()["refresh_expires_in"].as_u64()),
        (Some(60), Some(60))
    );
    world.advance_millis(60_000);
    assert_eq!(world.accepts(&token), 401, "at the very end, without any tolerance");
    assert_eq!(world.refresh(&answer.tokens().1).status(), 401);
}

#[test]
fn lifetimes_are_variables() {
    let world = World::new();
    world.set("session_lifetime_seconds", "100");
    world.set("session_idle_seconds", "50");
    world.sign_up("alice");
    let answer = world.log_in("alice");
    assert_eq!(
        (answer.json()["expires_in"].as_u64(), answer.json()["refresh_expires_in"].as_u64()),
        (Some(100), Some(50))
    );
    for (variable, value) in [("session_lifetime_seconds", "0"), ("session_idle_seconds", "63072001")] {
        let world = World::new();
        world.sign_up("alice");
        world.set(variable, value);
        assert_eq!((world.log_in("alice").status(), world.refresh("x").status()), (500, 500), "{variable}={value}");
        assert_eq!(world.events("misconfigured")[0]["variable"], variable);
    }
}

#[test]
fn every_token_that_is_not_good_gets_the_same_answer() {
    let world = World::new();
    world.sign_up("alice");
    let (token, refresh) = world.begin("alice");
    let (_, ended) = world.begin("alice");
    let session = ended.split('.').next().unwrap();
    assert_eq!(world.send(bearer(&token, "DELETE", &format!("/api/sessions/{session}"), "")).status(), 204);
    let forged_tag = format!("{}0", &refresh[..refresh.len() - 1]);
    let forged_tag = if forged_tag == refresh { format!("{}1", &refresh[..refresh.len() - 1]) } else { forged_tag };
    let forged_generation = refresh.replacen(".0.", ".7.", 1);
    let unknown = refresh.replacen(refresh.split('.').next().unwrap(), &"0".repeat(32), 1);
    let mut said = Vec::new();
    let uppercase = refresh.to_uppercase();
    let (id_alone, dots) = (refresh.split('.').next().unwrap(), "a.".repeat(5000));
    for bad in ["", "nonsense", &ended, &forged_tag, &forged_generation, &unknown, &uppercase, id_alone, &dots, &token]
    {
        let answer = world.refresh(bad);
        answer.is_refused(401, "invalid_refresh_token", &[]);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"latchkey\""));
        let mut headers = answer.response.headers().clone();
        headers.remove("x-request-id");
        said.push((answer.text().to_owned(), headers));
    }
    said.push({
        let answer = world.post("/api/session/refresh", "");
        let mut headers = answer.response.headers().clone();
        headers.remove("x-request-id");
        (answer.text().to_owned(), headers)
    });
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
    for (body, error) in
        [(r#"{"token":"x"}"#, "token:unknown_field"), (r#"{"refresh_token":7}"#, "refresh_token:wrong_type")]
    {
        world.post("/api/session/refresh", body).is_invalid(&[error]);
    }
    assert_eq!(world.refresh(&refresh).status(), 200, "and none of them ended the session that it named");
    let log = world.whole_log();
    assert!(!log.contains(refresh.rsplit('.').next().unwrap()) && !log.contains(refresh.split('.').nth(2).unwrap()));
}

#[test]
fn logging_out_ends_the_session_at_once_on_every_instance() {
    let world = World::new();
    world.sign_up("alice");
    let (token, refresh) = world.begin("alice");
    let (other, _) = world.begin("alice");
    let elsewhere = World::over(world.data.clone());
    assert_eq!(elsewhere.accepts(&token), 200, "its key is kept there now");
    let answer = world.send(bearer(&token, "POST", "/api/logout", ""));
    assert_eq!((answer.status(), answer.text()), (204, ""));
    for world in [&world, &elsewhere] {
        let refused = world.say(&token, "too late");
        refused.is_refused(401, "invalid_token", &[]);
        assert_eq!(world.refresh(&refresh).status(), 401);
        assert_eq!(world.accepts(&other), 200, "another session lives on");
    }
    assert_eq!(world.send(bearer(&token, "POST", "/api/logout", "")).status(), 401);
    assert_eq!(world.events("authz_fail")[0]["reason"], "session_ended");
}

#[test]
fn a_refresh_that_is_late_brings_no_session_back() {
    // The session ends while the refresh is between two of its calls, at each of them in turn.
    let mut ran = 0;
    for call in 1..12 {
        let world = World::new();
        world.sign_up("alice");
        let (token, refresh) = world.begin("alice");
        let id = refresh.split('.').next().unwrap();
        let body = format!(r#"{{"refresh_token":"{refresh}"}}"#);
        let late = world.send_async(anon("POST", "/api/session/refresh", &body));
        let end = async {
            for _ in 0..2 * call {
                yield_once().await;
            }
            world.data.remove(&format!("latchkey:session:{id}"));
        };
        let (answer, ()) = block_on(join(late, end));
        if answer.status() == 200 {
            ran += 1;
            let (newer, next) = answer.tokens();
            assert_eq!((world.accepts(&newer), world.refresh(&next).status()), (401, 401), "call {call}");
        }
        assert_eq!(world.accepts(&token), 401);
    }
    assert!(ran > 0, "no refresh was under way");
}

#[test]
fn an_account_has_at_most_32_sessions_and_the_oldest_gives_way() {
    let world = World::new();
    world.sign_up("alice");
    let tokens: Vec<_> = (0..40).map(|_| world.begin("alice").0).collect();
    let alive = tokens.iter().filter(|token| world.accepts(token) == 200).count();
    assert_eq!(alive, 32);
    assert!(tokens[..8].iter().all(|token| world.accepts(token) == 401));
    assert_eq!(world.sessions(&tokens[39]).len(), 32);
    let left = |world: &World| world.data.keys().iter().filter(|key| key.starts_with("latchkey:session:")).count();
    assert_eq!(left(&world), 32);
    for _ in 0..100 {
        let (_, refresh) = world.begin("alice");
        assert_eq!(world.refresh(&refresh).status(), 200);
    }
    assert_eq!(left(&world), 64, "a session and its use");
}

#[test]
fn the_logins_of_one_account_make_no_session_of_another_give_way() {
    let world = World::new();
    let first = world.join("alice");
    world.sign_up("bob");
    (0..31).for_each(|_| _ = world.begin("bob"));
    world.begin("alice");
    assert_eq!(world.accepts(&first), 200);
}

#[test]
fn the_list_of_sessions_and_the_end_of_one() {
    let world = World::new();
    world.sign_up("alice");
    let login = |agent: &str| {
        let body = format!(r#"{{"username":"alice","password":"{PASSWORD}"}}"#);
        let mut request = anon("POST", "/api/login", &body);
        request.headers_mut().insert("user-agent", agent.parse().unwrap());
        world.send(request).json()["token"].as_str().unwrap().to_owned()
    };
    let phone = login("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0");
    world.advance_millis(1000);
    let laptop =
        login("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36");
    let sessions = world.sessions(&phone);
    let shown: Vec<_> =
        sessions.iter().map(|s| (s["client"].as_str().unwrap(), s["current"].as_bool().unwrap())).collect();
    assert_eq!(shown, [("Firefox on Android", true), ("Chrome on Linux", false)]);
    assert_eq!(sessions[0]["created_at"], "2027-01-15T08:00:00.000Z");
    assert_eq!(sessions[1]["last_used_at"], "2027-01-15T08:00:01.000Z");
    // Other users can neither see nor end these sessions.
    let mallory = world.join("mallory");
    let id = sessions[1]["id"].as_str().unwrap();
    assert_eq!(world.sessions(&mallory).len(), 1);
    for id in [id, "0", "x", "nonsense", "99999999999999999999", &"0".repeat(32), "..", "%2e%2e"] {
        let answer = world.send(bearer(&mallory, "DELETE", &format!("/api/sessions/{id}"), ""));
        answer.is_refused(404, "not_found", &[]);
    }
    assert_eq!(world.send(bearer(&phone, "DELETE", &format!("/api/sessions/{id}"), "")).status(), 204);
    assert_eq!((world.accepts(&laptop), world.accepts(&phone)), (401, 200));
    assert_eq!(world.sessions(&phone).len(), 1);
}

#[test]
fn logging_out_everywhere() {
    let world = World::new();
    world.sign_up("alice");
    let tokens: Vec<_> = (0..5).map(|_| world.begin("alice")).collect();
    let mallory = world.join("mallory");
    let answer = world.send(bearer(&tokens[2].0, "DELETE", "/api/sessions", ""));
    assert_eq!(answer.status(), 204);
    assert!(answer.header("set-cookie").unwrap().starts_with("latchkey-refresh=; Path=/api/session; Max-Age=0;"));
    for (token, refresh) in &tokens {
        assert_eq!((world.accepts(token), world.refresh(refresh).status()), (401, 401));
    }
    assert_eq!(world.accepts(&mallory), 200);
}

#[test]
fn a_token_of_another_persons_session_is_refused() {
    let world = World::new();
    let alice = world.join("alice");
    let mallory = world.sessions(&world.join("mallory"))[0]["id"].as_str().unwrap().to_owned();
    let key = format!("latchkey:session:{}", world.sessions(&alice)[0]["id"].as_str().unwrap());
    let record = world.data.get(&format!("latchkey:session:{mallory}")).unwrap();
    world.data.put(&key, &record);
    assert_eq!(world.accepts(&alice), 401);
}

#[test]
fn a_clock_that_steps_back_ends_no_session_and_revives_none() {
    let world = World::new();
    world.sign_up("alice");
    let (_, refresh) = world.begin("alice");
    world.advance_millis(2 * DAY);
    let (_, refresh) = world.refresh(&refresh).tokens();
    world.step_back_millis(DAY);
    let (token, next) = world.refresh(&refresh).tokens();
    assert_eq!(world.accepts(&token), 200);
    world.advance_millis(60_000);
    assert_eq!(world.refresh(&next).status(), 200);
}

#[test]
fn a_list_shows_no_session_that_is_over_and_deletes_it() {
    let world = World::new();
    world.sign_up("alice");
    let (_, idle) = world.begin("alice");
    world.begin("alice");
    let sessions = |world: &World| world.data.keys().iter().filter(|key| key.starts_with("latchkey:session:")).count();
    world.advance_millis(6 * DAY);
    assert_eq!(world.refresh(&idle).status(), 200);
    world.advance_millis(DAY + 1);
    let token = world.begin("alice").0;
    assert_eq!(sessions(&world), 4, "three, and a use");
    assert_eq!(world.sessions(&token).len(), 2, "the one that was not used for a week is over");
    assert_eq!(sessions(&world), 3);
    world.advance_millis(30 * DAY);
    let token = world.begin("alice").0;
    assert_eq!((world.sessions(&token).len(), sessions(&world)), (1, 1));
}

/// The clock was years ahead for one login.
#[test]
fn a_session_of_the_future_is_over() {
    let world = World::new();
    world.sign_up("alice");
    world.join("bobby");
    world.step_forward_millis(3 * 365 * DAY);
    let (_, refresh) = world.begin("alice");
    world.step_back_millis(3 * 365 * DAY);
    assert_eq!(world.refresh(&refresh).status(), 401);
    world.step_forward_millis(60_000);
    let (_, refresh) = world.begin("alice");
    world.step_back_millis(60_000);
    assert_eq!(world.refresh(&refresh).status(), 200, "a clock that was a little ahead");
}
