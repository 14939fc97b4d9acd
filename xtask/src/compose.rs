use anyhow::{Context, Result};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};

const HANDLER: &str = "wasi:http/incoming-handler@0.2.12";

/// Connects imports of a component to the exports of another that have the same name. The result needs no host feature and no
/// configuration for that. A guarded component gets its authorizer so, and the app its store and its variables.
pub(crate) fn compose(component: Vec<u8>, provider: Vec<u8>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let component = Package::from_bytes("latchkey:component", None, component, graph.types_mut())?;
    let component = graph.register_package(component)?;
    let provider = Package::from_bytes("latchkey:provider", None, provider, graph.types_mut())?;
    let provider = graph.register_package(provider)?;
    plug(&mut graph, vec![provider], component)?;
    Ok(graph.encode(EncodeOptions::default())?)
}

/// Makes one component of the router and the endpoints. Each endpoint has the name of the router's import that it is for.
pub(crate) fn route(router: Vec<u8>, endpoints: Vec<(&str, Vec<u8>)>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let router = Package::from_bytes("latchkey:router", None, router, graph.types_mut())?;
    let router = graph.register_package(router)?;
    let router = graph.instantiate(router);
    for (name, endpoint) in endpoints {
        let endpoint = Package::from_bytes(&format!("latchkey:{name}"), None, endpoint, graph.types_mut())?;
        let endpoint = graph.register_package(endpoint)?;
        let endpoint = graph.instantiate(endpoint);
        let handler = graph.alias_instance_export(endpoint, HANDLER)?;
        graph.set_instantiation_argument(router, name, handler).with_context(|| format!("endpoint {name}"))?;
    }
    let handler = graph.alias_instance_export(router, HANDLER)?;
    graph.export(handler, HANDLER)?;
    Ok(graph.encode(EncodeOptions::default())?)
}
