//! `POST /api/login`: tokens for passwords. `GET /.well-known/jwks.json`: the keys to verify them by.

edge::serve!(login);
