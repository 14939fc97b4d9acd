//! What is measured, by name.

use crate::wasi::Wasi;

/// A program that answers the API. The order is that of the columns in tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// The app on its own host, by WASI 0.2.
    V0_2,
    /// The same by WASI 0.3.
    V0_3,
    Node,
    FastApi,
    Axum,
    /// The app on Spin, by WASI 0.2.
    SpinV0_2,
    /// The same by WASI 0.3.
    SpinV0_3,
}

/// The app on its own host.
pub(super) const BUILDS: [Subject; 2] = [Subject::V0_2, Subject::V0_3];
/// The app on Spin.
pub(super) const ON_SPIN: [Subject; 2] = [Subject::SpinV0_2, Subject::SpinV0_3];
/// What a user would choose instead.
pub(super) const PEERS: [Subject; 3] = [Subject::Node, Subject::FastApi, Subject::Axum];

impl Subject {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::V0_2 => "WASI 0.2",
            Self::V0_3 => "WASI 0.3",
            Self::Node => "Fastify",
            Self::FastApi => "FastAPI",
            Self::Axum => "axum",
            Self::SpinV0_2 => "Spin, WASI 0.2",
            Self::SpinV0_3 => "Spin, WASI 0.3",
        }
    }

    /// The name of its folder.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::V0_2 => "0.2",
            Self::V0_3 => "0.3",
            Self::Node => "node",
            Self::FastApi => "python",
            Self::Axum => "axum",
            Self::SpinV0_2 => "spin-0.2",
            Self::SpinV0_3 => "spin-0.3",
        }
    }

    /// The build of the app, if it is the app.
    pub(super) fn wasi(self) -> Option<Wasi> {
        match self {
            Self::V0_2 | Self::SpinV0_2 => Some(Wasi::V0_2),
            Self::V0_3 | Self::SpinV0_3 => Some(Wasi::V0_3),
            Self::Node | Self::FastApi | Self::Axum => None,
        }
    }

    /// Where it answers without doing anything.
    pub(super) fn empty_path(self) -> &'static str {
        if self.wasi().is_some() { "/bench/empty" } else { "/empty" }
    }
}
