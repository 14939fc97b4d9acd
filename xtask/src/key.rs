//! `cargo xtask key`: the file of an operator's signing keys, which is the value of the variable `signing_key`. The first
//! key in it signs, and all of them are published. The app parses the file in `crates/domain/src/keys.rs`, with the same
//! rules.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use clap::Subcommand;
use p256::SecretKey;
use p256::elliptic_curve::Generate;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

const END: &str = "-----END PRIVATE KEY-----";
const MAX_KEYS: usize = 4;
const MAX_BYTES: u64 = 16 * 1024;
/// The time for which a key has to be published before it signs: twice the ten minutes for which verifiers may keep the key
/// set.
const LEAD: Duration = Duration::from_secs(20 * 60);

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes a key, and writes it to a new file that only its owner can read.
    Generate {
        /// An existing file is not overwritten.
        #[arg(default_value = "signing-key.pem")]
        file: PathBuf,
    },
    /// Takes the next of the two steps that replace a key.
    ///
    /// With one key in the file, it adds the next key, which is published and does not sign yet. With two keys, it removes
    /// the first, so that the second one signs; the app still accepts tokens of the first one until they expire. Deploy the
    /// file after each step, and wait at least 20 minutes before the second one.
    Rotate {
        /// It is replaced atomically.
        file: PathBuf,
        /// Takes the second step at once, for a key that has leaked. Verifiers elsewhere that keep the old key set may then
        /// refuse new tokens for ten minutes.
        #[arg(long)]
        now: bool,
    },
    /// Prints the id and the purpose of each key in the file, and no secret.
    List {
        /// A file that `generate` made, or any file with P-256 private keys in PKCS#8 PEM.
        file: PathBuf,
    },
}

/// Runs the command, and prints what to do next.
pub(crate) fn key(command: &Command) -> Result<()> {
    let said = match command {
        Command::Generate { file } => generate(file)?,
        Command::Rotate { file, now } => rotate(file, *now)?,
        Command::List { file } => list(&Bundle::read(file)?.0),
    };
    println!("{said}");
    Ok(())
}

/// The keys of a file, in their order. Not `Debug`, because they are secrets.
struct Bundle(Vec<SecretKey>);

impl Bundle {
    fn read(file: &Path) -> Result<Self> {
        let mut text = String::new();
        let opened = File::open(file).with_context(|| file.display().to_string())?;
        // Reads one byte beyond the limit, so that a file that is too large is noticed.
        opened.take(MAX_BYTES + 1).read_to_string(&mut text).with_context(|| file.display().to_string())?;
        Self::parse(&text).with_context(|| file.display().to_string())
    }

    /// Applies the same rules as the app. No error message contains any of the text.
    fn parse(text: &str) -> Result<Self> {
        ensure!(text.len() as u64 <= MAX_BYTES, "more than 16 KiB");
        let blocks: Vec<&str> = text.trim_end().split_inclusive(END).collect();
        ensure!((1..=MAX_KEYS).contains(&blocks.len()), "not 1 to {MAX_KEYS} keys");
        let parse = |block: &&str| SecretKey::from_pkcs8_pem(block.trim_start()).ok();
        let keys: Option<Vec<SecretKey>> = blocks.iter().map(parse).collect();
        let keys = keys.context("not P-256 private keys in PKCS#8 PEM and nothing else")?;
        let mut ids: Vec<String> = keys.iter().map(id).collect();
        ids.sort_unstable();
        ids.dedup();
        ensure!(ids.len() == keys.len(), "the same key twice");
        Ok(Self(keys))
    }

    fn to_pem(&self) -> Result<String> {
        self.0.iter().try_fold(String::new(), |all, key| Ok(all + &key.to_pkcs8_pem(LineEnding::LF)?))
    }
}

/// The `kid` of a key: its RFC 7638 thumbprint.
fn id(key: &SecretKey) -> String {
    let point = key.public_key().to_sec1_point(false);
    let part = |part: Option<&_>| part.map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default();
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, part(point.x()), part(point.y()));
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}

fn generate(file: &Path) -> Result<String> {
    let bundle = Bundle(vec![SecretKey::try_generate()?]);
    let written = write_temporary(file, &bundle)?;
    written.persist_noclobber(file).map_err(|error| match error.error.kind() {
        ErrorKind::AlreadyExists => anyhow::anyhow!("{} is there already: it is left as it is", file.display()),
        _ => anyhow::Error::from(error.error).context(file.display().to_string()),
    })?;
    Ok(format!(
        "{}\nWrote {file}. Whoever reads it can sign tokens: keep it secret, and keep a copy.\n\
         Use it: --variable signing_key=@{file}",
        list(&bundle.0),
        file = file.display(),
    ))
}

