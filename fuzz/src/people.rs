use std::sync::OnceLock;

use bytes::Bytes;
use domain::{ACTION_INVOKE, Effect, POLICY_VERSION, Statement};
use http::{Request, Response};
use serde_json::{Value, json};
use service::platform::{Authorization, UncheckedPrincipal};

use crate::answer::check;
use crate::world::{Data, PASSWORD, World, anon, bearer};

/// Who has the token.
pub const USERNAME: &str = "ada";
/// Texts on the board, every other one of [`USERNAME`].
const MESSAGES: usize = 7;

/// What is in the store when two people have signed up, logged in and posted, and the tokens of one.
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

/// The app as it is after that story, made anew for each input, so that an input does the same each time.
pub struct People(World);

impl People {
    /// With the real authorizer, and the limits that there are by default.
    #[expect(clippy::new_without_default, reason = "it is no empty value")]
    pub fn new() -> Self {
        let data = Data::default();
        // As a later instance, which draws other numbers than the one of the story.
        data.instances();
        for (key, value) in &story().values {
            data.put(key, value);
        }
        let world = World::over(data);
        world.use_limits();
        Self(world)
    }

    /// With an authorizer that takes everybody for [`USERNAME`]: signatures take most of the time that a request takes.
    pub fn trusted() -> Self {
        let mut people = Self::new();
        people.0.authorizer = Some(Box::new(|_, _| {
            let everything = vec!["*".to_owned()];
            let actions = vec![ACTION_INVOKE.to_owned()];
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

    /// Puts what no file can hold in the place of its name: `{TOKEN}`, `{REFRESH}` and `{SESSION}`.
    pub fn fill(text: &str) -> String {
        let Story { token, refresh_token, session, .. } = story();
        text.replace("{TOKEN}", token).replace("{REFRESH}", refresh_token).replace("{SESSION}", session)
    }

    /// Sends a request, and checks what has to hold of every answer and of the log.
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

    /// Sends a body to an address by POST.
    pub fn post(&self, path: &str, body: &str) -> Response<Bytes> {
        let mut request = anon("POST", path, body);
        request.headers_mut().insert("authorization", "Bearer x".parse().unwrap());
        self.send(request)
    }
}
