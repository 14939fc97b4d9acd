//! What the manifest tells this host alone, in the tables `tool.latchkey`. Spin leaves the tables of tools to the tools.

use std::collections::BTreeSet;

use crate::failure::Failure;
use crate::template::Template;

/// Reads `application.tool.latchkey.behind_proxy`.
///
/// # Errors
///
/// It is no template, or names a variable that is not declared.
pub(super) fn behind_proxy(text: &str, is_declared: impl Fn(&str) -> bool) -> Result<Template, Failure> {
    let located = |problem: Failure| Failure::new(format_args!("application.tool.latchkey.behind_proxy: {problem}"));
    let template = Template::parse(text).map_err(located)?;
    if let Some(unknown) = template.names().find(|name| !is_declared(name)) {
        return Err(located(Failure::new(format_args!("[variables] declares no \"{unknown}\""))));
    }
    Ok(template)
}

/// Reads `component.ID.tool.latchkey.long_requests`: pairs of a method and a route.
///
/// # Errors
///
/// An entry is not two words.
pub(super) fn long_requests(entries: Vec<String>) -> Result<BTreeSet<(String, String)>, Failure> {
    let pair = |entry: &String| {
        let pair = entry.split_once(' ').filter(|(method, route)| !method.is_empty() && !route.contains(' '));
        pair.map(|(method, route)| (method.to_owned(), route.to_owned())).ok_or_else(|| {
            Failure::new(format_args!("tool.latchkey.long_requests \"{entry}\": expected a method and a route"))
        })
    };
    entries.iter().map(pair).collect()
}

/// Refuses a route that does not lead to the component: what it means would silently have no effect.
///
/// # Errors
///
/// There is such a route.
pub(super) fn check_long_requests<'a>(
    components: impl Iterator<Item = (&'a String, &'a BTreeSet<(String, String)>)>,
    routes: &[(String, String)],
) -> Result<(), Failure> {
    for (id, long_requests) in components {
        for (method, route) in long_requests {
            if !routes.iter().any(|(pattern, component)| pattern == route && component == id) {
                return Err(Failure::new(format_args!(
                    "component.{id}.tool.latchkey.long_requests \"{method} {route}\": no such route leads to the component"
                )));
            }
        }
    }
    Ok(())
}
