//! Password managers find the fields, and the elements that they add do no harm.

use serde_json::json;

use crate::browser::Browser;
use crate::harness::host::Setup;
use crate::locator::{button, field};
use crate::people::{self, PASSWORD, someone};

/// Adds an element in a parent, as an extension does, with a button that fills the form.
const MENU: &str = "const [parent, hasShadow] = arguments;
    const menu = document.createElement('pm-menu');
    menu.style.cssText = 'position: fixed; inset: 30rem auto auto 1rem; z-index: 2147483647';
    const root = hasShadow ? menu.attachShadow({mode: 'open'}) : menu;
    root.innerHTML = '<button>Fill</button>';
    root.querySelector('button').addEventListener('click', () => {
        for (const [id, value] of [['username', 'ada'], ['password', 'correct horse 7']]) {
            const field = document.getElementById(id);
            field.value = value;
            field.dispatchEvent(new Event('input', {bubbles: true}));
        }
    });
    document.querySelector(parent).append(menu);
    const {x, y, width, height} = root.querySelector('button').getBoundingClientRect();
    return [x + width / 2, y + height / 2]";

/// Presses and releases the mouse at a point, and so gives the focus to what is there.
#[track_caller]
fn click_at(page: &Browser, point: &serde_json::Value) {
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({"type": kind, "x": point[0], "y": point[1], "button": "left", "clickCount": 1});
        page.devtools("Input.dispatchMouseEvent", &event);
    }
}

case!(Browser, the_menu_of_a_password_manager_fills_the_form);
fn the_menu_of_a_password_manager_fills_the_form() {
    let app = Setup::app().start();
    people::account(&app, "ada", "Ada");
    let page = Browser::open(&app);
    for (parent, has_shadow) in
        [("html", true), ("html", false), ("body", true), ("body", false), ("form .field", true)]
    {
        page.go("/login");
        page.find(&field("Password"));
        page.settle();
        let fill = page.script(MENU, json!([parent, has_shadow]));
        click_at(&page, &fill);
        assert_eq!(page.find(&field("Username")).value(), "ada", "{parent} {has_shadow}");
    }
    page.click(&button("Log in").within("form"));
    page.find(&button("Ada"));
}

case!(Browser, the_menu_in_the_header_closes_when_one_goes_on_in_the_page);
fn the_menu_in_the_header_closes_when_one_goes_on_in_the_page() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    let open = || {
        page.click(&button("Ada"));
        page.find(&button("Log out"));
    };
    for place in ["h1", "main", ".top", ".top > div", ".brand"] {
        page.go("/");
        open();
        let inside =
            "const it = document.querySelector(arguments[0]).getBoundingClientRect(); return [it.left + 2, it.top + 2]";
        click_at(&page, &page.script(inside, json!([place])));
        page.lacks(&button("Log out"));
    }
    page.go("/");
    open();
    click_at(&page, &json!([3, 700]));
    page.lacks(&button("Log out"));

    open();
    page.tab_to(&button("Post a message"));
    page.lacks(&button("Log out"));
}

case!(Browser, every_form_says_whose_password_it_asks_for);
fn every_form_says_whose_password_it_asks_for() {
    let app = Setup::app().start();
    let page = someone(&app, "ada", "Ada");
    page.go("/account");
    page.click(&button("Delete account"));
    page.find(&button("Delete for ever"));
    let forms = "return [...document.querySelectorAll('form')].filter(form => form.querySelector('[type=password]'))
        .map(form => [...form.elements].filter(it => it.autocomplete).map(it => [it.autocomplete, it.value]))";
    assert_eq!(
        page.script(forms, json!([])),
        json!([
            [["username", "ada"], ["current-password", ""], ["new-password", ""]],
            [["username", "ada"], ["current-password", ""]],
        ])
    );
    people::log_out(&page, "Ada");
    people::to_sign_up(&page);
    let capitals = |name| page.find(&field(name)).script("return element.autocapitalize");
    assert_eq!(["Username", "Name", "Password"].map(capitals), [json!("none"), json!("words"), json!("none")]);
    people::sign_up(&page, "eve", "Eve", PASSWORD);
    page.find(&button("Eve"));
}
