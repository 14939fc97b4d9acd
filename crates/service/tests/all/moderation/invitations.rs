//! Sign-up by invitation.

use serde_json::{Value, json};

use super::Board;
use crate::world::{Answer, Fault, PASSWORD, World};

fn sign_up(world: &World, username: &str, invitation: &str) -> Answer {
    let body = json!({"username": username, "password": PASSWORD, "name": "N", "invitation": invitation});
    world.post("/api/signup", &body.to_string())
}

fn invite(board: &Board, body: &Value) -> Answer {
    board.ask(&board.ann, "POST", "/api/admin/invitations", body)
}

fn invited() -> (Board, String) {
    let board = Board::new();
    let invitation = invite(&board, &Value::Null).json()["invitation"].as_str().unwrap().to_owned();
    board.world.set("signups", "invited");
    (board, invitation)
}

#[test]
fn an_admin_invites_for_a_week_or_as_long_as_they_say() {
    let board = Board::new();
    for (body, expires_at) in [
        (Value::Null, "2027-01-22T08:00:00.000Z"),
        (json!({}), "2027-01-22T08:00:00.000Z"),
        (json!({"expires_in_seconds": 1}), "2027-01-15T08:00:01.000Z"),
        (json!({"expires_in_seconds": 60.0}), "2027-01-15T08:01:00.000Z"),
        (json!({"expires_in_seconds": 2_592_000}), "2027-02-14T08:00:00.000Z"),
    ] {
        let answer = invite(&board, &body);
        assert_eq!((answer.status(), &answer.json()["expires_at"]), (201, &expires_at.into()), "{}", answer.said());
        assert!(!board.world.whole_log().contains(answer.json()["invitation"].as_str().unwrap()));
    }
    for (value, code) in [
        (json!(0), "invalid"),
        (json!(2_592_001), "invalid"),
        (json!(-1), "invalid"),
        (json!(1.5), "invalid"),
        (json!("60"), "wrong_type"),
        (Value::Null, "wrong_type"),
    ] {
        invite(&board, &json!({ "expires_in_seconds": value })).is_invalid(&[&format!("expires_in_seconds:{code}")]);
    }
    let answer = board.ask(&board.mia, "POST", "/api/admin/invitations", &Value::Null);
    answer.is_refused(403, "insufficient_scope", &[]);
}

#[test]
fn an_invitation_is_good_for_one_account() {
    let (board, invitation) = invited();
    let world = &board.world;
    world.sign_up("carol").is_invalid(&["invitation:missing"]);
    for wrong in ["", "x", &invitation.replace('.', ".1"), &invitation[1..]] {
        sign_up(world, "carol", wrong).is_refused(403, "invitation_invalid", &[]);
    }
    assert_eq!(world.events("authz_fail").pop().unwrap()["reason"], "invitation");
    sign_up(world, "bob", "x").is_refused(403, "invitation_invalid", &[]);
    sign_up(world, "bob", &invitation).is_refused(409, "username_taken", &[]);
    assert_eq!(sign_up(world, "carol", &invitation).status(), 201);
    sign_up(world, "dave", &invitation).is_refused(403, "invitation_invalid", &[]);
    sign_up(world, "bob", &invitation).is_refused(403, "invitation_invalid", &[]);
    world.set("signups", "closed");
    sign_up(world, "dave", &invitation).is_refused(403, "signups_closed", &[]);
}

#[test]
fn an_invitation_expires() {
    let (board, invitation) = invited();
    board.world.advance_millis(7 * 24 * 60 * 60 * 1000);
    sign_up(&board.world, "carol", &invitation).is_refused(403, "invitation_invalid", &[]);
}

#[test]
fn where_anybody_signs_up_an_invitation_is_passed_over_and_stays_good() {
    let (board, invitation) = invited();
    board.world.set("signups", "open");
    for username in ["carol", "dave"] {
        assert_eq!(sign_up(&board.world, username, &invitation).status(), 201);
    }
    assert_eq!(sign_up(&board.world, "erin", "anything").status(), 201);
    board.world.set("signups", "invited");
    assert_eq!(sign_up(&board.world, "frank", &invitation).status(), 201);
}

/// An invitation is never good for two accounts, and is lost only where it was claimed when the request died.
#[test]
fn a_death_never_makes_two_accounts_of_an_invitation() {
    let mut lost = 0;
    for fault in [Fault::Refused, Fault::ReplyLost, Fault::Dead] {
        for call in 1.. {
            let (board, invitation) = invited();
            board.world.data.fail_at(call, fault);
            let status = sign_up(&board.world, "carol", &invitation).status();
            if !board.world.data.heal() {
                break;
            }
            let said = format!("{fault:?} at {call}: {status}");
            assert!([201, 403, 409, 503].contains(&status), "{said}");
            board.world.advance_millis(121_000);
            let again = sign_up(&board.world, "dave", &invitation).status();
            let accounts = ["carol", "dave"].map(|username| board.world.log_in(username).status() == 200);
            assert!(!(accounts[0] && accounts[1]), "{said}");
            assert_eq!(again == 201, accounts[1], "{said}");
            lost += usize::from(accounts == [false, false]);
        }
    }
    assert!(lost > 0, "what is claimed before it is used can be lost");
}
