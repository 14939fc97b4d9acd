//! Reports of messages: a log of its own, in which each report has the next position of one counter. What was resolved leaves
//! a gap there, as a message does on the board.
//!
//! An account reports a message once. So the right to write the report is a record of the account and the message, which holds
//! the position: whoever finds that record without its report, because a request has died between the two, writes the report
//! at the same position.

use domain::{DisplayName, Reason, Username};

use super::gaps::{Found, decode};
use crate::context::{Context, Platform};
use crate::store::records::{self, MessageRecord, ReportRecord, ReportedRecord, V1};
use crate::store::{Failed, keys};

/// Why a message was not reported.
pub(crate) enum NotReported {
    /// There is none at this position.
    Absent,
}

impl<P: Platform> Context<'_, P> {
    /// Reports the message at a position of the board. Returns the position of the report, if it is a new one.
    pub(crate) async fn report_message(
        &self,
        message: u64,
        reporter: &Username,
        name: &DisplayName,
        reason: Reason,
    ) -> Result<Option<u64>, Failed<NotReported>> {
        let (reported_key, message_key) = (keys::reported(reporter, message), keys::message(message));
        let [reported, found] = self.get_all([reported_key.clone(), message_key.clone()]).await?;
        let Found::Filled::<MessageRecord>(found) = decode(&message_key, found.as_deref(), message)? else {
            return Err(Failed::Refused(NotReported::Absent));
        };
        let make = async || {
            let report = self.next(keys::REPORTS).await?;
            records::encode(&ReportedRecord { v: V1, report })
        };
        let is_new = reported.is_none();
        let reported = match reported {
            Some(reported) => reported,
            None => self.replace_or_wait(&reported_key, None, make).await?,
        };
        let ReportedRecord { report, .. } = records::decode(&reported_key, &reported)?;
        let report_key = keys::report(report);
        if !is_new && self.get(&report_key).await?.is_some() {
            return Ok(None);
        }
        let record = records::encode(&ReportRecord {
            v: V1,
            message,
            author: found.author,
            reporter: reporter.clone(),
            name: name.to_string(),
            reason: reason.into(),
            created_at_ms: self.now(),
        })?;
        // Not just set: a request that was late would open again what was resolved meanwhile.
        let written = self.replace_or_wait(&report_key, None, async || Ok(record.clone())).await?;
        Ok((written == record).then_some(report))
    }
}
