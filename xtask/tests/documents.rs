//! The documents name tests, files and each other, and `SECURITY.md` lists events and requirements. Everything that they
//! name has to exist.

#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Level 1 of OWASP ASVS 5.0.0 in the chapters of the document; chapter 16 has none.
const LEVEL_1: &str = "2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3 4.1.1 4.4.1 6.1.1 6.2.1 6.2.2 \
                       6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 9.1.1 \
                       9.1.2 9.1.3 9.2.1 11.3.1 11.3.2 11.4.1 13.4.1 14.2.1 14.3.1";

fn root() -> PathBuf {
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).parent().unwrap().to_owned()
}

fn document() -> String {
    std::fs::read_to_string(root().join("SECURITY.md")).unwrap()
}

/// The texts in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The section under a heading.
fn section<'a>(document: &'a str, heading: &str) -> &'a str {
    let (_, rest) = document.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

/// The first cells of a table's rows.
fn first_cells(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
}

fn source(path: &str) -> Option<String> {
    let file = [root().join(path), root().join("crates").join(path)].into_iter().find(|file| file.is_file())?;
    Some(std::fs::read_to_string(file).unwrap())
}

/// The documents, and names in them that need not exist: ARCHITECTURE.md shows where an endpoint would be added.
const DOCUMENTS: &[(&str, &[&str])] = &[
    ("README.md", &[]),
    ("SECURITY.md", &[]),
    ("ARCHITECTURE.md", &["service/src/board/like.rs"]),
    ("docs/decisions.md", &[]),
    ("docs/deploy.md", &[]),
    ("docs/mutants.md", &[]),
    ("docs/operate.md", &[]),
    ("docs/performance.md", &[]),
    ("docs/portability.md", &[]),
    ("docs/scaling.md", &[]),
];

/// Whether the target of a pointer exists. A pointer is `path` or `path::test`, and braces list several: `src/{a,b}.rs`.
fn is_there(pointer: &str) -> bool {
    let (path, name) = pointer.split_once("::").map_or((pointer, None), |(path, name)| (path, Some(name)));
    let paths = match path.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        Some((before, (names, after))) => names.split(',').map(|name| format!("{before}{name}{after}")).collect(),
        None => vec![path.to_owned()],
    };
    let holds = |text: String| name.is_none_or(|name| text.contains(&format!("fn {name}(")));
    paths.iter().all(|path| source(path).is_some_and(holds))
}

#[test]
fn every_pointer_leads_to_something() {
    let mut wrong = Vec::new();
    for (document, made_up) in DOCUMENTS {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        // What has a space is a command.
        let is_pointer = |text: &&str| text.contains(".rs") && !text.contains(' ') && !made_up.contains(text);
        let pointers = quoted(&text).filter(is_pointer);
        wrong.extend(pointers.filter(|pointer| !is_there(pointer)).map(|pointer| format!("{document}: {pointer}")));
    }
    assert!(wrong.is_empty(), "these point at what is not there: {wrong:#?}");
}

/// The anchor that GitHub makes from a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn every_link_between_documents_leads_to_something() {
    let mut wrong = Vec::new();
    for (document, _) in DOCUMENTS {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        let folder = root().join(document).parent().unwrap().to_owned();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.starts_with("http")) {
            let (path, heading) = link.split_once('#').map_or((link, None), |(path, heading)| (path, Some(heading)));
            let target = if path.is_empty() { root().join(document) } else { folder.join(path) };
            let has = |heading| {
                let text = std::fs::read_to_string(&target).unwrap();
                text.lines().any(|line| line.starts_with('#') && anchor(line.trim_start_matches(['#', ' '])) == heading)
            };
            if !target.exists() || !heading.is_none_or(has) {
                wrong.push(format!("{document}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these lead nowhere: {wrong:#?}");
}

#[test]
fn every_level_1_requirement_has_its_row() {
    let document = document();
    let rows: Vec<_> = first_cells(section(&document, "OWASP ASVS 5.0")).collect();
    for requirement in LEVEL_1.split_whitespace() {
        assert_eq!(rows.iter().filter(|row| **row == requirement).count(), 1, "{requirement}");
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The names of the events that the services log.
fn events() -> BTreeSet<String> {
    let mut events = BTreeSet::new();
    for file in sources(&root().join("crates/service/src")) {
        for call in std::fs::read_to_string(file).unwrap().split("Event::new(").skip(1) {
            let name = call
                .split_once('"')
                .and_then(|(level, rest)| level.trim_start().starts_with("Level::").then(|| rest.split('"').next())?);
            events.extend(name.map(str::to_owned));
        }
    }
    events
}

#[test]
fn every_event_has_its_row_and_no_other_has() {
    let document = document();
    let named: BTreeSet<_> =
        first_cells(section(&document, "What is logged")).flat_map(quoted).map(str::to_owned).collect();
    assert_eq!(named, events());
}
