//! The site by https and HTTP/2.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::certificate::Certificate;
use crate::harness::host::Setup;
use crate::locator::button;
use crate::people::{self, PASSWORD, post, sees_message};

case!(Latchkey, a_person_signs_up_by_https_and_comes_back);
fn a_person_signs_up_by_https_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let files = Certificate::make(folder.path());
    let app = Setup::app()
        .flag("--tls-cert", files.certificate.to_str().unwrap())
        .flag("--tls-key", files.key.to_str().unwrap())
        .start();
    let page = Browser::open(&app);
    assert!(app.base().starts_with("https://") && page.path() == "/", "{}", app.base());
    people::to_sign_up(&page);
    people::sign_up(&page, "ada", "Ada", PASSWORD);
    page.find(&button("Ada"));
    post(&page, "By https.");

    // No page by http can set or read this cookie.
    let cookies = page.post("/goog/cdp/execute", json!({"cmd": "Network.getAllCookies", "params": {}})).unwrap();
    let cookies: Vec<&Value> = cookies["cookies"].as_array().unwrap().iter().collect();
    assert!(!cookies.is_empty());
    for cookie in &cookies {
        assert!(cookie["name"].as_str().unwrap().starts_with("__Secure-"), "{cookie}");
        assert!(cookie["secure"] == true && cookie["httpOnly"] == true, "{cookie}");
    }
    let protocols =
        "return [...new Set(performance.getEntries().map(entry => entry.nextHopProtocol).filter(name => name))]";
    assert_eq!(page.script(protocols, json!([])), json!(["h2"]));

    page.reload();
    page.find(&button("Ada"));
    sees_message(&page, "By https.");
    // The browser sends the cookie, and the app takes it.
    let refresh = "return fetch('/api/session/refresh', {method: 'POST'}).then(answer => answer.status)";
    assert_eq!(page.script(refresh, json!([])), 200);
}
