//! The layout of files and their references. No two files need each other, directly or through others, so that each crate
//! can be read in order. A module that has files of its own is a `mod.rs` among them. Imports follow one order.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that can not go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, ItemUse, UseTree};

const PACKAGES: [&str; 14] = [
    "adapters/config-environment",
    "adapters/keyvalue-dynamodb",
    "adapters/keyvalue-redis",
    "adapters/keyvalue-sqlite",
    "adapters/router",
    "crates/rules",
    "crates/wire",
    "crates/domain",
    "crates/service",
    "crates/edge",
    "crates/keyvalue",
    "frontend",
    "host",
    "xtask",
];

/// A file of a crate, as the names of its module; empty for the root.
type Module = Vec<String>;
/// Each file, with the files that it refers to.
type Graph = BTreeMap<Module, BTreeSet<Module>>;

/// The names in a file, without code that is compiled only for tests.
struct Names<'a> {
    own: &'a Module,
    modules: &'a BTreeSet<Module>,
    /// The number of modules within the file that are open at this point.
    depth: usize,
    found: BTreeSet<Module>,
}

impl Names<'_> {
    /// Adds the file into which a path leads.
    fn add(&mut self, path: &[String]) {
        let mut at = self.own.clone();
        let mut depth = self.depth;
        let mut is_ours = false;
        for (index, name) in path.iter().enumerate() {
            match name.as_str() {
                "crate" if index == 0 => at.clear(),
                "self" if index == 0 => {}
                "super" if depth > 0 => depth -= 1,
                "super" => _ = at.pop(),
                name => {
                    let below = [&at[..], &[name.to_owned()]].concat();
                    if !self.modules.contains(&below) {
                        break;
                    }
                    at = below;
                }
            }
            is_ours = true;
        }
        if is_ours && at != *self.own {
            self.found.insert(at);
        }
    }

    fn add_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) => self.add(&with(&name.ident)),
            UseTree::Rename(name) => self.add(&with(&name.ident)),
            UseTree::Glob(_) => self.add(before),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(before, tree)),
        }
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_for_tests(&item.attrs) {
            self.add_tree(&[], &item.tree);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !is_for_tests(&item.attrs) {
            self.depth += 1;
            visit::visit_item_mod(self, item);
            self.depth -= 1;
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.len() > 1 {
            self.add(&names);
        }
        visit::visit_path(self, path);
    }
}

/// The module that a file contains, from its path below `src`.
fn module(file: &Path) -> Module {
    let names = file.with_extension("").iter().map(|name| name.to_str().unwrap().to_owned()).collect::<Module>();
    match names.last().unwrap().as_str() {
        "mod" | "lib" | "main" => names[..names.len() - 1].to_vec(),
        _ => names,
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_tests = path.file_stem().unwrap() == "tests";
        match path.is_dir() {
            _ if is_tests => {}
            true => files(&path, found),
            false if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
            false => {}
        }
    }
}

/// The group of an import: std first, then other crates, then our own crate.
fn group(item: &ItemUse) -> u8 {
    let UseTree::Path(path) = &item.tree else { return 1 };
    match path.ident.to_string().as_str() {
        "std" | "core" | "alloc" => 0,
        "crate" | "self" | "super" => 2,
        _ => 1,
    }
}

fn graph(src: &Path) -> Graph {
    let mut paths = Vec::new();
    files(src, &mut paths);
    let of_file = |path: &PathBuf| (module(path.strip_prefix(src).unwrap()), std::fs::read_to_string(path).unwrap());
    let texts: BTreeMap<Module, String> = paths.iter().map(of_file).collect();
    let modules = texts.keys().cloned().collect();
    let names = |(own, text): (&Module, &String)| {
        let mut names = Names { own, modules: &modules, depth: 0, found: BTreeSet::new() };
        names.visit_file(&syn::parse_file(text).unwrap());
        (own.clone(), names.found)
    };
    texts.iter().map(names).collect()
}

/// What remains of a graph after repeatedly removing files that need no remaining file, and files that no remaining file
/// needs.
fn circles(mut graph: Graph) -> Graph {
    loop {
        let needed: BTreeSet<Module> = graph.values().flatten().cloned().collect();
        let before = graph.len();
        graph.retain(|module, names| !names.is_empty() && needed.contains(module));
        if graph.len() == before {
            return graph;
        }
        let left: BTreeSet<Module> = graph.keys().cloned().collect();
        graph.values_mut().for_each(|names| names.retain(|name| left.contains(name)));
    }
}

fn told(graph: &Graph) -> String {
    let mut text = String::new();
    let name = |module: &Module| if module.is_empty() { "the root".to_owned() } else { module.join("::") };
    for (module, names) in graph {
        let names: Vec<_> = names.iter().map(name).collect();
        writeln!(text, "  {} needs {}", name(module), names.join(", ")).unwrap();
    }
    text
}

fn source_of(package: &str) -> PathBuf {
    let xtask = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    xtask.parent().unwrap().join(package).join("src")
}

#[test]
fn imports_stand_in_one_order_and_folders_have_a_mod_rs() {
    let mut wrong = Vec::new();
    let mut paths = Vec::new();
    PACKAGES.iter().for_each(|package| files(&source_of(package), &mut paths));
    for path in paths {
        let file = syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let imports = file.items.iter().filter_map(|item| match item {
            syn::Item::Use(item) if matches!(item.vis, syn::Visibility::Inherited) => Some(group(item)),
            _ => None,
        });
        if !imports.is_sorted() {
            wrong.push(format!("{}: std, other crates, own crate", path.display()));
        }
        if path.with_extension("").is_dir() {
            wrong.push(format!("{}: it belongs into its folder, as mod.rs", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_files_need_each_other() {
    let mut wrong = String::new();
    for package in PACKAGES {
        let graph = graph(&source_of(package));
        assert!(!graph.is_empty(), "{package} has files");
        let circles = told(&circles(graph));
        if !circles.is_empty() {
            writeln!(wrong, "{package}:\n{circles}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_circle_is_found_and_a_chain_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("lib.rs", "mod a; mod b; mod c; #[cfg(test)] mod tests { use super::c::C; }");
    write("a.rs", "use crate::b::{self, B};");
    write("b.rs", "fn f() { super::c::g(); } mod inner { use super::super::c; }");
    write("c.rs", "pub fn g() {}");
    assert_eq!(told(&circles(graph(folder.path()))), "");
    write("c.rs", "#[cfg(test)] use crate::a::A;");
    assert_eq!(told(&circles(graph(folder.path()))), "");
    write("c.rs", "fn f(_: crate::a::A) {}");
    assert_eq!(told(&circles(graph(folder.path()))), "  a needs b\n  b needs c\n  c needs a\n");
}
