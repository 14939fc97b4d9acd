use super::*;

const HEAD: &str = "spin_manifest_version = 2\n[application]\nname = \"a\"\n";
const TAIL: &str = "[[trigger.http]]\nroute = \"/...\"\ncomponent = \"c\"\n[component.c]\nsource = \"c.wasm\"\n";

fn parse(text: &str) -> Result<Application, Failure> {
    parse_with_profile(text, None)
}

fn parse_with_profile(text: &str, profile: Option<&str>) -> Result<Application, Failure> {
    super::parse(text, Path::new("folder"), profile)
}

#[test]
fn a_full_manifest_is_accepted() {
    let application = parse(
        r#"
        spin_manifest_version = 2
        [application]
        name = "a"
        version = "0.1.0"
        description = "d"
        authors = ["x"]
        targets = ["spin-up:3.3"]
        [variables]
        stage = { default = "production", description = "d" }
        key = { required = true, secret = true }
        [[trigger.http]]
        id = "t"
        route = "/api/..."
        component = "c"
        executor = { type = "http" }
        [component.c]
        source = "target/c.wasm"
        description = "d"
        key_value_stores = ["default"]
        allowed_outbound_hosts = []
        files = []
        targets = ["spin-up:3.3"]
        environment = { RUST_LOG = "info" }
        variables = { stage = "is-{{ stage }}" }
        [component.c.build]
        command = ["a", "b"]
        workdir = "w"
        watch = ["src/**"]
        [component.c.tool.x]
        y = 1
        [component.c.profile.debug]
        source = "debug.wasm"
        [component.unused]
        source = "unused.wasm"
        "#,
    )
    .unwrap();
    assert_eq!(application.routes, [("/api/...".to_owned(), "c".to_owned())]);
    assert_eq!(application.components.keys().collect::<Vec<_>>(), ["c"]);
    let component = &application.components["c"];
    assert_eq!(component.source, Path::new("folder/target/c.wasm"));
    assert!(component.stores.contains("default"));
    assert_eq!(component.environment["RUST_LOG"], "info");
    let values = BTreeMap::from([("stage".to_owned(), "test".to_owned())]);
    assert_eq!(component.variables["stage"].render(&values), "is-test");
}

#[test]
fn refusals_of_the_whole_file() {
    for (text, part) in [
        (format!("{HEAD}{TAIL}nope = 1\n"), "line 9: unknown field `nope`"),
        (format!("nope = 1\n{HEAD}{TAIL}"), "line 1: unknown field `nope`"),
        (format!("{HEAD}nope = 1\n{TAIL}"), "line 4: unknown field `nope`"),
        (format!("{HEAD}{TAIL}source = \"d.wasm\"\n"), "line 9: duplicate key"),
        ("spin_manifest_version = 2".to_owned(), "missing field `application`"),
        (format!("{HEAD}{TAIL}").replace("= 2", "= 1"), "version 2 only"),
        (format!("{HEAD}{TAIL}").replace("= 2", "= \"2\""), "version 2 only"),
        (format!("{HEAD}[application.trigger.http]\nbase = \"/x\"\n{TAIL}"), "application.trigger: Spin has this"),
        (format!("{HEAD}[trigger]\n[component]\n"), "trigger.http: there is no route"),
        (format!("{HEAD}{TAIL}[[trigger.redis]]\nchannel = \"x\"\n"), "trigger.redis: this host offers HTTP"),
        (format!("{HEAD}{TAIL}[[trigger.cron]]\n"), "unknown field `cron`"),
        ("= 2".to_owned(), "line 1: "),
    ] {
        let failure = parse(&text).unwrap_err().to_string();
        assert!(failure.contains(part) && !failure.contains('\n'), "{part}: {failure}");
    }
}

#[test]
fn refusals_of_variables() {
    for (variables, part) in [
        ("x = { required = true, default = \"y\" }", "variables.x: it cannot be required and have a default"),
        ("x = {}", "variables.x: it needs a default or required = true"),
        ("X = { default = \"y\" }", "variables.X: a name is words of lower-case"),
        ("x__y = { default = \"y\" }", "variables.x__y: a name is words of lower-case"),
        ("x = { default = \"y\", nope = 1 }", "unknown field `nope`"),
        ("x = { default = 1 }", "invalid type: integer"),
    ] {
        let failure = parse(&format!("{HEAD}[variables]\n{variables}\n{TAIL}")).unwrap_err().to_string();
        assert!(failure.contains(part), "{part}: {failure}");
    }
}

