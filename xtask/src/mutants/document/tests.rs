use super::*;
use crate::mutants::outcomes;

const CODE: &str = "    if failures < self.free { `x` }";

/// A run over two files, of which one has two survivors.
fn outcomes(missed: &[(&str, u32)]) -> Vec<Outcome> {
    let one = |file: &str, line: u32, summary: &str, change: &str| {
        format!(
            r#"{{"scenario":{{"Mutant":{{"name":"{file}:{line}:1: {change}","file":"{file}",
            "span":{{"start":{{"line":{line},"column":1}}}}}}}},"summary":"{summary}"}}"#
        )
    };
    let mut all = vec![
        one("a.rs", 1, "CaughtMutant", "replace f with ()"),
        one("a.rs", 2, "Timeout", "delete ! in f"),
        one("a.rs", 3, "Unviable", "replace f with 0"),
        one("b.rs", 1, "CaughtMutant", "replace g with ()"),
    ];
    all.extend(missed.iter().map(|(change, line)| one("a.rs", *line, "MissedMutant", change)));
    let all = all.join(",");
    let json = format!(r#"{{"outcomes":[{all}],"end_time":"2026-11-26T04:38:00Z","cargo_mutants_version":"27.1.0"}}"#);
    outcomes::read(&json).unwrap().outcomes
}

fn document(missed: &[(&str, u32)]) -> Document {
    let mut document = Document::default();
    document.update(&outcomes(missed), "2026-11-26, at abcdef0", |_, _| CODE.to_owned());
    document
}

fn text(document: &Document) -> String {
    document.text(&["a.rs", "c.rs"].map(str::to_owned).into(), "The last run was long.").unwrap()
}

const MISSED: [(&str, u32); 2] = [("replace < with <= in f", 4), ("replace + with * in f", 7)];

#[test]
fn counts_and_survivors_are_written() {
    let written = text(&document(&MISSED));
    for line in [
        "The last run was long.",
        "3 of 5 viable mutants of 2 files are detected (60.0 %).",
        "Not tested yet are 1 other files:",
        "- `c.rs`",
        "| `a.rs` | 4 | 2 | 1 | 2026-11-26, at abcdef0 |",
        "| `b.rs` | 1 | 1 | 0 | 2026-11-26, at abcdef0 |",
        "### `a.rs`",
        "- `replace < with <= in f`",
        "  in `if failures < self.free { 'x' }`",
        "  Reason: none yet",
    ] {
        assert!(written.lines().any(|is| is == line), "{line}\n{written}");
    }
    assert!(!written.contains("### `b.rs`"), "{written}");
}

#[test]
fn a_document_survives_its_text() {
    for missed in [&MISSED[..], &[]] {
        let document = document(missed);
        assert_eq!(Document::parse(&text(&document)).unwrap(), document);
    }
    let rows = text(&document(&MISSED));
    for broken in ["", "# Mutants", &rows.replace("| 4 |", "| four |"), &rows.replace("  Reason:", "  Because:")] {
        assert!(Document::parse(broken).is_err(), "{broken}");
    }
}

#[test]
fn a_reason_stays_while_the_mutant_and_its_code_do() {
    let reasoned = text(&document(&MISSED)).replacen("none yet", "at that edge both\n  are the same.", 1);
    let reasons = |document: &Document| -> Vec<_> {
        document.files["a.rs"].survivors.iter().map(|survivor| survivor.reason.clone()).collect()
    };
    let mut document = Document::parse(&reasoned).unwrap();
    assert_eq!(text(&document), reasoned);
    let kept = Some("at that edge both\nare the same.".to_owned());
    assert_eq!(reasons(&document), [kept.clone(), None]);
    // The mutant is on another line now, and the other one is detected.
    document.update(&outcomes(&[("replace < with <= in f", 40)]), "later", |_, _| CODE.to_owned());
    assert_eq!((reasons(&document), &*document.files["a.rs"].when), (vec![kept], "later"));
    document.update(&outcomes(&MISSED), "later", |_, _| "if failures < 4 {".to_owned());
    assert_eq!(reasons(&document), [None, None], "the code is another one");
}

#[test]
fn a_run_over_some_files_leaves_the_others() {
    let mut document = document(&MISSED);
    let of_b: Vec<_> = outcomes(&[]).into_iter().filter(|outcome| outcome.file == "b.rs").collect();
    document.update(&of_b, "later", |_, _| CODE.to_owned());
    let when = |document: &Document| ["a.rs", "b.rs"].map(|file| document.files.get(file).map(|is| is.when.clone()));
    assert_eq!(when(&document), [Some("2026-11-26, at abcdef0".to_owned()), Some("later".to_owned())]);
    document.keep(|file| file == "a.rs");
    assert_eq!(when(&document)[1], None);
}

#[test]
fn too_few_and_survivors_without_a_reason_are_complaints() {
    let complaints = document(&MISSED).complaints();
    assert_eq!(
        complaints,
        ["3 of 5 viable mutants are detected, which is less than 95 %", "2 survivors have no reason"]
    );
    assert!(document(&[]).complaints().is_empty());
    let exact = |detected| {
        let tested = Tested { viable: 20, detected, ..Tested::default() };
        Document { files: [("a.rs".to_owned(), tested)].into() }.complaints()
    };
    assert!(exact(19).is_empty() && !exact(18).is_empty());
    assert!(Document::default().complaints().is_empty());
}
