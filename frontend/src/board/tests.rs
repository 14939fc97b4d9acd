//! The board as a whole: pages of messages in, what is shown and what waits out.

use wire::{Author, Message, MessagesResponse};

use super::merge::Arrival;
use super::order::position;
use super::state::Board;

fn message(id: u64) -> Message {
    let author = Author { username: Some("ada".to_owned()), name: "Ada".to_owned() };
    Message { id: id.to_string(), author, text: id.to_string(), created_at: String::new() }
}

fn page(ids: impl IntoIterator<Item = u64>, next: Option<&str>) -> MessagesResponse {
    MessagesResponse { messages: ids.into_iter().map(message).collect(), next: next.map(str::to_owned), author: None }
}

fn ids(board: &Board) -> Vec<u64> {
    board.shown().iter().map(position).collect()
}

#[test]
fn new_messages_come_first_and_once() {
    let mut board = Board::new(page([2, 1], None), None);
    for (newest, shown) in [(2, vec![2, 1]), (4, vec![4, 3, 2, 1]), (4, vec![4, 3, 2, 1])] {
        board.arrive(page((1..=newest).rev(), None), Arrival::Show);
        assert_eq!((ids(&board), board.waiting()), (shown, 0));
    }
}

#[test]
fn held_messages_wait_until_they_are_asked_for() {
    let mut board = Board::new(page([2, 1], None), None);
    board.arrive(page([3, 2, 1], None), Arrival::Hold);
    board.arrive(page([4, 3, 2, 1], None), Arrival::Hold);
    assert_eq!((ids(&board), board.waiting()), (vec![2, 1], 2));
    board.reveal();
    assert_eq!((ids(&board), board.waiting()), (vec![4, 3, 2, 1], 0));
}

#[test]
fn who_comes_back_finds_what_was_there() {
    let mut board = Board::new(page([9, 8, 7, 6], Some("m6")), Some(7));
    assert_eq!((ids(&board), board.waiting(), board.older_cursor()), (vec![7, 6], 2, Some("m6")));
    board.arrive(page([10, 9, 8], Some("m8")), Arrival::Hold);
    board.extend(page([5], None));
    assert_eq!((ids(&board), board.waiting()), (vec![7, 6, 5], 3));
    board.reveal();
    assert_eq!(ids(&board), [10, 9, 8, 7, 6, 5]);
}

#[test]
fn older_pages_are_kept_when_new_messages_arrive() {
    let mut board = Board::new(page([10, 9], Some("m9")), None);
    assert_eq!(board.extend(page([9, 8, 7], Some("m7"))), Some("8".to_owned()));
    board.arrive(page([11, 10], Some("m10")), Arrival::Show);
    assert_eq!((ids(&board), board.older_cursor()), (vec![11, 10, 9, 8, 7], Some("m7")));
    assert_eq!(board.extend(page([6], None)), Some("6".to_owned()));
    assert_eq!(board.older_cursor(), None);
}

#[test]
fn after_a_long_absence_the_list_begins_anew() {
    let mut board = Board::new(page([2, 1], None), None);
    board.arrive(page([40, 39], Some("m39")), Arrival::Hold);
    assert_eq!((ids(&board), board.waiting()), (vec![2, 1], 2));
    board.arrive(page([41, 40], Some("m40")), Arrival::Hold);
    board.reveal();
    assert_eq!((ids(&board), board.older_cursor()), (vec![41, 40, 39], Some("m39")));
}

#[test]
fn an_own_message_is_there_at_once_and_hides_none_before_it() {
    let mut board = Board::new(page([2, 1], None), None);
    board.add_own(message(4));
    board.add_own(message(4));
    assert_eq!(ids(&board), [4, 2, 1]);
    board.arrive(page([4, 3, 2, 1], None), Arrival::Show);
    assert_eq!(ids(&board), [4, 3, 2, 1]);
    let mut board = Board::new(page([2, 1], Some("m1")), None);
    board.arrive(page([3, 2], Some("m2")), Arrival::Hold);
    board.add_own(message(3));
    assert_eq!((ids(&board), board.waiting()), (vec![3, 2, 1], 0));
}

#[test]
fn an_empty_board_fills() {
    let mut board = Board::new(page([], None), None);
    board.arrive(page([1], None), Arrival::Show);
    assert_eq!(ids(&board), [1]);
}

