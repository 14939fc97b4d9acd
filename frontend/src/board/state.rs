//! The board: what is shown, what waits, and what people do with both.

use wire::{Message, MessagesResponse};

use super::order::{insert, newest, position};

/// The messages of a view, newest first.
#[derive(Default)]
pub struct Board {
    pub(super) shown: Vec<Message>,
    pub(super) waiting: Vec<Message>,
    /// Set when so many messages arrived that there may be others between `waiting` and `shown`. Then `waiting` will
    /// replace `shown`, and this is the cursor of what is older than it.
    pub(super) restart_cursor: Option<String>,
    pub(super) older_cursor: Option<String>,
    /// The newest position that a page has reached.
    pub(super) reached: u64,
    /// The ids of messages that were deleted here: a page that was asked for before may still have them.
    pub(super) deleted: Vec<String>,
}

impl Board {
    /// The board that a first page makes. What is newer than `until`, where somebody has left it, waits.
    pub fn new(page: MessagesResponse, until: Option<u64>) -> Self {
        let reached = newest(&page.messages);
        let mut board = Self { older_cursor: page.next, reached, ..Self::default() };
        insert(&mut board.shown, page.messages);
        let is_new = |message: &mut Message| until.is_some_and(|until| position(message) > until);
        board.waiting = board.shown.extract_if(.., is_new).collect();
        board
    }

    /// What is shown, newest first.
    pub fn shown(&self) -> &[Message] {
        &self.shown
    }

    /// How many messages wait to be shown.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The cursor of the messages that are older than those shown; None if there are none.
    pub fn older_cursor(&self) -> Option<&str> {
        self.older_cursor.as_deref()
    }

    /// Shows what waits.
    pub fn reveal(&mut self) {
        if let Some(cursor) = self.restart_cursor.take() {
            self.shown.clear();
            self.older_cursor = Some(cursor);
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

    /// Takes out a message that was deleted here. Returns the id of the one that is now where it was: the next older one,
    /// or else the next newer one.
    pub fn remove(&mut self, id: &str) -> Option<String> {
        self.deleted.push(id.to_owned());
        self.waiting.retain(|message| message.id != id);
        let at = self.shown.iter().position(|message| message.id == id)?;
        self.shown.remove(at);
        self.shown.get(at).or(self.shown.last()).map(|message| message.id.clone())
    }

    /// Takes in the page of older messages. Returns the id of the first of them that is new.
    pub fn extend(&mut self, page: MessagesResponse) -> Option<String> {
        self.older_cursor = page.next;
        let is_new = |message: &Message| !self.knows(message) && !self.deleted.contains(&message.id);
        let new: Vec<_> = page.messages.into_iter().filter(is_new).collect();
        let first = new.first().map(|message| message.id.clone());
        insert(&mut self.shown, new);
        first
    }

    /// Whether a message is on the board, now or once what waits is shown.
    pub(super) fn knows(&self, message: &Message) -> bool {
        let is_it = |other: &Message| other.id == message.id;
        self.waiting.iter().any(is_it) || (self.restart_cursor.is_none() && self.shown.iter().any(is_it))
    }
}
