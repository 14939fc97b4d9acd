//! The JSON of the API: request and response bodies, and the codes of its problems. Shared with the browser, so it needs
//! `serde` alone, and of this workspace [`rules`].

mod bodies;
#[expect(missing_docs, reason = "a constant is called what it says")]
pub mod fields;
mod problem;

pub use bodies::*;
pub use problem::{FieldCode, FieldError, Problem, ProblemCode};
