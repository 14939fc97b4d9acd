//! Counts attempts in the slots of the store: see [`domain::Limit`] for how, and why no attempt is lost.

use domain::{Home, Judgement, Limit, Outcome, Step};

use crate::context::{Context, Event, Level, Platform, StoreError};
use crate::store::{counter, keys};

/// How often an attempt is judged again because others came between, and then how long it waits in the worst case.
const TRIES: u64 = 12;
/// What a client waits when the slots of its name did not become clear.
const UNCLEAR_MILLIS: u64 = 1000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Passwords tried for an account, by devices that it does not know.
    Account,
    /// Passwords and passkeys tried from an address, by devices that their account does not know.
    Address,
    /// Passwords and passkeys tried by a device that its account knows.
    Device,
    /// Passwords tried for an account by somebody who is logged in to it, right ones too.
    Check,
    /// Codes of a second factor tried for an account, or by a device that it knows.
    Codes,
    /// Recovery codes tried for an account whose password is forgotten.
    Recovery,
    /// Recovery codes and reset links tried from an address.
    RecoveryFrom,
    /// Right passwords of an account.
    Logins,
    /// Right passwords and passkeys from an address.
    LoginsFrom,
    /// Accounts made from an address.
    SignUps,
    /// Sign-ups from an address for names that are taken.
    TakenNames,
    /// Messages of an account.
    Posts,
    /// Reports of an account.
    Reports,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Address => "address",
            Self::Device => "device",
            Self::Check => "check",
            Self::Codes => "codes",
            Self::Recovery => "recovery",
            Self::RecoveryFrom => "recovery_from",
            Self::Logins => "logins",
            Self::LoginsFrom => "logins_from",
            Self::SignUps => "signups",
            Self::TakenNames => "taken_names",
            Self::Posts => "posts",
            Self::Reports => "reports",
        }
    }
}

/// A name that is counted, and its limit. Any text can be a name.
pub(super) struct Counted {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) limit: Limit,
}

/// What was read of the two slots of a name.
pub(super) struct Seen {
    pub(super) kind: Kind,
    limit: Limit,
    home: Home,
    keys: [String; 2],
    values: [i64; 2],
}

impl Seen {
    /// The key of the first slot (0), or of the second one (1).
    fn key(&self, index: usize) -> &str {
        let [first, second] = &self.keys;
        if index == 0 { first } else { second }
    }
}

/// An attempt that was counted.
pub(super) struct Taken {
    pub(super) key: String,
    pub(super) forget: i64,
}

/// The milliseconds that a client has to wait, and for which limit.
pub(super) struct Wait {
    pub(super) kind: Kind,
    pub(super) millis: u64,
}

