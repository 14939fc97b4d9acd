//! The reports that nobody has resolved, newest first. A page looks at a bounded number of positions: it passes a run of
//! resolved ones in one step, and ends early where steps are many.

use std::collections::BTreeSet;

use domain::Cursor;
use rules::DELETED_USER;
use rules::PAGE_REPORTS;
use wire::{Author, Report, ReportsResponse};

use super::gaps::Found;
use super::page::shown;
use crate::context::{Context, Platform, StoreError, rfc3339};
use crate::store::keys;
use crate::store::records::{Account, AccountRecord, MessageRecord, ReportRecord};

/// How many positions are read at once. DynamoDB reads at most 100.
const BATCH: usize = 2 * PAGE_REPORTS;
/// How many times a page reads positions at most.
const MAX_BATCHES: usize = 10;

impl<P: Platform> Context<'_, P> {
    /// A page of the reports, or of those below a position. `may_suspend` says whom whoever asks may suspend.
    pub(crate) async fn open_reports(
        &self,
        before: Option<u64>,
        may_suspend: impl Fn(&Account) -> bool,
    ) -> Result<ReportsResponse, StoreError> {
        let last = self.last(keys::REPORTS).await?;
        let (reports, next) = self.read_reports(before.map_or(last, |before| last.min(before - 1))).await?;
        let keys: Vec<String> = reports.iter().map(|(_, report)| keys::message(report.message)).collect();
        let messages = self.get_many(&keys).await?;
        let messages = reports.iter().zip(&keys).zip(messages).map(|(((_, report), key), bytes)| {
            match self.read_or_pass(key, bytes, report.message) {
                Found::Filled::<MessageRecord>(message) => Some((report.message, message)),
                Found::Nothing { .. } => None,
            }
        });
        let messages: Vec<_> = messages.collect();
        let authors = messages.iter().flatten().filter_map(|(_, message)| message.author.as_deref());
        let people: BTreeSet<&str> =
            authors.chain(reports.iter().map(|(_, report)| report.reporter.as_str())).collect();
        let accounts = self.accounts_of(people).await?;
        let is_there = |username: &String| !matches!(accounts.get(username), Some(AccountRecord::Deleted(_)));
        let may_suspend = |(_, message): &(u64, MessageRecord)| match accounts.get(message.author.as_ref()?) {
            Some(AccountRecord::Account(account)) => Some(may_suspend(account)),
            Some(AccountRecord::Deleted(_)) | None => None,
        };
        let present = |((position, report), message): ((u64, ReportRecord), Option<(u64, MessageRecord)>)| Report {
            id: position.to_string(),
            reason: report.reason,
            reporter: match Some(report.reporter.to_string()).filter(is_there) {
                Some(username) => Author { username: Some(username), name: report.name },
                None => Author { username: None, name: DELETED_USER.to_owned() },
            },
            created_at: rfc3339(report.created_at_ms),
            may_suspend: message.as_ref().and_then(may_suspend).unwrap_or_default(),
            message: message.map(|(position, mut message)| {
                message.author = message.author.filter(is_there);
                shown(position, message)
            }),
        };
        let reports = reports.into_iter().zip(messages).map(present).collect();
        Ok(ReportsResponse { reports, next: next.map(|next| Cursor::Report(next).to_string()) })
    }

    /// The reports of a page from a position down, and where the next page begins, if there is one.
    async fn read_reports(&self, top: u64) -> Result<(Vec<(u64, ReportRecord)>, Option<u64>), StoreError> {
        let (mut reports, mut below) = (Vec::new(), top);
        for _ in 0..MAX_BATCHES {
            let batch: Vec<u64> = (1..=below).rev().take(BATCH).collect();
            let keys: Vec<String> = batch.iter().map(|position| keys::report(*position)).collect();
            let records = self.get_many(&keys).await?;
            for ((position, key), bytes) in batch.into_iter().zip(&keys).zip(records) {
                if position > below {
                    continue;
                }
                match self.read_or_pass(key, bytes, position) {
                    // One more than the page takes was found, so there is a next page.
                    Found::Filled::<ReportRecord>(_) if reports.len() == PAGE_REPORTS => {
                        return Ok((reports, Some(below + 1)));
                    }
                    Found::Filled(report) => {
                        reports.push((position, report));
                        below = position - 1;
                    }
                    Found::Nothing { next } => below = next,
                }
            }
            if below == 0 {
                return Ok((reports, None));
            }
        }
        Ok((reports, Some(below + 1)))
    }
}
