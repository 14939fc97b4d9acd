//! A browser with its own profile, and the checks of every page that it has shown.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::driver::{Driver, Outcome};
use crate::engine::Engine;
use crate::harness::client::Client;
use crate::keys::CONTROL;
use crate::locator::Locator;

/// The upper limit of every wait for the page.
const PATIENCE: Duration = Duration::from_secs(20);

/// One WebDriver session. Dropping it closes the browser and checks what the browser has recorded.
pub(crate) struct Browser {
    driver: Driver,
    session: String,
    origin: String,
    /// Parts of console errors that the test itself provokes.
    tolerated: RefCell<Vec<String>>,
    _profile: tempfile::TempDir,
}

/// An element of the current page. It becomes stale when the page replaces it.
pub(crate) struct Element<'a> {
    browser: &'a Browser,
    id: String,
}

impl Browser {
    /// Opens the first page of an app.
    #[track_caller]
    pub(crate) fn open(app: &Client) -> Self {
        let browser = Self::blank(app);
        browser.go("/");
        browser
    }

    /// Opens a browser without loading a page.
    #[track_caller]
    pub(crate) fn blank(app: &Client) -> Self {
        Self::with(app.base().to_owned(), "normal")
    }

    /// The same, and no command waits until everything that a page needs has come.
    #[track_caller]
    pub(crate) fn hasty(app: &Client) -> Self {
        Self::with(app.base().to_owned(), "none")
    }

    /// The same, and the app is called by the name of the machine and not by its address.
    #[track_caller]
    pub(crate) fn by_name(app: &Client) -> Self {
        Self::with(app.base().replace("127.0.0.1", "localhost"), "normal")
    }

    #[track_caller]
    fn with(origin: String, page_load: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let driver = Driver::start();
        let session = driver.post("/session", &Engine::chosen().capabilities(profile.path(), page_load)).unwrap();
        let session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        Self { driver, session, origin, tolerated: RefCell::default(), _profile: profile }
    }

    pub(crate) fn get(&self, path: &str) -> Outcome {
        self.driver.get(&format!("{}{path}", self.session))
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Outcome {
        self.driver.post(&format!("{}{path}", self.session), &body)
    }

    /// Loads an address of the app.
    #[track_caller]
    pub(crate) fn go(&self, path: &str) {
        self.post("/url", json!({"url": format!("{}{path}", self.origin)})).unwrap();
    }

    #[track_caller]
    pub(crate) fn reload(&self) {
        self.post("/refresh", json!({})).unwrap();
    }

    #[track_caller]
    pub(crate) fn back(&self) {
        self.post("/back", json!({})).unwrap();
    }

    #[track_caller]
    pub(crate) fn forward(&self) {
        self.post("/forward", json!({})).unwrap();
    }

    /// Path and query of the address of the page.
    #[track_caller]
    pub(crate) fn path(&self) -> String {
        let url = self.get("/url").unwrap();
        let url = url.as_str().unwrap();
        url.strip_prefix(&self.origin).unwrap_or_else(|| panic!("{url} is not of the app")).to_owned()
    }

    #[track_caller]
    pub(crate) fn title(&self) -> String {
        self.get("/title").unwrap().as_str().unwrap().to_owned()
    }

    /// Runs `body` as the body of a JavaScript function with these arguments, and returns the result of the function.
    #[track_caller]
    pub(crate) fn script(&self, body: &str, arguments: Value) -> Value {
        self.post("/execute/sync", json!({"script": body, "args": arguments})).unwrap()
    }

    /// The same for a function that returns its result by a call of its last argument.
    #[track_caller]
    pub(crate) fn asynchronous_script(&self, body: &str) -> Value {
        self.post("/execute/async", json!({"script": body, "args": []})).unwrap()
    }

    /// Runs a command of the Chrome DevTools Protocol.
    #[track_caller]
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", json!({"cmd": command, "params": parameters})).unwrap()
    }

