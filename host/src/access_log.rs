//! The access log: one line for each request, at level debug.

use std::sync::Arc;
use std::time::Instant;

use http::{Method, StatusCode};

use crate::running::RequestRecord;

/// The line of one request. It is written when this value is dropped, which is when the answer has been sent.
pub(crate) struct AccessLogLine {
    pub(crate) component: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) status: StatusCode,
    pub(crate) started: Instant,
    pub(crate) record: Arc<RequestRecord>,
}

impl Drop for AccessLogLine {
    fn drop(&mut self) {
        let duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (store_reads, store_writes) = self.record.store_calls();
        tracing::debug!(
            target_component = self.component.as_str(),
            method = self.method.as_str(),
            path = self.path.as_str(),
            status = u64::from(self.status.as_u16()),
            duration_us,
            store_reads,
            store_writes,
            "request"
        );
    }
}
