use anyhow::Result;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};

/// Gives a guarded component its authorizer: the import `latchkey:auth/authorizer` of the guarded component is connected to
/// the export of the authorizer. The result needs no host feature and no configuration for that.
pub(crate) fn compose(guarded: Vec<u8>, authorizer: Vec<u8>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let guarded = Package::from_bytes("latchkey:guarded", None, guarded, graph.types_mut())?;
    let guarded = graph.register_package(guarded)?;
    let authorizer = Package::from_bytes("latchkey:authorizer", None, authorizer, graph.types_mut())?;
    let authorizer = graph.register_package(authorizer)?;
    plug(&mut graph, vec![authorizer], guarded)?;
    Ok(graph.encode(EncodeOptions::default())?)
}
