//! A test, and how a module lists its tests.

use crate::tools::Needs;

/// One test.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) needs: Needs,
    pub(crate) run: fn(),
}

/// The tests of a module, by what they need.
macro_rules! cases {
    ($($needs:ident: [$($case:ident),* $(,)?])*) => {
        pub(crate) const CASES: &[crate::case::Case] = &[
            $($(crate::case::Case { name: stringify!($case), needs: crate::tools::Needs::$needs, run: $case },)*)*
        ];
    };
}
