//! Reads and checks the manifest: the routes, the components that serve them, and what each component is granted.

mod identifier;
mod profile;
mod schema;
#[cfg(test)]
mod tests;
mod tool;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use identifier::{Case, check_name};
use schema::{Component, HttpTrigger, Manifest, is_empty};
use toml::Value;

use crate::failure::Failure;
use crate::template::Template;
use crate::toml_file;

/// A checked manifest.
#[derive(Debug)]
pub(crate) struct Application {
    /// Pairs of a route pattern and a component's ID, in the order of the file.
    pub(crate) routes: Vec<(String, String)>,
    /// The components that a route refers to, by their ID.
    pub(crate) components: BTreeMap<String, ComponentGrants>,
    /// The declared variables.
    pub(crate) variables: BTreeMap<String, Declaration>,
    /// If it renders to more than nothing, clients connect through a proxy.
    pub(crate) behind_proxy: Option<Template>,
}

/// The file of a component and everything that the component may use.
#[derive(Debug)]
pub(crate) struct ComponentGrants {
    /// The `.wasm` file.
    pub(crate) source: PathBuf,
    /// Labels of key-value stores.
    pub(crate) stores: BTreeSet<String>,
    /// Labels of SQLite databases.
    pub(crate) databases: BTreeSet<String>,
    /// Configuration keys, with the templates of their values.
    pub(crate) variables: BTreeMap<String, Template>,
    /// Environment variables.
    pub(crate) environment: BTreeMap<String, String>,
    /// Methods and routes of the requests that compute for long.
    pub(crate) long_requests: BTreeSet<(String, String)>,
}

/// A declared variable. Without a default it is required.
#[derive(Debug)]
pub(crate) struct Declaration {
    pub(crate) default: Option<String>,
}

/// Reads and checks the file. Relative sources are relative to its folder. `profile` is the name of a build profile; with
/// `None` every component is taken as it is.
///
/// # Errors
///
/// The file cannot be read, or something in it is invalid or not offered by this host. The error names the first such
/// thing.
pub(crate) fn read(path: &Path, profile: Option<&str>) -> Result<Application, Failure> {
    toml_file::read(path, |text, folder| parse(text, folder, profile))
}

/// Checks the text of a manifest. Relative sources are relative to `folder`.
///
/// # Errors
///
/// Something in the text is invalid or not offered by this host.
pub(crate) fn parse(text: &str, folder: &Path, profile: Option<&str>) -> Result<Application, Failure> {
    let mut manifest: Manifest = toml_file::parse(text)?;
    if manifest.spin_manifest_version.as_integer() != Some(2) {
        return Err(Failure::new("spin_manifest_version: this host reads version 2 only"));
    }
    if manifest.application.trigger.iter().any(|(_, settings)| !is_empty(settings)) {
        return Err(not_offered("application.trigger"));
    }
    if manifest.trigger.redis.is_some() {
        return Err(Failure::new("trigger.redis: this host offers HTTP triggers only"));
    }
    if let Some(profile) = profile {
        profile::apply(&mut manifest.component, profile)?;
    }
    let variables = declarations(manifest.variables)?;
    let behind_proxy = manifest.application.tool.latchkey.behind_proxy;
    let behind_proxy =
        behind_proxy.map(|text| tool::behind_proxy(&text, |name| variables.contains_key(name))).transpose()?;
    let mut components = BTreeMap::new();
    for (id, component) in manifest.component {
        check_name(&id, '-', Case::Any).map_err(|problem| Failure::new(format_args!("component.{id}: {problem}")))?;
        let grants = check_component(component, folder, &variables)
            .map_err(|problem| Failure::new(format_args!("component.{id}.{problem}")))?;
        components.insert(id, grants);
    }
    let routes = check_routes(&manifest.trigger.http, &components)?;
    tool::check_long_requests(components.iter().map(|(id, grants)| (id, &grants.long_requests)), &routes)?;
    components.retain(|id, _| routes.iter().any(|(_, component)| component == id));
    Ok(Application { routes, components, variables, behind_proxy })
}

fn declarations(variables: BTreeMap<String, schema::Variable>) -> Result<BTreeMap<String, Declaration>, Failure> {
    let mut declared = BTreeMap::new();
    for (name, variable) in variables {
        check_name(&name, '_', Case::Lower)
            .map_err(|problem| Failure::new(format_args!("variables.{name}: {problem}")))?;
        match (variable.required, &variable.default) {
            (true, Some(_)) => {
                return Err(Failure::new(format_args!("variables.{name}: it cannot be required and have a default")));
            }
            (false, None) => {
                return Err(Failure::new(format_args!("variables.{name}: it needs a default or required = true")));
            }
            (true, None) | (false, Some(_)) => {}
        }
        declared.insert(name, Declaration { default: variable.default });
    }
    Ok(declared)
}

