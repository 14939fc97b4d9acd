//! Query strings: each parameter has to be known, and may occur only once.

use http::Method;
use http::request::Parts;
use wire::{FieldCode, FieldError};

use super::body::unknown;
use super::problem::ApiError;

/// The parameters of a query that have not been taken yet, and what is wrong with those that have.
pub(crate) struct Query {
    parameters: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Query {
    /// Reads the query of a request, without what other programs have added to the address of a `GET`.
    pub(crate) fn of(request: &Parts) -> Self {
        let query = request.uri.query().unwrap_or_default();
        let parameters = form_urlencoded::parse(query.as_bytes()).into_owned();
        let is_ours = |name: &str| request.method != Method::GET || !is_added(name);
        Self { parameters: parameters.filter(|(name, _)| is_ours(name)).collect(), errors: Vec::new() }
    }

    /// Takes an optional parameter, and parses it.
    pub(crate) fn take<T, E: ToString>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let mut values = self.parameters.extract_if(.., |(parameter, _)| parameter == name);
        let (first, second) = (values.next()?, values.next());
        drop(values);
        let parsed = match second {
            None => parse(&first.1).map_err(|error| (FieldCode::Invalid, error.to_string())),
            Some(_) => Err((FieldCode::Duplicate, "This parameter is there more than once.".to_owned())),
        };
        parsed.map_err(|(code, detail)| self.errors.push(FieldError { field: name.to_owned(), code, detail })).ok()
    }

    /// Refuses the parameters that nobody took, and returns what is wrong, if anything is.
    pub(crate) fn finish(mut self) -> Result<(), ApiError> {
        self.errors.extend(unknown(self.parameters, "This parameter is unknown."));
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(ApiError::InvalidRequest("Some parameters of the query are not valid: see errors.", self.errors))
    }
}

/// Whether this is a parameter that programs add to any address: jQuery adds `_` against caches, and advertisers add the others
/// to links.
fn is_added(name: &str) -> bool {
    matches!(name, "_" | "gclid" | "fbclid") || name.starts_with("utm_")
}
