//! Links in the text of a message. The text is never read as markup: it is cut into pieces, and each is shown as text.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Is shown as it is.
    Text(&'a str),
    /// Is shown as it is, and links to itself: it begins with `http://` or `https://`.
    Link(&'a str),
}

/// What a character does to an address in which it stands, by UTS 58 (section 3.3). The standard lets marks like the full stop
/// of Chinese be a part of the address if something follows; here they end it, because that writing puts no space after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Is a part of it.
    Included,
    /// Is a part of it, and a letter that has no upper or lower case.
    Caseless,
    /// Is a part of it if something else follows.
    Soft,
    /// Opens a bracket.
    Opening,
    /// Closes a bracket, and ends the address if that was opened before it.
    Closing,
    /// Ends it.
    Hard,
}

/// Cuts a text into pieces. Joined, they are the text again. `tables` tells the kind of a character outside ASCII.
pub fn pieces(text: &str, tables: impl Fn(char) -> Kind) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut done = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let before = before.replace(c);
        if at < done || before.is_some_and(|before| before.is_ascii_alphanumeric()) {
            continue;
        }
        let Some(link) = text.get(at..).and_then(|text| link_at_start(text, before, &tables)) else { continue };
        pieces.extend(text.get(done..at).filter(|plain| !plain.is_empty()).map(Piece::Text));
        pieces.push(Piece::Link(link));
        done = at + link.len();
    }
    pieces.extend(text.get(done..).filter(|plain| !plain.is_empty()).map(Piece::Text));
    pieces
}

fn link_at_start<'a>(text: &'a str, before: Option<char>, tables: &impl Fn(char) -> Kind) -> Option<&'a str> {
    let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let scheme = ["https://", "http://"].into_iter().find(|scheme| begins(scheme))?;
    let rest = text.get(scheme.len()..)?;
    let rest = rest.get(..end(rest, before, tables))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // "https://bank.example@evil.example" would lead to evil.example, so it stays text, and so does a host with a joiner, which
    // nobody sees.
    let is_plain = authority.starts_with(|c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || c == '[')
        && !authority.contains(['@', '\u{200c}', '\u{200d}']);
    let length = scheme.len() + sentence_after(authority, tables).unwrap_or(rest.len());
    text.get(..length).filter(|_| is_plain)
}

/// How far an address goes. A quotation mark right before it is closed by its partner.
fn end(text: &str, before: Option<char>, tables: impl Fn(char) -> Kind) -> usize {
    let quote = match before {
        Some('\'') => Some('\''),
        Some('‘' | '‚') => Some('’'),
        _ => None,
    };
    let (mut end, mut open) = (0, Vec::new());
    for (at, c) in text.char_indices().take_while(|(_, c)| Some(*c) != quote) {
        match kind(c, &tables) {
            Kind::Hard => break,
            Kind::Soft => continue,
            Kind::Opening => {
                open.push(c);
                continue;
            }
            // The partner of a bracket is the next character of Unicode, or the one after that.
            Kind::Closing
                if !open.pop().is_some_and(|open| matches!(u32::from(c).wrapping_sub(open.into()), 1 | 2)) =>
            {
                break;
            }
            Kind::Closing | Kind::Included | Kind::Caseless => {}
        }
        end = at + c.len_utf8();
    }
    end
}

/// Where a sentence goes on right after a host, as in Japanese: at a letter without case in a last label that begins in ASCII.
/// No top-level domain is mixed like this.
fn sentence_after(authority: &str, tables: impl Fn(char) -> Kind) -> Option<usize> {
    let start = authority.rfind('.').map_or(0, |dot| dot + 1);
    let label = authority.get(start..).filter(|label| label.starts_with(|c: char| c.is_ascii_alphanumeric()))?;
    label.find(|c| kind(c, &tables) == Kind::Caseless).map(|at| start + at)
}

