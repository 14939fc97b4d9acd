//! The wasmtime engine: compiled code kept on disk, memory for a fixed number of instances reserved at the start, and a
//! clock that makes a busy guest yield its thread.

use std::path::Path;
use std::thread::Builder;
use std::time::Duration;

use wasmtime::{Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::failure::Failure;

/// How long a guest runs before others get its thread.
const TICK: Duration = Duration::from_millis(10);

/// A component that is composed of several components contains one core module with a memory for each of them, and a few
/// small core modules that connect them.
const MEMORIES_PER_COMPONENT: u32 = 4;
const TABLES_PER_COMPONENT: u32 = 8;
const CORE_INSTANCES_PER_COMPONENT: u32 = 16;
/// Each request of an instance has a stack of its own, and one more in each component that it calls. There are never more
/// requests than instances.
const STACKS_PER_COMPONENT: u32 = 4;
/// More elements than any function table of a guest in Rust has. The pool reserves 8 bytes for each element.
const TABLE_ELEMENTS: usize = 20_000;
/// Bytes of a freed memory that the pool keeps instead of giving them back to the system: it is cheaper to restore a page
/// that was written than to fault it in again. Linux from 6.7 on tells which pages were written, so there the limit
/// counts only written pages. Elsewhere (`KEPT_MEMORY`) the limit counts from the start of the memory, written or not,
/// and is therefore lower.
const KEPT_WRITTEN_MEMORY: usize = 1024 * 1024;
const KEPT_MEMORY: usize = 256 * 1024;
const KEPT_TABLE: usize = 16 * 1024;
const KEPT_STACK: usize = 32 * 1024;

/// Builds the engine for at most `instances` at a time with `memory_bytes` each. If `cache_dir` is `None`, wasmtime uses
/// a folder of its own.
///
/// # Errors
///
/// The cache folder cannot be used, or the system does not have enough address space.
pub(crate) fn new(instances: u32, memory_bytes: usize, cache_dir: Option<&Path>) -> Result<Engine, Failure> {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .memory_init_cow(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(instances, memory_bytes)))
        .cache(cache(cache_dir)?);
    let engine = Engine::new(&config).map_err(|error| {
        Failure::new(format_args!(
            "cannot reserve memory for {instances} instances, fewer may do (--max-concurrent-requests): {error:#}"
        ))
    })?;
    let ticking = engine.weak();
    Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            while let Some(engine) = ticking.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        })
        .map_err(|error| Failure::new(format_args!("cannot start a thread: {error}")))?;
    Ok(engine)
}

fn pool(instances: u32, memory_bytes: usize) -> PoolingAllocationConfig {
    let sees_written = PoolingAllocationConfig::is_pagemap_scan_available();
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES_PER_COMPONENT))
        .total_memories(instances.saturating_mul(MEMORIES_PER_COMPONENT))
        .total_tables(instances.saturating_mul(TABLES_PER_COMPONENT))
        .total_stacks(instances.saturating_mul(STACKS_PER_COMPONENT))
        .max_core_instances_per_component(CORE_INSTANCES_PER_COMPONENT)
        .max_memories_per_component(MEMORIES_PER_COMPONENT)
        .max_tables_per_component(TABLES_PER_COMPONENT)
        .max_memory_size(memory_bytes)
        .table_elements(TABLE_ELEMENTS)
        .linear_memory_keep_resident(if sees_written { KEPT_WRITTEN_MEMORY } else { KEPT_MEMORY })
        .pagemap_scan(Enabled::Auto)
        .table_keep_resident(KEPT_TABLE)
        .async_stack_keep_resident(KEPT_STACK);
    pool
}

fn cache(folder: Option<&Path>) -> Result<Option<Cache>, Failure> {
    let mut config = CacheConfig::new();
    if let Some(folder) = folder {
        // Wasmtime wants an absolute path.
        let absolute = std::path::absolute(folder)
            .map_err(|error| Failure::new(format_args!("--cache-dir {}: {error}", folder.display())))?;
        config.with_directory(absolute);
    }
    match (Cache::new(config), folder) {
        (Ok(cache), _) => Ok(Some(cache)),
        (Err(error), Some(folder)) => Err(Failure::new(format_args!("--cache-dir {}: {error:#}", folder.display()))),
        // This happens to a user without a home folder, for example. Without a cache the host only starts more slowly.
        (Err(error), None) => {
            tracing::warn!(error = %format_args!("{error:#}"), "no_code_cache");
            Ok(None)
        }
    }
}
