//! What the owner of an account may want to know of it: its last logins, failed attempts, and changes of what protects it.
//!
//! Logins are in the slots of the sessions, which a login writes anyway. All else is in two rings of records. Failed attempts
//! have a ring of their own, so that nobody can push the rest out of sight by guessing.

use domain::{Activity, ClientAddress, Username};

use crate::context::{Context, Event, Level, Platform, StoreError};
use crate::store::keys;
use crate::store::records::{self, ActivityRecord, SessionSlot, V1};

/// How many entries a list has at most.
const MAX_LISTED: usize = 50;

/// Who did it, in the place of a browser.
const DECIDED: &str = "Moderator or admin";

impl<P: Platform> Context<'_, P> {
    /// Notes something that has happened to an account, by whoever sends this request. `None` stands for a name that nobody
    /// has: what is noted then is read by nobody, and costs the same. If the store fails here, what was done is still done, so
    /// only the log says it.
    pub(crate) async fn note(&self, username: Option<&Username>, activity: Activity, user_agent: &str) {
        let network = self.address.get().and_then(ClientAddress::coarse_network);
        self.note_by(username, activity, domain::client_in_words(user_agent), network).await;
    }

    /// Notes what a moderator or an admin has decided about an account. From where is not its owner's business.
    pub(crate) async fn note_decision(&self, username: &Username, activity: Activity) {
        self.note_by(Some(username), activity, DECIDED.to_owned(), None).await;
    }

    async fn note_by(&self, username: Option<&Username>, activity: Activity, client: String, network: Option<String>) {
        let ring = keys::Ring::of(activity);
        let record = ActivityRecord { v: V1, activity, at_ms: self.now(), client, network };
        let noted = async {
            let number = self.next(&ring.counter(username)).await?;
            self.save(&ring.slot(username, number), &record).await
        };
        if let Err(error) = noted.await {
            self.log(Event::new(Level::Warn, "activity_not_noted").with("error", error.to_string()));
        }
    }

    /// What has happened to an account, newest first.
    pub(crate) async fn activity(&self, username: &Username) -> Result<Vec<ActivityRecord>, StoreError> {
        let slots = keys::session_slots(username);
        let (logins, rest) = (slots.len(), keys::Ring::ALL.map(|ring| ring.slots(username)).concat());
        let all: Vec<String> = slots.into_iter().chain(rest).collect();
        let values = all.iter().zip(self.get_many(&all).await?).enumerate();
        // An entry that does not read is one fewer.
        let entries = values.filter_map(|(at, (key, value))| match at < logins {
            true => records::decode::<SessionSlot>(key, &value?).ok()?.login,
            false => records::decode(key, &value?).ok(),
        });
        let mut entries: Vec<ActivityRecord> = entries.collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at_ms));
        entries.truncate(MAX_LISTED);
        Ok(entries)
    }

    /// Deletes what was noted of an account.
    pub(crate) async fn delete_activity(&self, username: &Username) -> Result<(), StoreError> {
        let counters = keys::Ring::ALL.map(|ring| ring.counter(Some(username)));
        let slots = keys::Ring::ALL.map(|ring| ring.slots(username)).concat();
        self.delete_many(&slots.into_iter().chain(counters).collect::<Vec<_>>()).await
    }
}
