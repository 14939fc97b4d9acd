//! Requests of different users on one instance at the same time: each call of the store lets the other requests run before
//! and after it.

use futures::executor::block_on;
use futures::future::join_all;

use crate::world::{PASSWORD, World, anon, bearer};

const PEOPLE: usize = 16;

fn username(person: usize) -> String {
    format!("person-{person}")
}

#[test]
fn sixteen_people_log_in_at_once_and_each_gets_their_own_token() {
    let world = World::new();
    for person in 0..PEOPLE {
        assert_eq!(world.sign_up(&username(person)).status(), 201);
    }
    let log_in = |person: usize| {
        // Every fourth user sends a wrong password.
        let password = if person.is_multiple_of(4) { "not the password" } else { PASSWORD };
        let body = format!(r#"{{"username":"{}","password":"{password}"}}"#, username(person));
        world.send_async(anon("POST", "/api/login", &body))
    };
    let answers = block_on(join_all((0..PEOPLE).map(log_in)));
    for (person, answer) in answers.into_iter().enumerate() {
        if person.is_multiple_of(4) {
            answer.is_refused(401, "invalid_credentials", &[]);
            continue;
        }
        assert_eq!(answer.json()["user"]["username"], username(person), "{}", answer.said());
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        let policy = world.send(bearer(&token, "GET", "/api/authorizer", "")).json();
        assert_eq!(policy["principalId"], username(person));
    }
}

#[test]
fn sixteen_people_post_ask_and_read_at_once_and_each_answer_belongs_to_its_asker() {
    let world = World::new();
    let tokens: Vec<String> = (0..PEOPLE).map(|person| world.join(&username(person))).collect();
    for round in 0..3 {
        let text = |person: usize| format!("What person {person} says in round {round}");
        let posts = tokens.iter().enumerate().map(|(person, token)| {
            let body = serde_json::json!({ "text": text(person) }).to_string();
            world.send_async(bearer(token, "POST", "/api/messages", &body))
        });
        let questions = tokens.iter().map(|token| world.send_async(bearer(token, "GET", "/api/authorizer", "")));
        let pages = (0..PEOPLE)
            .map(|person| world.send_async(anon("GET", &format!("/api/messages?author={}", username(person)), "")));
        let answers = block_on(join_all(posts.chain(questions).chain(pages)));
        for (at, answer) in answers.into_iter().enumerate() {
            let (person, json) = (at % PEOPLE, answer.json());
            match at / PEOPLE {
                0 => {
                    assert_eq!(answer.status(), 201, "{json}");
                    assert_eq!(json["message"]["author"]["username"], username(person));
                    assert_eq!(json["message"]["text"], text(person));
                }
                1 => assert_eq!(json["principalId"], username(person)),
                _ => {
                    let messages = json["messages"].as_array().unwrap();
                    assert!(messages.len() >= round, "what was acknowledged in the rounds before");
                    assert!(messages.iter().all(|message| message["author"]["username"] == username(person)));
                }
            }
        }
    }
    assert_eq!(world.texts("/api/messages?limit=100").len(), 3 * PEOPLE);
}
