//! Templates of component variables: literal text in which `{{ name }}` stands for the value of a variable.

use std::collections::BTreeMap;

use crate::failure::Failure;

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable(String),
}

impl Template {
    /// # Errors
    ///
    /// A `{{` without its `}}`.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once("{{") {
            let (name, after) =
                after.split_once("}}").ok_or_else(|| Failure::new("\"{{\" without \"}}\" in the template"))?;
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            parts.push(Part::Variable(name.trim().to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// The names between braces, in the order of the text.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// Returns the text with each name replaced by its value. A name without a value becomes the empty text; this does
    /// not happen in practice, because the check of the manifest refuses such a name.
    pub(crate) fn render(&self, values: &BTreeMap<String, String>) -> String {
        let piece = |part: &Part| match part {
            Part::Literal(text) => text.clone(),
            Part::Variable(name) => values.get(name).cloned().unwrap_or_default(),
        };
        self.0.iter().map(piece).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_and_literal_text_is_kept() {
        let values = BTreeMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "{{ a }}".to_owned())]);
        for (template, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("{{ a }}", "1"),
            ("{{a}}", "1"),
            ("x-{{ a }}-{{ b }}-y", "x-1-{{ a }}-y"),
            ("{{ a }}{{ a }}", "11"),
            ("} }} {", "} }} {"),
        ] {
            assert_eq!(Template::parse(template).unwrap().render(&values), expected, "{template}");
        }
    }

    #[test]
    fn an_open_brace_is_refused() {
        assert!(Template::parse("{{ a").is_err());
        assert!(Template::parse("{{ a }} {{").is_err());
    }
}
