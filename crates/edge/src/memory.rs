use service::ports::{Kept, Memory};

use crate::Wasi;

thread_local! {
    /// The one thing that outlives a request. An instance has one thread, and every instance its own.
    static KEPT: Kept = Kept::default();
}

impl Memory for Wasi {
    fn with_kept<T>(&self, look: impl FnOnce(&Kept) -> T) -> T {
        KEPT.with(look)
    }
}
