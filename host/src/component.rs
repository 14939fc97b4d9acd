//! Loading components: compiled (or taken from the cache) and linked before the first request, so that a component
//! that imports what nobody offers is an error of the start.

use crate::failure::Failure;
use crate::instance::InstanceState;
use std::path::Path;
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};
use wasmtime_wasi_http::handler::ProxyPre;
use wasmtime_wasi_http::p2;

/// Everything that any component may import.
///
/// # Errors
///
/// Never, unless an interface is offered twice.
pub(crate) fn linker(engine: &Engine) -> Result<Linker<InstanceState>, Failure> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)
        .and_then(|()| p2::add_only_http_to_linker_async(&mut linker))
        .and_then(|()| crate::capabilities::add_to_linker(&mut linker))
        .map_err(|error| Failure::new(format_args!("cannot offer the interfaces: {error:#}")))?;
    Ok(linker)
}

/// Reads, compiles and links the file. `id` names the component in errors.
///
/// # Errors
///
/// The file is unreadable or no component, imports what is not offered, or does not export
/// `wasi:http/incoming-handler@0.2`.
pub(crate) fn load(
    id: &str,
    source: &Path,
    linker: &Linker<InstanceState>,
) -> Result<ProxyPre<InstanceState>, Failure> {
    let place = |problem: String| Failure::new(format_args!("component \"{id}\" ({}): {problem}", source.display()));
    let bytes = std::fs::read(source).map_err(|error| place(error.to_string()))?;
    let component = Component::new(linker.engine(), bytes).map_err(|error| place(format!("{error:#}")))?;
    let instance = linker.instantiate_pre(&component).map_err(|error| place(format!("{error:#}")))?;
    let proxy = p2::bindings::ProxyPre::new(instance).map_err(|error| place(format!("{error:#}")))?;
    Ok(ProxyPre::P2(proxy))
}
