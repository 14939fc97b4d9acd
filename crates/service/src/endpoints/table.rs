//! Every endpoint of the API, declared once: its address, its methods, who may call it, and the variant that its component
//! runs. The gateway's dispatch, 405 and Allow, preflight, and the policies of the authorizer are derived from this table.
//! Tests compare `spin.toml`, `openapi.yaml` and the README with it.

use Access::Public;
use domain::Role;
use http::Method;

pub use crate::http::resource::{Access, Component, Resource};

/// Callers whom the authorizer knows.
const GUARDED: Access = Access::Guarded(Role::Member);
const MODERATORS: Access = Access::Guarded(Role::Moderator);
const ADMINS: Access = Access::Guarded(Role::Admin);

#[derive(Clone, Copy, Debug)]
pub enum Signup {
    SignUp,
}

pub const SIGNUP: Component<Signup> = Component {
    name: "signup",
    resources: &[Resource { path: "/api/signup", methods: &[(Method::POST, Public, Signup::SignUp)] }],
};

#[derive(Clone, Copy, Debug)]
pub enum Login {
    LogIn,
    LogInWithCode,
    KeySet,
    Metadata,
}

/// Where the public keys are, below the address of the app.
pub const KEY_SET: &str = "/.well-known/jwks.json";

pub const LOGIN: Component<Login> = Component {
    name: "login",
    resources: &[
        Resource { path: "/api/login", methods: &[(Method::POST, Public, Login::LogIn)] },
        Resource { path: "/api/login/code", methods: &[(Method::POST, Public, Login::LogInWithCode)] },
        Resource { path: KEY_SET, methods: &[(Method::GET, Public, Login::KeySet)] },
        // The same metadata at the address of OpenID Connect Discovery 1.0, and at that of RFC 8414.
        Resource { path: "/.well-known/openid-configuration", methods: &[(Method::GET, Public, Login::Metadata)] },
        Resource {
            path: "/.well-known/oauth-authorization-server",
            methods: &[(Method::GET, Public, Login::Metadata)],
        },
    ],
};

#[derive(Clone, Copy, Debug)]
pub enum Session {
    Refresh,
}

/// It is public, because the endpoint itself checks the refresh token.
pub const SESSION: Component<Session> = Component {
    name: "session",
    resources: &[Resource { path: "/api/session/refresh", methods: &[(Method::POST, Public, Session::Refresh)] }],
};

#[derive(Clone, Copy, Debug)]
pub enum Account {
    LogOut,
    ListSessions,
    EndSessions,
    EndSession,
    Show,
    Rename,
    ChangePassword,
    Activity,
    Export,
    DeleteMessages,
    Delete,
    BeginTotp,
    ConfirmTotp,
    RemoveTotp,
    MakeRecoveryCodes,
    Recover,
}

pub const ACCOUNT: Component<Account> = Component {
    name: "account",
    resources: &[
        Resource { path: "/api/logout", methods: &[(Method::POST, GUARDED, Account::LogOut)] },
        Resource {
            path: "/api/sessions",
            methods: &[(Method::GET, GUARDED, Account::ListSessions), (Method::DELETE, GUARDED, Account::EndSessions)],
        },
        Resource { path: "/api/sessions/:id", methods: &[(Method::DELETE, GUARDED, Account::EndSession)] },
        Resource {
            path: "/api/account",
            methods: &[(Method::GET, GUARDED, Account::Show), (Method::PATCH, GUARDED, Account::Rename)],
        },
        Resource { path: "/api/account/password", methods: &[(Method::POST, GUARDED, Account::ChangePassword)] },
        Resource { path: "/api/account/activity", methods: &[(Method::GET, GUARDED, Account::Activity)] },
        Resource { path: "/api/account/export", methods: &[(Method::GET, GUARDED, Account::Export)] },
        Resource { path: "/api/account/messages", methods: &[(Method::DELETE, GUARDED, Account::DeleteMessages)] },
        Resource { path: "/api/account/delete", methods: &[(Method::POST, GUARDED, Account::Delete)] },
        Resource { path: "/api/account/totp", methods: &[(Method::POST, GUARDED, Account::BeginTotp)] },
        Resource { path: "/api/account/totp/confirm", methods: &[(Method::POST, GUARDED, Account::ConfirmTotp)] },
        Resource { path: "/api/account/totp/remove", methods: &[(Method::POST, GUARDED, Account::RemoveTotp)] },
        Resource {
            path: "/api/account/recovery-codes",
            methods: &[(Method::POST, GUARDED, Account::MakeRecoveryCodes)],
        },
        // It is public, because the endpoint itself checks the proof. It is here because this component has the rules for new
        // passwords.
        Resource { path: "/api/recovery", methods: &[(Method::POST, Public, Account::Recover)] },
    ],
};

#[derive(Clone, Copy, Debug)]
pub enum Passkeys {
    BeginLogin,
    LogIn,
    List,
    Register,
    BeginRegistration,
    BeginConfirmation,
    Rename,
    Remove,
}

