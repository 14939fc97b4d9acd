//! The store fails, or the process dies, at each call of a report, of its resolution, and of a decision.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::{Board, suspension_of};
use crate::crashes::at_each_call;
use crate::world::{World, bearer};

/// The board of a world over the same data, with the tokens that were given out before.
fn again(board: &Board, world: &World) -> Board {
    let over = World::over(world.data.clone());
    over.set("admins", "ruth");
    let [alice, bob, mia, ann, ruth] =
        [&board.alice, &board.bob, &board.mia, &board.ann, &board.ruth].map(Clone::clone);
    Board { world: over, alice, bob, mia, ann, ruth }
}

/// Runs a request of moderators at each fault, and then checks what remains.
fn each(
    prepare: impl Fn(&Board),
    method: &str,
    path: &str,
    body: &Value,
    by_bob: bool,
    check: impl Fn(&Board, u16, &str),
) {
    let board: RefCell<Option<Board>> = RefCell::new(None);
    at_each_call(
        |world| {
            let made = Board::on(World::over(world.data.clone()));
            world.set("admins", "ruth");
            prepare(&made);
            *board.borrow_mut() = Some(made);
        },
        |world| {
            let board = board.borrow();
            let board = board.as_ref().unwrap();
            let token = if by_bob { &board.bob } else { &board.mia };
            world.send(bearer(token, method, path, &body.to_string()))
        },
        |world, status, said| check(&again(board.borrow().as_ref().unwrap(), world), status, said),
    );
}

#[test]
fn a_report() {
    let body = json!({"reason": "spam"});
    each(
        |_| (),
        "POST",
        "/api/messages/1/report",
        &body,
        true,
        |board, status, said| {
            assert!([204, 503].contains(&status), "{said}");
            assert!(status != 204 || board.open().len() == 1, "acknowledged and not there: {said}");
            board.world.advance_millis(121_000);
            assert_eq!(board.report(&board.bob, "1"), 204, "{said}");
            assert_eq!(board.open().len(), 1, "there, and once: {said}");
            assert_eq!(board.report(&board.bob, "2"), 204, "{said}");
            assert_eq!(board.open().len(), 2, "{said}");
        },
    );
}

#[test]
fn a_resolution() {
    for (body, repeat) in [
        (json!({"action": "remove"}), json!({"action": "remove"})),
        (json!({"action": "suspend", "reason": "spam"}), json!({"action": "suspend", "reason": "spam"})),
        (json!({"action": "remove"}), json!({"action": "dismiss"})),
    ] {
        let prepare = |board: &Board| {
            for message in ["1", "2"] {
                board.report(&board.bob, message);
            }
        };
        each(prepare, "POST", "/api/moderation/reports/1/resolve", &body, false, |board, status, said| {
            assert!([204, 409, 503].contains(&status), "{said}");
            let is_done = |board: &Board| match body["action"].as_str() {
                Some("remove") => board.world.texts("/api/messages") == ["two"],
                _ => board.account("alice").get("suspension").is_some(),
            };
            assert!(status != 204 || is_done(board) && board.open() == ["2"], "{said}");
            // What is under way is not open to others until the lease is over. The first who asks begins it.
            let before = is_done(board);
            board.resolve(&board.ann, "1", &repeat);
            board.world.advance_millis(121_000);
            let last = board.resolve(&board.ann, "1", &repeat).status();
            assert!([204, 409].contains(&last), "{last}: {said}");
            assert_eq!(board.open(), ["2"], "it can be closed: {said}");
            assert!(before || repeat["action"] == "dismiss" || is_done(board), "{said}");
            assert_eq!(board.resolve(&board.ann, "1", &repeat).status(), 409, "{said}");
            assert_eq!(board.resolve(&board.ann, "2", &json!({"action": "dismiss"})).status(), 204, "{said}");
        });
    }
}

#[test]
fn a_suspension() {
    let body = json!({"reason": "spam"});
    each(
        |_| (),
        "PUT",
        &suspension_of("bob"),
        &body,
        false,
        |board, status, said| {
            assert!([204, 409, 503].contains(&status), "{said}");
            let is_suspended = board.account("bob").get("suspension").is_some();
            assert!(status != 204 || is_suspended, "{said}");
            assert_eq!(board.suspend(&board.mia, "bob").status(), 204, "{said}");
            assert_eq!(board.world.say(&board.bob, "hello").status(), 403, "{said}");
            assert_eq!(board.ask(&board.mia, "DELETE", &suspension_of("bob"), &Value::Null).status(), 204, "{said}");
            assert_eq!(board.world.say(&board.bob, "hello").status(), 201, "{said}");
        },
    );
}
