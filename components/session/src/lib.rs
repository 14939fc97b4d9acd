//! `POST /api/session/refresh`: the next tokens of a session, for its refresh token.

edge::serve!(session);