#[test]
fn refusals_of_a_component() {
    for (field, part) in [
        ("files = [\"a\"]", "component.c.files: Spin has this, this host does not offer it"),
        ("exclude_files = [\"a\"]", "component.c.exclude_files: Spin has this"),
        ("allowed_outbound_hosts = [\"https://a\"]", "component.c.allowed_outbound_hosts: Spin has this"),
        ("allowed_http_hosts = [\"a\"]", "component.c.allowed_http_hosts: Spin has this"),
        ("ai_models = [\"a\"]", "component.c.ai_models: Spin has this"),
        ("dependencies = { \"a:b/c\" = \"1\" }", "component.c.dependencies: Spin has this"),
        ("dependencies_inherit_configuration = true", "component.c.dependencies_inherit_configuration: Spin"),
        ("variables = { x = \"{{ y }}\" }", "component.c.variables.x: [variables] declares no \"y\""),
        ("variables = { x = \"{{ y\" }", "component.c.variables.x: \"{{\" without \"}}\""),
        ("variables = { X = \"y\" }", "component.c.variables.X: a name is words of"),
        ("key_value_stores = [\"De fault\"]", "component.c.key_value_stores \"De fault\": a name is words of letters"),
        ("sqlite_databases = [\"De fault\"]", "component.c.sqlite_databases \"De fault\": a name is words of letters"),
        ("build = { command = 1 }", "did not match any variant"),
        ("targets = 1", "invalid type: integer `1`"),
        ("environment = { A = \"1\", }", "line 9: "),
        ("key_value_store = [\"default\"]", "line 9: unknown field `key_value_store`"),
        ("build = { command = \"x\", nope = 1 }", "unknown field `nope`"),
        ("profile = { p = { variables = { x = \"y\" } } }", "unknown field `variables`"),
        ("profile = { p = { source = \"d.wasm\", nope = 1 } }", "unknown field `nope`"),
        ("profile = { p = { build = { command = \"x\", workdir = \"y\" } } }", "unknown field `workdir`"),
        ("profile = { p = \"d.wasm\" }", "invalid type: string"),
    ] {
        let failure = parse(&format!("{HEAD}{TAIL}{field}\n")).unwrap_err().to_string();
        assert!(failure.contains(part), "{part}: {failure}");
    }
    let url = format!("{HEAD}{TAIL}").replace("\"c.wasm\"", "{ url = \"https://a\", digest = \"x\" }");
    assert!(parse(&url).unwrap_err().to_string().contains("component.c.source: this host offers a path only"));
}

#[test]
fn refusals_of_a_trigger() {
    for (trigger, part) in [
        ("route = \"/\"\ncomponent = \"d\"", "trigger.http 2: component \"d\": there is no [component.d]"),
        ("route = \"/\"\ncomponent = { source = \"x\" }", "trigger.http 2: component: this host needs the ID"),
        ("route = \"/\"", "trigger.http 2: component: this host needs the ID"),
        ("route = { private = false }\ncomponent = \"c\"", "trigger.http 2: route: expected a path, or { private"),
        ("route = { private = true, nope = 1 }\ncomponent = \"c\"", "trigger.http 2: route: expected a path"),
        ("component = \"c\"", "missing field `route`"),
        ("route = \"/\"\ncomponent = \"c\"\nexecutor = { type = \"wagi\" }", "executor \"wagi\": this host offers"),
        ("route = \"/\"\ncomponent = \"c\"\nstatic_response = { status_code = 1 }", "static_response: Spin has this"),
        ("route = \"/\"\ncomponent = \"c\"\nnope = 1", "unknown field `nope`"),
    ] {
        let failure = parse(&format!("{HEAD}{TAIL}[[trigger.http]]\n{trigger}\n")).unwrap_err().to_string();
        assert!(failure.contains(part), "{part}: {failure}");
    }
}

#[test]
fn a_component_needs_a_name_in_kebab_case() {
    let text = format!("{HEAD}{TAIL}").replace("component.c]", "component.c_d]").replace("\"c\"", "\"c_d\"");
    let failure = parse(&text).unwrap_err().to_string();
    assert!(failure.contains("component.c_d: a name is words of letters of one case"), "{failure}");
}

