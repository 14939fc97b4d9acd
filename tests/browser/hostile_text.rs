//! The page shows what users write as plain text, whatever it looks like, and no text affects its surroundings.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::actors::{self, Actor};
use crate::harness::host::{Host, Setup};
use crate::locator::{button, field};
use crate::people::{log_in, messages, sees_message};

const TEXTS: [&str; 9] = [
    "<script>window.owned = 1</script><img src=x onerror=\"window.owned = 1\"><svg onload='window.owned = 1'>",
    "</p></article></main><h1>Mine</h1><style>*{display:none}</style><iframe src=//example.com></iframe>",
    "{{constructor.constructor('window.owned = 1')()}} ${window.owned = 1} &lt;b&gt; &#60;b&#62; <!-- -->",
    "javascript:window.owned=1 JaVaScRiPt:window.owned=1 data:text/html,<script>window.owned=1</script> vbscript:x",
    "https://example.com/\"onmouseover=\"window.owned=1 http://example.com/'><script>window.owned=1</script>",
    "java\nscript:window.owned=1 //example.com/x http://javascript:window.owned=1@example.com/",
    "\u{202E}txet sdrawkcab \u{2066}and \u{2067}never closed",
    "Z\u{0351}\u{0352}\u{0357}\u{0351}\u{0352}\u{0357}\u{0351}\u{0352}\u{0357}\u{0351}\u{0352}\u{0357}algo \u{200B}\u{FEFF}\u{00AD}",
    "%00 \\u0000 \\x3cscript\\x3e \u{FFFD} \u{2028}\u{2029} \u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
];

fn mallory(app: &Host) -> Actor {
    actors::actor(app, "mallory", "muhahaha 1666", "<b onclick=alert(1)>Mallory</b>")
}

/// A page that shows all these texts, posted by mallory.
#[track_caller]
fn page_with(app: &Host, texts: &[&str]) -> Browser {
    let mallory = mallory(app);
    for text in texts {
        mallory.post(app, text);
    }
    let page = Browser::open(app);
    page.wait("messages", || Ok((messages(&page).len() == texts.len()).then_some(())));
    page
}

case!(Browser, markup_and_scripts_are_text);
fn markup_and_scripts_are_text() {
    let app = Setup::app().start();
    let page = page_with(&app, &TEXTS);
    let shown =
        page.script("return [...document.querySelectorAll('article')].map(article => article.textContent)", json!([]));
    for (shown, text) in shown.as_array().unwrap().iter().zip(TEXTS.iter().rev()) {
        let shown = shown.as_str().unwrap();
        assert!(shown.contains(text), "{text:?} became {shown:?}");
        assert!(shown.contains("<b onclick=alert(1)>Mallory</b>"), "{shown:?}");
    }
    let planted = page.script(
        "return [...document.querySelectorAll('article *')].filter(element =>
             element.matches('script, img, iframe, style, h1, object, embed, form')
             || [...element.attributes].some(attribute => attribute.name.startsWith('on')))
             .map(element => element.outerHTML)",
        json!([]),
    );
    assert_eq!(planted, json!([]));
    assert_eq!(page.script("return typeof window.owned", json!([])), "undefined");
}

case!(Browser, only_web_addresses_become_links);
fn only_web_addresses_become_links() {
    let app = Setup::app().start();
    let page = page_with(&app, &TEXTS);
    let links = page.script(
        "return [...document.querySelectorAll('article a')].map(link => [link.protocol, link.host, link.href, link.rel])",
        json!([]),
    );
    let host = app.authority();
    let mut outside = 0;
    for link in links.as_array().unwrap() {
        assert!(link[0] == "http:" || link[0] == "https:", "{link}");
        if link[1] == host.as_str() {
            let path = link[2].as_str().unwrap().split(host.as_str()).nth(1).unwrap();
            assert!(path == "/by/mallory" || path.starts_with("/m/"), "{link}");
        } else {
            assert!(link[1] == "example.com" && link[3].as_str().unwrap().contains("noopener"), "{link}");
            outside += 1;
        }
    }
    assert!(outside >= 1, "{links}");
}

case!(Browser, bidirectional_text_stays_in_its_place);
fn bidirectional_text_stays_in_its_place() {
    let app = Setup::app().start();
    let page = page_with(&app, &TEXTS[6..7]);
    // The element that holds the name or the text has to be isolated: the bidirectional algorithm then handles it as its own
    // paragraph.
    let isolated = page.script(
        "const isolated = part => {
             const texts = document.createTreeWalker(document.querySelector('article'), NodeFilter.SHOW_TEXT);
             while (texts.nextNode()) if (texts.currentNode.data.includes(part)) {
                 for (let box = texts.currentNode.parentElement; !box.matches('article'); box = box.parentElement) {
                     const style = getComputedStyle(box);
                     if (style.unicodeBidi !== 'normal') return true;
                     if (!['inline', 'contents'].includes(style.display))
                         return box.innerText.trim() === texts.currentNode.data.trim();
                 }
                 return false;
             }
             return 'not found';
         };
         return ['Mallory', 'txet'].map(isolated)",
        json!([]),
    );
    assert_eq!(isolated, json!([true, true]), "name and text");
}

