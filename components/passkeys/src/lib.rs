//! Passkeys: logging in with one, and those of the caller. The authorizer that this component is composed with guards the
//! second.

edge::serve!(passkeys);
