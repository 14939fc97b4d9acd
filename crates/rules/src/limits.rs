/// Fewest characters of a new username.
pub const USERNAME_MIN_CHARS: usize = 3;
/// Most characters of a new username.
pub const USERNAME_MAX_CHARS: usize = 32;
/// Most characters of any username, all of them ASCII: it is part of store keys, which have 255 bytes on the smallest host.
pub const STORED_USERNAME_MAX_CHARS: usize = 64;
/// Fewest characters of a display name, trimmed.
pub const NAME_MIN_CHARS: usize = 1;
/// Most characters of a new display name, trimmed.
pub const NAME_MAX_CHARS: usize = 64;
/// Most characters of any display name, trimmed: a token holds it, and has [`TOKEN_MAX_BYTES`].
pub const STORED_NAME_MAX_CHARS: usize = 256;
/// Fewest characters of a new password.
pub const PASSWORD_MIN_CHARS: usize = 8;
/// Most characters of a new password.
pub const PASSWORD_MAX_CHARS: usize = 256;
/// Most bytes of a password that is compared: longer than one under any rule.
pub const ATTEMPTED_PASSWORD_MAX_BYTES: usize = 4096;
/// Fewest characters of a message, trimmed.
pub const TEXT_MIN_CHARS: usize = 1;
/// Most characters of a message, trimmed.
pub const TEXT_MAX_CHARS: usize = 1000;
/// What no new password contains, in lower case.
pub const PRODUCT_NAME: &str = "latchkey";

/// Most bytes of a request body.
pub const BODY_MAX_BYTES: usize = 16 * 1024;
/// Most bytes of an access token.
pub const TOKEN_MAX_BYTES: usize = 4096;
/// Most messages of a page.
pub const PAGE_MAX_MESSAGES: usize = 100;
/// Messages of a page when the client does not say how many.
pub const PAGE_DEFAULT_MESSAGES: usize = 20;
/// Most sessions of an account: the next login ends the one that was begun first.
pub const ACCOUNT_MAX_SESSIONS: u64 = 32;
