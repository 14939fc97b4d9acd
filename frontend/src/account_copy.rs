//! A copy of an account, made of the pages that the API gives out. The pages stay as JavaScript has them: so the copy has also
//! what later versions of the API add, and nothing is loaded that reads and writes each kind of record.

use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, Url};

const MESSAGES: &str = "messages";
const NEXT: &str = "next";

/// The pages so far.
#[derive(Default)]
pub(crate) struct AccountCopy {
    /// All members but the messages.
    rest: Object,
    messages: Array,
}

impl AccountCopy {
    /// Adds a page, and returns the value of `before` for the next one.
    pub(crate) fn add(&mut self, page: &Object) -> Option<String> {
        for message in Array::from(&member(page, MESSAGES)) {
            self.messages.push(&message);
        }
        // Pages have different members, except for these two.
        let next = member(page, NEXT).as_string();
        self.rest = Object::assign(&self.rest, page);
        next
    }

    pub(crate) fn messages(&self) -> u32 {
        self.messages.length()
    }

    /// The address of a file with the copy. The file is in memory until the address is given to [`forget`].
    pub(crate) fn file(self) -> Result<String, JsValue> {
        Reflect::delete_property(&self.rest, &NEXT.into())?;
        Reflect::set(&self.rest, &MESSAGES.into(), &self.messages)?;
        let text = JSON::stringify_with_replacer_and_space(&self.rest, &JsValue::NULL, &JsValue::from_f64(2.0))?;
        let options = BlobPropertyBag::new();
        options.set_type("application/json");
        Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&Array::of1(&text), &options)?)
    }
}

/// Frees the memory of a file.
pub(crate) fn forget(file: &str) {
    let _ = Url::revoke_object_url(file);
}

fn member(page: &Object, name: &str) -> JsValue {
    Reflect::get(page, &name.into()).unwrap_or_default()
}
