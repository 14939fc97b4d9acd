//! The custom authorizer: the interface that guarded components ask, and its own endpoint `/api/authorizer`.

edge::serve!(authorizer);
edge::authorize!();
