//! What is taken out of the WebAssembly before wasm-bindgen and wasm-opt see it, because nothing in a browser uses it. wasm-opt
//! then removes what only that needed.

use std::collections::HashSet;

use anyhow::{Context, Result, ensure};
use wasm_encoder::{CodeSection, Function, Module, RawSection};
use wasmparser::{FunctionBody, KnownCustom, Name, Operator, Parser, Payload, TypeRef, ValType};

/// Functions that write the message of a panic and stop. In a browser nobody sees that message, because standard error leads
/// nowhere, so they only stop. These are parts of mangled names, in which each word has its length before it.
const PANICS: [&str; 14] = [
    "4core9panicking",
    "4cell22panic_already_borrowed",
    "4cell30panic_already_mutably_borrowed",
    "6option13expect_failed",
    "6option13unwrap_failed",
    "6result13unwrap_failed",
    "5index16slice_index_fail",
    "20copy_from_slice_impl17len_mismatch_fail",
    "3str16slice_error_fail",
    "3str19slice_error_fail_rt",
    "5local18panic_access_error",
    "5alloc18handle_alloc_error",
    "7raw_vec12handle_error",
    "7raw_vec17capacity_overflow",
];

/// Functions that write a value for a programmer (`Debug`), which is what such messages consist of. They write nothing.
const DEBUG: [&str; 3] = ["5Debug3fmt", "5DebugEL_Bx_3fmt", "fmt..Debug$GT$3fmt17h"];

/// Returns the file without all that. Doing this again changes nothing.
pub(super) fn unused(wasm: &[u8]) -> Result<Vec<u8>> {
    let (panics, debug) = (named(wasm, &PANICS)?, named(wasm, &DEBUG)?);
    ensure!(!panics.is_empty(), "no function is named as the ones of a panic are");
    let writers = writers(wasm)?;
    let (mut module, mut code, mut functions, mut left) = (Module::new(), CodeSection::new(), imported(wasm)?.., 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::CodeSectionStart { count, .. } => left = count,
            Payload::CodeSectionEntry(body) => {
                let function = functions.next().context("there are too many functions")?;
                let mut instead = Function::new([]);
                if panics.contains(&function) && stops(&body)? {
                    instead.instructions().unreachable().end();
                    code.function(&instead);
                } else if debug.contains(&function) && writers.contains(&function) {
                    // `Ok(())`
                    instead.instructions().i32_const(0).end();
                    code.function(&instead);
                } else {
                    code.raw(body.as_bytes());
                }
                left -= 1;
                if left == 0 {
                    module.section(&code);
                }
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
                    module.section(&RawSection { id, data: wasm.get(range).context("a section ends early")? });
                }
            }
        }
    }
    Ok(module.finish())
}

/// The functions whose names have one of these parts.
fn named(wasm: &[u8], parts: &[&str]) -> Result<HashSet<u32>> {
    let mut found = HashSet::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CustomSection(section) = payload? else { continue };
        let KnownCustom::Name(names) = section.as_known() else { continue };
        for names in names {
            let Name::Function(functions) = names? else { continue };
            for function in functions {
                let function = function?;
                if parts.iter().any(|part| function.name.contains(part)) {
                    found.insert(function.index);
                }
            }
        }
    }
    Ok(found)
}

/// The functions of the type of `Debug::fmt`: two references, and whether it has failed.
fn writers(wasm: &[u8]) -> Result<HashSet<u32>> {
    let (mut types, mut writers) = (Vec::new(), HashSet::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => {
                for declared in section.into_iter_err_on_gc_types() {
                    types.push(declared?);
                }
            }
            Payload::FunctionSection(section) => {
                for (function, declared) in (imported(wasm)?..).zip(section) {
                    let declared = types.get(usize::try_from(declared?)?).context("a function has no type")?;
                    if declared.params() == [ValType::I32; 2] && declared.results() == [ValType::I32] {
                        writers.insert(function);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(writers)
}

/// The number of functions that are imported. The first function of the file itself has this index.
fn imported(wasm: &[u8]) -> Result<u32> {
    let mut count = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::ImportSection(imports) = payload? else { continue };
        for import in imports.into_imports() {
            count += u32::from(matches!(import?.ty, TypeRef::Func(_)));
        }
    }
    Ok(count)
}

/// Whether a function ends in an instruction that stops the program. One that returns to its caller is never replaced.
fn stops(body: &FunctionBody) -> Result<bool> {
    let mut last = [None, None];
    for operator in body.get_operators_reader()? {
        last = [last[1].take(), Some(operator?)];
    }
    Ok(matches!(last, [Some(Operator::Unreachable), Some(Operator::End)]))
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ExportKind, ExportSection, FunctionSection, NameMap, NameSection, TypeSection};

    use super::*;

    /// A file with five functions: one writes the message of a panic, one has such a name and returns, one writes a value, one has such
    /// a name and another type, one is the site's.
    fn file() -> Vec<u8> {
        let (mut types, mut functions, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        let (i32, none) = (wasm_encoder::ValType::I32, []);
        types.ty().function(none, none);
        types.ty().function([i32; 2], [i32]);
        let (mut names, mut exports) = (NameMap::new(), ExportSection::new());
        exports.export("main", ExportKind::Func, 4);
        for (index, declared, name, stops) in [
            (0, 0, "_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt", true),
            (1, 0, "_RNvNtCsgXGp5Oqx2Ny_4core9panicking7returns", false),
            (2, 1, "_RNvXsj_NtCsgXGp5Oqx2Ny_4core3fmtcNtB5_5Debug3fmt", true),
            (3, 0, "_RNvXsj_NtCsgXGp5Oqx2Ny_4core3fmtcNtB5_5Debug3fmt.1", true),
            (4, 0, "site", true),
        ] {
            functions.function(declared);
            names.append(index, name);
            let mut function = Function::new([]);
            function.instructions().nop();
            if stops {
                function.instructions().unreachable();
            }
            function.instructions().end();
            code.function(&function);
        }
        let mut section = NameSection::new();
        section.functions(&names);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code).section(&section);
        module.finish()
    }

    #[test]
    fn panics_only_stop_and_the_rest_stays() {
        let cut = unused(&file()).unwrap();
        let (mut lengths, mut exported) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(&cut) {
            match payload.unwrap() {
                Payload::CodeSectionEntry(body) => {
                    lengths.push(body.get_operators_reader().unwrap().into_iter().count())
                }
                Payload::ExportSection(exports) => exported = exports.into_iter().map(|it| it.unwrap().name).collect(),
                _ => {}
            }
        }
        // Two without their `nop`, and the others as they were.
        assert_eq!((lengths, exported), (vec![2, 2, 2, 3, 3], vec!["main"]));
        assert_eq!(unused(&cut).unwrap(), cut, "a second time changes nothing");
    }

    #[test]
    fn a_compiler_that_gives_other_names_is_noticed() {
        assert!(unused(&Module::new().finish()).is_err());
    }
}
