//! A test, and how it is found.

use crate::tools::Needs;

/// One test.
pub(crate) struct Case {
    /// `browser::board`, for example.
    pub(crate) module: &'static str,
    pub(crate) name: &'static str,
    pub(crate) needs: Needs,
    pub(crate) run: fn(),
}

inventory::collect!(Case);

/// Makes a function a test.
macro_rules! case {
    ($needs:ident, $run:ident) => {
        inventory::submit! {
            crate::case::Case {
                module: module_path!(),
                name: stringify!($run),
                needs: crate::tools::Needs::$needs,
                run: $run,
            }
        }
    };
}
