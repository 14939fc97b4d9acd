//! Tests find elements by role and accessible name, the same properties that a screen reader announces.

/// The roles that the tests use (WAI-ARIA 1.2).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    Button,
    Checkbox,
    Dialog,
    Heading,
    Link,
    Textbox,
}

impl Role {
    /// A CSS selector of the elements that can have this role.
    pub(crate) fn selector(self) -> &'static str {
        match self {
            Self::Button => "button, summary, [role=button], [role=menuitem], [role=switch]",
            Self::Checkbox => "input[type=checkbox]",
            Self::Dialog => "dialog, [role=dialog]",
            Self::Heading => "h1, h2, h3, [role=heading]",
            Self::Link => "a[href], [role=link]",
            Self::Textbox => "input, textarea",
        }
    }

    /// Compares with the role that the browser computes. A control that opens a menu, or an item in a menu, also counts as a
    /// button, because users see it as one. Firefox names no role for a field of a password.
    pub(crate) fn is(self, computed: &str) -> bool {
        match self {
            Self::Button => matches!(computed, "button" | "menuitem" | "switch" | "DisclosureTriangle"),
            Self::Checkbox => computed == "checkbox",
            Self::Dialog => computed == "dialog",
            Self::Heading => computed == "heading",
            Self::Link => computed == "link",
            Self::Textbox => matches!(computed, "textbox" | "searchbox" | ""),
        }
    }
}

/// A role, a name, and a part of the page.
#[derive(Clone, Debug)]
pub(crate) struct Locator {
    pub(crate) role: Role,
    pub(crate) name: String,
    /// A CSS selector of an element that contains the one to find.
    pub(crate) within: &'static str,
}

impl Locator {
    fn new(role: Role, name: &str) -> Self {
        Self { role, name: name.to_owned(), within: "html" }
    }

    pub(crate) fn within(self, selector: &'static str) -> Self {
        Self { within: selector, ..self }
    }

    pub(crate) fn selector(&self) -> String {
        format!(":is({}) :is({})", self.within, self.role.selector())
    }
}

pub(crate) fn button(name: &str) -> Locator {
    Locator::new(Role::Button, name)
}

pub(crate) fn checkbox(name: &str) -> Locator {
    Locator::new(Role::Checkbox, name)
}

pub(crate) fn dialog(name: &str) -> Locator {
    Locator::new(Role::Dialog, name)
}

pub(crate) fn heading(name: &str) -> Locator {
    Locator::new(Role::Heading, name)
}

pub(crate) fn link(name: &str) -> Locator {
    Locator::new(Role::Link, name)
}

pub(crate) fn field(name: &str) -> Locator {
    Locator::new(Role::Textbox, name)
}
