//! Loads components. Each is compiled (or taken from the cache) and linked before the first request, so that the host
//! does not start if a component imports an interface that the host does not offer.

use std::path::Path;

use wasmtime::component::{Component, Linker, Resource};
use wasmtime::{Engine, StoreContextMut};
use wasmtime_wasi_http::handler::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p2::types::HostIncomingRequest;
use wasmtime_wasi_http::{WasiHttp, WasiHttpView, p2, p3};

use crate::failure::Failure;
use crate::instance::InstanceState;

/// The interface that an HTTP component exports, in each version of WASI.
const WASI_0_2: &str = "wasi:http/incoming-handler@0.2";
const WASI_0_3: &str = "wasi:http/handler@0.3";

/// The types of HTTP in WASI 0.2, by the version that wasmtime offers.
const HTTP_TYPES: &str = "wasi:http/types@0.2.12";

/// Returns a linker with everything that any component may import: all of WASI 0.2; the parts of WASI 0.3 that an HTTP
/// service needs, without the HTTP client; and the drafts of `wasi:keyvalue` and `wasi:config`. Files and sockets of WASI
/// 0.3 are not offered, because components for WASI 0.3 import those of 0.2.
///
/// Wasmtime's handler tells components of WASI 0.2 that each request came by http. With `is_https` they get the truth.
///
/// # Errors
///
/// Never, unless an interface is offered twice.
pub(crate) fn linker(engine: &Engine, is_https: bool) -> Result<Linker<InstanceState>, Failure> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)
        .and_then(|()| p2::add_only_http_to_linker_async(&mut linker))
        .and_then(|()| wasmtime_wasi::p3::cli::add_to_linker(&mut linker))
        .and_then(|()| wasmtime_wasi::p3::clocks::add_to_linker(&mut linker))
        .and_then(|()| wasmtime_wasi::p3::random::add_to_linker(&mut linker))
        .and_then(|()| p3::bindings::http::types::add_to_linker::<_, WasiHttp>(&mut linker, InstanceState::http))
        .and_then(|()| crate::capabilities::add_to_linker(&mut linker))
        .and_then(|()| if is_https { set_https(&mut linker) } else { Ok(()) })
        .map_err(|error| Failure::new(format_args!("cannot offer the interfaces: {error:#}")))?;
    Ok(linker)
}

fn set_https(linker: &mut Linker<InstanceState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let scheme =
        |_: StoreContextMut<'_, InstanceState>, (_,): (Resource<HostIncomingRequest>,)| Ok((Some(Scheme::Https),));
    linker.instance(HTTP_TYPES)?.func_wrap("[method]incoming-request.scheme", scheme)?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Reads, compiles and links the file. `id` names the component in errors.
///
/// # Errors
///
/// The file is unreadable or is not a component, imports an interface that is not offered, or exports neither
/// `wasi:http/incoming-handler@0.2` nor `wasi:http/handler@0.3`.
pub(crate) fn load(
    id: &str,
    source: &Path,
    linker: &Linker<InstanceState>,
) -> Result<ProxyPre<InstanceState>, Failure> {
    let located = |problem: String| Failure::new(format_args!("component \"{id}\" ({}): {problem}", source.display()));
    let bytes = std::fs::read(source).map_err(|error| located(error.to_string()))?;
    let component = Component::new(linker.engine(), bytes).map_err(|error| located(format!("{error:#}")))?;
    let exports = |interface: &str| {
        let prefix = format!("{interface}.");
        component.component_type().exports(linker.engine()).any(|(name, _)| name.starts_with(&prefix))
    };
    let (in_0_2, in_0_3) = (exports(WASI_0_2), exports(WASI_0_3));
    if !in_0_2 && !in_0_3 {
        return Err(located(format!("it exports neither {WASI_0_2} nor {WASI_0_3}, so it is no HTTP component")));
    }
    let pre = linker.instantiate_pre(&component).and_then(|instance| {
        Ok(if in_0_3 {
            ProxyPre::P3(p3::bindings::ServicePre::new(instance)?)
        } else {
            ProxyPre::P2(p2::bindings::ProxyPre::new(instance)?)
        })
    });
    pre.map_err(|error| located(format!("{error:#}")))
}