impl<P: Platform> Context<'_, P> {
    /// Reads the slots of several names.
    pub(super) async fn look_at_slots(&self, counted: Vec<Counted>) -> Result<Vec<Seen>, StoreError> {
        if counted.is_empty() {
            return Ok(Vec::new());
        }
        let secret = self.app_secret().await?;
        let mut seen: Vec<Seen> = Vec::with_capacity(counted.len());
        for Counted { kind, name, limit } in counted {
            let home = secret.home(kind.as_str(), &name);
            let keys = home.slots.map(|slot| match limit {
                Limit::Delay(_) => keys::delay(slot),
                Limit::Quota(_) => keys::quota(slot),
            });
            seen.push(Seen { kind, limit, home, keys, values: [0; 2] });
        }
        self.read_slots(&mut seen).await?;
        Ok(seen)
    }

    async fn read_slots(&self, seen: &mut [Seen]) -> Result<(), StoreError> {
        let keys: Vec<String> = seen.iter().flat_map(|seen| seen.keys.clone()).collect();
        let found = self.get_many(&keys).await?;
        for (value, bytes) in seen.iter_mut().flat_map(|seen| &mut seen.values).zip(found) {
            // What is no counter must not be incremented, because that would take a SQLite store down: it counts as odd.
            *value = bytes.map_or(0, |bytes| counter::number(&bytes).unwrap_or(-1));
        }
        Ok(())
    }

    /// The longest wait of all, if somebody has to wait. Nothing is written.
    pub(super) fn longest_wait<'a>(&self, seen: impl Iterator<Item = &'a Seen>) -> Option<Wait> {
        let waits = seen.filter_map(|seen| match seen.limit.judge(seen.home, seen.values, self.now()) {
            Judgement::Wait(millis) => Some(Wait { kind: seen.kind, millis }),
            Judgement::Take(_) | Judgement::Unclear(_) => None,
        });
        waits.max_by_key(|wait| wait.millis)
    }

    /// Counts an attempt of each name, or none if one of them has to wait.
    pub(super) async fn take_slots(&self, seen: Vec<Seen>) -> Result<Result<Vec<Taken>, Wait>, StoreError> {
        let mut taken = Vec::with_capacity(seen.len());
        for seen in seen {
            let kind = seen.kind;
            match self.take_slot(seen).await? {
                Ok(one) => taken.push(one),
                Err(millis) => {
                    self.forget_slots(taken).await?;
                    return Ok(Err(Wait { kind, millis }));
                }
            }
        }
        Ok(Ok(taken))
    }

    /// Makes attempts uncounted.
    pub(super) async fn forget_slots(&self, taken: Vec<Taken>) -> Result<(), StoreError> {
        for Taken { key, forget } in taken {
            self.increment(&key, forget).await?;
        }
        Ok(())
    }

    /// Counts an attempt; the error says how many milliseconds it has to wait.
    async fn take_slot(&self, mut seen: Seen) -> Result<Result<Taken, u64>, StoreError> {
        let mut unclear = None;
        for attempt in 0..TRIES {
            if attempt > 0 {
                let [jitter] = self.random();
                self.platform.sleep(1 + u64::from(jitter) % (10 * attempt)).await;
                self.read_slots(std::slice::from_mut(&mut seen)).await?;
            }
            let now = self.now();
            match seen.limit.judge(seen.home, seen.values, now) {
                Judgement::Wait(millis) => return Ok(Err(millis)),
                Judgement::Unclear(index) => {
                    let odd = (index, seen.values.get(index).copied());
                    unclear = unclear
                        .filter(|(_, first)| *first == odd)
                        .map_or(Some((1, odd)), |(n, odd)| Some((n + 1, odd)));
                }
                Judgement::Take(step) => {
                    let key = seen.key(step.index);
                    match self.take_step(key, &step).await? {
                        Outcome::GoesOn { forget } => return Ok(Ok(Taken { key: key.to_owned(), forget })),
                        Outcome::Waits(millis) => return Ok(Err(millis)),
                        Outcome::Collided => unclear = None,
                    }
                }
            }
        }
        if let Some((TRIES, (index, _))) = unclear {
            self.repair_slot(&seen, index).await?;
        }
        Ok(Err(UNCLEAR_MILLIS))
    }

    /// Adds the step, and takes it back unless the attempt goes on.
    async fn take_step(&self, key: &str, step: &Step) -> Result<Outcome, StoreError> {
        let value = self.increment(key, step.delta).await?;
        let outcome = step.result(value, self.now());
        if !matches!(outcome, Outcome::GoesOn { .. }) {
            self.increment(key, step.delta.wrapping_neg()).await?;
        }
        Ok(outcome)
    }

    /// Gives a slot a value that is clear again. It has not changed while this request waited, so a process has died between
    /// an increment and its taking back, or somebody else wrote the value.
    async fn repair_slot(&self, seen: &Seen, index: usize) -> Result<(), StoreError> {
        let key = seen.key(index);
        self.log(Event::new(Level::Warn, "slot_repaired").with("key", key));
        let repaired = seen.limit.repaired(seen.home, self.now());
        self.delete(key).await?;
        if self.increment(key, repaired).await? != repaired {
            self.increment(key, -repaired).await?;
        }
        Ok(())
    }
}
