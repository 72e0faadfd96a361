//! Records as Parquet tables, with a manifest, a dictionary and hashes.
//!
//! A dataset is a folder: one folder per table with part files, and
//! `manifest.json` written last. A part is written under a temporary name,
//! hashed while it is written, synced and renamed into place; a part that the
//! manifest does not list does not exist. Parquet pages carry no checksums, so
//! readers check the BLAKE3 hash of a part before they decode it.
//!
//! ```text
//! <dataset>/manifest.json
//! <dataset>/<table>/part-<shard>-<first 8 digits of the hash>.parquet
//! ```
//!
//! This crate knows tables and columns ([`tradewinds_kernel::record`]), no
//! economics: who records describes.

mod dataset;
mod dictionary;
mod digest;
mod error;
mod manifest;
mod part;
mod read;
mod schema;
mod verify;

#[cfg(test)]
mod fixtures;

pub use dataset::DatasetWriter;
pub use dictionary::{dictionary_json, dictionary_markdown, missing_descriptions};
pub use digest::RowDigest;
pub use error::OutputError;
pub use manifest::{MANIFEST_FILE, Manifest, PartEntry, TableEntry};
pub use part::PartWriter;
pub use read::{Table, read_manifest, read_table};
pub use verify::{Finding, Verification, verify};
