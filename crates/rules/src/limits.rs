/// The smallest number of characters in a new username.
pub const USERNAME_MIN_CHARS: usize = 3;
/// The largest number of characters in a new username.
pub const USERNAME_MAX_CHARS: usize = 32;
/// The largest number of characters in a username that a new password may contain inside other words.
pub const SHORT_USERNAME_CHARS: usize = 3;
/// What no new username is, without `_` and `-`: it would seem to be of those who run the site.
pub const RESERVED_USERNAMES: [&str; 14] = [
    "abuse",
    "admin",
    "administrator",
    "hostmaster",
    "moderator",
    "official",
    "postmaster",
    "root",
    "security",
    "securityteam",
    "staff",
    "support",
    "supportteam",
    "webmaster",
];
/// The largest number of characters in any username. All of them are ASCII, and they are part of store keys, which have at
/// most 255 bytes on the host with the smallest limit.
pub const STORED_USERNAME_MAX_CHARS: usize = 64;
/// The smallest number of characters in a display name, after trimming.
pub const NAME_MIN_CHARS: usize = 1;
/// The largest number of characters in a new display name, after trimming.
pub const NAME_MAX_CHARS: usize = 64;
/// The largest number of marks on one letter of a new display name, as UTS 39 (section 5.4) advises.
pub const NAME_MAX_MARKS: usize = 4;
/// The name that is shown for the author of a message whose account was deleted.
pub const DELETED_USER: &str = "deleted user";
/// The largest number of characters in any display name, after trimming. A token contains the name, and may have at most
/// [`TOKEN_MAX_BYTES`].
pub const STORED_NAME_MAX_CHARS: usize = 256;
/// The smallest number of characters in a new password.
pub const PASSWORD_MIN_CHARS: usize = 8;
/// The largest number of characters in a new password.
pub const PASSWORD_MAX_CHARS: usize = 256;
/// The largest number of bytes in a password that is compared with a stored hash. No password under any rule was longer.
pub const ATTEMPTED_PASSWORD_MAX_BYTES: usize = 4096;
/// The smallest number of characters in a message, after trimming.
pub const TEXT_MIN_CHARS: usize = 1;
/// The largest number of characters in a message, after trimming.
pub const TEXT_MAX_CHARS: usize = 1000;
/// The smallest number of characters in the reason of a report or of a suspension, after trimming.
pub const REASON_MIN_CHARS: usize = 1;
/// The largest number of characters in the reason of a report or of a suspension, after trimming.
pub const REASON_MAX_CHARS: usize = 500;
/// The word that a new password or username must not contain, in lower case.
pub const PRODUCT_NAME: &str = "latchkey";

/// The largest number of bytes in a request body. A message of [`TEXT_MAX_CHARS`] characters fits, whatever they are and
/// however JSON writes them: a character has up to 36 bytes, if it is sent as three characters that NFC makes one of, each
/// outside the basic plane and so escaped as `\uXXXX\uXXXX`.
pub const BODY_MAX_BYTES: usize = 40 * 1024;
/// The largest number of bytes in an access token.
pub const TOKEN_MAX_BYTES: usize = 4096;
/// The largest number of messages on a page.
pub const PAGE_MAX_MESSAGES: usize = 100;
/// The number of reports on a page.
pub const PAGE_REPORTS: usize = 20;
/// The number of messages on a page when the client asks for no number.
pub const PAGE_DEFAULT_MESSAGES: usize = 20;
/// The largest number of sessions of one account. The next login ends the session that began first.
pub const ACCOUNT_MAX_SESSIONS: u64 = 32;
/// The largest number of passkeys of one account. Most requests read the record that they are in.
pub const ACCOUNT_MAX_PASSKEYS: usize = 10;