fn rotate(file: &Path, now: bool) -> Result<String> {
    // The target of a symbolic link is replaced, and not the link itself.
    let file = fs::canonicalize(file).with_context(|| file.display().to_string())?;
    let Bundle(mut keys) = Bundle::read(&file)?;
    let next_step = match keys.len() {
        1 => {
            keys.push(SecretKey::try_generate()?);
            "The second key does not sign yet. Deploy the file, wait at least 20 minutes so that everybody knows that key, \
             and run this command again."
        }
        2 => {
            let age = SystemTime::now().duration_since(fs::metadata(&file)?.modified()?).unwrap_or_default();
            if age < LEAD && !now {
                bail!(
                    "the second key has been in the file for {} minutes: deploy it, wait until it has been there for 20, \
                     then run this again. --now does not wait",
                    age.as_secs() / 60
                );
            }
            keys.remove(0);
            "Deploy the file: from then on this key signs. The app accepts the tokens of the former one until they expire."
        }
        _ => bail!("{} has more than two keys: leave the one that signs, and at most the next one", file.display()),
    };
    let bundle = Bundle(keys);
    let written = write_temporary(&file, &bundle)?;
    written.persist(&file).map_err(|error| error.error).with_context(|| file.display().to_string())?;
    Ok(format!("{}\n{next_step}", list(&bundle.0)))
}

/// Writes the bundle to a temporary file beside the other file. Only its owner can read it.
fn write_temporary(file: &Path, bundle: &Bundle) -> Result<NamedTempFile> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = NamedTempFile::new_in(folder).with_context(|| folder.display().to_string())?;
    temporary.as_file().set_permissions(fs::Permissions::from_mode(0o600))?;
    if let Ok(old) = fs::metadata(file) {
        fchown(temporary.as_file(), Some(old.uid()), Some(old.gid())).context("the file has another owner")?;
    }
    temporary.write_all(bundle.to_pem()?.as_bytes())?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

fn list(keys: &[SecretKey]) -> String {
    let roles = std::iter::once("signs").chain(std::iter::repeat("published"));
    let lines = keys.iter().zip(roles).map(|(key, role)| format!("{}  {role}", id(key)));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 7515, appendix A.3, as in the tests of the app's own parser.
    const RFC_7515_PEM: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff
H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp
7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt
-----END PRIVATE KEY-----
";
    const RFC_7515_ID: &str = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U";

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).unwrap().permissions().mode() & 0o777
    }

    fn ids(file: &Path) -> Vec<String> {
        Bundle::read(file).unwrap().0.iter().map(id).collect()
    }

    /// Makes the file look as if it had been written an hour ago.
    fn age(file: &Path) {
        let hour_ago = SystemTime::now() - Duration::from_secs(60 * 60);
        File::options().write(true).open(file).unwrap().set_modified(hour_ago).unwrap();
    }

    #[test]
    fn a_known_key_has_the_id_that_the_app_gives_it() {
        let bundle = Bundle::parse(RFC_7515_PEM).unwrap();
        assert_eq!(list(&bundle.0), format!("{RFC_7515_ID}  signs"));
        assert_eq!(bundle.to_pem().unwrap(), RFC_7515_PEM);
    }

    #[test]
    fn a_new_file_is_for_its_owner_alone_and_overwrites_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        let said = generate(&file).unwrap();
        assert_eq!(mode(&file), 0o600);
        assert!(said.contains(&ids(&file)[0]) && said.contains("--variable signing_key=@"), "{said}");
        assert!(!said.contains("PRIVATE"));
        let before = fs::read(&file).unwrap();
        assert!(generate(&file).unwrap_err().to_string().contains("there already"));
        assert_eq!(fs::read(&file).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
        assert!(generate(&folder.path().join("absent/key.pem")).is_err());
    }

    #[test]
    fn a_rotation_is_two_steps_with_a_wait_between_them() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("key.pem"), folder.path().join("link.pem"));
        generate(&file).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let first = ids(&file).remove(0);
        let said = rotate(&link, false).unwrap();
        let both = ids(&file);
        assert_eq!((both.len(), &both[0], mode(&file)), (2, &first, 0o600));
        assert!(said.contains(&format!("{first}  signs\n{}  published", both[1])), "{said}");
        let error = rotate(&file, false).unwrap_err().to_string();
        assert!(error.contains("--now") && ids(&file) == both, "{error}");
        age(&file);
        let said = rotate(&file, false).unwrap();
        assert_eq!(ids(&file), both[1..]);
        assert!(said.starts_with(&format!("{}  signs\n", both[1])) && !said.contains("PRIVATE"), "{said}");
        rotate(&file, false).unwrap();
        rotate(&file, true).unwrap();
        assert_eq!(ids(&file).len(), 1);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    }

    #[test]
    fn what_the_app_would_refuse_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        let fresh = || Bundle(vec![SecretKey::try_generate().unwrap()]).to_pem().unwrap();
        let texts = [
            String::new(),
            "secret".to_owned(),
            RFC_7515_PEM.repeat(2),
            RFC_7515_PEM.to_owned() + "and a comment",
            (0..5).map(|_| fresh()).collect(),
            (0..3).map(|_| fresh()).collect(),
            RFC_7515_PEM.to_owned() + &" ".repeat(17_000),
        ];
        for text in texts {
            fs::write(&file, &text).unwrap();
            let error = format!("{:#}", rotate(&file, false).unwrap_err());
            assert!(error.contains("key.pem") && !error.contains("secret") && !error.contains("PRIVATE"), "{error}");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
        assert!(Bundle::read(&folder.path().join("absent")).is_err());
    }
}
