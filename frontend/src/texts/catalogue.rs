//! The translations of one language, read from a file of gettext (`.po`). Of that format it needs what `msgattrib --no-wrap` writes:
//! each `msgid` and each `msgstr` on one line. A test holds the files of this project to that.

use std::sync::OnceLock;

/// The languages that a person can choose: the tag (BCP 47) of each, and its own name for itself. `shell/start.js` knows the same.
pub(crate) const LANGUAGES: [(&str, &str); 2] = [("en", "English"), ("de", "Deutsch")];

/// The English texts and their translations; unset while the site speaks English.
static CATALOGUE: OnceLock<Vec<(&str, &str)>> = OnceLock::new();

/// Has every text translated by a file from now on. It is called once, before the first text is asked for.
pub(crate) fn use_translations(po: String) {
    // They are needed as long as the page lives.
    let _ = CATALOGUE.set(entries(po.leak()).collect());
}

/// Whether texts are as they are written in `en.rs`.
pub(crate) fn is_english() -> bool {
    CATALOGUE.get().is_none()
}

/// A text in the language of the page. References to references are what an app passes on in the fewest bytes.
#[inline(never)]
pub(super) fn translated(english: &'static &'static str) -> &'static &'static str {
    let found = CATALOGUE.get().and_then(|all| all.iter().find(|(id, _)| id == english));
    found.map_or(english, |(_, translation)| translation)
}

/// The same, with values in the place of their names in braces.
#[inline(never)]
pub(super) fn filled(english: &'static &'static str, values: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::new(), *translated(english));
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        filled.extend(values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value));
        rest = after;
    }
    filled + rest
}

/// The pairs of a file. The header, whose `msgid` is empty, and what is not translated yet are none.
fn entries(po: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut id = "";
    po.lines().filter_map(move |line| {
        if let Some(english) = string(line, "msgid") {
            id = english;
        }
        string(line, "msgstr").filter(|translation| !id.is_empty() && !translation.is_empty()).map(|it| (id, it))
    })
}

/// What a line says about a keyword.
fn string<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    line.strip_prefix(keyword)?.strip_prefix(" \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::en::ALL;
    use super::*;

    const GERMAN: &str = include_str!("de.po");
    const PAGES: [&str; 4] = [
        include_str!("../../index.html"),
        include_str!("../../entry.html"),
        include_str!("../../account.html"),
        include_str!("../../moderation.html"),
    ];

    /// The names in braces, in order.
    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn each_text_has_a_german_one_and_no_other_has() {
        let translated: Vec<_> = entries(GERMAN).collect();
        let ids: Vec<&str> = translated.iter().map(|(id, _)| *id).collect();
        let missing: Vec<_> = ALL.iter().filter(|text| !ids.contains(text)).collect();
        let unknown: Vec<_> = ids.iter().filter(|id| !ALL.contains(id)).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:#?}, unknown: {unknown:#?}");
        assert_eq!(BTreeSet::from_iter(&ids).len(), ids.len(), "a text is translated once");
        for (english, german) in translated {
            assert_eq!(names(english), names(german), "{english}");
        }
    }

    #[test]
    fn the_files_have_nothing_that_the_site_does_not_read() {
        for line in GERMAN.lines().skip_while(|line| !line.is_empty()) {
            let is_known = line.is_empty()
                || line.starts_with('#')
                || string(line, "msgid").or(string(line, "msgstr")).is_some_and(|text| !text.contains(['"', '\\']));
            assert!(is_known, "{line:?} is for `msgattrib --no-wrap`, or has what would have to be escaped");
        }
        for text in ALL {
            assert!(!text.contains(['"', '\\']), "{text:?} would have to be escaped");
        }
    }

    #[test]
    fn values_take_the_places_of_their_names() {
        static CASES: [(&str, &str); 5] =
            [("{a} and {b}", "{b} and 2"), ("no", "no"), ("{b}{b}", "22"), ("{unknown}.", "."), ("{a", "{b}")];
        for (text, expected) in &CASES {
            assert_eq!(filled(text, &[("a", "{b}"), ("b", "2")]), *expected, "{text}");
        }
    }

    #[test]
    fn a_header_and_empty_translations_are_no_texts() {
        let po = "msgid \"\"\nmsgstr \"\"\n\"Language: de\\n\"\n\n# A comment.\nmsgid \"Yes\"\nmsgstr \"Ja\"\n\nmsgid \"No\"\nmsgstr \"\"\n";
        assert_eq!(entries(po).collect::<Vec<_>>(), [("Yes", "Ja")]);
    }

    #[test]
    fn the_pages_know_the_same_languages() {
        for (tag, _) in LANGUAGES.iter().filter(|(tag, _)| *tag != "en") {
            assert!(include_str!("../../shell/start.js").contains(&format!("{tag}: \"/{tag}.po\"")), "{tag}");
            for page in PAGES {
                assert!(page.contains(&format!("href=\"src/texts/{tag}.po\"")), "{tag}");
            }
        }
    }

    /// What the app shows later is in the shells of the pages too, beside what only they say.
    #[test]
    fn the_shells_say_the_same() {
        let german: Vec<_> = entries(GERMAN).collect();
        for shell in PAGES.into_iter().chain([include_str!("../../shell/unstarted.html")]) {
            let mut pairs = 0;
            for rest in shell.split("<span lang=\"en\">").skip(1) {
                let (english, rest) = rest.split_once("</span><span lang=\"de\">").unwrap();
                let (said, _) = rest.split_once("</span>").unwrap();
                assert!(!english.contains('<') && !said.contains('<'), "{english:?} and {said:?} are side by side");
                let translation = german.iter().find(|(id, _)| *id == english).map(|(_, translation)| *translation);
                assert!(translation.is_none_or(|translation| translation == said), "{english}");
                pairs += 1;
            }
            assert_ne!(pairs, 0);
        }
    }
}
