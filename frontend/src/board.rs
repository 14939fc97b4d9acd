//! The messages of a view: how new ones come into it without moving what is being read, and how deleted ones go.

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
    /// The ids of messages that were deleted here: a page that was asked for before may still have them.
    gone: Vec<String>,
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
    pub fn arrive(&mut self, mut page: MessagesResponse, arrival: Arrival) -> usize {
        page.messages.retain(|message| !self.gone.contains(&message.id));
        self.drop_what_vanished(&page);
        self.replace_what_changed(&page.messages);
        let all_are_newer = page.messages.iter().all(|message| position(message) > self.reached);
        let is_rift = all_are_newer && self.reached > 0 && page.next.is_some();
        self.reached = self.reached.max(newest(&page.messages));
        if is_rift {
            self.rift = page.next;
            self.waiting.clear();
        } else {
            self.fill_up(&mut page);
        }
        let new: Vec<_> = page.messages.into_iter().filter(|message| !self.knows(message)).collect();
        let count = new.len();
        insert(&mut self.waiting, new);
        if arrival == Arrival::Show {
            self.reveal();
        }
        count
    }

    /// What the page reaches across and does not have has been deleted. What is newer than every page before is not missed:
    /// it may have been posted here after the page was made.
    fn drop_what_vanished(&mut self, page: &MessagesResponse) {
        let from = match page.next {
            Some(_) => page.messages.iter().map(position).min().unwrap_or_default(),
            None => 1,
        };
        let across = from..=self.reached;
        let is_there = |message: &Message| {
            !across.contains(&position(message)) || page.messages.iter().any(|it| it.id == message.id)
        };
        self.shown.retain(is_there);
        self.waiting.retain(is_there);
    }

    /// A message never changes, but its author's name goes when the account is deleted.
    fn replace_what_changed(&mut self, messages: &[Message]) {
        for message in messages {
            let known = self.shown.iter_mut().chain(&mut self.waiting).find(|other| other.id == message.id);
            if let Some(known) = known.filter(|known| *known != message) {
                *known = message.clone();
            }
        }
    }

    /// A page that lost messages reaches further down than what is shown. What it has there is not new: it goes to the end,
    /// where it moves nothing.
    fn fill_up(&mut self, page: &mut MessagesResponse) {
        let Some(last) = self.shown.last().map(position).filter(|_| self.rift.is_none()) else { return };
        let older: Vec<_> = page.messages.extract_if(.., |message| position(message) < last).collect();
        if page.next.is_none() || !older.is_empty() {
            self.next = page.next.take();
        }
        insert(&mut self.shown, older);
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

    /// Takes out a message that was deleted here. Returns the id of the one that takes its place: the next older one, or
    /// else the next newer one.
    pub fn remove(&mut self, id: &str) -> Option<String> {
        self.gone.push(id.to_owned());
        self.waiting.retain(|message| message.id != id);
        let at = self.shown.iter().position(|message| message.id == id)?;
        self.shown.remove(at);
        self.shown.get(at).or(self.shown.last()).map(|message| message.id.clone())
    }

    /// Takes in the page of older messages. Returns the id of the first of them that is new.
    pub fn extend(&mut self, page: MessagesResponse) -> Option<String> {
        self.next = page.next;
        let is_new = |message: &Message| !self.knows(message) && !self.gone.contains(&message.id);
        let new: Vec<_> = page.messages.into_iter().filter(is_new).collect();
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
    fn what_a_page_reaches_across_and_lacks_is_gone() {
        let mut board = Board::new(page([5, 4, 3], Some("m3")));
        board.extend(page([2, 1], None));
        board.arrive(page([5, 3, 2], Some("m2")), Arrival::Show);
        assert_eq!((ids(&board), board.next()), (vec![5, 3, 2, 1], None), "4 is gone, and 1 is further down");
        board.arrive(page([3, 2, 1], None), Arrival::Hold);
        assert_eq!(ids(&board), [3, 2, 1], "the newest can go too");
        board.arrive(page([], None), Arrival::Hold);
        assert_eq!(ids(&board), [0_u64; 0], "and all of them");
        board.arrive(page([6], None), Arrival::Show);
        assert_eq!(ids(&board), [6]);
    }

    #[test]
    fn a_page_that_was_made_before_a_post_takes_nothing_away() {
        let mut board = Board::new(page([3, 2, 1], None));
        board.add_own(message(4));
        board.arrive(page([3, 2, 1], None), Arrival::Show);
        assert_eq!(ids(&board), [4, 3, 2, 1]);
        board.arrive(page([4, 3, 2, 1], None), Arrival::Show);
        board.arrive(page([3, 2, 1], None), Arrival::Show);
        assert_eq!(ids(&board), [3, 2, 1], "once a page had it, it is missed");
    }

    #[test]
    fn what_fills_a_page_up_is_not_new() {
        let mut board = Board::new(page([5, 4], Some("m4")));
        assert_eq!(board.arrive(page([5, 3], Some("m3")), Arrival::Hold), 0);
        assert_eq!((ids(&board), board.waiting(), board.next()), (vec![5, 3], 0, Some("m3")));
        assert_eq!(board.arrive(page([6, 5], Some("m5")), Arrival::Hold), 1);
        assert_eq!((ids(&board), board.waiting(), board.next()), (vec![5, 3], 1, Some("m3")));
        assert_eq!(board.arrive(page([3, 2], None), Arrival::Hold), 0);
        assert_eq!((ids(&board), board.waiting(), board.next()), (vec![3, 2], 0, None), "what waited is gone too");
    }

    #[test]
    fn there_is_nothing_older_once_a_page_is_all_there_is() {
        let mut board = Board::new(page([3, 2], Some("m2")));
        board.arrive(page([3, 2], None), Arrival::Show);
        assert_eq!((ids(&board), board.next()), (vec![3, 2], None));
    }

    #[test]
    fn a_rift_takes_nothing_away() {
        let mut board = Board::new(page([2, 1], None));
        board.arrive(page([40, 39], Some("m39")), Arrival::Hold);
        assert_eq!((ids(&board), board.waiting()), (vec![2, 1], 2));
        board.arrive(page([39, 38], Some("m38")), Arrival::Hold);
        assert_eq!((ids(&board), board.waiting()), (vec![2, 1], 2), "40 is gone, 38 has come into the page");
        board.reveal();
        assert_eq!(ids(&board), [39, 38]);
    }

    #[test]
    fn a_message_that_was_deleted_here_does_not_come_back() {
        let mut board = Board::new(page([3, 2, 1], None));
        assert_eq!(board.remove("2"), Some("1".to_owned()));
        assert_eq!(board.remove("1"), Some("3".to_owned()));
        assert_eq!(board.arrive(page([3, 2, 1], None), Arrival::Show), 0);
        board.extend(page([2, 1], None));
        assert_eq!(ids(&board), [3]);
        assert_eq!((board.remove("3"), board.remove("7")), (None, None));
        assert_eq!(ids(&board), [0_u64; 0]);
    }

    #[test]
    fn the_name_of_an_author_goes_with_the_account() {
        let mut board = Board::new(page([2, 1], None));
        let mut changed = page([2, 1], None);
        for message in &mut changed.messages {
            message.author = Author { username: None, name: "deleted user".to_owned() };
        }
        assert_eq!(board.arrive(changed.clone(), Arrival::Hold), 0);
        assert_eq!(board.shown(), changed.messages);
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
