//! The names of what a client sends. The server takes them by these, and a body of this crate with a member of another name
//! does not compile.

pub const USERNAME: &str = "username";
pub const PASSWORD: &str = "password";
pub const NAME: &str = "name";
pub const TEXT: &str = "text";
pub const CURRENT_PASSWORD: &str = "current_password";
pub const NEW_PASSWORD: &str = "new_password";
pub const REFRESH_TOKEN: &str = "refresh_token";
/// How the refresh token of a login reaches the client: `cookie` or `body`.
pub const REFRESH_TOKEN_IN: &str = "refresh_token_in";
/// Of the authorizer: the method that a client wants the verdict for, in the spelling of AWS.
pub const METHOD_ARN: &str = "methodArn";
/// Of a query: whose messages.
pub const AUTHOR: &str = "author";
/// Of a query: how many messages.
pub const LIMIT: &str = "limit";
/// Of a query: where the page begins.
pub const BEFORE: &str = "before";
