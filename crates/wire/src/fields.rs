//! The names of all members and parameters that a client sends. The server reads them by these constants, and a request body
//! of this crate does not compile if a member has another name.

pub const USERNAME: &str = "username";
pub const PASSWORD: &str = "password";
pub const NAME: &str = "name";
pub const TEXT: &str = "text";
pub const CURRENT_PASSWORD: &str = "current_password";
pub const NEW_PASSWORD: &str = "new_password";
/// A code of an authenticator app, or a recovery code.
pub const CODE: &str = "code";
/// What an answer before has given out.
pub const TICKET: &str = "ticket";
pub const REFRESH_TOKEN: &str = "refresh_token";
/// How the refresh token of a login reaches the client: `cookie` or `body`.
pub const REFRESH_TOKEN_IN: &str = "refresh_token_in";
/// What a passkey has signed, or that it was made: the object that `PublicKeyCredential.toJSON` returns.
pub const CREDENTIAL: &str = "credential";
/// A member of the authorizer's request: the method about which the client asks. AWS spells it this way.
pub const METHOD_ARN: &str = "methodArn";
/// A parameter of the query: the username whose messages are listed.
pub const AUTHOR: &str = "author";
/// A parameter of the query: the number of messages on the page.
pub const LIMIT: &str = "limit";
/// A parameter of the query: the cursor at which the page begins.
pub const BEFORE: &str = "before";
/// Why a message is reported, or an account suspended.
pub const REASON: &str = "reason";
/// When a suspension ends.
pub const UNTIL: &str = "until";
/// What a moderator does about a report: `remove`, `suspend` or `dismiss`.
pub const ACTION: &str = "action";
pub const ROLE: &str = "role";
/// What an admin has given to somebody who may sign up.
pub const INVITATION: &str = "invitation";
pub const EXPIRES_IN_SECONDS: &str = "expires_in_seconds";

/// A header rather than a field; problems name it like one.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
