use serde_json::Value;

use super::{START_MILLIS, World};

const ROWS: &str = include_str!("../../../../../tests/fixture/stores/before-flat-cost.tsv");
const KNOWN: &str = include_str!("../../../../../tests/fixture/stores/before-flat-cost.json");

impl World {
    /// A store that the app of an earlier release has filled, at the moment when it was done; and what is known of it. The
    /// README beside the file says how it was made.
    pub(crate) fn with_old_store() -> (Self, Value) {
        let world = Self::new();
        for line in ROWS.lines() {
            let (key, value) = line.split_once('\t').unwrap();
            match value.starts_with('{') {
                true => world.data.put(key, value.as_bytes()),
                false => world.data.put(key, &u64::from_str_radix(value, 16).unwrap().to_be_bytes()),
            }
        }
        let known: Value = serde_json::from_str(KNOWN).unwrap();
        world.step_back_millis(START_MILLIS - known["made_at_ms"].as_u64().unwrap());
        (world, known)
    }
}
