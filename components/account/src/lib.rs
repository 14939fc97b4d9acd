//! The caller's own account: its sessions, its password and its deletion. The authorizer that this component is composed
//! with guards all of it.

edge::serve!(account);
