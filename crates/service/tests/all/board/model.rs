//! A model of the board, small enough to go through every interleaving of two writers and a reader, call by call. A writer
//! that dies is one that takes no further step, so every moment of an interleaving is also one after a death. The same
//! search finds what is wrong with variants of the rules.

use std::collections::HashSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variant {
    AsBuilt,
    /// A deletion takes its position after it has changed the records.
    PositionAfterTheChange,
    /// A reader reads the counter before the page.
    CounterBeforeThePage,
    /// A page is stored although a position is not settled.
    WithoutTheCheck,
    /// A writer that is late writes all the same.
    LateWriters,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Change {
    Post,
    Delete(usize),
    DeleteAccount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Record {
    Absent,
    Message,
    Gap,
}

/// The positions of the messages that a page shows, and whether it shows the name of their author.
type Shown = (Vec<usize>, bool);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Page {
    to: usize,
    shown: Shown,
}

/// The next call of a writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Call {
    ReadPage,
    TakePosition,
    Write,
    Mark,
    ReadAccount,
    ReadCounter,
    ReadPageAgain,
    CheckPositions,
    ReadRecords,
    ReadNames,
    StorePage,
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Writer {
    change: Change,
    next: Call,
    before: Page,
    position: usize,
    counter: usize,
    shown: Shown,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Board {
    counter: usize,
    records: Vec<Record>,
    has_account: bool,
    page: Page,
    writers: [Writer; 2],
    /// The page, as the reader has read it.
    read_page: Option<Page>,
    /// The counter, as the reader has read it, and what the records said then.
    read_counter: Option<(usize, Shown)>,
    /// The last position that was taken more than a lease ago.
    over: usize,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Write(usize),
    Read,
    LeasePasses,
}

impl Board {
    /// A board with one message.
    fn new(changes: [Change; 2]) -> Self {
        let page = Page { to: 1, shown: (vec![1], true) };
        let writer = |change| Writer {
            change,
            next: Call::ReadPage,
            before: page.clone(),
            position: 0,
            counter: 0,
            shown: (Vec::new(), true),
        };
        let mut records = vec![Record::Absent; 8];
        records[1] = Record::Message;
        let writers = changes.map(writer);
        Self { counter: 1, records, has_account: true, page, writers, read_page: None, read_counter: None, over: 0 }
    }

    fn messages(&self) -> Vec<usize> {
        (1..=self.counter).rev().filter(|position| self.records[*position] == Record::Message).collect()
    }

    fn is_settled(&self, position: usize) -> bool {
        self.records[position] != Record::Absent || position <= self.over
    }

    /// Lets a writer make its next call.
    fn write(&mut self, at: usize, variant: Variant) {
        use Call::*;
        let mut writer = self.writers[at].clone();
        let is_reversed = variant == Variant::PositionAfterTheChange && writer.change != Change::Post;
        writer.next = match writer.next {
            ReadPage => {
                writer.before = self.page.clone();
                if is_reversed { Write } else { TakePosition }
            }
            TakePosition => {
                self.counter += 1;
                writer.position = self.counter;
                if is_reversed { Mark } else { Write }
            }
            Write if !is_reversed && writer.position <= self.over && variant != Variant::LateWriters => Ended,
            Write => match writer.change {
                Change::Post => {
                    self.records[writer.position] = Record::Message;
                    ReadAccount
                }
                Change::Delete(position) => {
                    self.records[position] = Record::Gap;
                    if is_reversed { TakePosition } else { Mark }
                }
                Change::DeleteAccount => {
                    self.has_account = false;
                    if is_reversed { TakePosition } else { Mark }
                }
            },
            Mark => {
                self.records[writer.position] = Record::Gap;
                ReadCounter
            }
            ReadAccount if !self.has_account => {
                // The author is gone, so the post is deleted again.
                writer.change = Change::Delete(writer.position);
                ReadPage
            }
            ReadAccount => ReadCounter,
            _ => self.update_page(&mut writer, variant),
        };
        self.writers[at] = writer;
    }

    /// The calls by which a writer brings the page up to date.
    fn update_page(&mut self, writer: &mut Writer, variant: Variant) -> Call {
        use Call::*;
        match writer.next {
            ReadCounter => {
                writer.counter = self.counter;
                writer.shown = writer.before.shown.clone();
                match writer.change {
                    _ if writer.before.to + 1 != self.counter => ReadPageAgain,
                    Change::Post => {
                        writer.shown.0.insert(0, writer.position);
                        StorePage
                    }
                    Change::Delete(_) => ReadRecords,
                    Change::DeleteAccount => ReadNames,
                }
            }
            ReadPageAgain => {
                writer.before = self.page.clone();
                if writer.before.to >= writer.counter { Ended } else { CheckPositions }
            }
            CheckPositions => {
                let mut new = writer.before.to + 1..=writer.counter;
                let are_settled = new.all(|position| self.is_settled(position));
                if are_settled || variant == Variant::WithoutTheCheck { ReadRecords } else { Ended }
            }
            ReadRecords => {
                writer.shown.0 = self.messages().into_iter().filter(|position| *position <= writer.counter).collect();
                ReadNames
            }
            ReadNames => {
                writer.shown.1 = self.has_account;
                StorePage
            }
            StorePage => {
                self.page = Page { to: writer.counter, shown: writer.shown.clone() };
                Ended
            }
            _ => Ended,
        }
    }

    fn read(&mut self, variant: Variant) {
        let page_comes_first = variant != Variant::CounterBeforeThePage;
        if self.read_page.is_none() && (page_comes_first || self.read_counter.is_some()) {
            self.read_page = Some(self.page.clone());
        } else {
            self.read_counter = Some((self.counter, (self.messages(), self.has_account)));
        }
    }

    /// Whether the reader shows nothing but what the records said when it read the counter.
    fn is_right(&self) -> bool {
        let (Some(page), Some((counter, said))) = (&self.read_page, &self.read_counter) else { return true };
        page.to != *counter || page.shown == *said
    }

    fn possible(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = (0..2).filter(|at| self.writers[*at].next != Call::Ended).map(Step::Write).collect();
        if self.read_page.is_none() || self.read_counter.is_none() {
            steps.push(Step::Read);
        }
        if self.over == 0 {
            steps.push(Step::LeasePasses);
        }
        steps
    }
}

/// Goes through all interleavings. Returns the number of moments, or the steps that lead to a wrong page.
fn explore(changes: [Change; 2], variant: Variant) -> Result<usize, Vec<Step>> {
    let mut seen = HashSet::new();
    let mut open = vec![(Board::new(changes), Vec::new())];
    while let Some((board, steps)) = open.pop() {
        for step in board.possible() {
            let mut next = board.clone();
            match step {
                Step::Write(at) => next.write(at, variant),
                Step::Read => next.read(variant),
                Step::LeasePasses => next.over = next.counter,
            }
            let steps = [steps.as_slice(), &[step]].concat();
            if !next.is_right() {
                return Err(steps);
            }
            if seen.insert(next.clone()) {
                open.push((next, steps));
            }
        }
    }
    Ok(seen.len())
}

const PAIRS: [[Change; 2]; 6] = [
    [Change::Post, Change::Post],
    [Change::Post, Change::Delete(1)],
    [Change::Delete(1), Change::Delete(1)],
    [Change::DeleteAccount, Change::Post],
    [Change::DeleteAccount, Change::Delete(1)],
    [Change::DeleteAccount, Change::DeleteAccount],
];

#[test]
fn a_reader_shows_what_the_records_say() {
    for changes in PAIRS {
        let explored = explore(changes, Variant::AsBuilt);
        assert!(explored.as_ref().is_ok_and(|moments| *moments > 5000), "{changes:?}: {explored:?}");
    }
}

#[test]
fn the_search_finds_what_is_wrong_with_other_rules() {
    for variant in
        [Variant::PositionAfterTheChange, Variant::CounterBeforeThePage, Variant::WithoutTheCheck, Variant::LateWriters]
    {
        assert!(PAIRS.iter().any(|changes| explore(*changes, variant).is_err()), "{variant:?}");
    }
}
