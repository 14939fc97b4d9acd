//! Passkeys, by the browser's Web Authentication API. What the server and the browser say to each other is passed on as it is.

use js_sys::{JSON, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = parseRequestOptionsFromJSON, catch)]
    fn parse_request(options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = parseCreationOptionsFromJSON, catch)]
    fn parse_creation(options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = PublicKeyCredential, js_name = isConditionalMediationAvailable, catch)]
    fn conditional() -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["navigator", "credentials"], catch)]
    fn get(options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["navigator", "credentials"], catch)]
    fn create(options: &JsValue) -> Result<Promise, JsValue>;
}

/// Why the browser has given nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPasskey {
    /// The person has not gone on, or has no passkey here.
    Cancelled,
    /// The device has one for this account already.
    Known,
}

/// Whether passkeys can be used: by this browser, and at this address. They belong to a name, and not to an IP address.
pub(crate) fn is_possible() -> bool {
    let host = window().location().hostname().unwrap_or_default();
    let is_address = host.starts_with('[') || host.bytes().last().is_some_and(|last| last.is_ascii_digit());
    let api = || {
        Reflect::get(
            &Reflect::get(&window(), &"PublicKeyCredential".into()).ok()?,
            &"parseRequestOptionsFromJSON".into(),
        )
        .ok()
    };
    !is_address && api().is_some_and(|api| api.is_function())
}

/// Whether the browser offers passkeys where a username is typed.
pub(crate) async fn is_offered_in_field() -> bool {
    let Ok(promise) = conditional() else { return false };
    JsFuture::from(promise).await.is_ok_and(|is_available| is_available.is_truthy())
}

/// Has a passkey sign, and returns what it has signed as JSON. With `offer`, the browser offers passkeys in the field of the
/// username, and waits until the person takes one of them or the signal ends that.
pub(crate) async fn sign(options: &JsValue, offer: Option<&AbortSignal>) -> Result<String, NoPasskey> {
    let ask = || {
        let asked = Object::new();
        Reflect::set(&asked, &"publicKey".into(), &parse_request(options)?)?;
        if let Some(signal) = offer {
            Reflect::set(&asked, &"mediation".into(), &"conditional".into())?;
            Reflect::set(&asked, &"signal".into(), signal)?;
        }
        get(&asked)
    };
    answer(ask()).await
}

/// Makes a passkey, and returns what the server has to know of it as JSON.
pub(crate) async fn make(options: &JsValue) -> Result<String, NoPasskey> {
    let ask = || {
        let asked = Object::new();
        Reflect::set(&asked, &"publicKey".into(), &parse_creation(options)?)?;
        create(&asked)
    };
    answer(ask()).await
}

/// Something that ends an offer.
pub(crate) fn ending() -> Option<AbortController> {
    AbortController::new().ok()
}

async fn answer(asked: Result<Promise, JsValue>) -> Result<String, NoPasskey> {
    let credential = match asked {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    // The browser's own `toJSON` makes the text.
    let json = credential.and_then(|credential| JSON::stringify(&credential)).map_err(|error| {
        let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
        if name.as_deref() == Some("InvalidStateError") { NoPasskey::Known } else { NoPasskey::Cancelled }
    })?;
    Ok(json.into())
}
