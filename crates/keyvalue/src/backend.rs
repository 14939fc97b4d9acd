/// Why a store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The app opened a store that does not exist.
    NoSuchStore,
    /// The app may not use the store.
    AccessDenied,
    /// Anything else. The text goes to the log of the app, so it must hold no secret.
    Other(String),
}

/// An open store. Each method takes effect as a whole or not at all, also when several processes call it at once; of those that
/// take several keys, this is true for each key by itself.
///
/// When the reply to an operation is lost, an adapter may send it once more, and the store may do it twice. That harms the app
/// little. Reading and removing are the same twice. A repeated increment skips a number, and the app needs of numbers only that
/// nobody gets one twice: a claim that both were spent on belongs to nobody, as when its process dies. A repeated comparison finds
/// the value that it wrote, and says that it did not write: the caller looks at the value anew. Only a repeated write can undo
/// something: what another process has written over it between the two. So the second one has to follow within seconds.
pub trait Backend: Sized + 'static {
    /// Opens the store that the app names; the variable `store` of the app has the name.
    ///
    /// # Errors
    /// There is no such store, or it can't be reached.
    fn open(identifier: &str) -> Result<Self, Error>;

    /// The value of a key. The value of a counter is its number in decimal ASCII.
    ///
    /// # Errors
    /// The store does not answer.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Writes a value over whatever is there, also over a counter.
    ///
    /// # Errors
    /// The store does not answer; it may have written all the same.
    fn set(&self, key: &str, value: &[u8]) -> Result<(), Error>;

    /// Removes a key if it is there.
    ///
    /// # Errors
    /// The store does not answer; it may have removed the key all the same.
    fn delete(&self, key: &str) -> Result<(), Error>;

    /// Whether a key has a value.
    ///
    /// # Errors
    /// The store does not answer.
    fn exists(&self, key: &str) -> Result<bool, Error>;

    /// The values of keys, in their order and as many as they are. There is at least one key, and one key may be there twice.
    ///
    /// # Errors
    /// The store does not answer.
    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error>;

    /// Writes at least one pair of key and value. If a key is there twice, its last value counts.
    ///
    /// # Errors
    /// The store does not answer; it may have written some of the pairs.
    fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<(), Error>;

    /// Removes those of the keys that are there. There is at least one key, and one key may be there twice.
    ///
    /// # Errors
    /// The store does not answer; it may have removed some of the keys.
    fn delete_many(&self, keys: &[String]) -> Result<(), Error>;

    /// Adds to a counter, and returns its new value. A counter that does not exist starts at 0.
    ///
    /// # Errors
    /// The value is no integer, and then it stays as it is; or the store does not answer, and may have added all the same.
    fn add(&self, key: &str, delta: i64) -> Result<i64, Error>;

    /// Writes a value if the present one is `expected`, where `None` means that there is none. Returns whether it wrote.
    ///
    /// # Errors
    /// The store does not answer; it may have written all the same.
    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Error>;
}
