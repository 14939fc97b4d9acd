//! Keyboard input (W3C WebDriver, section 17.4.2), and the element that has the focus.

use serde_json::json;

use crate::browser::Browser;
use crate::keys::TAB;
use crate::locator::Locator;

/// The element that has the focus.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Focused {
    /// Role and name as the browser computes them.
    pub(crate) role: String,
    pub(crate) name: String,
}

impl Browser {
    /// Presses keys one after the other, and releases each before the next.
    #[track_caller]
    pub(crate) fn press(&self, keys: &str) {
        let strokes = keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})));
        let strokes: Vec<_> = strokes.collect();
        self.post("/actions", json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})).unwrap();
    }

    /// Presses a key while another one is held.
    #[track_caller]
    pub(crate) fn press_with(&self, held: char, key: char) {
        let stroke = |kind, key| json!({"type": kind, "value": key});
        let strokes = [stroke("keyDown", held), stroke("keyDown", key), stroke("keyUp", key), stroke("keyUp", held)];
        self.post("/actions", json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})).unwrap();
    }

    /// Inserts text where the focus is, as pasting does: any Unicode, all at once.
    #[track_caller]
    pub(crate) fn insert(&self, text: &str) {
        self.devtools("Input.insertText", &json!({"text": text}));
    }

    /// What has the focus. An element that goes while it is asked about is not it any more.
    #[track_caller]
    pub(crate) fn focused(&self) -> Focused {
        let look = || {
            let element = self.get("/element/active")?;
            let id = element.as_object().unwrap().values().next().unwrap().as_str().unwrap();
            let ask = |what: &str| Ok(self.get(&format!("/element/{id}/{what}"))?.as_str().unwrap().to_owned());
            Ok(Focused { role: ask("computedrole")?, name: ask("computedlabel")? })
        };
        self.wait("focus", || look().map(Some))
    }

    /// Whether this element has the focus.
    #[track_caller]
    pub(crate) fn is_focused(&self, locator: &Locator) -> bool {
        let there = self.script("return document.activeElement.matches(arguments[0])", json!([locator.selector()]));
        let focused = self.focused();
        there == true && locator.role.is(&focused.role) && focused.name == locator.name
    }

    /// Presses Tab until this element has the focus. Checks at each stop that the focus is visible.
    #[track_caller]
    pub(crate) fn tab_to(&self, locator: &Locator) {
        let mut stops = Vec::new();
        while !self.is_focused(locator) {
            assert!(stops.len() < 40, "Tab never reaches {locator:?}; it stopped at {stops:#?}");
            self.press(&TAB.to_string());
            self.assert_focus_is_visible();
            stops.push(self.focused());
        }
    }

    #[track_caller]
    fn assert_focus_is_visible(&self) {
        let style = self.script(
            "const focused = document.activeElement;
             if (focused === document.body || !focused.matches(':focus-visible')) return null;
             const style = getComputedStyle(focused), box = focused.getBoundingClientRect();
             return [style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none',
                     box.width > 0 && box.bottom > 0 && box.top < innerHeight];",
            json!([]),
        );
        assert!(style.is_null() || style == json!([true, true]), "{:?} shows no focus: {style}", self.focused());
    }
}
