//! `openapi.yaml`, and its description of each answer. The polite client checks every answer of the API against it, so the
//! whole suite tests that the document is true and complete.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use super::reply::Reply;
use super::workspace;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = std::fs::read_to_string(workspace().join("openapi.yaml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
});

/// The answer to a method that an address does not have. No operation of the document can name it, and linters want no
/// component that nothing names; the introduction describes it.
static METHOD_NOT_ALLOWED: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "headers": {
            "Allow": {"$ref": "#/components/headers/Allow"},
            "Cache-Control": {"$ref": "#/components/headers/NoStore"},
            "X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"},
        },
        "content": {"application/problem+json": {"schema": {"allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"properties": {"code": {"const": "method_not_allowed"}}},
        ]}}},
    })
});

/// Compiled schemas; the key is the text of the schema.
static VALIDATORS: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());

/// The whole document.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// Follows a `$ref`; returns any other value unchanged.
pub(crate) fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer =
                reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out of openapi.yaml"));
            document().pointer(pointer).unwrap_or_else(|| panic!("openapi.yaml has no {reference}"))
        }
        None => value,
    }
}

/// The methods of a path item, in lower case, with their operations.
pub(crate) fn operations(path_item: &'static Value) -> impl Iterator<Item = (&'static str, &'static Value)> {
    let members = path_item.as_object().unwrap().iter();
    members.filter(|(name, _)| *name != "parameters").map(|(method, operation)| (method.as_str(), operation))
}

/// An operation of the API. Each parameter of its path is replaced by a value.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Whether the operation needs an access token.
    pub(crate) is_guarded: bool,
}

/// Every operation of the API except HEAD and OPTIONS, which each address has.
pub(crate) fn every_operation() -> Vec<Operation> {
    let paths = document()["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let own = operations(item).filter(|(method, _)| !["head", "options"].contains(method));
        own.map(|(method, operation)| Operation {
            method: method.to_ascii_uppercase(),
            path: path.replace("{id}", "1").replace("{username}", "ada"),
            is_guarded: operation["security"].as_array().is_some_and(|all| !all[0]["accessToken"].is_null()),
        })
    });
    all.collect()
}

/// Every address of the API with its methods, sorted as in `Allow`.
pub(crate) fn every_resource() -> BTreeMap<String, Vec<String>> {
    let mut resources: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Operation { method, path, .. } in every_operation() {
        let methods = resources.entry(path).or_insert_with(|| vec!["OPTIONS".to_owned()]);
        methods.extend((method == "GET").then(|| "HEAD".to_owned()));
        methods.push(method);
        methods.sort();
    }
    resources
}

/// The violations of a schema of the document by a value; empty if there are none.
pub(crate) fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let validator = {
        let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
        let compile = || {
            let root = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "components": document()["components"],
                "allOf": [schema],
            });
            let validator = jsonschema::options().should_validate_formats(true).build(&root);
            Arc::new(validator.unwrap_or_else(|error| panic!("{schema}: {error}")))
        };
        Arc::clone(validators.entry(schema.to_string()).or_insert_with(compile))
    };
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Whether the document has this very path.
pub(crate) fn describes(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    document()["paths"].get(path).is_some()
}

/// Expects that the document describes this answer.
#[track_caller]
pub(crate) fn check(method: &str, target: &str, reply: &Reply) {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let said = format!("openapi.yaml, on {method} {path} -> {}", reply.status);
    let response = response(method, path, reply.status);
    let response = resolve(response.unwrap_or_else(|| panic!("{said}: it knows no such answer: {}", reply.text())));
    check_headers(&said, response, reply);
    check_body(&said, response, method, reply);
}

/// The response object of the document for an answer, if there is one.
fn response(method: &str, path: &str, status: u16) -> Option<&'static Value> {
    let status = status.to_string();
    let paths = document()["paths"].as_object().unwrap();
    let item =
        paths.get(path).or_else(|| paths.iter().find(|(template, _)| fits(template, path)).map(|(_, item)| item));
    // Method names are case-sensitive: the method `get` is not `GET`.
    let operation = item.and_then(|item| operations(item).find(|(name, _)| name.to_ascii_uppercase() == method));
    match (item, operation) {
        (Some(_), Some((_, operation))) => operation["responses"].get(&status),
        // The introduction of the document describes these answers for every address.
        (item, None) => {
            let responses = &document()["components"]["responses"];
            match (item, method, status.as_str()) {
                (_, _, "500") => responses.get("ServerError"),
                (None, "OPTIONS", "204") => responses.get("Options"),
                (None, _, "404") => responses.get("NotFound"),
                (Some(_), _, "405") => Some(&METHOD_NOT_ALLOWED),
                _ => None,
            }
        }
        (None, Some(_)) => None,
    }
}

/// Whether a path matches a template like `/api/messages/{id}`.
fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(name), Some(segment)) if name.starts_with('{') && !segment.is_empty() => {}
            (Some(name), Some(segment)) if name == segment => {}
            _ => return false,
        }
    }
}

#[track_caller]
fn check_headers(said: &str, response: &'static Value, reply: &Reply) {
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let header = resolve(header);
        let values: Vec<_> = reply.headers.iter().filter(|(is, _)| is.eq_ignore_ascii_case(name)).collect();
        assert!(!values.is_empty() || header["required"] != true, "{said}: no {name} in {reply:?}");
        // Of the headers that the document names, only this one may occur more than once.
        assert!(values.len() <= 1 || name == "Set-Cookie", "{said}: {values:?}");
        for (_, value) in values {
            let errors = errors(&header["schema"], &Value::from(value.as_str()));
            assert!(errors.is_empty(), "{said}: {name}: {value}: {errors:?}");
        }
    }
    if response["headers"].get("Set-Cookie").is_none() {
        assert_eq!(reply.optional("set-cookie"), None, "{said}");
    }
}

#[track_caller]
fn check_body(said: &str, response: &'static Value, method: &str, reply: &Reply) {
    let content = &response["content"];
    // The document itself is the one body that it does not describe: see there.
    let is_document = method == "GET" && reply.optional("content-type") == Some("application/yaml");
    if method == "HEAD" || content.is_null() {
        assert!(reply.text().is_empty() || is_document, "{said}: a body: {}", reply.text());
        return;
    }
    let content_type = reply.header("content-type");
    let media = content.get(content_type).unwrap_or_else(|| panic!("{said}: it knows no {content_type} there"));
    let body = reply.json();
    let errors = errors(&media["schema"], &body);
    assert!(errors.is_empty(), "{said}: {errors:#?} in {}", reply.text());
    if content_type == "application/problem+json" {
        assert_eq!(body["status"], reply.status, "{said}");
    }
}
