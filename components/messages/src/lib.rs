//! `/api/messages`: the board. The authorizer that this component is composed with guards posting and deleting.

edge::serve!(messages);
