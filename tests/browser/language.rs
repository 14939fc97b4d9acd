//! The language of the site: the browser's, or the one that the person has chosen.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors;
use crate::harness::host::Setup;
use crate::locator::{button, field, heading, link};
use crate::people::{self, PASSWORD, messages, someone};
use crate::proxy::proxy;
use crate::views;

/// Has the browser speak some languages, the first best.
#[track_caller]
fn speak(page: &Browser, languages: &str) {
    let agent = page.script("return navigator.userAgent", json!([]));
    page.devtools("Emulation.setUserAgentOverride", &json!({"userAgent": agent, "acceptLanguage": languages}));
}

/// The language of the page, by its own word.
#[track_caller]
fn language(page: &Browser) -> String {
    page.script("return document.documentElement.lang", json!([])).as_str().unwrap().to_owned()
}

case!(Browser, a_page_speaks_the_first_language_of_the_browser_that_it_has);
fn a_page_speaks_the_first_language_of_the_browser_that_it_has() {
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "Hello");
    let page = Browser::open(&app);
    for (languages, said, name) in [
        ("de-AT,en", "de-AT", "Nachrichten"),
        ("fr,de", "de", "Nachrichten"),
        ("fr,en-GB,de", "en-GB", "Messages"),
        ("pl", "en", "Messages"),
    ] {
        speak(&page, languages);
        page.go("/");
        page.find(&heading(name));
        assert_eq!(language(&page), said, "{languages}");
    }
    speak(&page, "de-AT");
    page.go("/by/alice");
    page.find(&heading("Alice"));
    page.reads("@alice · Mitglied seit ");
    assert_eq!(page.title(), "Nachrichten von @alice · Latchkey");
    page.wait("age", || Ok(messages(&page).first().is_some_and(|card| card.contains("gerade eben")).then_some(())));
    // The browser writes dates as the language of the page does.
    let title = page.wait("exact time", || {
        let script = "const time = document.querySelector('article time');
            time.dispatchEvent(new PointerEvent('pointerenter'));
            return [time.title, new Date(time.dateTime).toLocaleString('de-AT', {dateStyle: 'medium', timeStyle: 'medium'})]";
        let found = page.script(script, json!([]));
        Ok((found[0] != "").then_some(found))
    });
    assert_eq!(title[0], title[1]);
}

case!(Browser, a_chosen_language_stays_and_nothing_is_lost);
fn a_chosen_language_stays_and_nothing_is_lost() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    people::write(&page, "Not yet");
    page.click(&button("Cancel"));
    page.click(&button("Deutsch"));
    page.click(&button("Nachricht schreiben"));
    let draft = page.find(&field("Deine Nachricht")).script("return element.value");
    assert_eq!(draft, "Not yet");
    page.click(&button("Senden"));
    page.reads("Deine Nachricht ist gesendet.");
    page.go("/account");
    page.find(&heading("Dein Konto"));
    page.click(&button("Ada"));
    page.click(&button("Abmelden"));
    page.reads("Du bist abgemeldet.");
    page.click(&link("Anmelden"));
    page.fill(&field("Benutzername"), "ada");
    page.fill(&field("Passwort"), "wrong horse 7");
    page.tolerate("401");
    page.click(&button("Anmelden").within("form"));
    page.reads("Benutzername oder Passwort ist falsch.");
    page.fill(&field("Passwort"), PASSWORD);
    page.click(&button("Anmelden").within("form"));
    page.reads("Willkommen zurück, \u{2068}Ada\u{2069}.");
    page.click(&button("English"));
    page.find(&heading("Messages"));
}

