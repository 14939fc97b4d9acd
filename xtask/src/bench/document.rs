//! `docs/performance.md`: the command writes what stands between two marks, but for the texts about bars, which are written by
//! hand and stay. So does all else in the file.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::bars::Bar;

const BEGIN: &str = "<!-- From here on, `cargo xtask bench` writes, and keeps the texts about bars. -->\n";
const END: &str = "<!-- Here ends what `cargo xtask bench` writes. -->\n";
const HEADING: &str = "## Bars that are not met\n\n";
const ITEM: &str = "- **";
const NO_TEXT: &str = "no text yet";

/// The document with this section in place of that of the last run.
pub(super) fn rewrite(old: &str, section: &str, bars: &[Bar]) -> Result<String> {
    let (before, rest) = old.split_once(BEGIN).context("the mark is missing where the section begins")?;
    let (last, after) = rest.split_once(END).context("the mark is missing where the section ends")?;
    let texts = texts(last);
    Ok(format!("{before}{BEGIN}\n{section}\n{}{END}{after}", not_met(bars, &texts)))
}

/// The texts by the names of their bars.
fn texts(section: &str) -> BTreeMap<String, String> {
    let items = section.split_once(HEADING).map_or("", |(_, items)| items);
    let text = |item: &str| {
        let (bar, text) = item.split_once(":**")?;
        let text = text.trim().lines().map(str::trim).collect::<Vec<_>>().join("\n");
        (text != NO_TEXT && !text.is_empty()).then(|| (bar.to_owned(), text))
    };
    format!("\n{items}").split(&format!("\n{ITEM}")).skip(1).filter_map(text).collect()
}

/// The bars that are not met, and those that once were not: another run may find them so again.
fn not_met(bars: &[Bar], texts: &BTreeMap<String, String>) -> String {
    let item = |bar: &Bar| {
        let text = texts.get(&bar.what);
        let text = match text {
            None if bar.is_met() => return None,
            None => NO_TEXT,
            Some(text) => text,
        };
        Some(format!("{ITEM}{}:** {}\n", bar.what, text.replace('\n', "\n  ")))
    };
    // A run of a part of the scenarios has not all bars.
    let unknown = texts.iter().filter(|(what, _)| !bars.iter().any(|bar| bar.what == **what));
    let unknown = unknown.map(|(what, text)| format!("{ITEM}{what}:** {}\n", text.replace('\n', "\n  ")));
    let items: String = bars.iter().filter_map(item).chain(unknown).collect();
    if items.is_empty() { items } else { format!("{HEADING}{items}\n") }
}

#[cfg(test)]
mod tests {
    use super::super::bars::Bound;
    use super::*;

    fn bar(what: &str, measured: f64) -> Bar {
        Bar { what: what.to_owned(), measured, unit: "", bound: Bound::AtLeast(1.0), failed: 0 }
    }

    fn empty() -> String {
        format!("# Performance\n\nBy hand.\n\n{BEGIN}old\n{END}\n## Calls of the store\n")
    }

    #[test]
    fn what_is_around_the_section_stays() {
        let text = rewrite(&empty(), "| a table |", &[bar("posts", 1.0)]).unwrap();
        assert_eq!(text, format!("# Performance\n\nBy hand.\n\n{BEGIN}\n| a table |\n{END}\n## Calls of the store\n"));
        assert_eq!(rewrite(&text, "| a table |", &[bar("posts", 1.0)]).unwrap(), text);
    }

    #[test]
    fn texts_about_bars_stay() {
        let bars = [bar("posts, WASI 0.2, of axum", 0.5), bar("reads", 0.5), bar("logins", 2.0)];
        let first = rewrite(&empty(), "", &bars).unwrap();
        assert!(first.contains("- **posts, WASI 0.2, of axum:** no text yet\n- **reads:** no text yet\n"), "{first}");
        assert!(!first.contains("logins"), "{first}");
        let by_hand = first.replacen(NO_TEXT, "it syncs twice,\n  see `perf`", 1);
        let second = rewrite(&by_hand, "| new |", &bars).unwrap();
        let kept = "- **posts, WASI 0.2, of axum:** it syncs twice,\n  see `perf`\n- **reads:** no text yet\n";
        assert!(second.contains(kept) && second.contains("| new |"), "{second}");
        // When the bar is met, or not measured, the text stays for the next run.
        let met = rewrite(&second, "", &[bar("posts, WASI 0.2, of axum", 2.0)]).unwrap();
        assert!(met.contains("it syncs twice") && !met.contains("reads"), "{met}");
        assert!(rewrite(&met, "", &[]).unwrap().contains("it syncs twice"));
    }

    #[test]
    fn the_document_has_its_marks() {
        assert!(
            rewrite(include_str!("../../../docs/performance.md"), "| a table |", &[]).unwrap().contains("| a table |")
        );
    }

    #[test]
    fn a_document_without_marks_is_left_alone() {
        assert!(rewrite("# Performance\n", "", &[]).is_err());
        assert!(rewrite(BEGIN, "", &[]).is_err());
    }
}
