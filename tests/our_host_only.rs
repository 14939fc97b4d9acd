//! The tests that can't run with every host or every store, each with the reason.

use crate::harness::launcher::Launcher;
use crate::harness::store::Store;
use crate::harness::{self, Case};

const LOG: &str = "it reads store calls or components from the lines that our host logs for each request";
const FLAGS: &str = "it is about a limit of our host that others do not have";
const WORDS: &str = "it is about the words in which our host refuses to start";
const HTTP: &str = "it is about what our host does with a connection, before the app has a say";
const END: &str = "other hosts drop the requests that are running when they are told to end";
const MANIFEST: &str = "it runs other components than those of the app, or the app by a changed manifest";
const ADDRESS: &str = "a host without spin.toml does not tell the app a client's address";
const FILE: &str = "it is about the key-value store that our host and Spin keep in a file";
const BUSY: &str = "Spin waits 5 seconds for a SQLite file that others write to, and then the app answers that it has to be asked again";
const LABELS: &str = "a Redis server and a table have no labels that a manifest could grant";
const SILENT: &str = "Spin's interface to Redis waits for an answer without end, and a component can't end that";
const ROOM: &str =
    "wash has room for 1,000 core instances, which is some 25 requests at once, and answers 500 to others";
const SERVER: &str = "it is about the Redis server behind the app";

/// Where a test can't run, by the host and the store.
type Where = fn(Launcher, Store) -> bool;

const OTHER_HOSTS: Where = |launcher, _| launcher != Launcher::Latchkey;
const WITHOUT_MANIFEST: Where = |launcher, _| !launcher.reads_manifest();
const OTHER_STORES: Where = |_, store| store != Store::Default;
const SPIN: Where = |launcher, _| launcher == Launcher::Spin;
const WASH: Where = |launcher, _| launcher == Launcher::Wash;
const SPIN_WITH_SQLITE: Where = |launcher, store| launcher == Launcher::Spin && store == Store::Sqlite;
const WITHOUT_LABELS: Where = |_, store| matches!(store, Store::Redis | Store::DynamoDb);
const WITHOUT_REDIS: Where = |_, store| store != Store::Redis;

