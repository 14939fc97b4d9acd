//! The tests that check our own host and not the app. Each has the reason why it can't run on Spin or with an app at
//! `APP_URL`.

use crate::harness::{self, Case};

const LOG: &str = "it reads store calls or components from the lines that our host logs for each request";
const FLAGS: &str = "it is about a limit of our host that Spin does not have";
const WORDS: &str = "it is about the words in which our host refuses to start";
const HTTP: &str = "it is about what our host does with a connection, before the app has a say";
const END: &str = "Spin drops the requests that are running when it is told to end";

/// A module or a single test, and the reason.
const OUR_HOST_ONLY: &[(&str, &str)] = &[
    ("attacks", FLAGS),
    ("connections", HTTP),
    ("crash::sigterm_answers_what_it_has_done", END),
    ("exhaustion", LOG),
    ("hashing::others_are_answered_while_a_login_is_computed", FLAGS),
    ("host_limits", FLAGS),
    ("hostile", FLAGS),
    ("http2", HTTP),
    ("login_cost::a_user_with_an_older_hash_costs_the_same", LOG),
    ("login_cost::an_unknown_user_costs_the_same", LOG),
    ("manifest::every_route_is_served", LOG),
    ("metrics", FLAGS),
    ("persistence::a_store_that_others_may_read_is_named_in_the_log", LOG),
    ("request_bodies::who_is_still_sending_what_is_too_large_can_read_the_answer", HTTP),
    ("shared_instances::nothing_is_answered_by_an_instance_that_has_had_a_password", FLAGS),
    ("shared_instances::answers_to_16_people_who_wait_for_the_store_are_each_their_own", LOG),
    ("slow_clients", FLAGS),
    ("smuggling::two_lengths_are_not_both_believed", HTTP),
    ("stalled_log", LOG),
    ("start_errors", WORDS),
    ("tls", HTTP),
];

/// The reason why a test runs only on our host; `None` for a test of the app.
pub(crate) fn reason(case: &Case) -> Option<&'static str> {
    OUR_HOST_ONLY.iter().find(|(name, _)| names(name, case)).map(|(_, reason)| *reason)
}

fn names(name: &str, case: &Case) -> bool {
    name == case.subject() || name == case.full_name()
}

/// Fails if the list names a test that no longer exists: such a name has no effect, and misleads the reader.
pub(crate) fn assert_names_tests() {
    for (name, _) in OUR_HOST_ONLY {
        assert!(harness::cases().any(|case| names(name, case)), "our_host_only.rs names {name}, which is no test");
    }
}
