//! The code points by which WebDriver names keys that type no character (W3C WebDriver, section 17.4.2).

pub(crate) const TAB: char = '\u{E004}';
pub(crate) const ENTER: char = '\u{E007}';
pub(crate) const SHIFT: char = '\u{E008}';
pub(crate) const CONTROL: char = '\u{E009}';
pub(crate) const ESCAPE: char = '\u{E00C}';