fn kind(c: char, tables: impl Fn(char) -> Kind) -> Kind {
    match c {
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '’' | '…' | '—' => Kind::Soft,
        '(' | '[' => Kind::Opening,
        ')' | ']' => Kind::Closing,
        '<' | '>' | '"' | '`' | '\\' | '{' | '}' | '|' | '^' | ' ' => Kind::Hard,
        _ if c.is_control() => Kind::Hard,
        _ if c.is_ascii() => Kind::Included,
        // Persian and Hindi write with joiners, and some emoji with selectors.
        '\u{200c}' | '\u{200d}' => Kind::Soft,
        '\u{fe0e}' | '\u{fe0f}' => Kind::Included,
        '\u{ff1c}' | '\u{ff1e}' => Kind::Hard,
        _ => tables(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables that browsers have.
    fn tables(c: char) -> Kind {
        use icu_properties::props::{
            BinaryProperty, DefaultIgnorableCodePoint, EnumeratedProperty, GeneralCategory, QuotationMark,
            TerminalPunctuation, WhiteSpace,
        };
        let ends = [
            WhiteSpace::for_char,
            TerminalPunctuation::for_char,
            QuotationMark::for_char,
            DefaultIgnorableCodePoint::for_char,
        ];
        match GeneralCategory::for_char(c) {
            GeneralCategory::OtherLetter => Kind::Caseless,
            GeneralCategory::OpenPunctuation => Kind::Opening,
            GeneralCategory::ClosePunctuation => Kind::Closing,
            _ if ends.iter().any(|is| is(c)) => Kind::Hard,
            _ => Kind::Included,
        }
    }

    fn links(text: &str) -> Vec<&str> {
        let pieces = pieces(text, tables);
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
    fn ends_before_the_marks_of_all_scripts() {
        for (text, found) in [
            ("（https://a.example/b）", "https://a.example/b"),
            ("「https://a.example/b」と", "https://a.example/b"),
            ("《https://a.example/b》。", "https://a.example/b"),
            ("【https://a.example】の", "https://a.example"),
            ("＜https://a.example＞", "https://a.example"),
            ("https://a.example/b。次の文", "https://a.example/b"),
            ("https://a.example/b，然后", "https://a.example/b"),
            ("https://a.example/b、c", "https://a.example/b"),
            ("„https://a.example/b“ und", "https://a.example/b"),
            ("“https://a.example/b”他说", "https://a.example/b"),
            ("‘https://a.example/b’他说", "https://a.example/b"),
            ("»https://a.example/b« und", "https://a.example/b"),
            ("'https://a.example/b'다", "https://a.example/b"),
            ("https://a.example/b؟ نعم", "https://a.example/b"),
            ("https://a.example/b।", "https://a.example/b"),
            ("https://a.example/b።", "https://a.example/b"),
            ("**https://a.example/b**", "https://a.example/b"),
            ("(https://a.example/b).", "https://a.example/b"),
            ("[https://a.example/b)", "https://a.example/b"),
            ("https://a.example/b（", "https://a.example/b"),
            ("https://a.example/b\u{3000}c", "https://a.example/b"),
            ("https://a.example/b\u{202e}c", "https://a.example/b"),
            ("https://a.example/b\u{200b}c", "https://a.example/b"),
        ] {
            assert_eq!(links(text), [found], "{text}");
        }
    }

    #[test]
    fn begins_and_ends_where_a_script_has_no_spaces() {
        for (text, found) in [
            ("参见https://a.example/b", "https://a.example/b"),
            ("これhttps://a.example/b", "https://a.example/b"),
            ("ดูที่https://a.example/b", "https://a.example/b"),
            ("참고https://a.example/b", "https://a.example/b"),
            ("请看https://a.example谢谢", "https://a.example"),
            ("http://localhost:3000を見て", "http://localhost:3000"),
            ("https://www.a.exampleนะ", "https://www.a.example"),
        ] {
            assert_eq!(links(text), [found], "{text}");
        }
    }

    #[test]
    fn keeps_addresses_in_all_scripts() {
        for address in [
            "https://ja.wikipedia.org/wiki/東京（曖昧さ回避）",
            "https://zh.wikipedia.org/wiki/中国",
            "https://th.wikipedia.org/wiki/ประเทศไทย",
            "https://fa.wikipedia.org/wiki/می\u{200c}خواهم",
            "https://hi.wikipedia.org/wiki/हिन्दी?q=भाषा#लिपि",
            "https://fr.wikipedia.org/wiki/L’Équipe",
            "https://例え.テスト/引き",
            "https://abc日本.example/",
            "https://he.wikipedia.org/wiki/עברית",
            "https://a.example/❤\u{fe0f}",
            "https://a.example/a.b,c;d:e!f'g*h",
            "https://a.example/?q=a(b)c",
        ] {
            assert_eq!(links(&format!("x {address} y")), [address]);
            assert_eq!(links(&format!("（{address}）")), [address]);
        }
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
            "https://a\u{200d}.example/",
            "<a href=x>",
        ] {
            assert_eq!(links(text), [""; 0], "{text}");
        }
        assert_eq!(links("https://a.example/<script>"), ["https://a.example/"]);
        assert_eq!(links("https://a.example\\@evil.example"), ["https://a.example"]);
    }
}