/// A component of its own, because it alone needs what verifies passkeys.
pub const PASSKEYS: Component<Passkeys> = Component {
    name: "passkeys",
    resources: &[
        Resource { path: "/api/login/passkey", methods: &[(Method::POST, Public, Passkeys::LogIn)] },
        Resource { path: "/api/login/passkey/begin", methods: &[(Method::POST, Public, Passkeys::BeginLogin)] },
        Resource {
            path: "/api/account/passkeys",
            methods: &[(Method::GET, GUARDED, Passkeys::List), (Method::POST, GUARDED, Passkeys::Register)],
        },
        // Before the next address, which these would be too.
        Resource {
            path: "/api/account/passkeys/begin",
            methods: &[(Method::POST, GUARDED, Passkeys::BeginRegistration)],
        },
        Resource {
            path: "/api/account/passkeys/confirm",
            methods: &[(Method::POST, GUARDED, Passkeys::BeginConfirmation)],
        },
        Resource { path: "/api/account/passkeys/:id", methods: &[(Method::POST, GUARDED, Passkeys::Rename)] },
        Resource { path: "/api/account/passkeys/:id/delete", methods: &[(Method::POST, GUARDED, Passkeys::Remove)] },
    ],
};

#[derive(Clone, Copy, Debug)]
pub enum Messages {
    List,
    Post,
    Show,
    Delete,
}

pub const MESSAGES: Component<Messages> = Component {
    name: "messages",
    resources: &[
        Resource {
            path: "/api/messages",
            methods: &[(Method::GET, Public, Messages::List), (Method::POST, GUARDED, Messages::Post)],
        },
        Resource {
            path: "/api/messages/:id",
            methods: &[(Method::GET, Public, Messages::Show), (Method::DELETE, GUARDED, Messages::Delete)],
        },
    ],
};

#[derive(Clone, Copy, Debug)]
pub enum Moderation {
    Report,
    ListReports,
    Resolve,
    ShowSuspension,
    Suspend,
    Lift,
    ShowAccount,
    SetRole,
    EndSessions,
    ResetLink,
    Invite,
}

pub const MODERATION: Component<Moderation> = Component {
    name: "moderation",
    resources: &[
        Resource { path: "/api/messages/:id/report", methods: &[(Method::POST, GUARDED, Moderation::Report)] },
        Resource { path: "/api/moderation/reports", methods: &[(Method::GET, MODERATORS, Moderation::ListReports)] },
        Resource {
            path: "/api/moderation/reports/:id/resolve",
            methods: &[(Method::POST, MODERATORS, Moderation::Resolve)],
        },
        Resource {
            path: "/api/moderation/accounts/:username/suspension",
            methods: &[
                (Method::GET, MODERATORS, Moderation::ShowSuspension),
                (Method::PUT, MODERATORS, Moderation::Suspend),
                (Method::DELETE, MODERATORS, Moderation::Lift),
            ],
        },
        Resource { path: "/api/admin/accounts/:username", methods: &[(Method::GET, ADMINS, Moderation::ShowAccount)] },
        Resource { path: "/api/admin/accounts/:username/role", methods: &[(Method::PUT, ADMINS, Moderation::SetRole)] },
        Resource {
            path: "/api/admin/accounts/:username/sessions",
            methods: &[(Method::DELETE, ADMINS, Moderation::EndSessions)],
        },
        Resource {
            path: "/api/admin/accounts/:username/reset-link",
            methods: &[(Method::POST, ADMINS, Moderation::ResetLink)],
        },
        Resource { path: "/api/admin/invitations", methods: &[(Method::POST, ADMINS, Moderation::Invite)] },
    ],
};

#[derive(Clone, Copy, Debug)]
pub enum Authorizer {
    Policy,
}

/// It is public, because the endpoint itself verifies the token in the header.
pub const AUTHORIZER: Component<Authorizer> = Component {
    name: "authorizer",
    resources: &[Resource {
        path: "/api/authorizer",
        methods: &[(Method::GET, Public, Authorizer::Policy), (Method::POST, Public, Authorizer::Policy)],
    }],
};

#[derive(Clone, Copy, Debug)]
pub enum Openapi {
    Document,
}

/// It also answers every address of the API that does not exist.
pub const OPENAPI: Component<Openapi> = Component {
    name: "openapi",
    resources: &[Resource { path: "/api/openapi.yaml", methods: &[(Method::GET, Public, Openapi::Document)] }],
};

/// What bearers of a valid token may call from this role on, as method and path with `*` for each parameter. For members this
/// is also every public method, because those are for them too, and `OPTIONS` of any address.
pub(crate) fn allowed_from(role: Role) -> impl Iterator<Item = (&'static str, String)> {
    let methods = SIGNUP.methods_from(role).chain(LOGIN.methods_from(role)).chain(SESSION.methods_from(role));
    let methods = methods.chain(ACCOUNT.methods_from(role)).chain(MESSAGES.methods_from(role));
    let methods = methods.chain(MODERATION.methods_from(role)).chain(AUTHORIZER.methods_from(role));
    let methods = methods.chain(PASSKEYS.methods_from(role));
    let preflight = (role == Role::Member).then(|| ("OPTIONS", "/*".to_owned()));
    methods.chain(OPENAPI.methods_from(role)).chain(preflight)
}
