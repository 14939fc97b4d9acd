use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use super::*;

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("latchkey-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("sqlite_key_value.db")
    }

    fn stores(&self) -> Stores {
        self.try_stores().unwrap()
    }

    fn try_stores(&self) -> std::result::Result<Stores, Failure> {
        Stores::open(
            &BTreeMap::from([("default".to_owned(), self.file()), ("other".to_owned(), self.file())]),
            &Metrics::new(),
        )
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn set(bucket: &Bucket, key: &str, value: &[u8]) {
    wait(bucket.set_many(vec![(key.to_owned(), value.to_vec())])).unwrap();
}

fn sorted_keys(bucket: &Bucket) -> Vec<String> {
    let mut keys = bucket.keys().unwrap();
    keys.sort();
    keys
}

#[test]
fn values_are_set_read_and_deleted_within_their_label() {
    let folder = Folder::new();
    let stores = folder.stores();
    let (one, other) = (stores.get("default").unwrap(), stores.get("other").unwrap());
    assert!(stores.get("nope").is_none());
    set(&one, "b", b"1");
    set(&one, "a", b"\0\xff");
    set(&one, "b", b"");
    assert_eq!(one.get("a").unwrap().unwrap(), b"\0\xff");
    assert_eq!(one.get("b").unwrap().unwrap(), b"");
    assert!(one.exists("b").unwrap() && !one.exists("c").unwrap());
    assert_eq!(sorted_keys(&one), ["a", "b"]);
    assert_eq!(other.keys().unwrap(), [""; 0]);
    wait(one.delete_many(vec!["a".to_owned(), "absent".to_owned()])).unwrap();
    assert_eq!(one.get("a").unwrap(), None);
}

/// Spin does the same, and the draft allows it.
#[test]
fn get_many_leaves_out_what_is_not_there() {
    let folder = Folder::new();
    let bucket = folder.stores().get("default").unwrap();
    set(&bucket, "a", b"1");
    set(&bucket, "b", b"2");
    let mut values = bucket.get_many(["b", "absent", "a", "b"].map(str::to_owned).to_vec()).unwrap();
    values.sort();
    assert_eq!(values, [("a", "1"), ("b", "2")].map(|(key, value)| (key.to_owned(), Some(value.into()))));
    assert_eq!(bucket.get_many(Vec::new()).unwrap(), []);
}

/// A value of the type TEXT, which somebody wrote by hand, is an error, as in Spin.
#[test]
fn a_text_is_no_value() {
    let folder = Folder::new();
    let bucket = folder.stores().get("default").unwrap();
    let connection = Connection::open(folder.file()).unwrap();
    connection.execute("INSERT INTO spin_key_value VALUES ('default', 'k', 'text')", []).unwrap();
    assert!(bucket.get("k").is_err());
}

#[test]
fn increment_counts_in_eight_bytes_and_refuses_anything_else() {
    let folder = Folder::new();
    let bucket = folder.stores().get("default").unwrap();
    let increment = |key: &str, delta| wait(bucket.increment(key.to_owned(), delta));
    assert_eq!(increment("n", 5), Ok(5));
    assert_eq!(increment("n", -7), Ok(-2));
    assert_eq!(bucket.get("n").unwrap().unwrap(), (-2_i64).to_le_bytes());
    set(&bucket, "text", b"12");
    assert_eq!(increment("text", 1).unwrap_err().to_string(), "increment: the value is not a number");
    assert_eq!(bucket.get("text").unwrap().unwrap(), b"12");
    assert_eq!(increment("max", i64::MAX), Ok(i64::MAX));
    assert_eq!(increment("max", 1).unwrap_err().to_string(), "increment: the sum overflows");
    assert_eq!(increment("max", 0), Ok(i64::MAX));
}

#[test]
fn sixteen_threads_lose_no_increment() {
    let folder = Folder::new();
    let stores = folder.stores();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            let bucket = stores.get("default").unwrap();
            scope.spawn(move || {
                wait(async {
                    for _ in 0..100 {
                        bucket.increment("n".to_owned(), 1).await.unwrap();
                    }
                })
            });
        }
    });
    assert_eq!(stores.get("default").unwrap().get("n").unwrap().unwrap(), 1600_i64.to_le_bytes());
}