/// A module or a single test, where it can't run, and the reason.
const NOT_EVERYWHERE: &[(&str, Where, &str)] = &[
    ("attacks", OTHER_HOSTS, FLAGS),
    ("backup", OTHER_STORES, FILE),
    ("connections", OTHER_HOSTS, HTTP),
    ("crash::sigterm_answers_what_it_has_done", OTHER_HOSTS, END),
    ("exhaustion", OTHER_HOSTS, LOG),
    ("exhaustion", OTHER_STORES, FILE),
    ("hashing::others_are_answered_while_a_login_is_computed", OTHER_HOSTS, FLAGS),
    ("host_limits", OTHER_HOSTS, FLAGS),
    ("hostile", OTHER_HOSTS, FLAGS),
    ("http2", OTHER_HOSTS, HTTP),
    ("limits::an_address_makes_twenty_accounts", WITHOUT_MANIFEST, ADDRESS),
    ("limits::of_64_guesses_at_once_five_pass", WASH, ROOM),
    ("limits::the_sixth_guess_has_to_wait_whoever_it_is_about_and_whatever_it_forges", WITHOUT_MANIFEST, ADDRESS),
    ("login_cost::a_user_with_an_older_hash_costs_the_same", OTHER_HOSTS, LOG),
    ("login_cost::an_unknown_user_costs_the_same", OTHER_HOSTS, LOG),
    ("manifest::a_guarded_component_without_an_authorizer_cannot_start", WITHOUT_MANIFEST, MANIFEST),
    ("manifest::every_route_is_served", OTHER_HOSTS, LOG),
    ("metrics", OTHER_HOSTS, FLAGS),
    ("metrics::ready_means_that_the_store_would_take_a_write", OTHER_STORES, FILE),
    ("metrics::requests_are_counted_one_by_one", OTHER_STORES, FILE),
    ("misconfiguration::a_store_that_is_not_granted_answers_nothing", WITHOUT_LABELS, LABELS),
    ("old_store", OTHER_STORES, FILE),
    ("persistence::a_store_that_others_may_read_is_named_in_the_log", OTHER_HOSTS, LOG),
    ("persistence::a_store_that_others_may_read_is_named_in_the_log", OTHER_STORES, FILE),
    ("persistence::the_file_of_spin_is_used_and_other_stores_are_left_alone", OTHER_STORES, FILE),
    ("races::a_thousand_messages_of_16_posters_on_three_hosts_are_there_once", SPIN_WITH_SQLITE, BUSY),
    ("races::first_logins_at_the_same_moment_agree_on_one_key", SPIN_WITH_SQLITE, BUSY),
    ("races::first_logins_at_the_same_moment_agree_on_one_key", WASH, ROOM),
    ("races::of_64_sign_ups_for_one_name_exactly_one_wins", WASH, ROOM),
    ("races::of_64_sign_ups_on_three_hosts_exactly_one_wins", WASH, ROOM),
    ("redis", WITHOUT_REDIS, SERVER),
    ("redis::a_store_that_answers_nothing_costs_a_request_its_time_and_no_more", SPIN, SILENT),
    ("request_bodies::who_is_still_sending_what_is_too_large_can_read_the_answer", OTHER_HOSTS, HTTP),
    ("routes::of_two_equal_routes_the_later_counts_and_private_ones_are_none", WITHOUT_MANIFEST, MANIFEST),
    ("routes::the_host_decides_as_the_router_of_spin", WITHOUT_MANIFEST, MANIFEST),
    ("second_authorizer", WITHOUT_MANIFEST, MANIFEST),
    ("shared_instances", WITHOUT_MANIFEST, FLAGS),
    ("shared_instances::nothing_is_answered_by_an_instance_that_has_had_a_password", OTHER_HOSTS, FLAGS),
    ("shared_instances::answers_to_16_people_who_wait_for_the_store_are_each_their_own", OTHER_HOSTS, LOG),
    ("shared_instances::answers_to_16_people_who_wait_for_the_store_are_each_their_own", OTHER_STORES, FILE),
    ("slow_clients", OTHER_HOSTS, FLAGS),
    ("smuggling::two_lengths_are_not_both_believed", OTHER_HOSTS, HTTP),
    ("spin_parity", WITHOUT_MANIFEST, MANIFEST),
    ("sqlite", WITHOUT_MANIFEST, MANIFEST),
    ("stalled_log", OTHER_HOSTS, LOG),
    ("start_errors", OTHER_HOSTS, WORDS),
    ("start_errors::a_damaged_database_is_left_as_it_is", OTHER_STORES, FILE),
    ("start_errors::a_runtime_configuration_it_does_not_understand_is_refused", OTHER_STORES, FILE),
    ("tls", OTHER_HOSTS, HTTP),
];

/// The reason why a test does not run on the chosen host with the chosen store, or with an app at `APP_URL`; `None` if it runs.
pub(crate) fn reason(case: &Case) -> Option<&'static str> {
    let (launcher, store) = (Launcher::chosen(), Store::chosen());
    // Of an app at `APP_URL` nothing is known but that it is not started here.
    let is_there = |place: &Where| {
        place(launcher, store) || harness::app_url().is_some() && place(Launcher::Wasmtime, Store::Redis)
    };
    NOT_EVERYWHERE.iter().find(|(name, place, _)| names(name, case) && is_there(place)).map(|(.., reason)| *reason)
}

fn names(name: &str, case: &Case) -> bool {
    name == case.subject() || name == case.full_name()
}

/// Fails if the list names a test that no longer exists: such a name has no effect, and misleads the reader.
pub(crate) fn assert_names_tests() {
    for (name, ..) in NOT_EVERYWHERE {
        assert!(harness::cases().any(|case| names(name, case)), "our_host_only.rs names {name}, which is no test");
    }
}
