//! Several requests share an instance, so a static must hold no data of a request.

#![expect(clippy::unwrap_used, reason = "a test that can not go on fails")]

use std::path::{Path, PathBuf};

/// The statics that are allowed, by file, in the components and all packages that they use: the connection to a server, and the
/// table of the site's files.
const ALLOWED: [(&str, &str); 3] = [
    ("adapters/keyvalue-redis/src/store.rs", "static CLIENT: RefCell<Option<(String, Rc<Client>)>>"),
    ("adapters/keyvalue-redis/src/store.rs", "thread_local! {"),
    ("components/site/src/lib.rs", "static SITE: edge::service::site::Site"),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn is_static(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let declares = code.split_whitespace().any(|word| word == "static");
    declares || ["thread_local!", "OnceLock<", "LazyLock<", "static mut"].iter().any(|it| code.contains(it))
}

#[test]
fn nothing_of_a_request_lies_in_a_static() {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap();
    let root = Path::new(&package).parent().unwrap();
    let mut found = Vec::new();
    for folder in ["adapters", "components", "crates"] {
        for path in sources(&root.join(folder)) {
            let file = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if file.contains("/tests/") {
                continue;
            }
            for line in std::fs::read_to_string(&path).unwrap().lines().filter(|line| is_static(line)) {
                found.push((file.clone(), line.trim().split(" =").next().unwrap().to_owned()));
            }
        }
    }
    found.sort();
    let allowed = ALLOWED.map(|(file, line)| (file.to_owned(), line.to_owned()));
    assert_eq!(found, allowed, "a static that may hold something of a request");
}

#[test]
fn a_static_is_known_by_its_line() {
    for line in [
        "static A: &'static str = \"\";",
        "pub(crate) static mut A: u8 = 1;",
        "    static CACHE: Cell<u8> = Cell::new(1);",
    ] {
        assert!(is_static(line), "{line}");
    }
    for line in ["fn name() -> &'static str {", "// static A", "const A: &str = \"static\";"] {
        assert!(!is_static(line), "{line}");
    }
}
