//! Makes the table of routes of `spin.toml`, so that there is one table for Spin, our host and the file for one component.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use toml::{Table, Value};

const MANIFEST: &str = "../../spin.toml";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={MANIFEST}");
    let manifest: Table = fs::read_to_string(MANIFEST)?.parse()?;
    let triggers = manifest.get("trigger").and_then(|trigger| trigger.get("http")).and_then(Value::as_array);
    let mut routes = Vec::new();
    for trigger in triggers.ok_or("spin.toml has no [[trigger.http]]")? {
        let text = |name: &str| trigger.get(name).and_then(Value::as_str).ok_or(format!("{trigger} has no {name}"));
        routes.push(Route::parse(text("route")?, text("component")?)?);
    }
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets no OUT_DIR")?;
    fs::write(Path::new(&folder).join("table.rs"), table(routes)?)?;
    Ok(())
}

/// A route, with its segments and their order: of two routes that match a path, the one counts that is less.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Route {
    order: Vec<Order>,
    segments: Vec<String>,
    component: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Exact,
    Parameter,
    Wildcard,
}

impl Route {
    fn parse(pattern: &str, component: &str) -> Result<Self, String> {
        let wrong = || format!("the route {pattern} has a form that the router does not know");
        let whole = pattern.strip_prefix('/').ok_or_else(wrong)?;
        let segments: Vec<String> = whole.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        let mut order = Vec::new();
        for (at, segment) in segments.iter().enumerate() {
            order.push(match segment.strip_prefix(':') {
                _ if segment == "..." && at + 1 == segments.len() => Order::Wildcard,
                _ if segment.contains("...") || segment.contains('*') => return Err(wrong()),
                Some(name) if name.is_empty() || name.contains('.') => return Err(wrong()),
                Some(_) => Order::Parameter,
                None => Order::Exact,
            });
        }
        Ok(Self { order, segments, component: component.to_owned() })
    }

    /// The route as code. A wildcard is no segment, because it stands for any number of them.
    fn code(&self) -> String {
        let is_open = self.order.last() == Some(&Order::Wildcard);
        let mut segments = String::new();
        for (segment, order) in self.segments.iter().zip(&self.order) {
            segments += &match order {
                Order::Exact => format!("Segment::Exact({segment:?}), "),
                Order::Parameter => "Segment::Parameter, ".to_owned(),
                Order::Wildcard => continue,
            };
        }
        let component = variant(&self.component);
        format!("    Route {{ segments: &[{segments}], is_open: {is_open}, component: Component::{component} }},\n")
    }
}

fn table(mut routes: Vec<Route>) -> Result<String, String> {
    routes.sort();
    if let Some([one, _]) = routes.array_windows().find(|[one, next]| one.segments == next.segments) {
        return Err(format!("the route /{} is there twice", one.segments.join("/")));
    }
    // It is the last one, because every other route is less than it.
    let rest = routes.pop().filter(|route| route.order == [Order::Wildcard]).ok_or("there is no route /...")?;
    let components: BTreeSet<&str> = routes.iter().chain([&rest]).map(|route| route.component.as_str()).collect();
    let mut code = "/// The components that have a route.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub(crate) enum Component {\n".to_owned();
    for component in components {
        let _ = writeln!(code, "    /// `{component}` in `spin.toml`.\n    {},", variant(component));
    }
    let _ = writeln!(
        code,
        "}}\n\n/// The component of `/...`.\nconst REST: Component = Component::{};\n",
        variant(&rest.component)
    );
    code += "/// All other routes, in the order in which they count.\nconst ROUTES: &[Route] = &[\n";
    routes.iter().for_each(|route| code += &route.code());
    code += "];\n";
    Ok(code)
}

/// The name of a component as Rust writes a variant: `two-words` is `TwoWords`.
fn variant(component: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    component.split('-').map(word).collect()
}
