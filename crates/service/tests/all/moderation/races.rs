//! Two at the same moment.

use futures::executor::block_on;
use futures::future::join;
use serde_json::{Value, json};

use super::{Board, suspension_of};
use crate::world::{Answer, PASSWORD, World, bearer, yield_once};

/// A request that begins after this many steps of the other one.
async fn after(world: &World, steps: u32, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    for _ in 0..steps {
        yield_once().await;
    }
    let body = if body.is_null() { String::new() } else { body.to_string() };
    world.send_async(bearer(token, method, path, &body)).await
}

/// In which order two requests begin: by how many steps each is late.
fn orders() -> impl Iterator<Item = (u32, u32)> {
    (0..40).map(|late| (0, late)).chain((1..40).map(|late| (late, 0)))
}

#[test]
fn of_two_decisions_about_a_report_one_is_done() {
    for (first, second) in orders() {
        let board = Board::new();
        board.report(&board.bob, "1");
        let path = "/api/moderation/reports/1/resolve";
        let (remove, suspend) = (json!({"action": "remove"}), json!({"action": "suspend", "reason": "spam"}));
        let remove = after(&board.world, first, &board.mia, "POST", path, &remove);
        let suspend = after(&board.world, second, &board.ann, "POST", path, &suspend);
        let (remove, suspend) = block_on(join(remove, suspend));
        let mut statuses = [remove.status(), suspend.status()];
        let is_gone = board.world.texts("/api/messages") == ["two"];
        let is_suspended = board.world.say(&board.alice, "three").status() == 403;
        assert_eq!([is_gone, is_suspended], statuses.map(|status| status == 204), "{first} {second}");
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409], "{first} {second}");
        assert!(board.open().is_empty(), "{first} {second}");
    }
}

#[test]
fn reports_of_a_message_at_once_are_one_for_each_account() {
    for (first, second) in orders() {
        let board = Board::new();
        let path = "/api/messages/1/report";
        let reason = json!({"reason": "spam"});
        let by_bob = |steps| after(&board.world, steps, &board.bob, "POST", path, &reason);
        let by_ann = after(&board.world, second, &board.ann, "POST", path, &reason);
        let ((one, two), three) = block_on(join(join(by_bob(first), by_bob(second)), by_ann));
        assert_eq!([one.status(), two.status(), three.status()], [204; 3], "{first} {second}");
        let reports = board.reports("")["reports"].take();
        let mut reporters: Vec<_> =
            reports.as_array().unwrap().iter().map(|report| report["reporter"]["username"].to_string()).collect();
        reporters.sort_unstable();
        assert_eq!(reporters, ["\"ann\"", "\"bob\""], "{first} {second}");
    }
}

#[test]
fn two_admins_at_once_lose_no_decision() {
    for (first, second) in orders() {
        let board = Board::new();
        let (role, reason) = (json!({"role": "moderator"}), json!({"reason": "spam"}));
        let promotes = after(&board.world, first, &board.ann, "PUT", "/api/admin/accounts/bob/role", &role);
        let path = suspension_of("bob");
        let suspends = after(&board.world, second, &board.ruth, "PUT", &path, &reason);
        let (promotes, suspends) = block_on(join(promotes, suspends));
        assert_eq!([promotes.status(), suspends.status()], [204, 204], "{first} {second}");
        let account = board.account("bob");
        assert_eq!((&account["role"], &account["suspension"]["reason"]), (&"moderator".into(), &"spam".into()));
    }
}

/// A moderator may suspend a member, and not a moderator: what counts is the role at the moment of the suspension.
#[test]
fn who_becomes_a_moderator_meanwhile_is_not_suspended_by_one() {
    let mut refused = 0;
    for (first, second) in orders() {
        let board = Board::new();
        let (role, reason) = (json!({"role": "moderator"}), json!({"reason": "spam"}));
        let promotes = after(&board.world, first, &board.ann, "PUT", "/api/admin/accounts/bob/role", &role);
        let path = suspension_of("bob");
        let suspends = after(&board.world, second, &board.mia, "PUT", &path, &reason);
        let (promotes, suspends) = block_on(join(promotes, suspends));
        assert_eq!((promotes.status(), [204, 403].contains(&suspends.status())), (204, true), "{first} {second}");
        let is_suspended = board.account("bob").get("suspension").is_some();
        assert_eq!(is_suspended, suspends.status() == 204, "{first} {second}");
        refused += usize::from(suspends.status() == 403);
    }
    assert!(refused > 0, "no promotion came first");
}

