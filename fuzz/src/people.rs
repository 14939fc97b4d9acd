use std::sync::OnceLock;

use bytes::Bytes;
use domain::{
    ACTION_DELETE_MESSAGE, ACTION_INVOKE, ACTION_SET_ROLE, ACTION_SUSPEND, Effect, POLICY_VERSION, Statement,
};
use http::{Request, Response};
use serde_json::{Value, json};
use service::platform::{Authorization, UncheckedPrincipal};

use crate::answer::check;
use crate::world::{Data, PASSWORD, World, anon, bearer};

/// The username of the person whose token the targets use.
pub const USERNAME: &str = "ada";
/// The number of messages on the board. Every second one is by [`USERNAME`].
const MESSAGES: usize = 7;

/// What [`USERNAME`] has reported: a message of the other person.
const REPORTED: &str = "/api/messages/4/report";

/// The content of the store after two people have signed up, logged in, posted and reported, and the tokens of the first person.
struct Story {
    values: Vec<(String, Vec<u8>)>,
    token: String,
    refresh_token: String,
    session: String,
}

fn story() -> &'static Story {
    static STORY: OnceLock<Story> = OnceLock::new();
    STORY.get_or_init(|| {
        let world = World::new();
        let tokens = [USERNAME, "grace"].map(|username| {
            assert_eq!(world.sign_up(username).status(), 201);
            let body = json!({ "username": username, "password": PASSWORD, "refresh_token_in": "body" });
            world.post("/api/login", &body.to_string()).json()
        });
        for number in 0..MESSAGES {
            let token = tokens[number % 2]["token"].as_str().unwrap();
            assert_eq!(world.say(token, &format!("message {number}")).status(), 201);
        }
        let report = bearer(tokens[0]["token"].as_str().unwrap(), "POST", REPORTED, r#"{"reason":"spam"}"#);
        assert_eq!(world.send(report).status(), 204);
        let sessions = world.send(bearer(tokens[0]["token"].as_str().unwrap(), "GET", "/api/sessions", ""));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Story {
            values: world.data.keys().into_iter().map(|key| (key.clone(), world.data.get(&key).unwrap())).collect(),
            token: text(&tokens[0]["token"]),
            refresh_token: text(&tokens[0]["refresh_token"]),
            session: text(&sessions.json()["sessions"][0]["id"]),
        }
    })
}

/// The app in the state after that story. It is made again for each input, so that an input always has the same effect.
pub struct People(World);

impl People {
    /// An app with the real authorizer and the default limits.
    #[expect(clippy::new_without_default, reason = "it is no empty value")]
    pub fn new() -> Self {
        let data = Data::default();
        // This app acts as a later instance, so that it draws other random numbers than the instance of the story did.
        data.instances();
        for (key, value) in &story().values {
            data.put(key, value);
        }
        let world = World::over(data);
        world.use_limits();
        world.set("site_origin", "https://board.example.com");
        Self(world)
    }

    /// An app whose authorizer treats every client as [`USERNAME`]. It saves the signatures, which take most of a request's
    /// time.
    pub fn trusted() -> Self {
        let mut people = Self::new();
        people.0.authorizer = Some(Box::new(|_, _| {
            let everything = vec!["*".to_owned()];
            let actions = [ACTION_INVOKE, ACTION_DELETE_MESSAGE, ACTION_SUSPEND, ACTION_SET_ROLE];
            let actions = actions.map(str::to_owned).to_vec();
            Ok(Authorization {
                principal: UncheckedPrincipal {
                    username: USERNAME.to_owned(),
                    name: USERNAME.to_owned(),
                    session: story().session.clone(),
                },
                version: POLICY_VERSION.to_owned(),
                statements: vec![Statement { effect: Effect::Allow, actions, resources: everything }],
            })
        }));
        people
    }

    /// The refresh token of [`USERNAME`].
    pub fn refresh_token() -> &'static str {
        &story().refresh_token
    }

    /// Replaces the placeholders `{TOKEN}`, `{REFRESH}` and `{SESSION}`, whose values no seed file can contain.
    pub fn fill(text: &str) -> String {
        let Story { token, refresh_token, session, .. } = story();
        text.replace("{TOKEN}", token).replace("{REFRESH}", refresh_token).replace("{SESSION}", session)
    }

    /// Sends a request, and checks what has to hold for every answer and for the log.
    pub fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.0.send(request).response;
        check(&method, &path, &response);
        let log = self.0.whole_log();
        for secret in [PASSWORD, &story().token, &story().refresh_token] {
            assert!(!log.contains(secret), "a secret is in the log: {log}");
        }
        for line in log.lines() {
            assert!(
                serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()),
                "a log line is JSON: {line}"
            );
        }
        response
    }

    /// Sends a body, as a page of the site does.
    pub fn send_body(&self, method: &str, path: &str, body: &str) -> Response<Bytes> {
        let mut request = anon(method, path, body);
        request.headers_mut().insert("authorization", "Bearer x".parse().unwrap());
        self.send(request)
    }
}
