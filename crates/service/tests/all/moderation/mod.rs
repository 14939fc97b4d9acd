//! Reports, and what moderators and admins decide.

mod accounts;
mod crashes;
mod invitations;
mod races;
mod reports;

use serde_json::{Value, json};

use crate::standing::decide;
use crate::world::{Answer, World, bearer};

/// People of each role, with their tokens. The operator has named ruth; alice has posted the messages 1 and 2.
struct Board {
    world: World,
    alice: String,
    bob: String,
    /// A moderator.
    mia: String,
    /// An admin.
    ann: String,
    ruth: String,
}

impl Board {
    fn new() -> Self {
        Self::on(World::new())
    }

    fn on(world: World) -> Self {
        let [alice, bob, mia, ann, ruth] = ["alice", "bob", "mia", "ann", "ruth"].map(|username| world.join(username));
        for (username, role) in [("mia", "moderator"), ("ann", "admin")] {
            decide(&world, username, &json!({ "role": role }));
        }
        world.set("admins", "ruth");
        for text in ["one", "two"] {
            assert_eq!(world.say(&alice, text).status(), 201);
        }
        Self { world, alice, bob, mia, ann, ruth }
    }

    fn ask(&self, token: &str, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.world.send(bearer(token, method, path, &body))
    }

    fn report(&self, token: &str, message: &str) -> u16 {
        let path = format!("/api/messages/{message}/report");
        self.ask(token, "POST", &path, &json!({"reason": "spam"})).status()
    }

    fn reports(&self, query: &str) -> Value {
        let answer = self.ask(&self.mia, "GET", &format!("/api/moderation/reports{query}"), &Value::Null);
        assert_eq!(answer.status(), 200, "{}", answer.said());
        answer.json()
    }

    /// The ids of the open reports on the first page.
    fn open(&self) -> Vec<String> {
        ids(&self.reports(""))
    }

    fn resolve(&self, token: &str, report: &str, body: &Value) -> Answer {
        self.ask(token, "POST", &format!("/api/moderation/reports/{report}/resolve"), body)
    }

    fn account(&self, username: &str) -> Value {
        let answer = self.ask(&self.ann, "GET", &format!("/api/admin/accounts/{username}"), &Value::Null);
        assert_eq!(answer.status(), 200, "{}", answer.said());
        answer.json()
    }

    fn suspend(&self, token: &str, username: &str) -> Answer {
        self.ask(token, "PUT", &suspension_of(username), &json!({"reason": "spam"}))
    }
}

fn suspension_of(username: &str) -> String {
    format!("/api/moderation/accounts/{username}/suspension")
}

fn ids(page: &Value) -> Vec<String> {
    let reports = page["reports"].as_array().unwrap();
    reports.iter().map(|report| report["id"].as_str().unwrap().to_owned()).collect()
}