#[test]
fn one_failure_in_a_batch_is_nobody_elses() {
    let folder = Folder::new();
    let bucket = folder.stores().get("default").unwrap();
    set(&bucket, "text", b"not a number");
    let (open_gate, gate) = mpsc::channel::<()>();
    let (entered, wait_for_entry) = mpsc::channel::<()>();
    wait(async {
        // The first job holds the writer until all others are queued, so that they share one transaction.
        let hold = bucket.database.writer.write(move |_| {
            entered.send(()).unwrap();
            gate.recv().unwrap();
            Ok(())
        });
        let mut hold = std::pin::pin!(hold);
        let mut good = std::pin::pin!(bucket.increment("n".to_owned(), 1));
        let partly = bucket.database.writer.write(|connection| {
            statements::increment(connection, "default", "undone", 1)?;
            statements::increment(connection, "default", "text", 1)
        });
        let mut partly = std::pin::pin!(partly);
        let mut last = std::pin::pin!(bucket.set_many(vec![("last".to_owned(), b"1".to_vec())]));
        assert!(is_pending_after_a_poll(hold.as_mut()).await);
        wait_for_entry.recv().unwrap();
        assert!(is_pending_after_a_poll(good.as_mut()).await);
        assert!(is_pending_after_a_poll(partly.as_mut()).await);
        assert!(is_pending_after_a_poll(last.as_mut()).await);
        open_gate.send(()).unwrap();
        hold.await.unwrap();
        assert_eq!(good.await, Ok(1));
        assert!(partly.await.is_err());
        last.await.unwrap();
    });
    assert_eq!(sorted_keys(&bucket), ["last", "n", "text"]);
}

async fn is_pending_after_a_poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

#[test]
fn a_lost_transaction_fails_all_of_its_jobs() {
    let folder = Folder::new();
    let bucket = folder.stores().get("default").unwrap();
    let lost = wait(bucket.database.writer.write(|connection| Ok(connection.execute_batch("ROLLBACK")?)));
    assert!(lost.is_err());
    set(&bucket, "k", b"1");
    assert_eq!(bucket.keys().unwrap(), ["k"]);
}

#[test]
fn reopened_data_is_there() {
    let folder = Folder::new();
    let stores = folder.stores();
    set(&stores.get("default").unwrap(), "k", b"1");
    stores.close();
    assert!(stores.get("default").unwrap().get("k").is_err());
    assert!(!folder.0.join("sqlite_key_value.db-wal").exists());
    assert_eq!(folder.stores().get("default").unwrap().get("k").unwrap().unwrap(), b"1");
}

#[test]
fn a_damaged_file_is_refused_and_left_as_it_was() {
    let whole = {
        let folder = Folder::new();
        let stores = folder.stores();
        let pairs = (0..2000).map(|number| (format!("key {number}"), vec![7; 100])).collect();
        wait(stores.get("default").unwrap().set_many(pairs)).unwrap();
        stores.close();
        std::fs::read(folder.file()).unwrap()
    };
    let mut garbled = whole.clone();
    garbled[8192..12288].fill(0xaa);
    for damaged in
        [b"this is not a database, whatever its name may say".to_vec(), whole[..whole.len() / 2].to_vec(), garbled]
    {
        let folder = Folder::new();
        std::fs::write(folder.file(), &damaged).unwrap();
        let failure = folder.try_stores().map(|_| ()).unwrap_err().to_string();
        assert!(failure.contains("sqlite_key_value.db: the file is damaged or not a database"), "{failure}");
        assert!(!failure.contains('\n'), "{failure}");
        assert_eq!(std::fs::read(folder.file()).unwrap(), damaged);
    }
}

/// A check of the whole file would find all damage, and take as long as the file is large. SQLite begins with the last pages.
#[test]
fn of_a_large_file_a_part_is_checked() {
    let folder = Folder::new();
    let stores = folder.stores();
    let pairs = (0..6000).map(|number| (format!("key {number:06}"), vec![7; 2000])).collect();
    wait(stores.get("default").unwrap().set_many(pairs)).unwrap();
    stores.close();
    let whole = std::fs::read(folder.file()).unwrap();
    let damage = |page: usize| {
        let mut garbled = whole.clone();
        garbled[page * 4096..(page + 1) * 4096].fill(0xaa);
        std::fs::write(folder.file(), &garbled).unwrap();
    };
    damage(20);
    folder.stores().close();
    damage(whole.len() / 4096 - 1);
    let failure = folder.try_stores().map(|_| ()).unwrap_err().to_string();
    assert!(failure.contains("the file is damaged"), "{failure}");
}

#[test]
fn a_table_with_other_columns_is_refused() {
    let folder = Folder::new();
    let connection = Connection::open(folder.file()).unwrap();
    connection.execute_batch("CREATE TABLE spin_key_value (name TEXT)").unwrap();
    drop(connection);
    assert!(folder.try_stores().is_err());
}

#[test]
fn a_folder_that_cannot_be_made_is_refused() {
    let folder = Folder::new();
    std::fs::write(folder.0.join("file"), "").unwrap();
    let path = folder.0.join("file/state/sqlite_key_value.db");
    let failure =
        Stores::open(&BTreeMap::from([("default".to_owned(), path)]), &Metrics::new()).map(|_| ()).unwrap_err();
    assert!(failure.to_string().contains("file/state"), "{failure}");
}

#[test]
fn the_file_and_its_log_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let stores = folder.stores();
    set(&stores.get("default").unwrap(), "key", b"secret");
    let mode = |name: &str| std::fs::metadata(folder.0.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("sqlite_key_value.db"), mode("sqlite_key_value.db-wal")), (0o600, 0o600));
    stores.close();
}
