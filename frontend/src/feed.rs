//! The messages of a view as a signal, and the requests that keep it up to date: the first page, the newest page again
//! every few seconds while the tab is in front and every minute while it is not, older pages on demand.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::{AuthorProfile, Message};

use crate::api;
use crate::api_error::ApiError;
use crate::board::{Arrival, Board};
use crate::browser::{focus, is_visible, now_ms};
use crate::place::Place;
use crate::texts;

const EVERY: Duration = Duration::from_secs(5);
/// The pause while nobody sees the tab, and where no message can arrive.
const SELDOM_MS: u64 = 60_000;
/// Whoever has done something so long ago may still be reading.
const READING_MS: u64 = 10_000;
/// What people do who read.
const SIGNS_OF_READING: [&str; 4] = ["scroll", "pointermove", "keydown", "visibilitychange"];
/// Whoever has scrolled further than this is reading, and new messages must not move the text.
const READING_FROM_PX: f64 = 24.0;
/// The API gives no more messages at once.
const MOST_MESSAGES: u64 = 100;

/// Which messages a view has.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    /// Those of a username.
    By(String),
    /// The one with this id.
    One(String),
}

impl Which {
    pub(crate) fn author(&self) -> Option<&str> {
        if let Self::By(username) = self { Some(username) } else { None }
    }
}

/// The messages of a view.
#[derive(Clone, Copy)]
pub(crate) struct Feed {
    which: StoredValue<Which>,
    /// Where the view was left before; None once that is shown again.
    place: StoredValue<Option<Place>>,
    etag: StoredValue<Option<String>>,
    is_asking: StoredValue<bool>,
    /// When the newest messages were asked for last, in milliseconds since 1970.
    asked_ms: StoredValue<u64>,
    /// When somebody was last seen reading, in milliseconds since 1970.
    read_ms: StoredValue<u64>,
    /// None until the first page has been loaded.
    pub(crate) board: RwSignal<Option<Board>>,
    /// Whose messages they are, where the API says it.
    pub(crate) author: RwSignal<Option<AuthorProfile>>,
    /// Why the newest could not be loaded.
    pub(crate) failure: RwSignal<Option<ApiError>>,
    /// Why the older ones could not be loaded.
    pub(crate) older_failure: RwSignal<Option<ApiError>>,
    pub(crate) is_loading_older: RwSignal<bool>,
}

impl Feed {
    /// Loads the messages, as many as there were if the view was left before, and keeps up with them until it is left.
    pub(crate) fn start(which: Which, place: Option<Place>) -> Self {
        let feed = Self {
            which: StoredValue::new(which),
            place: StoredValue::new(place.filter(|place| place.count > 0)),
            etag: StoredValue::new(None),
            is_asking: StoredValue::new(false),
            asked_ms: StoredValue::new(0),
            read_ms: StoredValue::new(now_ms()),
            board: RwSignal::new(None),
            author: RwSignal::new(None),
            failure: RwSignal::new(None),
            older_failure: RwSignal::new(None),
            is_loading_older: RwSignal::new(false),
        };
        feed.refresh();
        let look = move || {
            if feed.is_due() {
                feed.refresh();
            }
        };
        let interval = set_interval_with_handle(look, EVERY);
        let reading =
            SIGNS_OF_READING.map(|sign| window_event_listener_untyped(sign, move |_| feed.read_ms.set_value(now_ms())));
        let visibility = window_event_listener_untyped("visibilitychange", move |_| look());
        let online = window_event_listener_untyped("online", move |_| look());
        on_cleanup(move || {
            if let Ok(interval) = interval {
                interval.clear();
            }
            visibility.remove();
            online.remove();
            reading.into_iter().for_each(|sign| sign.remove());
        });
        feed
    }

    /// Whether it is time to ask for the newest messages again.
    fn is_due(self) -> bool {
        let is_quick = is_visible() && !self.which.with_value(|which| matches!(which, Which::One(_)));
        is_quick || now_ms() >= self.asked_ms.get_value() + SELDOM_MS
    }

    /// Asks for the newest messages, unless a request for them is under way.
    pub(crate) fn refresh(self) {
        if self.is_asking.try_update_value(|is_asking| std::mem::replace(is_asking, true)) != Some(false) {
            return;
        }
        self.asked_ms.set_value(now_ms());
        let (which, etag) = (self.which.get_value(), self.etag.get_value());
        let limit = self.place.get_value().map(|place| place.count.min(MOST_MESSAGES).to_string());
        spawn_local(async move {
            let page = match &which {
                Which::One(id) => api::message(id, etag.as_deref()).await,
                which => api::messages(which.author(), None, limit.as_deref(), etag.as_deref()).await,
            };
            // If the view is gone meanwhile, its signals are too, and `try_` does nothing.
            self.is_asking.try_update_value(|is_asking| *is_asking = false);
            match page {
                Ok(page) => {
                    if self.failure.try_with_untracked(Option::is_some) == Some(true) {
                        self.failure.try_set(None);
                    }
                    if let Some(mut page) = page {
                        if let Some(author) = page.messages.author.take() {
                            self.author.try_set(Some(author));
                        }
                        self.etag.try_update_value(|etag| *etag = page.etag);
                        self.board.try_update(|board| match board {
                            Some(board) => {
                                // Where nothing is shown yet, nothing can move.
                                let holds = !board.shown().is_empty() && self.is_being_read();
                                board.arrive(page.messages, if holds { Arrival::Hold } else { Arrival::Show });
                            }
                            None => {
                                let place = self.place.try_get_value().flatten();
                                *board = Some(Board::new(page.messages, place.map(|place| place.newest)));
                            }
                        });
                        self.go_back();
                    }
                }
                Err(error) => {
                    self.failure.try_set(Some(error));
                }
            }
        });
    }

