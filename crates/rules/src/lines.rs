/// The text of a message with its lines as all systems show them: a line ends with a line feed, however it was typed, and a tab,
/// whose width nobody knows, is four spaces.
pub fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_with_line_feeds_and_tabs_are_spaces() {
        for (typed, plain) in [
            ("one\r\ntwo", "one\ntwo"),
            ("one\rtwo", "one\ntwo"),
            ("one\n\rtwo\r\r\nthree", "one\n\ntwo\n\nthree"),
            ("\tone\t\ttwo", "    one        two"),
            ("one\ntwo", "one\ntwo"),
            // These are no line breaks of plain text, and stay what they are.
            ("\u{b}\u{c}\u{85}\u{2028}", "\u{b}\u{c}\u{85}\u{2028}"),
        ] {
            assert_eq!(plain_lines(typed), plain, "{typed:?}");
        }
    }
}
