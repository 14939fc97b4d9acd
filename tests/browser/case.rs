//! One test, and its registration.

use crate::tools::Needs;

/// One test, with the tools that it needs.
pub(crate) struct Case {
    /// The path of its module, for example `browser::board`.
    pub(crate) module: &'static str,
    pub(crate) name: &'static str,
    pub(crate) needs: Needs,
    pub(crate) run: fn(),
}

inventory::collect!(Case);

/// Registers a function as a test.
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
