//! The JSON of the API: request and response bodies, and the codes of its problems. The frontend uses this crate too, so it
//! depends only on `serde`, and within this workspace only on [`rules`].

mod bodies;
#[expect(missing_docs, reason = "a constant is called what it says")]
pub mod fields;
mod problem;

pub use bodies::*;
pub use problem::{FieldCode, FieldError, Problem, ProblemCode};
