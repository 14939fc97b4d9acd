//! `POST /api/signup`: creates accounts.

edge::serve!(signup);
