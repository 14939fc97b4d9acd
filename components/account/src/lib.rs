//! One's own account: sessions and their ends, password, deletion. All of it is guarded by the authorizer that this
//! component is composed with.

edge::serve!(account);
