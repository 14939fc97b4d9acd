//! The files in `deploy/` are read strictly: a field that the platform does not have, or a variable that the app does not have, is an
//! error. The types have the fields that these files use, by the documents of each platform.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that can not go on fails")]
#![expect(dead_code, reason = "that a field is read is the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

fn root() -> PathBuf {
    Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).parent().unwrap().to_owned()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn from_toml<T: DeserializeOwned>(path: &str) -> T {
    toml::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn from_yaml<T: DeserializeOwned>(path: &str) -> T {
    serde_saphyr::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The variables of the app.
fn variables() -> BTreeSet<String> {
    let manifest: toml::Table = from_toml("spin.toml");
    manifest["variables"].as_table().unwrap().keys().cloned().collect()
}

/// The variables that the adapters of the stores have, besides those of the app.
const OF_ADAPTERS: [&str; 7] = [
    "redis_url",
    "dynamodb_region",
    "dynamodb_table",
    "dynamodb_endpoint",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
];

#[track_caller]
fn assert_is_variable(name: &str) {
    let is_known = variables().contains(name) || OF_ADAPTERS.contains(&name);
    assert!(is_known, "{name} is no variable of the app or of an adapter");
}

/// `LATCHKEY_STAGE` is the variable `stage` on hosts that have an environment.
#[track_caller]
fn assert_is_environment_variable(name: &str) {
    let name = name.strip_prefix("LATCHKEY_").unwrap_or_else(|| panic!("{name} does not begin with LATCHKEY_"));
    assert_eq!(name, name.to_ascii_uppercase());
    assert_is_variable(&name.to_ascii_lowercase());
}

/// Spin's runtime configuration.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuntimeConfig {
    key_value_store: BTreeMap<String, KeyValueStore>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum KeyValueStore {
    Spin {
        path: PathBuf,
    },
    Redis {
        url: String,
    },
    AwsDynamo {
        region: String,
        table: String,
        consistent_read: bool,
        access_key: Option<String>,
        secret_key: Option<String>,
        token: Option<String>,
    },
    AzureCosmos {
        account: String,
        database: String,
        container: String,
        key: Option<String>,
    },
}

#[test]
fn runtime_configurations_are_of_the_store_that_spin_toml_names() {
    let manifest: toml::Table = from_toml("spin.toml");
    let label = manifest["variables"]["store"]["default"].as_str().unwrap();
    let only = |path: &str| {
        let configuration: RuntimeConfig = from_toml(path);
        assert_eq!(configuration.key_value_store.keys().collect::<Vec<_>>(), [label], "{path}");
        configuration.key_value_store.into_values().next().unwrap()
    };
    assert!(matches!(only("deploy/spin/sqlite.toml"), KeyValueStore::Spin { .. }));
    assert!(matches!(only("deploy/spin/redis.toml"), KeyValueStore::Redis { url } if url.starts_with("redis://")));
    // Without consistent reads, what has been deleted may be seen again.
    let KeyValueStore::AwsDynamo { consistent_read, access_key, secret_key, .. } = only("deploy/spin/dynamodb.toml")
    else {
        panic!("it is not DynamoDB");
    };
    assert!(consistent_read && access_key.is_none() && secret_key.is_none());
    assert!(matches!(only("deploy/spin/cosmos.toml"), KeyValueStore::AzureCosmos { .. }));
}

/// An object of Kubernetes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Object<S> {
    api_version: String,
    kind: String,
    metadata: Metadata,
    spec: S,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Secret {
    api_version: String,
    kind: String,
    metadata: Metadata,
    r#type: String,
    string_data: BTreeMap<String, String>,
}

/// SpinKube's SpinApp, `core.spinkube.dev/v1alpha1`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SpinApp {
    image: String,
    executor: String,
    replicas: u32,
    checks: Checks,
    resources: BTreeMap<String, BTreeMap<String, String>>,
    runtime_config: SpinAppRuntimeConfig,
    variables: Vec<Variable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    liveness: Probe,
    readiness: Probe,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Probe {
    http_get: HttpGet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpGet {
    path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SpinAppRuntimeConfig {
    key_value_stores: Vec<NamedStore>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedStore {
    name: String,
    r#type: String,
    options: Vec<Variable>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Variable {
    name: String,
    value: Option<String>,
    value_from: Option<ValueFrom>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ValueFrom {
    secret_key_ref: SecretKey,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretKey {
    name: String,
    key: String,
}

#[test]
fn spinkube_runs_two_replicas_on_one_store() {
    let secret: Secret = from_yaml("deploy/spinkube/secret.example.yaml");
    let app: Object<SpinApp> = from_yaml("deploy/spinkube/spinapp.yaml");
    assert_eq!((app.api_version.as_str(), app.kind.as_str()), ("core.spinkube.dev/v1alpha1", "SpinApp"));
    for variable in &app.spec.variables {
        assert_is_variable(&variable.name);
    }
    let [store] = app.spec.runtime_config.key_value_stores.as_slice() else { panic!("there is one store") };
    assert_eq!((store.name.as_str(), store.r#type.as_str()), ("default", "redis"));
    let options: Vec<&SecretKey> =
        store.options.iter().filter_map(|option| Some(&option.value_from.as_ref()?.secret_key_ref)).collect();
    let [url] = options.as_slice() else { panic!("the address of Redis comes from a secret") };
    assert_eq!(url.name, secret.metadata.name);
    assert!(secret.string_data.contains_key(&url.key));
    assert_eq!(app.spec.replicas, 2);
    assert_eq!(app.spec.checks.liveness.http_get.path, "/.well-known/spin/health");
}

/// wasmCloud's WorkloadDeployment, `runtime.wasmcloud.dev/v1alpha1`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkloadDeployment {
    replicas: u32,
    template: Template,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    spec: Workload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Workload {
    host_selector: BTreeMap<String, String>,
    components: Vec<WorkloadComponent>,
    host_interfaces: Vec<HostInterface>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WorkloadComponent {
    name: String,
    image: String,
    pool_size: u32,
    max_invocations: u32,
    local_resources: LocalResources,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LocalResources {
    allowed_hosts: Vec<String>,
    environment: Environment,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Environment {
    config: BTreeMap<String, String>,
    secret_from: Vec<Metadata>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostInterface {
    namespace: String,
    package: String,
    interfaces: Vec<String>,
    config: BTreeMap<String, String>,
}

#[test]
fn wasmcloud_reaches_redis_and_nothing_else() {
    let secret: Secret = from_yaml("deploy/wasmcloud/secret.example.yaml");
    let deployment: Object<WorkloadDeployment> = from_yaml("deploy/wasmcloud/workloaddeployment.yaml");
    assert_eq!(deployment.api_version, "runtime.wasmcloud.dev/v1alpha1");
    assert_eq!(deployment.kind, "WorkloadDeployment");
    let workload = deployment.spec.template.spec;
    let [component] = workload.components.as_slice() else { panic!("it is one file") };
    let LocalResources { allowed_hosts, environment } = &component.local_resources;
    let [redis] = allowed_hosts.as_slice() else { panic!("it reaches one host") };
    environment.config.keys().chain(secret.string_data.keys()).for_each(|name| assert_is_environment_variable(name));
    assert_eq!(environment.secret_from.first().unwrap().name, secret.metadata.name);
    assert!(secret.string_data["LATCHKEY_REDIS_URL"].ends_with(redis.as_str()), "that is where it may connect to");
}

/// The configuration of `wasmtime serve`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wasmtime {
    optimize: Optimize,
    wasi: WasmtimeWasi,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Optimize {
    pooling_total_core_instances: u32,
    pooling_total_component_instances: u32,
    pooling_total_memories: u32,
    pooling_total_tables: u32,
    pooling_total_stacks: u32,
    pooling_max_memory_size: u64,
    memory_reservation: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WasmtimeWasi {
    cli: bool,
    inherit_network: bool,
}

#[test]
fn wasmtime_has_room_for_the_single_file() {
    let Wasmtime { optimize, wasi } = from_toml("deploy/wasmtime/wasmtime.toml");
    assert!(wasi.cli && wasi.inherit_network, "the environment and the connection to Redis need these");
    // The single file is some 40 core instances, and each request that runs has them all.
    assert!(optimize.pooling_total_core_instances >= 40 * 256);
    assert!(optimize.pooling_max_memory_size <= optimize.memory_reservation);
}

#[test]
fn the_service_passes_variables_of_the_app_on() {
    let unit = text("deploy/wasmtime/latchkey.service");
    let words: Vec<&str> = unit.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect();
    let named: Vec<&str> = words.windows(2).filter(|pair| pair[0] == "--env").map(|pair| pair[1]).collect();
    assert!(named.contains(&"LATCHKEY_REDIS_URL"));
    named.into_iter().for_each(assert_is_environment_variable);
}
