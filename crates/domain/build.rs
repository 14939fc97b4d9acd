//! Builds the filter of common passwords that `src/common_passwords/mod.rs` queries. The same list always gives the same
//! bytes.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use xorf::{BinaryFuse16, DmaSerializable};

#[path = "src/common_passwords/key.rs"]
mod key;

const LIST: &str = "src/common_passwords/list.txt";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={LIST}");
    println!("cargo::rerun-if-changed=src/common_passwords/key.rs");
    let keys: Vec<u64> = fs::read_to_string(LIST)?.lines().map(key::key).collect();
    let filter = BinaryFuse16::try_from(&keys)?;
    let mut descriptor = [0; BinaryFuse16::DESCRIPTOR_LEN];
    filter.dma_copy_descriptor_to(&mut descriptor);
    // WebAssembly is little-endian, so the bytes are written in that order on every build machine.
    let fingerprints: Vec<u8> = filter.fingerprints.iter().flat_map(|print| print.to_le_bytes()).collect();
    let folder = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    fs::write(Path::new(&folder).join("common_passwords.descriptor"), descriptor)?;
    fs::write(Path::new(&folder).join("common_passwords.fingerprints"), fingerprints)?;
    Ok(())
}
