//! Reports, suspensions, roles, reset links and invitations. The authorizer that this component is composed with says which
//! role may do what.

edge::serve!(moderation);
