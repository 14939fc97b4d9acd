//! `POST /api/session/refresh`: returns the next tokens of a session for its refresh token.

edge::serve!(session);
