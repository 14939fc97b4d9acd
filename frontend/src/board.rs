//! The messages of a view, and how new ones come into it without moving what is being read.

use wire::{Message, MessagesResponse};

/// What becomes of messages that arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// They are shown at once.
    Show,
    /// They wait until they are asked for.
    Hold,
}

/// The messages of a view, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    shown: Vec<Message>,
    waiting: Vec<Message>,
    /// Set when so many arrived that there are others between `waiting` and `shown`: the cursor of the page that waits.
    rift: Option<String>,
    next: Option<String>,
    /// The newest position that a page has reached.
    reached: u64,
}

impl Board {
    /// The board that a first page makes.
    pub fn new(page: MessagesResponse) -> Self {
        let reached = newest(&page.messages);
        let mut board = Self { next: page.next, reached, ..Self::default() };
        insert(&mut board.shown, page.messages);
        board
    }

    /// What is shown, newest first.
    pub fn shown(&self) -> &[Message] {
        &self.shown
    }

    /// How many messages wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The cursor of the older messages, if there are any.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Takes in the newest page, asked for again. Returns how many messages were new.
    pub fn arrive(&mut self, page: MessagesResponse, arrival: Arrival) -> usize {
        let all_are_newer = page.messages.iter().all(|message| position(message) > self.reached);
        if let Some(next) = page.next.filter(|_| all_are_newer && self.reached > 0) {
            self.rift = Some(next);
            self.waiting.clear();
        }
        self.reached = self.reached.max(newest(&page.messages));
        let new: Vec<_> = page.messages.into_iter().filter(|message| !self.knows(message)).collect();
        let count = new.len();
        insert(&mut self.waiting, new);
        if arrival == Arrival::Show {
            self.reveal();
        }
        count
    }

    /// Shows what waits.
    pub fn reveal(&mut self) {
        if let Some(next) = self.rift.take() {
            self.shown.clear();
            self.next = Some(next);
        }
        let waiting = std::mem::take(&mut self.waiting);
        insert(&mut self.shown, waiting);
    }

    /// Shows a message that was just posted here, whatever waits.
    pub fn add_own(&mut self, message: Message) {
        self.waiting.retain(|other| other.id != message.id);
        if !self.knows(&message) {
            insert(&mut self.shown, vec![message]);
        }
    }

    /// Takes in the page of older messages. Returns the id of the first of them that is new.
    pub fn extend(&mut self, page: MessagesResponse) -> Option<String> {
        self.next = page.next;
        let new: Vec<_> = page.messages.into_iter().filter(|message| !self.knows(message)).collect();
        let first = new.first().map(|message| message.id.clone());
        insert(&mut self.shown, new);
        first
    }

    fn knows(&self, message: &Message) -> bool {
        let is_it = |other: &Message| other.id == message.id;
        self.waiting.iter().any(is_it) || (self.rift.is_none() && self.shown.iter().any(is_it))
    }
}

/// Inserts messages where they belong: a higher position is newer.
fn insert(list: &mut Vec<Message>, messages: Vec<Message>) {
    for message in messages {
        if list.iter().all(|other| other.id != message.id) {
            let at = list.partition_point(|other| position(other) > position(&message));
            list.insert(at, message);
        }
    }
}

fn newest(messages: &[Message]) -> u64 {
    messages.iter().map(position).max().unwrap_or_default()
}

fn position(message: &Message) -> u64 {
    message.id.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Author;

    fn message(id: u64) -> Message {
        let author = Author { username: Some("ada".to_owned()), name: "Ada".to_owned() };
        Message { id: id.to_string(), author, text: id.to_string(), created_at: String::new() }
    }

    fn page(ids: impl IntoIterator<Item = u64>, next: Option<&str>) -> MessagesResponse {
        MessagesResponse { messages: ids.into_iter().map(message).collect(), next: next.map(str::to_owned) }
    }

    fn ids(board: &Board) -> Vec<u64> {
        board.shown().iter().map(position).collect()
    }

    #[test]
    fn new_messages_come_first_and_once() {
        let mut board = Board::new(page([2, 1], None));
        assert_eq!(board.arrive(page([2, 1], None), Arrival::Show), 0);
        assert_eq!(board.arrive(page([4, 3, 2, 1], None), Arrival::Show), 2);
        assert_eq!(board.arrive(page([4, 3, 2, 1], None), Arrival::Show), 0);
        assert_eq!(ids(&board), [4, 3, 2, 1]);
    }

    #[test]
    fn held_messages_wait_until_they_are_asked_for() {
        let mut board = Board::new(page([2, 1], None));
        board.arrive(page([3, 2, 1], None), Arrival::Hold);
        board.arrive(page([4, 3, 2, 1], None), Arrival::Hold);
        assert_eq!((ids(&board), board.waiting()), (vec![2, 1], 2));
        board.reveal();
        assert_eq!((ids(&board), board.waiting()), (vec![4, 3, 2, 1], 0));
    }

    #[test]
    fn older_pages_are_kept_when_new_messages_arrive() {
        let mut board = Board::new(page([10, 9], Some("m9")));
        assert_eq!(board.extend(page([9, 8, 7], Some("m7"))), Some("8".to_owned()));
        board.arrive(page([11, 10], Some("m10")), Arrival::Show);
        assert_eq!((ids(&board), board.next()), (vec![11, 10, 9, 8, 7], Some("m7")));
        assert_eq!(board.extend(page([6], None)), Some("6".to_owned()));
        assert_eq!(board.next(), None);
    }

    #[test]
    fn after_a_long_absence_the_list_begins_anew() {
        let mut board = Board::new(page([2, 1], None));
        assert_eq!(board.arrive(page([40, 39], Some("m39")), Arrival::Hold), 2);
        assert_eq!((ids(&board), board.waiting()), (vec![2, 1], 2));
        board.arrive(page([41, 40], Some("m40")), Arrival::Hold);
        board.reveal();
        assert_eq!((ids(&board), board.next()), (vec![41, 40, 39], Some("m39")));
    }

    #[test]
    fn an_own_message_is_there_at_once_and_hides_none_before_it() {
        let mut board = Board::new(page([2, 1], None));
        board.add_own(message(4));
        board.add_own(message(4));
        assert_eq!(ids(&board), [4, 2, 1]);
        board.arrive(page([4, 3, 2, 1], None), Arrival::Show);
        assert_eq!(ids(&board), [4, 3, 2, 1]);
        let mut board = Board::new(page([2, 1], Some("m1")));
        board.arrive(page([3, 2], Some("m2")), Arrival::Hold);
        board.add_own(message(3));
        assert_eq!((ids(&board), board.waiting()), (vec![3, 2, 1], 0));
    }

    #[test]
    fn an_empty_board_fills() {
        let mut board = Board::new(page([], None));
        board.arrive(page([1], None), Arrival::Show);
        assert_eq!(ids(&board), [1]);
    }

    #[test]
    fn what_no_position_can_be_read_from_does_no_harm() {
        let mut odd = message(1);
        odd.id = "zzz".to_owned();
        let mut board = Board::new(MessagesResponse { messages: vec![odd], next: None });
        board.arrive(page([1], None), Arrival::Show);
        assert_eq!(board.shown().len(), 2);
    }
}
