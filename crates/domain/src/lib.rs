//! The rules of Latchkey. All code here is synchronous, and knows nothing of IO, clocks, HTTP or WASI.
//!
//! Every input that crosses a boundary becomes a type here, by a `parse` that returns the rule that the input breaks. Time
//! and salts are arguments. Every decision is a plain function of its arguments, so it can be tested without a host.

mod account_arn;
mod activity;
mod app_secret;
mod authentication;
mod client;
mod client_address;
mod common_passwords;
mod cursor;
mod delay;
mod device;
mod digest;
mod display_name;
mod hex;
mod idempotency;
mod input;
mod keys;
mod mac;
mod message_arn;
mod message_text;
mod method_arn;
mod one_time_code;
mod passkey;
mod password;
mod password_hash;
mod policy;
mod reason;
mod recovery_code;
mod role;
mod rotation;
mod session;
mod slot;
mod text;
mod ticket;
mod time;
mod token;
mod totp;
mod username;
mod username_list;

pub use account_arn::AccountArn;
pub use activity::Activity;
pub use app_secret::AppSecret;
pub use authentication::{Authentication, AuthenticationMethods};
pub use client::client_in_words;
pub use client_address::{ClientAddress, ForwardingSyntax, TrustedProxies, TrustedProxiesError};
pub use cursor::{Cursor, CursorError};
pub use delay::{DelayRule, Quota, is_over};
pub use device::Device;
pub use digest::digest;
pub use display_name::DisplayName;
pub use hex::hex;
pub use idempotency::{IdempotencyKey, KeyState, KeyUse};
pub use input::InputError;
pub use keys::{KeyError, KeyId, PublicKey, SigningKey};
pub use message_arn::MessageArn;
pub use message_text::MessageText;
pub use method_arn::{MethodArn, MethodArnError};
pub use one_time_code::{CodeError, OneTimeCode};
pub use passkey::{
    AuthenticationResponse, CredentialRecord, PASSKEY_ALGORITHMS, PasskeyError, RegistrationResponse, RelyingParty,
    UserHandle, base64url,
};
pub use password::{Password, PasswordAttempt, PasswordError};
pub use password_hash::{
    Derivation, Iterations, IterationsError, PasswordHash, PasswordHashError, SLICE_ROUNDS, Salt, Verification,
};
pub use policy::{
    ACTION_DELETE_MESSAGE, ACTION_END_SESSIONS, ACTION_INVOKE, ACTION_RESET_PASSWORD, ACTION_SET_ROLE, ACTION_SUSPEND,
    Effect, POLICY_VERSION, PolicyDocument, PolicyError, Statement, Verdict,
};
pub use reason::Reason;
pub use recovery_code::RecoveryCode;
pub use role::{Role, RoleError};
pub use rotation::{Rotation, RotationError};
pub use session::{
    RefreshFamily, RefreshToken, RefreshTokenError, RefreshUse, RefreshVerdict, SessionId, SessionIdError,
    VerifiedRefreshToken, is_idle,
};
pub use slot::{Home, Judgement, Limit, Outcome, SLOTS, Step};
pub use ticket::Purpose;
pub use time::Timestamp;
pub use token::{ALGORITHM, Claims, MAX_TOKEN_BYTES, TokenError, TokenRules, UnverifiedToken, digest_of_token};
pub use totp::{Totp, TotpCode, TotpKey};
pub use username::Username;
pub use username_list::{UsernameList, UsernameListError};
