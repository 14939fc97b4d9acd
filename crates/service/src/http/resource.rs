//! Endpoints as data: a path, its methods, who may call each, and which endpoint runs.

use domain::Role;
use http::{HeaderValue, Method};

/// A component of the application, and the addresses that it answers.
#[derive(Debug)]
pub struct Component<E: 'static> {
    /// As in `spin.toml`.
    pub name: &'static str,
    /// Its addresses.
    pub resources: &'static [Resource<E>],
}

/// An address of the API. `GET` brings `HEAD` with it.
#[derive(Debug)]
pub struct Resource<E: 'static> {
    /// A segment that begins with a colon is a parameter: it stands for any one segment, as in `spin.toml`.
    pub path: &'static str,
    /// Each method, who may call it, and the endpoint that runs.
    pub methods: &'static [(Method, Access, E)],
}

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Callers whom the authorizer's policy allows the method: those of this role, and of the ones above it.
    Guarded(Role),
}

impl Access {
    /// The role that may do least of those that may call the method.
    const fn least_role(self) -> Role {
        match self {
            Self::Public => Role::Member,
            Self::Guarded(role) => role,
        }
    }
}

/// The values of the parameters of a path, by their names.
pub(crate) type Parameters = Vec<(&'static str, String)>;

impl<E> Resource<E> {
    /// The values of the parameters, if the path is this address.
    pub(crate) fn at(&self, path: &str) -> Option<Parameters> {
        let (mut wanted, mut given) = (self.path.split('/'), path.split('/'));
        let mut parameters = Parameters::new();
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(parameters),
                (Some(pattern), Some(segment)) => match pattern.strip_prefix(':') {
                    Some(name) if !segment.is_empty() => parameters.push((name, segment.to_owned())),
                    None if pattern == segment => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    /// Its methods as a header value, in the order of the table.
    pub(crate) fn allow(&self) -> HeaderValue {
        let mut methods = String::new();
        for (method, ..) in self.methods {
            methods.push_str(method.as_str());
            methods.push_str(if *method == Method::GET { ", HEAD, " } else { ", " });
        }
        methods.push_str("OPTIONS");
        HeaderValue::try_from(methods).unwrap_or(NO_METHODS)
    }
}

/// The `Allow` header of an address that does not exist.
pub(crate) const NO_METHODS: HeaderValue = HeaderValue::from_static("OPTIONS");

impl<E> Component<E> {
    /// The methods that this role may call, and no role before it, with their addresses, where `*` stands for each parameter.
    /// `HEAD` comes after its `GET`.
    pub(crate) fn methods_from(&self, role: Role) -> impl Iterator<Item = (&'static str, String)> {
        self.resources.iter().flat_map(move |resource| {
            let segments = resource.path.split('/').map(|segment| if segment.starts_with(':') { "*" } else { segment });
            let path = segments.collect::<Vec<_>>().join("/");
            let named = |(method, ..): &'static (Method, Access, E)| {
                let head = (*method == Method::GET).then_some("HEAD");
                std::iter::once(method.as_str()).chain(head)
            };
            let methods = resource.methods.iter().filter(|(_, access, _)| access.least_role() == role);
            methods.flat_map(named).map(|method| (method, path.clone())).collect::<Vec<_>>()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIKES: Resource<()> = Resource {
        path: "/api/messages/:id/likes/:who",
        methods: &[(Method::GET, Access::Public, ()), (Method::PUT, Access::Guarded(Role::Admin), ())],
    };

    #[test]
    fn parameters_may_be_anywhere() {
        let found = LIKES.at("/api/messages/7/likes/ada").unwrap();
        assert_eq!(found, [("id", "7".to_owned()), ("who", "ada".to_owned())]);
        for path in [
            "/api/messages/7/likes",
            "/api/messages//likes/ada",
            "/api/messages/7/likes/ada/",
            "/api/messages/7/Likes/ada",
            "//api/messages/7/likes/ada",
            "",
        ] {
            assert_eq!(LIKES.at(path), None, "{path}");
        }
    }

    #[test]
    fn what_follows_from_the_methods() {
        assert_eq!(LIKES.allow(), "GET, HEAD, PUT, OPTIONS");
        let component = Component { name: "likes", resources: &[LIKES] };
        let methods = |role| component.methods_from(role).map(|(method, _)| method).collect::<Vec<_>>();
        assert_eq!(Role::ALL.map(methods), [vec!["GET", "HEAD"], vec![], vec!["PUT"]]);
        assert!(component.methods_from(Role::Admin).all(|(_, path)| path == "/api/messages/*/likes/*"));
    }
}
