//! `POST /api/login`: returns tokens for a password. `GET /.well-known/jwks.json`: the keys that verify these tokens,
//! and beside it the metadata by which verifiers find them.

edge::serve!(login);
