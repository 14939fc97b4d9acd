//! The newest page, asked for again, and the board that is there already.

use wire::{Message, MessagesResponse};

use super::order::{insert, newest, position};
use super::state::Board;

/// What becomes of messages that arrive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// They are shown at once.
    Show,
    /// They wait until they are asked for.
    Hold,
}

impl Board {
    /// Takes in the newest page: new messages come, changed ones are replaced, deleted ones go.
    pub fn arrive(&mut self, mut page: MessagesResponse, arrival: Arrival) {
        page.messages.retain(|message| !self.deleted.contains(&message.id));
        self.drop_what_vanished(&page);
        self.replace_what_changed(&page.messages);
        let all_are_newer = page.messages.iter().all(|message| position(message) > self.reached);
        let is_apart = all_are_newer && self.reached > 0 && page.next.is_some();
        self.reached = self.reached.max(newest(&page.messages));
        if is_apart {
            self.restart_cursor = page.next;
            self.waiting.clear();
        } else {
            self.fill_up(&mut page);
        }
        let new: Vec<_> = page.messages.into_iter().filter(|message| !self.knows(message)).collect();
        insert(&mut self.waiting, new);
        if arrival == Arrival::Show {
            self.reveal();
        }
    }

    /// What the page reaches across and does not have has been deleted. What is newer than every page before is kept: it
    /// may have been posted here after the page was made.
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
        let Some(last) = self.shown.last().map(position).filter(|_| self.restart_cursor.is_none()) else { return };
        let older: Vec<_> = page.messages.extract_if(.., |message| position(message) < last).collect();
        if page.next.is_none() || !older.is_empty() {
            self.older_cursor = page.next.take();
        }
        insert(&mut self.shown, older);
    }
}
