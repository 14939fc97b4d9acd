//! The services in a simulated world in memory: its clock moves only when a test moves it, and its store can be made to
//! fail.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that can not go on fails"
)]

mod account;
mod authorizer;
mod board;
mod body;
mod compressed;
mod cookies;
mod cors;
mod crashes;
mod deletion;
mod description;
mod faults;
mod limits;
mod limits_in_documents;
mod login;
mod messages;
mod metadata;
mod methods;
mod moderation;
mod old_names;
mod old_store;
mod once;
mod one_instance;
mod openapi;
mod own_data;
mod passkeys;
mod query;
mod refresh;
mod repeated_posts;
mod rules;
mod same_origin;
mod second_factor;
mod security_log;
mod sessions;
mod settings;
mod shared_cache;
mod signing;
mod signup;
mod site;
mod standing;
mod store_calls;
mod two_ports;
mod world;
