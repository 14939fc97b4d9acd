use crate::world::{World, bearer};

/// What jQuery, advertisers and newsletters add to an address.
const ADDED: [&str; 8] = [
    "_=1732570000000",
    "_=1&_=2",
    "_",
    "gclid=x",
    "fbclid=x&fbclid=y",
    "utm_source=mail&utm_medium=a&utm_campaign=%F0%9F%94%91",
    "utm_anything=",
    "utm%5Fsource=mail",
];

#[test]
fn what_other_programs_add_to_an_address_changes_nothing() {
    let world = World::new();
    let token = world.join("alice");
    for text in ["one", "two"] {
        world.say(&token, text);
    }
    let page = world.get("/api/messages?limit=1");
    for added in ADDED {
        for query in [format!("limit=1&{added}"), format!("{added}&limit=1")] {
            let answer = world.get(&format!("/api/messages?{query}"));
            assert_eq!((answer.status(), answer.text()), (200, page.text()), "{query}");
            assert_eq!(answer.header("etag"), page.header("etag"), "{query}");
        }
        for method in ["GET", "HEAD"] {
            let answer = world.send(bearer(&token, method, &format!("/api/authorizer?{added}"), ""));
            assert_eq!(answer.status(), 200, "{method} {added}");
        }
        let posted = world.send(bearer(&token, "POST", &format!("/api/authorizer?{added}"), ""));
        assert_eq!((posted.status(), posted.code().as_str()), (400, "invalid_request"), "{added}");
    }
}

#[test]
fn what_is_similar_is_unknown() {
    let world = World::new();
    for name in ["__", "_x", "utm", "UTM_source", "gclids", "fbclid2", "xutm_source", "-"] {
        let answer = world.get(&format!("/api/messages?utm_source=mail&{name}=1"));
        answer.is_refused(400, "invalid_request", &[&format!("{name}:unknown_field")]);
    }
}
