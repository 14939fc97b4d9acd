//! `POST /api/login`: returns tokens for a password. `GET /.well-known/jwks.json`: the keys that verify these tokens.

edge::serve!(login);
