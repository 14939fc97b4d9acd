//! TLS, by the certificate and the key that `--tls-cert` and `--tls-key` name, as in Spin. SIGHUP makes the host read both again.

use std::fmt::Display;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::failure::Failure;

/// The protocols that a client may choose from, the preferred one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The bits of a file's mode that let users read it who are neither its owner nor in its group.
const READABLE_BY_OTHERS: u32 = 0o004;

/// A certificate with its key. New connections get what was read last.
pub(crate) struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    config: Mutex<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads both files, each in PEM format.
    ///
    /// # Errors
    ///
    /// A file is unreadable or holds something else, or the key is not that of the certificate.
    pub(crate) fn open(certificate: &Path, key: &Path) -> Result<Self, Failure> {
        let config = Mutex::new(read(certificate, key)?);
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), config })
    }

    /// Accepts one connection by the present certificate.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        Arc::clone(&self.config.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }

    /// From now on, SIGHUP makes the host read the files again.
    ///
    /// # Errors
    ///
    /// The system does not let the process catch signals.
    pub(crate) fn reread_on_hangup(self: &Arc<Self>) -> Result<(), Failure> {
        let mut hangups = signal(SignalKind::hangup())
            .map_err(|error| Failure::new(format_args!("cannot catch signals: {error}")))?;
        let tls = Arc::clone(self);
        tokio::spawn(async move {
            while hangups.recv().await.is_some() {
                tls.reread();
            }
        });
        Ok(())
    }

    /// Keeps the present certificate when the files can't be used: a mistake must not end what works.
    fn reread(&self) {
        match read(&self.certificate, &self.key) {
            Ok(config) => {
                *self.config.lock().unwrap_or_else(PoisonError::into_inner) = config;
                tracing::info!("tls_certificate_replaced");
            }
            Err(error) => tracing::error!(%error, "tls_certificate_not_replaced"),
        }
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, Failure> {
    let located = |flag: &str, path: &Path, problem: &dyn Display| {
        Failure::new(format_args!("{flag} {}: {problem}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| located("--tls-cert", certificate, &error))?;
    if chain.is_empty() {
        return Err(located("--tls-cert", certificate, &"there is no certificate in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| located("--tls-key", key, &error))?;
    warn_if_others_may_read(key);
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
        .map_err(|error| {
            located("--tls-cert", certificate, &format_args!("with --tls-key {}: {error}", key.display()))
        })?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(Arc::new(config))
}

fn warn_if_others_may_read(key: &Path) {
    if std::fs::metadata(key).is_ok_and(|metadata| metadata.permissions().mode() & READABLE_BY_OTHERS != 0) {
        tracing::warn!(file = %key.display(), "tls_key_is_readable_by_all_users");
    }
}
