//! Links in the text of a message. The text is never read as markup: it is cut into pieces, and each is shown as text.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Is shown as it is.
    Text(&'a str),
    /// Is shown as it is, and links to itself: it begins with `http://` or `https://`.
    Link(&'a str),
}

/// Cuts a text into pieces. Joined, they are the text again.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut done = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let in_word = before.replace(c).is_some_and(char::is_alphanumeric);
        if at < done || in_word {
            continue;
        }
        let Some(link) = text.get(at..).and_then(link_at_start) else { continue };
        pieces.extend(text.get(done..at).filter(|plain| !plain.is_empty()).map(Piece::Text));
        pieces.push(Piece::Link(link));
        done = at + link.len();
    }
    pieces.extend(text.get(done..).filter(|plain| !plain.is_empty()).map(Piece::Text));
    pieces
}

fn link_at_start(text: &str) -> Option<&str> {
    let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let scheme = ["https://", "http://"].into_iter().find(|scheme| begins(scheme))?;
    let link = without_closing_marks(text.split(ends_link).next()?);
    let authority = link.get(scheme.len()..)?.split(['/', '?', '#']).next()?;
    // "https://bank.example@evil.example" would lead to evil.example, so it stays text.
    let is_plain = authority.starts_with(|c: char| c.is_alphanumeric() || c == '[') && !authority.contains('@');
    is_plain.then_some(link)
}

/// Whether a character ends a link: white space, what RFC 3986 does not allow in an address, and the marks that turn the
/// direction of writing or can't be seen.
fn ends_link(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '\\' | '{' | '}' | '|' | '^')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Takes off the marks at the end that belong to the sentence: its full stop, and brackets that were opened before the
/// address.
fn without_closing_marks(mut link: &str) -> &str {
    let surplus = |link: &str, open: char, close: char| link.matches(close).count() > link.matches(open).count();
    while let Some(last) = link.chars().last() {
        let is_closing = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | '”' | '…' | '»' => true,
            ')' => surplus(link, '(', ')'),
            ']' => surplus(link, '[', ']'),
            _ => false,
        };
        match link.strip_suffix(last) {
            Some(shorter) if is_closing => link = shorter,
            _ => break,
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let pieces = pieces(text);
        let whole: String = pieces.iter().map(|(Piece::Text(part) | Piece::Link(part))| *part).collect();
        assert_eq!(whole, text, "nothing is lost");
        pieces.iter().filter_map(|piece| if let Piece::Link(link) = piece { Some(*link) } else { None }).collect()
    }

    #[test]
    fn finds_addresses_and_leaves_the_sentence_its_marks() {
        for (text, found) in [
            ("see https://latchkey.example/start.", "https://latchkey.example/start"),
            ("(http://a.example)", "http://a.example"),
            ("https://en.wikipedia.org/wiki/Key_(lock) is one", "https://en.wikipedia.org/wiki/Key_(lock)"),
            ("HTTPS://A.example?q=1&b=2#x!", "HTTPS://A.example?q=1&b=2#x"),
            ("zwei Zeilen\nhttps://é.example/ü\nEnde", "https://é.example/ü"),
            ("http://[::1]:3000/", "http://[::1]:3000/"),
            ("\"https://a.example/\"", "https://a.example/"),
        ] {
            assert_eq!(links(text), [found], "{text}");
        }
        assert_eq!(links("http://a.example http://b.example,http://c.example").len(), 2);
    }

    #[test]
    fn makes_no_link_of_anything_else() {
        for text in [
            "",
            "https://",
            "http://.",
            "javascript:alert(1)",
            "data:text/html,<script>",
            "ftp://a.example",
            "xhttps://a.example",
            "//a.example",
            "https://bank.example@evil.example/",
            "https://\u{202e}elpmaxe",
            "<a href=x>",
        ] {
            assert_eq!(links(text), [""; 0], "{text}");
        }
        assert_eq!(links("https://a.example/<script>"), ["https://a.example/"]);
        assert_eq!(links("https://a.example\\@evil.example"), ["https://a.example"]);
    }
}