#[test]
fn what_a_page_reaches_across_and_lacks_is_gone() {
    let mut board = Board::new(page([5, 4, 3], Some("m3")), None);
    board.extend(page([2, 1], None));
    board.arrive(page([5, 3, 2], Some("m2")), Arrival::Show);
    assert_eq!((ids(&board), board.older_cursor()), (vec![5, 3, 2, 1], None), "4 is gone, and 1 is further down");
    board.arrive(page([3, 2, 1], None), Arrival::Hold);
    assert_eq!(ids(&board), [3, 2, 1], "the newest can go too");
    board.arrive(page([], None), Arrival::Hold);
    assert_eq!(ids(&board), [0_u64; 0], "and all of them");
    board.arrive(page([6], None), Arrival::Show);
    assert_eq!(ids(&board), [6]);
}

#[test]
fn a_page_that_was_made_before_a_post_takes_nothing_away() {
    let mut board = Board::new(page([3, 2, 1], None), None);
    board.add_own(message(4));
    board.arrive(page([3, 2, 1], None), Arrival::Show);
    assert_eq!(ids(&board), [4, 3, 2, 1]);
    board.arrive(page([4, 3, 2, 1], None), Arrival::Show);
    board.arrive(page([3, 2, 1], None), Arrival::Show);
    assert_eq!(ids(&board), [3, 2, 1], "once a page had it, it is missed");
}

#[test]
fn what_fills_a_page_up_is_not_new() {
    let mut board = Board::new(page([5, 4], Some("m4")), None);
    board.arrive(page([5, 3], Some("m3")), Arrival::Hold);
    assert_eq!((ids(&board), board.waiting(), board.older_cursor()), (vec![5, 3], 0, Some("m3")));
    board.arrive(page([6, 5], Some("m5")), Arrival::Hold);
    assert_eq!((ids(&board), board.waiting(), board.older_cursor()), (vec![5, 3], 1, Some("m3")));
    board.arrive(page([3, 2], None), Arrival::Hold);
    assert_eq!((ids(&board), board.waiting(), board.older_cursor()), (vec![3, 2], 0, None), "what waited is gone too");
}

#[test]
fn there_is_nothing_older_once_a_page_is_all_there_is() {
    let mut board = Board::new(page([3, 2], Some("m2")), None);
    board.arrive(page([3, 2], None), Arrival::Show);
    assert_eq!((ids(&board), board.older_cursor()), (vec![3, 2], None));
}

#[test]
fn a_page_that_does_not_connect_takes_nothing_away() {
    let mut board = Board::new(page([2, 1], None), None);
    board.arrive(page([40, 39], Some("m39")), Arrival::Hold);
    assert_eq!((ids(&board), board.waiting()), (vec![2, 1], 2));
    board.arrive(page([39, 38], Some("m38")), Arrival::Hold);
    assert_eq!((ids(&board), board.waiting()), (vec![2, 1], 2), "40 is gone, 38 has come into the page");
    board.reveal();
    assert_eq!(ids(&board), [39, 38]);
}

#[test]
fn a_message_that_was_deleted_here_does_not_come_back() {
    let mut board = Board::new(page([3, 2, 1], None), None);
    assert_eq!(board.remove("2"), Some("1".to_owned()));
    assert_eq!(board.remove("1"), Some("3".to_owned()));
    board.arrive(page([3, 2, 1], None), Arrival::Show);
    assert_eq!(ids(&board), [3]);
    board.extend(page([2, 1], None));
    assert_eq!(ids(&board), [3]);
    assert_eq!((board.remove("3"), board.remove("7")), (None, None));
    assert_eq!(ids(&board), [0_u64; 0]);
}

#[test]
fn the_name_of_an_author_goes_with_the_account() {
    let mut board = Board::new(page([2, 1], None), None);
    let mut changed = page([2, 1], None);
    for message in &mut changed.messages {
        message.author = Author { username: None, name: "deleted user".to_owned() };
    }
    board.arrive(changed.clone(), Arrival::Hold);
    assert_eq!((board.shown(), board.waiting()), (changed.messages.as_slice(), 0));
}

#[test]
fn what_no_position_can_be_read_from_does_no_harm() {
    let mut odd = message(1);
    odd.id = "zzz".to_owned();
    let mut board = Board::new(MessagesResponse { messages: vec![odd], next: None, author: None }, None);
    board.arrive(page([1], None), Arrival::Show);
    assert_eq!(board.shown().len(), 2);
}
