//! Build profiles: a chosen profile replaces or extends fields of a component.

use std::collections::BTreeMap;

use super::schema::{Component, is_empty};
use crate::failure::Failure;

/// Applies the profile of this name to every component. A component without such a profile stays as it is, as in Spin.
///
/// # Errors
///
/// No component has such a profile, so the name must be a mistake.
pub(super) fn apply(components: &mut BTreeMap<String, Component>, name: &str) -> Result<(), Failure> {
    let mut found = false;
    for component in components.values_mut() {
        let Some(profile) = component.profile.remove(name) else { continue };
        found = true;
        if let Some(source) = profile.source {
            component.source = source;
        }
        component.environment.extend(profile.environment);
        // Spin adds them to the dependencies of the component. Here it is enough to set them: this host refuses a
        // component with any dependency.
        if let Some(dependencies) = profile.dependencies.filter(|dependencies| !is_empty(dependencies)) {
            component.dependencies = Some(dependencies);
        }
    }
    if !found {
        return Err(Failure::new(format_args!("no component has a profile \"{name}\" (--profile)")));
    }
    Ok(())
}
