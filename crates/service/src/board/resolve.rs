//! Resolving a report: what is done about it, and the gap that it leaves.

use std::cell::Cell;

use super::gaps::gap;
use crate::context::{Context, Platform};
use crate::store::compare_and_set::{Change, LEASE_MILLIS};
use crate::store::records::{self, Entry, Gap, ReportRecord, V1};
use crate::store::{Failed, keys};

/// Why a report was not resolved.
pub(crate) enum NotResolved {
    /// There is none at this position.
    Absent,
    /// Somebody else has resolved it, or is about to.
    Taken,
}

impl<P: Platform> Context<'_, P> {
    /// Resolves a report. `act` does what is decided about it. It runs only for the one request that has the right to close the
    /// report, so of two decisions at the same moment one is done, and the other has no effect. If `act` fails, the report stays
    /// open. If the request dies, it stays open too, and can be resolved again when the lease is over. So `act` has to bear that
    /// it was done before.
    pub(crate) async fn resolve_report<R: From<NotResolved>>(
        &self,
        position: u64,
        act: impl AsyncFn(&ReportRecord) -> Result<(), Failed<R>>,
    ) -> Result<ReportRecord, Failed<R>> {
        let (below, above) = (position.saturating_sub(1), position.saturating_add(1));
        let [key, key_below, key_above] = [position, below, above].map(keys::report);
        let [stored, gap_below, gap_above] = self.get_all([key.clone(), key_below, key_above]).await?;
        let refused = |reason: NotResolved| Err(Failed::Refused(reason.into()));
        let Some(stored) = stored else { return refused(NotResolved::Absent) };
        let report: ReportRecord = match records::decode(&key, &stored)? {
            Entry::Filled(report) => report,
            Entry::Deleted(_) => return refused(NotResolved::Taken),
        };
        let gap_from = gap(gap_below.as_deref(), below).map_or(position, |gap| gap.gap_from);
        let gap_to = gap(gap_above.as_deref(), above).map_or(position, |gap| gap.gap_to);
        let run = Gap { v: V1, gap_from, gap_to };
        let is_done = Cell::new(false);
        let make = async || {
            act(&report).await?;
            is_done.set(true);
            Ok::<_, Failed<R>>(records::encode(&run)?)
        };
        // The lease is so long that nobody else can act while this request may still do.
        let change = self.change(&key, Some(&stored), LEASE_MILLIS, make).await?;
        if matches!(change, Change::Pending) || !is_done.get() {
            return refused(NotResolved::Taken);
        }
        for end in [gap_from, gap_to] {
            if end != position {
                self.save(&keys::report(end), &run).await?;
            }
        }
        Ok(report)
    }
}