case!(Browser, a_page_speaks_before_its_app_is_there_and_english_without_translations);
fn a_page_speaks_before_its_app_is_there_and_english_without_translations() {
    let app = Setup::app().start();
    let page = Browser::hasty(&proxy(&app, |path, answer| (!path.ends_with(".wasm")).then_some(answer)));
    page.tolerate("Failed to fetch");
    speak(&page, "de");
    for (path, expected) in [
        ("/", "Nachrichten"),
        ("/signup", "Registrieren"),
        ("/recover", "Neues Passwort setzen"),
        ("/account", "Dein Konto"),
        ("/accounts", "Konten"),
    ] {
        page.go(path);
        page.wait(expected, || {
            let script = "return document.querySelector('.first h1')?.innerText";
            Ok((page.script(script, json!([])) == expected).then_some(()))
        });
    }
    let page = Browser::blank(&proxy(&app, |path, answer| (!path.ends_with(".po")).then_some(answer)));
    page.tolerate("ERR_EMPTY_RESPONSE");
    speak(&page, "de");
    page.go("/");
    page.find(&heading("Messages"));
    page.reads("No messages yet. Be the first.");
    assert_eq!(language(&page), "en");
}

/// Has the site speak a language in which each text is the English one between two spaces of a kind that nobody types.
const MARKED: &str = "
    if (location.protocol.startsWith('http')) {
        localStorage.setItem('latchkey.language', 'de');
        const real = window.fetch;
        window.fetch = async (...request) => {
            const answer = await real(...request);
            if (!/[.]po$/.test(request[0])) return answer;
            const po = await answer.text();
            return new Response(po.replace(/^msgid \"(.*)\"\\nmsgstr .*$/gm, 'msgid \"$1\"\\nmsgstr \"\\u2002$1\\u2003\"'));
        };
    }";

/// What a page says outside these spaces. What people have written, and what has the same name in every language, is left out.
const UNMARKED: &str = r"
    const theirs = 'script, style, code, textarea, blockquote, .brand, .name, .handle, .label, .reason, bdi, article p, footer, #compose-author';
    const said = [document.title];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!element.closest(theirs) && element.checkVisibility()) said.push(texts.currentNode.data);
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
        said.push(...['aria-label', 'title', 'placeholder', 'alt'].map(name => element.getAttribute(name) ?? ''));
    }
    return said.map(text => {
        for (let before = ''; before !== text;) [before, text] = [text, text.replace(/\u2002[^\u2002\u2003]*\u2003/g, '')];
        return text.replace(/Latchkey|@[a-z0-9_-]+/g, '');
    }).filter(text => /\p{L}{2}/u.test(text))";

case!(Browser, no_text_is_left_outside_the_translations);
fn no_text_is_left_outside_the_translations() {
    // Names of people, and a date.
    let theirs = |text: &str| {
        ["ada", "alice", "mallory"].contains(&text.trim().to_lowercase().as_str())
            || text.contains(" 20") && text.len() < 30
    };
    let mut views = 0;
    views::walk_with(MARKED, "light", 1280, |page, view| {
        let left = page.script(UNMARKED, json!([]));
        let left: Vec<_> = left.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        let left: Vec<_> = left.into_iter().filter(|text| !theirs(text)).collect();
        assert!(left.is_empty(), "{view}: {left:?}");
        views += 1;
    });
    assert!(views > 20);
}

case!(Browser, german_fits_a_narrow_screen);
fn german_fits_a_narrow_screen() {
    let app = Setup::app().start();
    actors::alice(&app).post(&app, "Hello");
    let page = Browser::open(&app);
    page.tolerate("404");
    speak(&page, "de");
    page.resize(320, 800);
    for path in ["/", "/by/nobody", "/login", "/signup", "/recover", "/account", "/nowhere"] {
        page.go(path);
        page.find(&button("English"));
        page.settle();
        page.assert_no_horizontal_scroll(path);
    }
    page.go("/signup");
    page.click(&button("Konto erstellen"));
    page.assert_no_horizontal_scroll("sign-up with errors");
    page.fill(&field("Benutzername"), "ada");
    page.fill(&field("Name"), "Ada");
    page.fill(&field("Passwort"), PASSWORD);
    page.click(&button("Konto erstellen"));
    page.find(&button("Nachricht schreiben"));
    page.assert_no_horizontal_scroll("board");
    page.click(&button("Nachricht schreiben"));
    page.find(&button("Senden"));
    page.assert_no_horizontal_scroll("dialog");
    page.go("/account");
    page.reads("Dieses Gerät");
    page.assert_no_horizontal_scroll("account");
}