#[test]
fn no_path_leads_to_a_private_route() {
    let private =
        "[[trigger.http]]\nroute = { private = true }\ncomponent = \"d\"\n[component.d]\nsource = \"d.wasm\"\n";
    let application = parse(&format!("{HEAD}{TAIL}{private}")).unwrap();
    assert_eq!(application.routes, [("/...".to_owned(), "c".to_owned())]);
}

const PROFILES: &str = r#"
    environment = { A = "1", B = "1" }
    [component.c.profile.p]
    source = "p.wasm"
    environment = { B = "2", C = "2" }
    build.command = "x"
    [component.c.profile.q]
    build = { command = ["x", "y"] }
    [component.d]
    source = "d.wasm"
    [component.d.profile.r]
    dependencies = { "a:b/c" = "1" }
    [[trigger.http]]
    route = "/d"
    component = "d"
"#;

#[test]
fn a_profile_replaces_what_it_names() {
    let text = format!("{HEAD}{TAIL}{PROFILES}");
    let environment =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let without: BTreeMap<_, _> = environment(&[("A", "1"), ("B", "1")]);
    for (profile, source, variables) in [
        (None, "folder/c.wasm", without.clone()),
        (Some("p"), "folder/p.wasm", environment(&[("A", "1"), ("B", "2"), ("C", "2")])),
        (Some("q"), "folder/c.wasm", without),
    ] {
        let application = parse_with_profile(&text, profile).unwrap();
        let component = &application.components["c"];
        assert_eq!(component.source, Path::new(source), "{profile:?}");
        assert_eq!(component.environment, variables, "{profile:?}");
        assert_eq!(application.components["d"].source, Path::new("folder/d.wasm"));
    }
}

#[test]
fn refusals_of_a_profile() {
    let text = format!("{HEAD}{TAIL}{PROFILES}");
    for (profile, part) in [
        ("s", "no component has a profile \"s\" (--profile)"),
        ("", "no component has a profile \"\""),
        ("r", "component.d.dependencies: Spin has this, this host does not offer it"),
    ] {
        let failure = parse_with_profile(&text, Some(profile)).unwrap_err().to_string();
        assert!(failure.contains(part), "{part}: {failure}");
    }
    // A profile that is not chosen is not used, so its contents are not an error.
    parse(&text).unwrap();
    let url = text.replace("\"p.wasm\"", "{ url = \"https://a\", digest = \"x\" }");
    parse(&url).unwrap();
    let failure = parse_with_profile(&url, Some("p")).unwrap_err().to_string();
    assert!(failure.contains("component.c.source: this host offers a path only"), "{failure}");
}

#[test]
fn the_tables_of_this_host_are_read() {
    let tables = "[application.tool.other]\nx = 1\n[application.tool.latchkey]\nbehind_proxy = \"{{ header }}\"\n\
                  [variables]\nheader = { default = \"\" }\n";
    let lists = |list: &str| format!("{HEAD}{tables}{TAIL}[component.c.tool.latchkey]\nlong_requests = {list}\n");
    let application = parse(&lists("[\"POST /...\"]")).unwrap();
    let long = &application.components["c"].long_requests;
    assert_eq!(long.iter().collect::<Vec<_>>(), [&("POST".to_owned(), "/...".to_owned())]);
    let values = BTreeMap::from([("header".to_owned(), "forwarded".to_owned())]);
    assert_eq!(application.behind_proxy.unwrap().render(&values), "forwarded");
    assert!(parse(&format!("{HEAD}{TAIL}")).unwrap().behind_proxy.is_none());
    for (text, part) in [
        (lists("[\"POST\"]"), "component.c.tool.latchkey.long_requests \"POST\": expected a method and a route"),
        (lists("[\"POST /other\"]"), "\"POST /other\": no such route leads to the component"),
        (lists("[]").replace("long_requests", "nope"), "unknown field `nope`"),
        (lists("[]").replace("{{ header }}", "{{ other }}"), "behind_proxy: [variables] declares no \"other\""),
        (lists("[]").replace("behind_proxy", "nope"), "unknown field `nope`"),
    ] {
        let failure = parse(&text).unwrap_err().to_string();
        assert!(failure.contains(part), "{failure}");
    }
}