case!(Browser, an_address_is_read_from_left_to_right);
fn an_address_is_read_from_left_to_right() {
    let app = Setup::app().start();
    let page =
        page_with(&app, &["\u{202E}https://evil.example/?moc.elpmaxe-knab", "\u{5D0} https://evil.example/\u{5D1}"]);
    let edges = page.script(
        "return [...document.querySelectorAll('article p a')].map(link => {
             const edge = at => { const range = document.createRange();
                 range.setStart(link.firstChild, at); range.setEnd(link.firstChild, at + 1);
                 return range.getBoundingClientRect().left; };
             return edge(0) < edge(8) && edge(8) < edge(link.textContent.length - 1);
         })",
        json!([]),
    );
    assert_eq!(edges, json!([true, true]));
}

case!(Browser, a_link_ends_where_the_sentence_goes_on);
fn a_link_ends_where_the_sentence_goes_on() {
    let app = Setup::app().start();
    // The browser has the tables of characters by which an address ends.
    let cases = [
        ("（https://example.com/a）", "https://example.com/a"),
        ("https://example.com/a。次の文", "https://example.com/a"),
        ("„https://example.com/a“ und", "https://example.com/a"),
        ("https://example.com/a\u{3000}b", "https://example.com/a"),
        ("https://example.com/a\u{200b}b", "https://example.com/a"),
        ("请看https://example.com谢谢", "https://example.com"),
        ("https://example.com/東京（曖昧）を", "https://example.com/東京（曖昧）を"),
        ("https://example.com/می\u{200c}خواهم و", "https://example.com/می\u{200c}خواهم"),
    ];
    let page = page_with(&app, &cases.map(|(text, _)| text));
    let links = page.script(
        "return [...document.querySelectorAll('article p a')].map(link => link.getAttribute('href'))",
        json!([]),
    );
    assert_eq!(links, json!(cases.iter().rev().map(|(_, link)| link).collect::<Vec<_>>()));
}

case!(Browser, marks_are_not_painted_over_other_messages);
fn marks_are_not_painted_over_other_messages() {
    let app = Setup::app().start();
    let page = page_with(&app, &["below", "between", "above"]);
    // A name with so many marks may be in the store from before they were taken off. Few fonts pile other marks up.
    let pictures = ["Z".to_owned(), format!("Z{}", "\u{302}".repeat(63))].map(|name| {
        page.script(
            "document.querySelectorAll('time').forEach(time => time.textContent = 'now');
             document.querySelectorAll('article .name')[1].textContent = arguments[0];",
            json!([name]),
        );
        page.settle();
        [0, 2].map(|article| {
            let clip = page.script(
                "const { x, y, width, height } = document.querySelectorAll('article')[arguments[0]].getBoundingClientRect();
                 return { x, y, width, height, scale: 1 }",
                json!([article]),
            );
            page.devtools("Page.captureScreenshot", &json!({"clip": clip}))["data"].clone()
        })
    });
    assert!(pictures[0] == pictures[1], "the messages above and below look the same");
}

case!(Browser, wide_text_does_not_make_the_page_wide);
fn wide_text_does_not_make_the_page_wide() {
    let app = Setup::app().start();
    let wide = actors::actor(&app, &"w".repeat(32), "muhahaha 1666", &"W".repeat(64));
    let address = format!("https://example.com/{}", "w".repeat(900));
    let texts = ["W".repeat(1000), "\u{FDFD}".repeat(1000), address, "\u{4E00}".repeat(1000), "\u{00A0}W".repeat(500)];
    for text in &texts {
        wide.post(&app, text);
    }
    let page = Browser::open(&app);
    sees_message(&page, &"W".repeat(1000));
    for width in [320, 768, 1280] {
        page.resize(width, 800);
        page.assert_no_horizontal_scroll(&format!("wide messages at {width}"));
    }
    page.resize(320, 800);
    log_in(&page, &"w".repeat(32), "muhahaha 1666");
    page.find(&button("Post a message"));
    page.wait("end of login", || Ok((!page.has(&field("Password"))).then_some(())));
    page.settle();
    page.assert_no_horizontal_scroll("a long name in the header");
    page.go(&format!("/by/{}", "w".repeat(32)));
    sees_message(&page, &"W".repeat(1000));
    page.assert_no_horizontal_scroll("the page of an author with a long name");
}
