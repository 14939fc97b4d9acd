//! The fields of a Spin manifest of version 2, as Spin names them. Fields that Spin knows but this host does not offer
//! are here too, so that the error says so and does not call them unknown.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::{Table, Value};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) spin_manifest_version: Value,
    pub(super) application: Application,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, Variable>,
    pub(super) trigger: Triggers,
    #[serde(default)]
    pub(super) component: BTreeMap<String, Component>,
}

/// `[application]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "described to the reader of the manifest, checked for their type")]
pub(super) struct Application {
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) authors: Option<Vec<String>>,
    pub(super) targets: Option<Vec<IgnoredAny>>,
    #[serde(default)]
    pub(super) trigger: Table,
    #[serde(default)]
    pub(super) tool: ApplicationTools,
}

/// `[application.tool]`, where other tools have tables too
#[derive(Debug, Default, Deserialize)]
pub(super) struct ApplicationTools {
    #[serde(default)]
    pub(super) latchkey: ApplicationTool,
}

/// `[application.tool.latchkey]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationTool {
    pub(super) behind_proxy: Option<String>,
}

/// `[variables] NAME = { ... }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "no value is ever printed, so a secret needs no other treatment")]
pub(super) struct Variable {
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) default: Option<String>,
    #[serde(default)]
    pub(super) secret: bool,
}

/// `[[trigger.TYPE]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Triggers {
    #[serde(default)]
    pub(super) http: Vec<HttpTrigger>,
    pub(super) redis: Option<Value>,
}

/// `[[trigger.http]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HttpTrigger {
    #[expect(dead_code, reason = "a name that nothing refers to")]
    pub(super) id: Option<String>,
    pub(super) route: Value,
    pub(super) component: Option<Value>,
    pub(super) executor: Option<Executor>,
    pub(super) components: Option<Value>,
    pub(super) dependencies: Option<Value>,
    pub(super) static_response: Option<Value>,
}

/// `executor = { type = "http" }`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Executor {
    pub(super) r#type: String,
    #[expect(dead_code, reason = "of the wagi executor, which is refused by its type")]
    pub(super) entrypoint: Option<IgnoredAny>,
    #[expect(dead_code, reason = "of the wagi executor, which is refused by its type")]
    pub(super) argv: Option<IgnoredAny>,
}

/// `[component.ID]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    pub(super) source: Value,
    #[expect(dead_code, reason = "described to the reader of the manifest")]
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) environment: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) key_value_stores: Vec<String>,
    #[serde(default)]
    pub(super) sqlite_databases: Vec<String>,
    #[expect(dead_code, reason = "for `spin build`")]
    pub(super) build: Option<Build>,
    #[expect(dead_code, reason = "for `spin build`")]
    pub(super) targets: Option<Vec<IgnoredAny>>,
    #[serde(default)]
    pub(super) tool: ComponentTools,
    #[serde(default)]
    pub(super) profile: BTreeMap<String, Profile>,
    pub(super) files: Option<Value>,
    pub(super) exclude_files: Option<Value>,
    pub(super) allowed_http_hosts: Option<Value>,
    pub(super) allowed_outbound_hosts: Option<Value>,
    pub(super) ai_models: Option<Value>,
    pub(super) dependencies: Option<Value>,
    pub(super) dependencies_inherit_configuration: Option<Value>,
}

/// `[component.ID.tool]`, where other tools have tables too
#[derive(Debug, Default, Deserialize)]
pub(super) struct ComponentTools {
    #[serde(default)]
    pub(super) latchkey: ComponentTool,
}

/// `[component.ID.tool.latchkey]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ComponentTool {
    #[serde(default)]
    pub(super) long_requests: Vec<String>,
}

/// `[component.ID.build]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "for `spin build`")]
pub(super) struct Build {
    pub(super) command: Command,
    pub(super) workdir: Option<String>,
    pub(super) watch: Option<Vec<String>>,
}

/// `[component.ID.profile.NAME]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) source: Option<Value>,
    #[serde(default)]
    pub(super) environment: BTreeMap<String, String>,
    pub(super) dependencies: Option<Value>,
    #[expect(dead_code, reason = "for `spin build`")]
    pub(super) build: Option<ProfileBuild>,
}

/// `[component.ID.profile.NAME.build]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "for `spin build`")]
pub(super) struct ProfileBuild {
    pub(super) command: Command,
}

/// One command, or several that run one after the other.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "for `spin build`")]
pub(super) enum Command {
    One(String),
    Several(Vec<String>),
}

/// Whether the value of a field is an empty array or table, and so asks for nothing.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Table(fields) => fields.is_empty(),
        _ => false,
    }
}
