//! Takes the table of files that `cargo xtask build site` writes after it has built the frontend. If the frontend has not
//! been built, the table is empty, and the component answers that the site is not built.

use std::path::Path;
use std::{env, fs, io};

const TABLE: &str = "../../target/site/table.rs";
const EMPTY: &str = "::edge::service::site::Site { script_hashes: &[], assets: &[] }\n";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={TABLE}");
    let table = match fs::read_to_string(TABLE) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => EMPTY.to_owned(),
        table => table?,
    };
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&folder).join("table.rs"), table)
}
