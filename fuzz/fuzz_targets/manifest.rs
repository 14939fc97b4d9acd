//! `spin.toml`: an accepted manifest is consistent and its routes lead to components, and the reason for a refusal is one
//! line. The first line of an input may be `# profile NAME`.
#![no_main]

#[path = "../../host/src/failure.rs"]
mod failure;
#[expect(dead_code, reason = "the host's binary needs more of it")]
#[path = "../../host/src/manifest/mod.rs"]
mod manifest;
#[path = "../../host/src/route.rs"]
mod route;
#[path = "../../host/src/template.rs"]
mod template;
#[path = "../../host/src/toml_file.rs"]
mod toml_file;
#[path = "../../host/src/variables.rs"]
mod variables;

use std::path::Path;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let profile = text.lines().next().and_then(|line| line.strip_prefix("# profile "));
    match manifest::parse(text, Path::new("folder"), profile) {
        Ok(application) => check(&application),
        Err(failure) => {
            let said = failure.to_string();
            assert!(!said.is_empty() && !said.contains(['\n', '\r']), "{said}");
            // The message may repeat words of the file, and may list the fields that exist.
            assert!(said.len() <= 2 * text.len() + 1024, "{} bytes of failure", said.len());
        }
    }
});

fn check(application: &manifest::Application) {
    assert!(!application.routes.is_empty());
    for (id, grants) in &application.components {
        assert!(application.routes.iter().any(|(_, component)| component == id), "{id} has no route");
        for template in grants.variables.values() {
            assert!(template.names().all(|name| application.variables.contains_key(name)));
        }
    }
    assert!(application.routes.iter().all(|(_, component)| application.components.contains_key(component)));
    if let Ok(values) = variables::resolve(&application.variables, &[], |_| None) {
        assert_eq!(values.len(), application.variables.len());
        for template in application.components.values().flat_map(|grants| grants.variables.values()) {
            template.render(&values);
        }
    }
    // A router made from an accepted manifest has to handle any path.
    let Ok(router) = route::Router::new(application.routes.iter().cloned()) else { return };
    for (path, _) in &application.routes {
        let Some(found) = router.find(path) else { continue };
        assert!(application.components.contains_key(&found.route.component), "{path}");
        assert!(found.tail().len() <= path.len() + 1, "{path}");
        assert!(found.parameters().all(|(_, value)| path.contains(value)), "{path}");
    }
}