/// Nobody averts a suspension by ending their sessions, and nothing of it comes back with the password.
#[test]
fn a_suspension_and_what_the_owner_does_at_once() {
    let change = json!({"current_password": PASSWORD, "new_password": "a quite different secret"});
    for (method, path, body) in [
        ("DELETE", "/api/sessions", Value::Null),
        ("POST", "/api/account/password", change),
        ("POST", "/api/logout", Value::Null),
    ] {
        for (first, second) in orders() {
            let board = Board::new();
            let owner = after(&board.world, first, &board.bob, method, path, &body);
            let (suspension, reason) = (suspension_of("bob"), json!({"reason": "spam"}));
            let suspends = after(&board.world, second, &board.mia, "PUT", &suspension, &reason);
            let (owner, suspends) = block_on(join(owner, suspends));
            assert_eq!(suspends.status(), 204, "{first} {second}: {}", suspends.said());
            assert!([204, 403, 409].contains(&owner.status()), "{}", owner.said());
            assert_eq!(board.account("bob")["suspension"]["reason"], "spam", "{path} {first} {second}");
        }
    }
}

#[test]
fn a_post_under_way_is_on_the_board_or_refused_and_the_next_one_is_refused() {
    for (first, second) in orders() {
        let board = Board::new();
        let (text, suspension, reason) = (json!({"text": "beside"}), suspension_of("bob"), json!({"reason": "spam"}));
        let posts = after(&board.world, first, &board.bob, "POST", "/api/messages", &text);
        let suspends = after(&board.world, second, &board.mia, "PUT", &suspension, &reason);
        let (posts, suspends) = block_on(join(posts, suspends));
        assert_eq!((suspends.status(), [201, 403].contains(&posts.status())), (204, true), "{first} {second}");
        let is_there = board.world.texts("/api/messages").contains(&"beside".to_owned());
        assert_eq!(is_there, posts.status() == 201, "{first} {second}");
        assert_eq!(board.world.say(&board.bob, "after").status(), 403, "{first} {second}");
    }
}

#[test]
fn of_two_sign_ups_with_an_invitation_one_is_done() {
    for (first, second) in orders() {
        let board = Board::new();
        let answer = board.ask(&board.ann, "POST", "/api/admin/invitations", &Value::Null);
        let invitation = answer.json()["invitation"].clone();
        board.world.set("signups", "invited");
        let body =
            |username: &str| json!({"username": username, "password": PASSWORD, "name": "N", "invitation": invitation});
        let (carol, dave) = (body("carol"), body("dave"));
        let one = after(&board.world, first, "none", "POST", "/api/signup", &carol);
        let two = after(&board.world, second, "none", "POST", "/api/signup", &dave);
        let (one, two) = block_on(join(one, two));
        let mut statuses = [one.status(), two.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 403], "{first} {second}");
    }
}

/// The name was taken between the look at it and the claim: the invitation is given back.
#[test]
fn an_invitation_is_given_back_when_the_name_was_taken_meanwhile() {
    for (first, second) in orders() {
        let board = Board::new();
        let [one, two] = [(); 2].map(|()| {
            let answer = board.ask(&board.ann, "POST", "/api/admin/invitations", &Value::Null);
            answer.json()["invitation"].clone()
        });
        board.world.set("signups", "invited");
        let body = |invitation: &Value| json!({"username": "carol", "password": PASSWORD, "name": "N", "invitation": invitation});
        let (by_one, by_two) = (body(&one), body(&two));
        let one_asks = after(&board.world, first, "none", "POST", "/api/signup", &by_one);
        let two_asks = after(&board.world, second, "none", "POST", "/api/signup", &by_two);
        let (first_came, second_came) = block_on(join(one_asks, two_asks));
        let left = match (first_came.status(), second_came.status()) {
            (201, 409) => two,
            (409, 201) => one,
            other => panic!("{other:?} {first} {second}"),
        };
        let body = json!({"username": "dave", "password": PASSWORD, "name": "N", "invitation": left});
        assert_eq!(board.world.post("/api/signup", &body.to_string()).status(), 201, "{first} {second}");
    }
}
