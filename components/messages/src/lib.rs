//! `/api/messages`: the board. Posting is guarded by the authorizer that this component is composed with.

edge::serve!(messages);