    /// Sets the size of the page in CSS pixels. A window of the browser could not be as narrow as a phone.
    #[track_caller]
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
        self.wait("new size", || Ok((self.script("return innerWidth", json!([])) == width).then_some(())));
    }

    /// Emulates a media feature that the operating system determines, like `prefers-color-scheme`.
    #[track_caller]
    pub(crate) fn prefer(&self, feature: &str, value: &str) {
        let features = json!({"features": [{"name": feature, "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    /// A PNG of the visible part of the page.
    #[track_caller]
    pub(crate) fn picture(&self) -> Vec<u8> {
        let picture = self.get("/screenshot").unwrap();
        BASE64_STANDARD.decode(picture.as_str().unwrap()).unwrap()
    }

    /// Opens a new tab in front. Returns the handle of the tab before, for [`Self::bring_to_front`].
    #[track_caller]
    pub(crate) fn open_tab(&self) -> String {
        let before = self.get("/window").unwrap();
        let tab = self.post("/window/new", json!({"type": "tab"})).unwrap();
        self.bring_to_front(tab["handle"].as_str().unwrap());
        before.as_str().unwrap().to_owned()
    }

    /// Brings another tab to the front. Returns the handle of the tab before.
    #[track_caller]
    pub(crate) fn bring_to_front(&self, tab: &str) -> String {
        let before = self.get("/window").unwrap();
        self.post("/window", json!({"handle": tab})).unwrap();
        // WebDriver only chooses the tab that its commands go to. In Firefox that one is in front too.
        if Engine::chosen() == Engine::Chromium {
            self.devtools("Page.bringToFront", &json!({}));
        }
        before.as_str().unwrap().to_owned()
    }

    /// Minimises the window. Headless Chromium has no other way to hide a page.
    #[track_caller]
    pub(crate) fn hide(&self) {
        self.post("/window/minimize", json!({})).unwrap();
        self.wait_for_visibility("hidden");
    }

    #[track_caller]
    pub(crate) fn show(&self) {
        self.post("/window/rect", json!({"width": 1280, "height": 800})).unwrap();
        self.wait_for_visibility("visible");
    }

    #[track_caller]
    fn wait_for_visibility(&self, state: &str) {
        self.wait(state, || Ok((self.script("return document.visibilityState", json!([])) == state).then_some(())));
    }

    /// Declares that the test provokes errors in the console that contain this text, from now on.
    pub(crate) fn tolerate(&self, text: &str) {
        self.tolerated.borrow_mut().push(text.to_owned());
    }

    /// Asks repeatedly until there is an answer. An error that only shows that the page is changing does not end the wait.
    #[track_caller]
    pub(crate) fn wait<T>(&self, what: &str, mut question: impl FnMut() -> Outcome<Option<T>>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let refusal = match question() {
                Ok(Some(answer)) => return answer,
                Ok(None) => None,
                Err(refusal) if refusal.is_passing() => Some(refusal),
                Err(refusal) => panic!("{what}: {refusal:?}"),
            };
            assert!(Instant::now() < deadline, "no {what} within {PATIENCE:?} ({refusal:?}); {}", self.describe());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The visible elements that match a locator.
    fn matching(&self, locator: &Locator) -> Outcome<Vec<Element<'_>>> {
        let script = "return [...document.querySelectorAll(arguments[0])].filter(element =>
            element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0)";
        let found = self.post("/execute/sync", json!({"script": script, "args": [locator.selector()]}))?;
        let mut fitting = Vec::new();
        // A page that is being replaced has no answer in Firefox.
        for reference in found.as_array().into_iter().flatten() {
            let id = reference.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
            let name = self.get(&format!("/element/{id}/computedlabel"))?;
            let name: Vec<_> = name.as_str().unwrap().split_whitespace().collect();
            if name.join(" ") == locator.name
                && locator.role.is(self.get(&format!("/element/{id}/computedrole"))?.as_str().unwrap())
            {
                fitting.push(Element { browser: self, id });
            }
        }
        Ok(fitting)
    }

    /// Waits until the element is there, and returns it.
    #[track_caller]
    pub(crate) fn find(&self, locator: &Locator) -> Element<'_> {
        self.wait(&format!("{locator:?}"), || Ok(self.matching(locator)?.into_iter().next()))
    }

    /// Whether the element is there now.
    #[track_caller]
    pub(crate) fn has(&self, locator: &Locator) -> bool {
        self.matching(locator).is_ok_and(|found| !found.is_empty())
    }

    /// Waits until the element is gone.
    #[track_caller]
    pub(crate) fn lacks(&self, locator: &Locator) {
        self.wait(&format!("end of {locator:?}"), || Ok(self.matching(locator)?.is_empty().then_some(())));
    }

    /// Waits until the element can be clicked, and clicks it.
    #[track_caller]
    pub(crate) fn click(&self, locator: &Locator) {
        self.wait(&format!("click on {locator:?}"), || match self.matching(locator)?.first() {
            None => Ok(None),
            Some(element) => element.post("click", json!({})).map(Some),
        });
    }

    /// Replaces the text in a field.
    #[track_caller]
    pub(crate) fn fill(&self, locator: &Locator, text: &str) {
        let all_and_type = format!("{}a{0}{text}", CONTROL);
        self.wait(&format!("typing into {locator:?}"), || match self.matching(locator)?.first() {
            None => Ok(None),
            Some(element) => element.post("value", json!({"text": all_and_type})).map(Some),
        });
    }

    /// The visible text of the page, with each run of white space as one space.
    #[track_caller]
    pub(crate) fn text(&self) -> String {
        let text = self.script("return document.body ? document.body.innerText : ''", json!([]));
        // Nor has it a text.
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Waits until the page shows a text.
    #[track_caller]
    pub(crate) fn reads(&self, text: &str) {
        self.wait(&format!("{text:?}"), || Ok(self.text().contains(text).then_some(())));
    }

    /// Waits until the page no longer shows a text.
    #[track_caller]
    pub(crate) fn no_longer_reads(&self, text: &str) {
        self.wait(&format!("end of {text:?}"), || Ok((!self.text().contains(text)).then_some(())));
    }

    /// A value in local storage.
    #[track_caller]
    pub(crate) fn stored(&self, key: &str) -> Option<String> {
        self.script("return localStorage.getItem(arguments[0])", json!([key])).as_str().map(str::to_owned)
    }

    #[track_caller]
    pub(crate) fn store(&self, key: &str, value: &str) {
        self.script("localStorage.setItem(arguments[0], arguments[1])", json!([key, value]));
    }

    /// A value in the storage of the tab.
    #[track_caller]
    pub(crate) fn stored_in_tab(&self, key: &str) -> Option<String> {
        self.script("return sessionStorage.getItem(arguments[0])", json!([key])).as_str().map(str::to_owned)
    }

    #[track_caller]
    pub(crate) fn store_in_tab(&self, key: &str, value: &str) {
        self.script("sessionStorage.setItem(arguments[0], arguments[1])", json!([key, value]));
    }

    /// Loses the answers to the next `count` requests of this document for an address: the server does what they ask for, and
    /// the page is told that the connection broke. Notes the requests for [`Self::sent`].
    #[track_caller]
    pub(crate) fn lose_answers(&self, method: &str, path: &str, count: usize) {
        let script = "const [method, path, count] = arguments, real = window.fetch;
            let lost = 0;
            window.sent = [];
            window.fetch = async (address, options) => {
                const answer = await real(address, options);
                if (address !== path || options.method !== method) return answer;
                window.sent.push({key: options.headers.get('idempotency-key'), body: JSON.parse(options.body)});
                if (lost++ < count) throw new TypeError('The answer is lost.');
                return answer;
            }";
        self.script(script, json!([method, path, count]));
    }

    /// The requests since [`Self::lose_answers`], each with its idempotency key and its body.
    #[track_caller]
    pub(crate) fn sent(&self) -> Vec<Value> {
        self.script("return window.sent", json!([])).as_array().unwrap().clone()
    }

    /// Waits until all animations have ended, except those that run without end.
    #[track_caller]
    pub(crate) fn settle(&self) {
        let script = "return document.getAnimations().every(animation => animation.playState !== 'running'
            || animation.effect.getComputedTiming().endTime === Infinity)";
        self.wait("end of motion", || Ok((self.script(script, json!([])) == true).then_some(())));
    }

    /// Expects that nothing is wider than the window.
    #[track_caller]
    pub(crate) fn assert_no_horizontal_scroll(&self, where_: &str) {
        let wide = self.script(
            "const root = document.scrollingElement;
             const wide = [...document.querySelectorAll('html, dialog[open], [popover]:popover-open, form, article')]
                 .filter(element => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1
                     && getComputedStyle(element).display !== 'inline');
             const out = [...document.querySelectorAll('article, button, input, textarea, h1, dialog[open]')]
                 .filter(element => element.checkVisibility() && !element.closest('[inert]')
                     && (element.getBoundingClientRect().right > root.clientWidth + 1
                         || element.getBoundingClientRect().left < -1));
             return [...wide, ...out].map(element => `${element.tagName} ${element.className} ${element.scrollWidth}: `
                 + element.innerText.slice(0, 60))",
            json!([]),
        );
        assert_eq!(wide, json!([]), "wider than the window: {where_}");
    }

    /// A description of the page for the message of a failing test.
    fn describe(&self) -> String {
        let url = self.get("/url").ok().and_then(|url| url.as_str().map(str::to_owned));
        let script = "return `title ${document.title}, focus on ${document.activeElement?.outerHTML.slice(0, 120)}\\n`
            + document.body.innerText";
        let page = self.post("/execute/sync", json!({"script": script, "args": []}));
        let page = page.map(|text| text.as_str().unwrap_or_default().chars().take(1500).collect::<String>());
        format!("at {url:?} there is: {page:?}")
    }

    /// What the browser has recorded. Firefox has no command for that.
    fn log(&self, kind: &str) -> Vec<Value> {
        if Engine::chosen() == Engine::Firefox {
            return Vec::new();
        }
        let log = self.post("/se/log", json!({"type": kind})).unwrap();
        log.as_array().unwrap().clone()
    }

    /// Errors in the console that the test did not provoke.
    fn complaints(&self) -> Vec<String> {
        let tolerated = self.tolerated.borrow();
        let entries = self.log("browser").into_iter();
        entries
            .filter(|entry| {
                let message = entry["message"].as_str().unwrap();
                let policy = entry["source"] == "security" || message.contains("Content Security Policy");
                let expected = tolerated.iter().any(|text| message.contains(text));
                (policy || entry["level"] == "SEVERE") && !expected
            })
            .map(|entry| entry.to_string())
            .collect()
    }

    /// Requests to other origins.
    fn strangers(&self) -> Vec<String> {
        let entries = self.log("performance").into_iter();
        entries
            .filter_map(|entry| {
                let event: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
                let event = &event["message"];
                let url = match event["method"].as_str().unwrap() {
                    "Network.requestWillBeSent" => &event["params"]["request"]["url"],
                    "Network.webSocketCreated" => &event["params"]["url"],
                    _ => return None,
                };
                url.as_str().map(str::to_owned)
            })
            .filter(|url| {
                let (scheme, rest) = url.split_once("://").unwrap_or_default();
                let authority = rest.split('/').next().unwrap_or_default();
                // Before the host, there may be a user and a password.
                self.origin != format!("{scheme}://{}", authority.rsplit('@').next().unwrap_or_default())
            })
            .filter(|url| !["data:", "blob:", "about:", "chrome:"].iter().any(|scheme| url.starts_with(scheme)))
            .collect()
    }
}

impl Element<'_> {
    fn post(&self, command: &str, body: Value) -> Outcome {
        self.browser.post(&format!("/element/{}/{command}", self.id), body)
    }

    /// Runs a function on the element and returns its result.
    #[track_caller]
    pub(crate) fn script(&self, body: &str) -> Value {
        let reference = json!({"element-6066-11e4-a52e-4f735466cecf": self.id});
        self.browser.script(&format!("const element = arguments[0]; {body}"), json!([reference]))
    }

    /// The text in a field.
    #[track_caller]
    pub(crate) fn value(&self) -> String {
        self.script("return element.value").as_str().unwrap().to_owned()
    }

    /// The error message beside a field; empty unless the field is marked as invalid.
    #[track_caller]
    pub(crate) fn error(&self) -> Option<String> {
        let text = self.script(
            "if (element.getAttribute('aria-invalid') !== 'true') return null;
             const ids = ['aria-errormessage', 'aria-describedby'].map(name => element.getAttribute(name) || '');
             return ids.join(' ').split(/\\s+/).filter(id => id)
                 .map(id => document.getElementById(id)?.innerText || '').join(' ').trim()",
        );
        text.as_str().map(str::to_owned)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the console: {:#?}", self.log("browser"));
            let _ = self.driver.delete(&self.session);
            return;
        }
        let (complaints, strangers) = (self.complaints(), self.strangers());
        let _ = self.driver.delete(&self.session);
        assert!(complaints.is_empty(), "the console: {complaints:#?}");
        assert!(strangers.is_empty(), "requests to other origins: {strangers:#?}");
    }
}
