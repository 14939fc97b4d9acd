//! The description of the API as the app serves it. The black-box suite shows that it is true.

use wire::{FieldCode, ProblemCode};

use crate::world::{World, anon};

const PATH: &str = "/api/openapi.yaml";

#[test]
fn whoever_has_it_is_not_sent_it_again() {
    let world = World::new();
    let answer = world.get(PATH);
    assert_eq!((answer.status(), answer.header("content-type")), (200, Some("application/yaml")));
    let tag = answer.header("etag").unwrap().to_owned();
    for (known, status) in [(tag.as_str(), 304), ("*", 304), ("\"another\"", 200)] {
        let mut request = anon("GET", PATH, "");
        request.headers_mut().insert("if-none-match", known.parse().unwrap());
        let again = world.send(request);
        assert_eq!((again.status(), again.header("etag")), (status, Some(tag.as_str())), "{known}");
        assert_eq!(
            (again.header("cache-control"), again.header("vary")),
            (Some("no-cache"), Some("Origin")),
            "{}",
            again.said()
        );
        assert_eq!(again.text().is_empty(), status == 304, "{}", again.said());
    }
}

#[test]
fn it_knows_every_code_of_the_api() {
    let document = World::new().get(PATH).text().to_owned();
    let codes = ProblemCode::ALL.iter().map(|code| code.as_str());
    for code in codes.chain(FieldCode::ALL.iter().map(|code| code.as_str())) {
        assert!(document.contains(&format!("\n            - {code}\n")), "{code} is in no list of openapi.yaml");
    }
}