    /// Loads on until there are as many messages as somebody has left here, and goes to where they were. Returns whether that
    /// is still to be done.
    fn go_back(self) -> bool {
        let Some(place) = self.place.try_get_value().flatten() else { return false };
        let lacks = |board: &Board| (board.shown().len() as u64) < place.count && board.older_cursor().is_some();
        if self.board.try_with_untracked(|board| board.as_ref().is_some_and(lacks)) == Some(true) {
            self.load_older();
        } else {
            self.arrive_back(place);
        }
        true
    }

    fn arrive_back(self, place: Place) {
        self.place.try_set_value(None);
        if !place.is_scrolled() {
            self.board.try_update(|board| board.as_mut().map(Board::reveal));
        }
        place.show();
    }

    /// The name of the author, or of whoever has written the newest message.
    pub(crate) fn author_name(self) -> Option<String> {
        if let Some(author) = self.author.get() {
            return Some(author.name);
        }
        self.board.with(|board| {
            let author = &board.as_ref()?.shown().first()?.author;
            Some(author.username.as_ref().map_or(texts::deleted_user(), |_| author.name.as_str()).to_owned())
        })
    }

    /// Shows what has arrived while somebody was reading.
    pub(crate) fn reveal(self) {
        self.board.update(|board| {
            if let Some(board) = board {
                board.reveal();
            }
        });
        window().scroll_to_with_x_and_y(0.0, 0.0);
        focus("h1");
    }

    /// Shows a message that was just posted here, if it belongs to this view. Returns whether it does.
    pub(crate) fn add_own(self, message: &Message) -> bool {
        let belongs = self.which.with_value(|which| match which {
            Which::All => true,
            Which::By(username) => Some(username) == message.author.username.as_ref(),
            Which::One(_) => false,
        });
        if belongs {
            self.board.update(|board| {
                if let Some(board) = board {
                    board.add_own(message.clone());
                }
            });
        }
        belongs
    }

    /// Takes out a message that was just deleted here, and moves the focus to the one that is now where it was.
    pub(crate) fn remove(self, id: &str) {
        let next = self.board.try_update(|board| board.as_mut()?.remove(id)).flatten();
        request_animation_frame(move || match next {
            Some(next) => focus(&format!("[data-message=\"{next}\"]")),
            None => focus("h1"),
        });
    }

    /// Loads the next page of older messages, and moves the focus to the first of them.
    pub(crate) fn load_older(self) {
        let next = self.board.with_untracked(|board| board.as_ref()?.older_cursor().map(str::to_owned));
        let Some(next) = next.filter(|_| !self.is_loading_older.get_untracked()) else { return };
        self.is_loading_older.set(true);
        self.older_failure.set(None);
        let which = self.which.get_value();
        spawn_local(async move {
            let page = api::messages(which.author(), Some(&next), None, None).await;
            self.is_loading_older.try_set(false);
            match page {
                Ok(Some(page)) => {
                    let first = self.board.try_update(|board| {
                        let board = board.as_mut()?;
                        // If the list was replaced meanwhile, the page does not connect with it.
                        if board.older_cursor() == Some(next.as_str()) { board.extend(page.messages) } else { None }
                    });
                    if let Some(first) = first.flatten().filter(|_| !self.go_back()) {
                        request_animation_frame(move || focus(&format!("[data-message=\"{first}\"]")));
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    self.older_failure.try_set(Some(error));
                    if let Some(place) = self.place.try_get_value().flatten() {
                        self.arrive_back(place);
                    }
                }
            }
        });
    }

    /// Whether a new message has to wait, because it would move what somebody reads: they have scrolled down, point at the
    /// list, are inside it with the keyboard, have done something a moment ago, or will come back to the tab.
    fn is_being_read(self) -> bool {
        let is_scrolled = window().scroll_y().is_ok_and(|y| y > READING_FROM_PX);
        let is_at = |selector: &str| document().query_selector(selector).is_ok_and(|found| found.is_some());
        let read_ms = self.read_ms.try_get_value().unwrap_or_default();
        is_scrolled || is_at("ol:hover, ol:focus-within") || !is_visible() || now_ms() < read_ms + READING_MS
    }
}