fn check_component(
    component: Component,
    folder: &Path,
    declared: &BTreeMap<String, Declaration>,
) -> Result<ComponentGrants, Failure> {
    for (field, value) in [
        ("files", &component.files),
        ("exclude_files", &component.exclude_files),
        ("allowed_http_hosts", &component.allowed_http_hosts),
        ("allowed_outbound_hosts", &component.allowed_outbound_hosts),
        ("ai_models", &component.ai_models),
        ("dependencies", &component.dependencies),
        ("dependencies_inherit_configuration", &component.dependencies_inherit_configuration),
    ] {
        if value.as_ref().is_some_and(|value| !is_empty(value)) {
            return Err(not_offered(field));
        }
    }
    let Value::String(source) = component.source else {
        return Err(Failure::new("source: this host offers a path only, no URL and no registry"));
    };
    let mut variables = BTreeMap::new();
    for (name, text) in component.variables {
        let located = |problem: Failure| Failure::new(format_args!("variables.{name}: {problem}"));
        check_name(&name, '_', Case::Lower).map_err(located)?;
        let template = Template::parse(&text).map_err(located)?;
        if let Some(unknown) = template.names().find(|name| !declared.contains_key(*name)) {
            return Err(located(Failure::new(format_args!("[variables] declares no \"{unknown}\""))));
        }
        variables.insert(name, template);
    }
    Ok(ComponentGrants {
        source: folder.join(source),
        stores: labels("key_value_stores", component.key_value_stores)?,
        databases: labels("sqlite_databases", component.sqlite_databases)?,
        variables,
        environment: component.environment,
        long_requests: tool::long_requests(component.tool.latchkey.long_requests)?,
    })
}

fn labels(field: &str, labels: Vec<String>) -> Result<BTreeSet<String>, Failure> {
    for label in &labels {
        check_name(label, '-', Case::Any)
            .or_else(|_| check_name(label, '_', Case::Any))
            .map_err(|problem| Failure::new(format_args!("{field} \"{label}\": {problem}")))?;
    }
    Ok(labels.into_iter().collect())
}

fn check_routes(
    triggers: &[HttpTrigger],
    components: &BTreeMap<String, ComponentGrants>,
) -> Result<Vec<(String, String)>, Failure> {
    let mut routes = Vec::new();
    for (index, trigger) in triggers.iter().enumerate() {
        let number = index + 1;
        let located = |problem: Failure| Failure::new(format_args!("trigger.http {number}: {problem}"));
        routes.extend(check_trigger(trigger, components).map_err(located)?);
    }
    if routes.is_empty() {
        return Err(Failure::new("trigger.http: there is no route, so there is nothing to serve"));
    }
    Ok(routes)
}

/// Returns the pattern and the component's ID, or `None` for a private route, because no path leads to it.
fn check_trigger(
    trigger: &HttpTrigger,
    components: &BTreeMap<String, ComponentGrants>,
) -> Result<Option<(String, String)>, Failure> {
    for (field, value) in [
        ("components", &trigger.components),
        ("dependencies", &trigger.dependencies),
        ("static_response", &trigger.static_response),
    ] {
        if value.as_ref().is_some_and(|value| !is_empty(value)) {
            return Err(not_offered(field));
        }
    }
    if let Some(executor) = &trigger.executor
        && !["http", "spin"].contains(&executor.r#type.as_str())
    {
        return Err(Failure::new(format_args!("executor \"{}\": this host offers \"http\" only", executor.r#type)));
    }
    let route = match &trigger.route {
        Value::String(route) => Some(route.clone()),
        Value::Table(fields) if fields.len() == 1 && fields.get("private") == Some(&Value::Boolean(true)) => None,
        _ => return Err(Failure::new("route: expected a path, or { private = true }")),
    };
    let Some(Value::String(component)) = &trigger.component else {
        return Err(Failure::new("component: this host needs the ID of a [component.ID] here"));
    };
    if !components.contains_key(component) {
        return Err(Failure::new(format_args!("component \"{component}\": there is no [component.{component}]")));
    }
    Ok(route.map(|route| (route, component.clone())))
}

fn not_offered(field: &str) -> Failure {
    Failure::new(format_args!("{field}: Spin has this, this host does not offer it"))
}
