//! Texts that change after they have been shown.

use std::borrow::Cow;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::tachys::html::property::IntoProperty;
use web_sys::Element;

/// A text that changes, for `prop:textContent` of the element that shows it and nothing else.
///
/// The translator of a browser puts elements of its own in the place of text nodes, and nobody sees what is written to those
/// nodes later. So no text that changes is a child in a view: its element owns it, and is given the whole text each time.
/// The same holds for a name or a heading that stays while its view does: when a view of the same kind follows, Leptos
/// writes into the nodes of the one before.
#[derive(Clone)]
pub(crate) struct Changing(Rc<dyn Fn() -> Cow<'static, str>>);

/// The text that a function returns, which runs again when a signal in it changes.
pub(crate) fn changing<T: Into<Cow<'static, str>>>(words: impl Fn() -> T + 'static) -> Changing {
    Changing(Rc::new(move || words().into()))
}

impl IntoProperty for Changing {
    type State = (Element, RenderEffect<Cow<'static, str>>);
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element, key: &str) -> Self::State {
        self.build(element, key)
    }

    fn build(self, element: &Element, _key: &str) -> Self::State {
        let owner = element.clone();
        let effect = RenderEffect::new(move |before: Option<Cow<'static, str>>| {
            let now = (self.0)();
            // An equal text is not set again: it would be translated again, and a screen reader might say it again.
            if before.as_ref() != Some(&now) {
                owner.set_text_content(Some(&now));
            }
            now
        });
        (element.clone(), effect)
    }

    fn rebuild(self, state: &mut Self::State, key: &str) {
        *state = self.build(&state.0, key);
    }

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }
}
