//! Build profiles: what a component has instead when one is chosen.

use std::collections::BTreeMap;

use super::schema::{Component, is_empty};
use crate::failure::Failure;

/// Puts into every component what its profile of this name says. One without such a profile stays as it is, as in
/// Spin.
///
/// # Errors
///
/// No component has such a profile: the name is a mistake.
pub(super) fn apply(components: &mut BTreeMap<String, Component>, name: &str) -> Result<(), Failure> {
    let mut found = false;
    for component in components.values_mut() {
        let Some(profile) = component.profile.remove(name) else { continue };
        found = true;
        if let Some(source) = profile.source {
            component.source = source;
        }
        component.environment.extend(profile.environment);
        // They are added to those of the component.
        if let Some(dependencies) = profile.dependencies.filter(|dependencies| !is_empty(dependencies)) {
            component.dependencies = Some(dependencies);
        }
    }
    if !found {
        return Err(Failure::new(format_args!("no component has a profile \"{name}\" (--profile)")));
    }
    Ok(())
}
