//! The table, and its place in a document: between two marks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Context, Result};

use super::run::Row;

const BEGIN: &str = "<!-- From here on, `cargo xtask portability --write` writes. -->\n";
const END: &str = "<!-- Here ends what `cargo xtask portability --write` writes. -->\n";

/// The table, with a list of the reasons below it, which its last column names by letters.
pub(super) fn table(rows: &[Row]) -> String {
    let reasons: BTreeSet<&str> = rows.iter().flat_map(|row| row.not_run.keys()).map(String::as_str).collect();
    let letter = |reason: &str| {
        let place = reasons.iter().position(|known| *known == reason).unwrap_or_default();
        char::from_u32('a' as u32 + place as u32).unwrap_or('?')
    };
    let mut text = "| host | version | WASI | store | passed | failed | not run | why |\n\
                    | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for row in rows {
        let Row { host, version, wasi, store, .. } = row;
        _ = match &row.missing {
            Some(missing) => writeln!(text, "| {host} | | {wasi} | {store} | | | all | {missing} |"),
            None => {
                let not_run: u64 = row.not_run.values().sum();
                let why: Vec<_> =
                    row.not_run.iter().map(|(reason, count)| format!("{count} {}", letter(reason))).collect();
                let (passed, failed, why) = (row.passed, row.failed, why.join(", "));
                writeln!(text, "| {host} | {version} | {wasi} | {store} | {passed} | {failed} | {not_run} | {why} |")
            }
        };
    }
    text.push_str("\nWhy a test does not run somewhere:\n\n");
    for reason in &reasons {
        _ = writeln!(text, "- {}: {reason}", letter(reason));
    }
    text
}

/// The rows of the table that a document has.
pub(super) fn rows(document: &str) -> Vec<Row> {
    let section = document.split(BEGIN).nth(1).and_then(|rest| rest.split(END).next()).unwrap_or_default();
    let reasons: BTreeMap<&str, &str> =
        section.lines().filter_map(|line| line.strip_prefix("- ")?.split_once(": ")).collect();
    section
        .lines()
        .skip_while(|line| !line.starts_with("| ---"))
        .skip(1)
        .filter_map(|line| row(line, &reasons))
        .collect()
}

fn row(line: &str, reasons: &BTreeMap<&str, &str>) -> Option<Row> {
    let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
    let [host, version, wasi, store, passed, failed, not_run, why] = <[&str; 8]>::try_from(cells).ok()?;
    let [host, version, wasi, store] = [host, version, wasi, store].map(str::to_owned);
    let missing = (not_run == "all").then(|| why.to_owned());
    let reason = |part: &str| {
        let (count, letter) = part.split_once(' ')?;
        Some(((*reasons.get(letter)?).to_owned(), count.parse().ok()?))
    };
    let not_run = if missing.is_some() { BTreeMap::new() } else { why.split(", ").filter_map(reason).collect() };
    let count = |cell: &str| cell.parse().unwrap_or_default();
    Some(Row { host, version, wasi, store, passed: count(passed), failed: count(failed), not_run, missing })
}

/// The document with this section between its marks.
pub(super) fn rewrite(old: &str, section: &str) -> Result<String> {
    let (before, rest) = old.split_once(BEGIN).context("the mark is missing where the table begins")?;
    let (_, after) = rest.split_once(END).context("the mark is missing where the table ends")?;
    Ok(format!("{before}{BEGIN}\n{section}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(host: &str, missing: Option<&str>) -> Row {
        Row {
            host: host.to_owned(),
            version: "1.0".to_owned(),
            wasi: "0.2".to_owned(),
            store: "Redis".to_owned(),
            passed: 7,
            failed: 0,
            not_run: BTreeMap::from([("it looks".to_owned(), 2), ("a flag".to_owned(), 1)]),
            missing: missing.map(str::to_owned),
        }
    }

    #[test]
    fn a_row_names_its_reasons_by_letters() {
        let table = table(&[row("one", None), Row { not_run: BTreeMap::new(), ..row("other", Some("no other here")) }]);
        assert!(table.contains("| one | 1.0 | 0.2 | Redis | 7 | 0 | 3 | 1 a, 2 b |\n"), "{table}");
        assert!(table.contains("| other | | 0.2 | Redis | | | all | no other here |\n"), "{table}");
        assert!(table.ends_with("- a: a flag\n- b: it looks\n"), "{table}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let missing =
            Row { version: String::new(), passed: 0, not_run: BTreeMap::new(), ..row("other", Some("none here")) };
        let rows_written = [row("one", None), missing];
        let document = rewrite(&format!("{BEGIN}{END}"), &table(&rows_written)).unwrap();
        assert_eq!(rows(&document), rows_written);
    }

    #[test]
    fn the_documents_have_their_marks_and_all_else_stays() {
        for document in [include_str!("../../../README.md"), include_str!("../../../docs/portability.md")] {
            let written = rewrite(document, "| a table |").unwrap();
            let text =
                |document: &str| document.split(BEGIN).next().unwrap().to_owned() + document.split(END).nth(1).unwrap();
            assert_eq!(text(&written), text(document));
            assert!(written.contains("\n| a table |\n"));
        }
        assert!(rewrite("no marks", "").is_err());
    }
}
